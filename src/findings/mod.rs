//! What an audit found: findings with tight spans, and notifications about what could not be analysed.
//!
//! This module knows sources and spans, not trees, rules' patterns or report formats.

mod finding;
mod fingerprint;
mod level;
mod line_hash;
mod masking;
mod notification;
mod rule_meta;

pub use finding::{Edit, Finding, Fix, Location};
pub use fingerprint::{FINGERPRINT_KEY, Fingerprint, fingerprints};
pub use level::{Confidence, Profile, Severity};
pub use line_hash::line_hashes;
pub use masking::{SecretSpans, mask};
pub use notification::{Notification, NotificationKind};
pub use rule_meta::RuleMeta;
