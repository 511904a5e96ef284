//! Secrets in text and code: what a `mode: secret` rule says, and how it is found.
//!
//! Two families. **Formats** are provider tokens, keys and connection strings that betray themselves by their shape; they
//! are found in every text, whatever its language. **Assignments** are literals bound to a name that means a secret; they
//! are found in syntax trees. One value is one match: formats beat assignments, rules for the file's own kind beat
//! general ones.
//!
//! This module judges names, values and places. It must not know files, findings or reports, and it never hands out the
//! text of a secret: a match holds spans, and captures that name the variable, not the value.
//!
//! Captures for messages: `$NAME` is the name that the value is bound to (assignments), `$KIND` says what it is (the
//! format's name, or `password`, `key`, `token`, `secret`, `signing key`).

mod detector;
mod entropy;
mod format;
mod name;
#[cfg(test)]
mod pack_tests;
mod place;
mod set;
mod shape;
mod sites;
mod spec;
mod validators;
mod value;
mod vocabulary;
mod words;

pub use detector::Detector;
pub use name::{SecretKind, is_secret_name};
pub use place::{Where, is_in_test_folder, is_test_path};
pub use set::{SecretMatch, SecretSet};
pub use sites::Position;
pub use spec::{AssignmentSpec, Checksum, FormatSpec, Grade, SecretSpec, SpecError, Validator, Values};
