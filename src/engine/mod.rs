//! Rules on files: the per-file stage of a scan, and the stage that sees all files together.
//!
//! [`analyse`] is a pure function of a file's text, its kind and the rule set. It knows rules, trees and findings; it
//! knows no file system, no other file and no report. [`analyse_project`] is one of the linked facts of all files.

mod analyse;
mod fix;
mod follow;
mod prefilter;
mod project;
mod rule_set;
mod search;
mod supersession;
mod taint;
mod test_code;
mod text_before;

pub use analyse::{FileInput, FileResult, analyse, facts};
pub use project::{ProjectResult, analyse_project};
pub use rule_set::RuleSet;
pub use supersession::settle;
