//! Uploads that are read into memory as a whole.
//!
//! Looks at one function and its `UploadFile` parameters; limits in front of the application are not known here.

use super::fastapi_middleware::found_at;
use super::python_call::called_name;
use super::{Audit, AuditContext, AuditMatch};
use crate::flow::{Names, Values};
use crate::syntax::{Field, FileKind, Kind, NodeId, Tree};

/// The check.
pub(super) const UNBOUNDED_READ: Audit =
    Audit { name: "fastapi-unbounded-read", kinds: &[FileKind::Python], variants: &[], run: unbounded_reads };

fn unbounded_reads(context: &AuditContext<'_>) -> Vec<AuditMatch> {
    let tree = context.tree;
    if !tree.text().contains("UploadFile") {
        return Vec::new();
    }
    let names = Names::new(tree);
    let values = Values::new(&names);
    tree.ids()
        .filter(|&id| tree.kind(id) == Kind::FunctionDef)
        .flat_map(|function| reads_of(tree, function))
        .map(|read| found_at(&values, read, None))
        .collect()
}

/// Reads without a number of bytes, of the function's uploads, whose size nobody has asked for before.
fn reads_of(tree: &Tree, function: NodeId) -> Vec<NodeId> {
    let mut uploads: Vec<&str> = tree
        .children_by(function, Field::Parameter)
        .filter(|&parameter| {
            tree.child(parameter, Field::Type).is_some_and(|annotation| tree.source(annotation).contains("UploadFile"))
        })
        .map(|parameter| tree.label(parameter))
        .collect();
    if uploads.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut asked: Vec<&str> = Vec::new();
    for id in tree.subtree(function) {
        match tree.kind(id) {
            // `for file in files`
            Kind::For | Kind::ComprehensionFor => {
                if let (Some(target), Some(iterable)) = (tree.child(id, Field::Target), tree.child(id, Field::Iterable))
                    && uploads.contains(&tree.label(iterable))
                    && tree.kind(target) == Kind::Name
                {
                    uploads.push(tree.label(target));
                }
            }
            // `if file.size > LIMIT`: Starlette has counted it while the form was parsed.
            Kind::Attribute if tree.label(id) == "size" => {
                if let Some(object) = tree.child(id, Field::Object) {
                    asked.push(tree.label(object));
                }
            }
            Kind::Call if called_name(tree, id) == "read" && tree.child(id, Field::Argument).is_none() => {
                // `file.read()`, `file.file.read()`
                let upload =
                    tree.child(id, Field::Callee).and_then(|callee| tree.child(callee, Field::Object)).map(|object| {
                        match tree.label(object) {
                            "file" if tree.kind(object) == Kind::Attribute => {
                                tree.child(object, Field::Object).map_or("", |upload| tree.label(upload))
                            }
                            name => name,
                        }
                    });
                if upload.is_some_and(|upload| uploads.contains(&upload) && !asked.contains(&upload)) {
                    found.push(id);
                }
            }
            _ => {}
        }
    }
    found
}
