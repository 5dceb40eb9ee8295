//! The result of a command, on standard output.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

/// Prints a line. Whoever reads may have had enough, as `head` has: then there is no more to do.
pub(crate) fn line(text: impl Display) {
    if let Err(error) = writeln!(io::stdout(), "{text}")
        && error.kind() == ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}
