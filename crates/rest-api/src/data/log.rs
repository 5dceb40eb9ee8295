//! Where a fault tells everything, since the client is told nothing of it.

use std::fmt;
use std::sync::Arc;

/// Takes lines for whoever runs the API.
#[derive(Clone)]
pub(crate) struct Log(Arc<dyn Fn(&str) + Send + Sync>);

impl Log {
    /// Hands every line to `write`.
    pub(crate) fn new(write: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(write))
    }

    pub(crate) fn line(&self, line: &str) {
        (self.0)(line);
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Log")
    }
}

/// An error and everything that caused it, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

/// The most of a payload that a line shows, which is what API Gateway logs of one.
const SHOWN: usize = 1024;

/// The beginning of a payload.
pub(super) fn excerpt(payload: &[u8]) -> String {
    let shown = String::from_utf8_lossy(&payload[..payload.len().min(SHOWN)]).into_owned();
    if payload.len() > SHOWN { format!("{shown} [{} bytes]", payload.len()) } else { shown }
}
