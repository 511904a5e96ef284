use crate::scan::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A shorter scan needs no bar.
const DELAY: Duration = Duration::from_secs(1);

/// A bar on standard error that appears when a scan takes over a second.
pub(super) struct DelayedBar {
    start: Instant,
    bar: ProgressBar,
    shown: OnceLock<()>,
}

impl DelayedBar {
    /// A bar that never appears unless `wanted`.
    pub(super) fn new(wanted: bool) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} files  {elapsed}") {
            bar.set_style(style);
        }
        let shown = OnceLock::new();
        if !wanted {
            let _ = shown.set(());
        }
        Self { start: Instant::now(), bar, shown }
    }

    /// Takes the bar off the terminal.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for DelayedBar {
    fn expect(&self, files: usize) {
        self.bar.inc_length(files as u64);
    }

    fn advance(&self) {
        if self.shown.get().is_none() && self.start.elapsed() >= DELAY {
            self.shown.get_or_init(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
        self.bar.inc(1);
    }
}
