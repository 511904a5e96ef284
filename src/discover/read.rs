use super::binary::is_binary_extension;
use super::encoding::{Decoded, decode_bytes};
use super::kind::classify;
use super::name::FileName;
use super::vendored::is_minified;
use super::walk::Candidate;
use crate::findings::{Notification, NotificationKind};
use crate::source::Source;
use crate::syntax::FileKind;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Files larger than this many bytes are not read unless the limit is raised.
pub const DEFAULT_LIMIT: u64 = 2 * 1024 * 1024;

/// Spans count in 32 bits, and a text may grow when it is decoded.
const HARD_LIMIT: u64 = 1 << 30;

/// What became of a candidate.
#[derive(Debug)]
pub enum ReadOutcome {
    /// Its text and kind, and a word about bytes that were no valid text.
    Text(Source, FileKind, Option<Notification>),
    /// It should have been analysed and is not.
    Skipped(Notification),
    /// Binary by name and content: there is nothing to analyse.
    NotText,
    /// Minified code that nobody wrote; to be counted.
    Generated,
}

/// Reads one candidate of at most `limit` bytes.
pub fn read(candidate: &Candidate, limit: u64) -> ReadOutcome {
    let path = &candidate.path;
    let shown = &candidate.shown_path;
    let limit = limit.min(HARD_LIMIT);
    let unreadable = |error: &io::Error| {
        let message = format!("cannot be read: {error}");
        ReadOutcome::Skipped(Notification::file(NotificationKind::Unreadable, shown.as_str(), message))
    };
    match path.metadata() {
        Err(error) => return unreadable(&error),
        Ok(metadata) if !metadata.is_file() => {
            let message = "is not a regular file";
            return ReadOutcome::Skipped(Notification::file(NotificationKind::Unreadable, shown.as_str(), message));
        }
        Ok(_) => {}
    }
    let mut bytes = Vec::new();
    // One byte more than the limit tells a file that is too large, even one that grows while it is read.
    let file = File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes));
    match file {
        Err(error) => unreadable(&error),
        Ok(length) if length as u64 > limit => too_large(path, shown, bytes, limit),
        Ok(_) => match decode(Path::new(shown), shown, bytes) {
            ReadOutcome::Text(source, FileKind::Text, _) if !candidate.explicit && is_minified(path, source.text()) => {
                ReadOutcome::Generated
            }
            outcome => outcome,
        },
    }
}

fn too_large(path: &Path, shown: &str, mut bytes: Vec<u8>, limit: u64) -> ReadOutcome {
    bytes.truncate(1 << 16);
    let is_text = matches!(decode_bytes(bytes), Decoded::Text { .. });
    let is_named_like_code = classify(path, "").is_some_and(|kind| kind != FileKind::Text);
    if is_binary_extension(FileName::new(path).extension()) || !(is_text || is_named_like_code) {
        return ReadOutcome::NotText;
    }
    let message = format!("is larger than the limit of {limit} bytes; raise the limit to analyse it");
    ReadOutcome::Skipped(Notification::file(NotificationKind::TooLarge, shown, message))
}

/// Decodes and classifies the bytes of a file, however they were read (standard input too). `path` is what the kind is
/// taken from, `shown` is the path in reports.
pub fn decode(path: &Path, shown: &str, bytes: Vec<u8>) -> ReadOutcome {
    match decode_bytes(bytes) {
        Decoded::Binary => match classify(path, "") {
            None | Some(FileKind::Text) => ReadOutcome::NotText,
            Some(kind) => {
                let message = format!("is named like {} but holds binary data", kind.name());
                ReadOutcome::Skipped(Notification::file(NotificationKind::Binary, shown, message))
            }
        },
        Decoded::Text { text, invalid_at, encoding } => {
            let Some(kind) = classify(path, &text) else { return ReadOutcome::NotText };
            let source = Source::new(shown, text);
            let notification = invalid_at.map(|offset| {
                let message =
                    format!("holds bytes that are no valid {encoding}; they were replaced, the rest was analysed");
                let mut notification = Notification::file(NotificationKind::Encoding, shown, message);
                notification.position = Some(source.position(u32::try_from(offset).unwrap_or(u32::MAX)));
                notification
            });
            ReadOutcome::Text(source, kind, notification)
        }
    }
}
