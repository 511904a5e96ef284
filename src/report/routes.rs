//! The attack surface as a table: what can be called from outside, and what stands in front of it. Text, JSON, Markdown
//! and HTML, and what changed between two of them.
//!
//! Values of settings and defaults are not shown: they can be secrets.

mod build;
mod diff;
mod html;
mod markdown;
mod table;
mod text;
mod view;

#[cfg(test)]
mod tests;

pub use build::view;
pub use diff::{Change, Difference, Weakening, difference, difference_markdown, difference_text};
pub use html::html;
pub use markdown::markdown;
pub use text::text;
pub use view::{
    AppView, DependencyView, DocsView, FindingView, GuardView, InputView, LimitView, MountView, RouteView, RoutesView,
    VERSION,
};

use std::io::{self, Write};

/// Which routes are shown.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those that nothing authenticates.
    pub unauthenticated: bool,
    /// Only those with one of these methods, in capitals.
    pub methods: Vec<String>,
    /// Only those whose path has one of these in it, or matches it as a glob.
    pub paths: Vec<String>,
}

impl Filter {
    /// Leaves out what is not asked for.
    pub fn apply(&self, view: &mut RoutesView) {
        let globs: Vec<Option<globset::GlobMatcher>> = self
            .paths
            .iter()
            .map(|path| {
                let is_glob = path.contains('*');
                is_glob
                    .then(|| globset::GlobBuilder::new(path).literal_separator(false).build().ok())?
                    .map(|glob| glob.compile_matcher())
            })
            .collect();
        view.routes.retain(|route| {
            let by_path = |(path, glob): (&String, &Option<globset::GlobMatcher>)| match glob {
                Some(glob) => glob.is_match(&route.path),
                None => route.path.contains(path.as_str()),
            };
            (!self.unauthenticated || route.authentication.is_none())
                && (self.methods.is_empty() || route.methods.iter().any(|method| self.methods.contains(method)))
                && (self.paths.is_empty() || self.paths.iter().zip(&globs).any(by_path))
        });
    }
}

/// Writes the routes as JSON.
///
/// # Errors
/// What the stream says.
pub fn json(view: &RoutesView, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, view)?;
    out.write_all(b"\n")
}
