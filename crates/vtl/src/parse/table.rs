//! The tables of a tree while it is built.

use std::num::NonZeroU32;

use crate::tree::{Many, One};

/// A table that grows. Neighbours have to be complete before they are kept, and what is inside of
/// them is complete earlier: until then they wait on a stack.
pub(super) struct Table<T> {
    kept: Vec<T>,
    waiting: Vec<T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { kept: Vec::new(), waiting: Vec::new() }
    }
}

impl<T> Table<T> {
    pub(super) fn with_capacity(kept: usize, waiting: usize) -> Self {
        Table { kept: Vec::with_capacity(kept), waiting: Vec::with_capacity(waiting) }
    }

    /// Where the neighbours begin that are pushed from now on.
    #[inline]
    pub(super) fn begin(&self) -> usize {
        self.waiting.len()
    }

    #[inline]
    pub(super) fn push(&mut self, item: T) {
        self.waiting.push(item);
    }

    /// What was pushed since the neighbours began.
    #[inline]
    pub(super) fn since(&mut self, begin: usize) -> &mut [T] {
        &mut self.waiting[begin..]
    }

    /// Takes back what was pushed last.
    pub(super) fn drop_last(&mut self) {
        self.waiting.pop();
    }

    /// Keeps what was pushed last, without neighbours.
    #[inline]
    pub(super) fn keep_last(&mut self) -> One<T> {
        self.kept.extend(self.waiting.pop());
        self.newest()
    }

    /// Keeps one that has no neighbours.
    pub(super) fn one(&mut self, item: T) -> One<T> {
        self.kept.push(item);
        self.newest()
    }

    fn newest(&self) -> One<T> {
        One::new(NonZeroU32::new(self.kept.len() as u32).unwrap_or(NonZeroU32::MIN))
    }

    pub(super) fn get_mut(&mut self, one: One<T>) -> &mut T {
        &mut self.kept[one.place()]
    }

    pub(super) fn get(&self, one: One<T>) -> &T {
        &self.kept[one.place()]
    }

    pub(super) fn into_kept(self) -> Vec<T> {
        self.kept
    }
}

impl<T: Copy> Table<T> {
    /// Keeps what was pushed since the neighbours began.
    pub(super) fn keep(&mut self, begin: usize) -> Many<T> {
        let start = self.kept.len();
        match self.waiting[begin..] {
            [] => return Many::default(),
            // Most have no neighbours.
            [one] => self.kept.push(one),
            ref many => self.kept.extend_from_slice(many),
        }
        self.waiting.truncate(begin);
        Many::new(start, self.kept.len())
    }
}
