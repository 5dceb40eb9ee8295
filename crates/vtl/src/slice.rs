//! A part of a shared text: how the tree of a template holds its names and texts without copies.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A part of a text that is shared. It reads like a `str`.
#[derive(Clone)]
pub struct Slice {
    whole: Arc<str>,
    start: u32,
    end: u32,
}

impl Slice {
    /// The bytes from `start` to `end`, which are boundaries of characters.
    pub(crate) fn new(whole: &Arc<str>, start: u32, end: u32) -> Self {
        Slice { whole: Arc::clone(whole), start, end }
    }

    /// Grows to the end of a slice that starts where this one ends; `false` if it does not.
    pub(crate) fn join(&mut self, next: &Slice) -> bool {
        let adjacent = Arc::ptr_eq(&self.whole, &next.whole) && self.end == next.start;
        if adjacent {
            self.end = next.end;
        }
        adjacent
    }

    /// Drops the last byte, which is a character.
    pub(crate) fn shorten(&mut self) {
        self.end -= 1;
    }
}

impl Deref for Slice {
    type Target = str;

    fn deref(&self) -> &str {
        &self.whole[self.start as usize..self.end as usize]
    }
}

impl From<String> for Slice {
    fn from(text: String) -> Self {
        let end = text.len() as u32;
        Slice { whole: Arc::from(text), start: 0, end }
    }
}

impl fmt::Debug for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
