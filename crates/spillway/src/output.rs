//! The result of a command, on standard output.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};

use serde_json::Value;

/// Prints a line. Whoever reads may have had enough, as `head` has: then there is no more to do.
pub(crate) fn line(text: impl Display) {
    if let Err(error) = writeln!(io::stdout(), "{text}")
        && error.kind() == ErrorKind::BrokenPipe
    {
        std::process::exit(0);
    }
}

/// A text in which nothing speaks to the terminal: what clients send is not to be trusted.
pub(crate) fn printable(text: &str) -> String {
    let is_plain = |c: char| c == '\n' || !c.is_control();
    let shown = |c: char| if is_plain(c) { c.to_string() } else { c.escape_default().to_string() };
    text.chars().map(shown).collect()
}

/// A JSON document likewise, still the same document.
pub(crate) fn printable_json(document: &Value) -> String {
    let is_plain = |c: char| c == '\n' || !c.is_control();
    let shown = |c: char| if is_plain(c) { c.to_string() } else { format!("\\u{:04x}", c as u32) };
    format!("{document:#}").chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_speaks_to_the_terminal() {
        assert_eq!(printable("a\u{1b}[2J\n\u{9b}b"), "a\\u{1b}[2J\n\\u{9b}b");
    }

    #[test]
    fn a_document_stays_the_same() {
        let document = json!({"a\u{9b}": "\u{1b}\u{7f}\n\u{85}é"});
        let text = printable_json(&document);
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), document);
    }
}
