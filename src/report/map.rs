//! The deployments as they were understood, for people and programs: text, JSON, Mermaid and DOT.
//!
//! What is shown is what the checks of the deployment pack rest on, and the joints that could not be made. Values of
//! variables are not shown: they can be secrets.

mod graph;
mod text;
mod view;

pub use graph::{dot, mermaid};
pub use text::text;
pub use view::{JointView, MapView, PlaceView, PortView, ServiceView, WayView, view};

use std::io::{self, Write};

/// Writes the map as JSON.
///
/// # Errors
/// What the stream says.
pub fn json(map: &MapView, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, map)?;
    out.write_all(b"\n")
}
