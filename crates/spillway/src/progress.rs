//! What a person sees while `spillway` works: steps on standard error, results on standard output.

#![expect(clippy::print_stderr, reason = "this is the one place that writes progress")]

use std::error::Error;
use std::time::Instant;

/// Runs one step of the work under a title, and says how long it took.
pub(crate) fn step<T, E>(title: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let started = Instant::now();
    eprintln!("==> {title}");
    let outcome = work();
    if outcome.is_ok() {
        eprintln!("    done in {:.1} s", started.elapsed().as_secs_f64());
    }
    outcome
}

/// A detail of the step at hand.
pub(crate) fn detail(text: &str) {
    eprintln!("    {text}");
}

/// A message that stands for itself.
pub(crate) fn report(text: &str) {
    eprintln!("{text}");
}

/// Why the work ended, with every cause behind it.
pub(crate) fn failure(error: &dyn Error) {
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  caused by: {error}");
        cause = error.source();
    }
}
