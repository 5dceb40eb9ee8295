//! Waiting for something to become so.

use std::time::{Duration, Instant};

/// Looks until `probe` finds something and returns it.
///
/// # Panics
/// If the deadline passes first; the message says `what` was waited for.
pub fn eventually<T>(what: &str, deadline: Duration, mut probe: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = probe() {
            return found;
        }
        assert!(started.elapsed() < deadline, "{what}: not so after {deadline:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
