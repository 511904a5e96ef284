//! What code-scanning services take: so many results, so many bytes.

use serde::Serialize;
use std::io::{self, Write};

/// GitHub takes no more results in a run.
pub(super) const RESULTS: usize = 25_000;
/// GitHub takes no larger file, compressed by gzip.
pub(super) const COMPRESSED_BYTES: u64 = 10_000_000;
/// Results behind this many bytes of JSON are not even made: SARIF compresses ten to twenty times, so they would not fit.
pub(super) const PLAIN_BYTES: u64 = 400_000_000;

/// Length of a value as JSON, in bytes.
pub(super) fn json_length(value: &impl Serialize) -> u64 {
    let mut counter = Counter(0);
    // A counter does not fail, and neither do the maps with string keys that SARIF is made of.
    let _ = serde_json::to_writer(&mut counter, value);
    counter.0
}

/// Length of bytes after gzip at its fastest level; services see at most that.
pub(super) fn compressed_length(bytes: &[u8]) -> u64 {
    let mut encoder = flate2::write::GzEncoder::new(Counter(0), flate2::Compression::fast());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.map_or(u64::MAX, |counter| counter.0)
}

struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
