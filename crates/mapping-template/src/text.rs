//! What Java's `String` does where Rust's `str` does otherwise.

/// `String.trim()`: blanks and control characters go, other white space stays.
pub(crate) fn java_trim(text: &str) -> &str {
    text.trim_matches(|c| c <= ' ')
}
