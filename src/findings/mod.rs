//! What an audit found: findings with tight spans, and notifications about what could not be analysed.
//!
//! This module knows sources and spans, not trees, rules' patterns or report formats.

mod finding;
mod level;
mod masking;
mod notification;
mod rule_meta;

pub use finding::{Edit, Finding, Fix, Location};
pub use level::{Confidence, Profile, Severity};
pub use masking::{SecretSpans, mask};
pub use notification::{Notification, NotificationKind};
pub use rule_meta::RuleMeta;
