//! Checks of GitHub Actions: workflows and the metadata of composite actions.
//!
//! `workflow` reads the file, `expression` its `${{ }}`, `outsider` knows what people without rights can do; the other
//! modules are the checks. Nothing here follows a reference into another file.

mod artifacts;
mod conditions;
mod expression;
mod foreign_words;
mod known_actions;
mod no_scan;
mod outsider;
mod scripts;
mod template_injection;
mod unpinned_tools;
mod untrusted_checkout;
mod workflow;

pub use artifacts::{ARTIFACTS, CACHES};
pub use conditions::{BOT_CONDITIONS, UNSOUND_CONDITION};
pub use foreign_words::{ARGUMENTS, REQUESTS};
pub use known_actions::KNOWN_VULNERABLE;
pub use no_scan::NO_SECURITY_SCAN;
pub use scripts::{CREDENTIALS, DOWNLOADS, ENVIRONMENT};
pub use template_injection::TEMPLATE_INJECTION;
pub use unpinned_tools::UNPINNED_TOOLS;
pub use untrusted_checkout::{DANGEROUS_TRIGGERS, UNTRUSTED_CHECKOUT};
