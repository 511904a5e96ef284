//! nginx as it takes effect: includes resolved, and every directive with the value that holds where a request is served.
//!
//! Configurations are read as nginx reads them: an `include` is replaced by what it brings, so that a snippet that two
//! servers include stands in both. What a repository does not show (an include from elsewhere, a template's placeholder)
//! stays unknown, and [`Directive::is_wholly_known`] says so. This room knows facts; it knows no rule and no file system.
//!
//! The way in: [`Nginx::servers`], [`Server::locations`], [`Directive::effective`], [`Directive::response_headers`],
//! [`Directive::proxy_target`], [`Nginx::upstreams`].

pub mod answer;
mod directive;
mod expand;
mod fragment;
mod headers;
mod include;
mod inherit;
mod listen;
mod location;
mod server;
#[cfg(test)]
mod tests;
mod text;
mod upstream;

pub use directive::{Directive, DirectiveId};
pub use fragment::Level;
pub use headers::{ResponseHeader, SECURITY_HEADERS};
pub use include::{IncludeMap, is_standard};
pub use inherit::Effective;
pub use listen::{Address, Listen};
pub use location::{Matcher, location_of};
pub use server::Server;
pub use text::{Piece, group_names, pieces};
pub use upstream::{Authority, Protocol, ProxyTarget, Upstream};

use super::{FileId, Place, Project};
use crate::facts::nginx::NginxFacts;
use crate::source::Source;
use location::Expressions;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// All nginx configurations of a project.
#[derive(Debug, Default)]
pub struct Nginx {
    files: Vec<File>,
    entries: Vec<Entry>,
    roots: Vec<Root>,
    missing: Vec<MissingInclude>,
    /// Entries by name of the directive, in order.
    by_name: FxHashMap<String, Vec<u32>>,
    /// Regular expressions that were compiled once.
    expressions: Expressions,
    /// Whether includes multiplied beyond what is read.
    limit_reached: bool,
}

impl File {
    fn path(&self) -> &str {
        self.source.path()
    }
}

#[derive(Debug)]
struct File {
    id: FileId,
    source: Arc<Source>,
    facts: Arc<NginxFacts>,
    /// Fences of a guide are read one by one.
    is_part: bool,
}

/// A directive where it takes effect. A root's entry stands for the outermost level and has no directive.
#[derive(Debug, Clone, Copy)]
struct Entry {
    file: u32,
    directive: u32,
    parent: u32,
    /// The entry before it in the same block, or [`NONE`].
    previous: u32,
    /// Behind the last entry below it.
    end: u32,
    /// The include that brought it, or [`NONE`].
    via: u32,
    level: Level,
    /// Something directly below could not be read.
    has_unread_parts: bool,
    /// An include whose files are known.
    is_resolved: bool,
}

const NONE: u32 = u32::MAX;

/// A configuration: a main file with all that it includes, or fragments that belong to one.
#[derive(Debug)]
struct Root {
    entry: u32,
    /// Roots of one guide know each other's variables.
    group: u32,
    /// Entries of its servers of `http`, in order.
    servers: Vec<u32>,
    /// Entries of its upstreams, by name.
    upstreams: FxHashMap<String, u32>,
    /// By address: the server that is the default there, and how many listen.
    addresses: FxHashMap<String, (u32, usize)>,
}

/// An include that the repository should hold and does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissingInclude {
    /// The path that is written.
    pub place: Place,
    /// What is written.
    pub path: String,
}

impl Nginx {
    /// Joins the configurations of a project.
    pub fn link(project: &Project, map: &IncludeMap) -> Self {
        let files = project.files().filter_map(|(id, file)| {
            let facts = Arc::clone(file.nginx.as_ref()?);
            Some(File { id, source: Arc::clone(&file.source), facts, is_part: file.part.is_some() })
        });
        expand::expand(files.collect(), map)
    }

    /// The outermost level of every configuration, in order of the paths of their first files.
    pub fn roots(&self) -> impl Iterator<Item = Directive<'_>> {
        self.roots.iter().map(|root| Directive::new(self, root.entry))
    }

    /// The directive of an id.
    pub fn directive(&self, id: DirectiveId) -> Directive<'_> {
        Directive::of(self, id)
    }

    /// All directives of all configurations, each where it takes effect, without the roots.
    pub fn all(&self) -> impl Iterator<Item = Directive<'_>> {
        self.roots().flat_map(Directive::below)
    }

    /// All directives of a name, in order.
    pub fn named(&self, name: &str) -> impl Iterator<Item = Directive<'_>> {
        self.by_name.get(name).into_iter().flatten().map(|&at| Directive::new(self, at))
    }

    /// All servers of `http`, in order.
    pub fn servers(&self) -> impl Iterator<Item = Server<'_>> {
        self.roots().flat_map(|root| Server::of(root, Level::Server))
    }

    /// All servers of `stream`.
    pub fn stream_servers(&self) -> impl Iterator<Item = Server<'_>> {
        self.roots().flat_map(|root| Server::of(root, Level::StreamServer))
    }

    /// All upstreams.
    pub fn upstreams(&self) -> impl Iterator<Item = Upstream<'_>> {
        self.named("upstream").filter_map(Upstream::new)
    }

    /// Includes that should be in the project and are not, in order, each once.
    pub fn missing_includes(&self) -> &[MissingInclude] {
        &self.missing
    }

    /// Whether includes multiplied so much that some of them were left out.
    pub fn limit_reached(&self) -> bool {
        self.limit_reached
    }

    /// The root that an entry lies below.
    fn root_of(&self, entry: u32) -> Option<&Root> {
        let index = self.roots.partition_point(|root| root.entry <= entry).checked_sub(1)?;
        self.roots.get(index)
    }

    /// Roots that know each other's variables, by group.
    fn groups(&self) -> BTreeMap<u32, Vec<Directive<'_>>> {
        let mut groups: BTreeMap<u32, Vec<Directive<'_>>> = BTreeMap::new();
        for root in &self.roots {
            groups.entry(root.group).or_default().push(Directive::new(self, root.entry));
        }
        groups
    }

    /// Configurations that share variables: one each, but for the fences of a guide.
    pub fn configurations(&self) -> impl Iterator<Item = Vec<Directive<'_>>> {
        self.groups().into_values()
    }
}
