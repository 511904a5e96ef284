//! Limits that are no limits: request bodies.

use super::config::{Config, each, report};
use crate::audits::{ProjectAudit, ProjectMatch};
use crate::model::nginx::Level;
use crate::syntax::FileKind;

pub(in crate::audits) const BODY_SIZE: ProjectAudit = ProjectAudit {
    name: "nginx-body-size-unlimited",
    kinds: &[FileKind::Nginx],
    variants: &["server", "location"],
    run: |project| each(project, body_size),
};

/// Larger bodies than this are no limit either.
const GIGABYTE: u64 = 1 << 30;

fn body_size(config: &Config<'_>) -> Vec<ProjectMatch> {
    config
        .named(&["client_max_body_size"])
        .filter_map(|limit| {
            let value = limit.argument(0)?;
            let size = bytes(value)?;
            let variant = match limit.parent()?.level() {
                Level::Http | Level::Main => None,
                Level::Server => Some("server"),
                _ => Some("location"),
            };
            // A location for uploads may take large ones.
            if size != 0 && (size <= GIGABYTE || variant == Some("location")) {
                return None;
            }
            let mut found = report(limit, limit.argument_place(0), &[("value", value)]);
            found.variant = variant;
            Some(found)
        })
        .collect()
}

/// A size as nginx writes it: digits, then `k`, `m` or `g`.
fn bytes(text: &str) -> Option<u64> {
    let (digits, factor) = match text.as_bytes().last()?.to_ascii_lowercase() {
        b'k' => (&text[..text.len() - 1], 1 << 10),
        b'm' => (&text[..text.len() - 1], 1 << 20),
        b'g' => (&text[..text.len() - 1], 1 << 30),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}
