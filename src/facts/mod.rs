//! What a file tells the rest of the project: made in the per-file stage, read when all files have been.
//!
//! Facts are plain data with spans in the file, no trees: a file's tree is dropped as soon as its facts are made. This
//! module knows trees; it knows no rule, no other file and no file system.

pub mod deployment;
pub mod flow;
pub mod nginx;
pub mod python;
pub mod requirements;
pub mod unit;

use crate::secrets::is_test_path;
use crate::source::Source;
use crate::syntax::{FileKind, Language, Tree};
use std::sync::Arc;

/// The facts of one file, or of one fence or cell of a file that holds code of several languages.
#[derive(Debug, Clone)]
pub struct FileFacts {
    /// The file. All spans in the facts are byte spans in its text.
    pub source: Arc<Source>,
    /// What the file, the fence or the cell is for.
    pub kind: FileKind,
    /// The file's path below the scanned root, `/` separated.
    pub place: String,
    /// Which fence or cell of its file it is, 0-based; `None` for a file that is one text.
    pub part: Option<u32>,
    /// Whether the path says that it is test code.
    pub is_test: bool,
    /// The directives of an nginx configuration.
    pub nginx: Option<Arc<nginx::NginxFacts>>,
    /// What a Python module tells.
    pub python: Option<Box<python::PythonFacts>>,
    /// How values move through its functions, for each batch of taint rules.
    pub flow: Vec<flow::FlowFacts>,
    /// What it says about how the system runs.
    pub deployment: Option<deployment::DeploymentFacts>,
    /// What a requirements file leaves open.
    pub requirements: Option<Box<requirements::RequirementsFacts>>,
    /// What a systemd unit says of its service.
    pub unit: Option<Box<unit::UnitFacts>>,
}

impl FileFacts {
    /// The facts of a tree. Spans of a tree that was cut out of its file are carried over to the file.
    pub fn collect(source: &Arc<Source>, tree: &Tree, kind: FileKind, place: &str, part: Option<u32>) -> Self {
        Self {
            source: Arc::clone(source),
            kind,
            place: place.to_owned(),
            part,
            is_test: is_test_path(place),
            nginx: (kind == FileKind::Nginx).then(|| Arc::new(nginx::NginxFacts::collect(tree))),
            python: (tree.language() == Language::Python).then(|| Box::new(python::PythonFacts::collect(tree))),
            flow: Vec::new(),
            deployment: deployment::DeploymentFacts::collect(tree, kind, place),
            requirements: (kind == FileKind::Requirements)
                .then(|| Box::new(requirements::RequirementsFacts::collect(tree))),
            unit: if kind == FileKind::SystemdUnit { unit::UnitFacts::collect(tree).map(Box::new) } else { None },
        }
    }

    /// The path as reports show it.
    pub fn path(&self) -> &str {
        self.source.path()
    }
}
