//! Checks of GitHub Actions: workflows and the metadata of composite actions.
//!
//! `workflow` reads the file, `expression` its `${{ }}`, `outsider` knows what people without rights can do; the other
//! modules are the checks. Nothing here follows a reference into another file.

mod conditions;
mod expression;
mod outsider;
mod scripts;
mod template_injection;
mod untrusted_checkout;
mod workflow;

pub use conditions::{BOT_CONDITIONS, UNSOUND_CONDITION};
pub use scripts::{CREDENTIALS, DOWNLOADS, ENVIRONMENT};
pub use template_injection::TEMPLATE_INJECTION;
pub use untrusted_checkout::{DANGEROUS_TRIGGERS, UNTRUSTED_CHECKOUT};
