//! Panics in the analysis of one file cost that file only.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside [`catch`].
    static CATCHING: Cell<bool> = const { Cell::new(false) };
    /// Where the last caught panic of this thread happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Installs, once, a hook that keeps quiet about panics that are caught here and remembers their places. All others go to
/// the hook that was there before.
fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if CATCHING.get() {
                PLACE.set(info.location().map(|place| format!("{}:{}", place.file(), place.line())));
            } else {
                previous(info);
            }
        }));
    });
}

/// Runs an analysis; a panic becomes a sentence that says what happened and where.
///
/// What the analysis shares with others must not be left half changed by a panic: it reads rules and sources only.
pub(super) fn catch<T>(analysis: impl FnOnce() -> T) -> Result<T, String> {
    install_hook();
    CATCHING.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(analysis));
    CATCHING.set(false);
    result.map_err(|payload| {
        let place = PLACE.take().map_or_else(String::new, |place| format!(" at {place}"));
        format!("the analysis failed{place}: {}", message(&*payload))
    })
}

fn message(payload: &(dyn Any + Send)) -> &str {
    match (payload.downcast_ref::<String>(), payload.downcast_ref::<&str>()) {
        (Some(message), _) => message,
        (None, Some(message)) => message,
        (None, None) => "no message",
    }
}

#[cfg(test)]
mod tests {
    use super::catch;

    #[test]
    fn a_panic_becomes_a_sentence() {
        assert_eq!(catch(|| 1), Ok(1));
        let failed = catch(|| -> () { panic!("index {}", 7) }).unwrap_err();
        assert!(failed.contains("index 7") && failed.contains("panics.rs"), "{failed}");
    }
}
