//! Rules on one file: the per-file stage of a scan.
//!
//! [`analyse`] is a pure function of a file's text, its kind and the rule set. It knows rules, trees and findings; it
//! knows no file system, no other file and no report.

mod analyse;
mod fix;
mod prefilter;
mod rule_set;
mod search;
mod test_code;

pub use analyse::{FileInput, FileResult, analyse};
pub use rule_set::RuleSet;
