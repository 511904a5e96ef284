//! Front end.

use super::{Language, Parsed, TreeBuilder};
use std::sync::Arc;

/// Parses.
pub fn parse(text: Arc<str>) -> Parsed {
    Parsed { tree: TreeBuilder::new(Language::Rust, text).finish(), problems: Vec::new() }
}
