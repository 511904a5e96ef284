//! The project as a whole: the facts of all files, joined.
//!
//! A [`Project`] is made once, when all files have been read. Its models are computed when an audit first asks for them.
//! This module knows facts; it knows no tree, no rule and no report.

pub mod deployment;
pub mod fastapi;
pub mod flow;
pub mod modules;
pub mod nginx;
mod present;

pub use present::Present;

use crate::facts::FileFacts;
use crate::source::Span;
use deployment::Deployments;
use fastapi::FastApi;
use modules::{ModuleIndex, Modules};
use nginx::Nginx;
use std::sync::OnceLock;

/// Which file of a project. Ids follow the order of the paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A place in one of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// Byte span in the file.
    pub span: Span,
}

/// All files of a scan.
#[derive(Debug)]
pub struct Project {
    files: Vec<FileFacts>,
    present: Present,
    nginx: OnceLock<Nginx>,
    modules: OnceLock<ModuleIndex>,
    deployments: OnceLock<Deployments>,
    fastapi: OnceLock<FastApi>,
}

impl Project {
    /// Joins the facts of all files. The result does not depend on their order.
    pub fn link(mut files: Vec<FileFacts>) -> Self {
        files.sort_by(|a, b| (a.path(), a.part).cmp(&(b.path(), b.part)));
        Self {
            files,
            present: Present::default(),
            nginx: OnceLock::new(),
            modules: OnceLock::new(),
            deployments: OnceLock::new(),
            fastapi: OnceLock::new(),
        }
    }

    /// Adds what lies in the scanned folders.
    #[must_use]
    pub fn with_present(mut self, present: Present) -> Self {
        self.present = present;
        self
    }

    /// What lies in the scanned folders, read or not.
    pub const fn present(&self) -> &Present {
        &self.present
    }

    /// A file's facts.
    pub fn file(&self, id: FileId) -> &FileFacts {
        &self.files[id.0 as usize]
    }

    /// All files, in order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &FileFacts)> {
        (0..).map(FileId).zip(&self.files)
    }

    /// The nginx configurations as they take effect.
    pub fn nginx(&self) -> &Nginx {
        self.nginx.get_or_init(|| Nginx::link(self, &deployment::include_map(self)))
    }

    /// The deployments: services, and how requests reach them.
    pub fn deployments(&self) -> &Deployments {
        self.deployments.get_or_init(|| Deployments::link(self))
    }

    /// Python names across files.
    pub fn modules(&self) -> Modules<'_> {
        Modules::new(self, self.modules.get_or_init(|| ModuleIndex::new(self)))
    }

    /// FastAPI and Starlette applications.
    pub fn fastapi(&self) -> &FastApi {
        self.fastapi.get_or_init(|| FastApi::link(self))
    }
}
