//! Doing something again whenever a file changes.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use crate::error::Error;

/// Shorter than anybody notices, and too long to cost anything.
const POLL: Duration = Duration::from_millis(100);

/// Calls `work` at once and after every change of a file, for ever. Looking at the files' dates
/// works on every file system and with editors that replace a file when they save it.
pub(crate) fn watch(
    template: &Path,
    request: Option<&Path>,
    mut work: impl FnMut(),
) -> Result<ExitCode, Error> {
    let versions = || (version(template), request.and_then(version));
    let mut seen = None;
    loop {
        let now = versions();
        if seen != Some(now) {
            seen = Some(now);
            work();
        }
        sleep(POLL);
    }
}

/// What changes when a file does; `None` while there is none.
fn version(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
