//! The tables of a tree while they grow.

use std::num::NonZeroU32;

use crate::tree::{Many, One};

/// A table that grows. Neighbours have to be complete before they are kept, and what is inside of
/// them is complete earlier: until then they wait on a stack.
pub(super) struct Growing<T> {
    kept: Vec<T>,
    waiting: Vec<T>,
}

/// Neighbours that are kept as they come, as long as nothing else is kept between them.
#[derive(Default)]
pub(super) struct Group {
    start: usize,
    end: usize,
    /// Where they begin on the stack, once they have to wait.
    waiting: Option<usize>,
}

impl<T> Default for Growing<T> {
    fn default() -> Self {
        Growing { kept: Vec::new(), waiting: Vec::new() }
    }
}

impl<T> Growing<T> {
    pub(super) fn with_capacity(kept: usize, waiting: usize) -> Self {
        Growing { kept: Vec::with_capacity(kept), waiting: Vec::with_capacity(waiting) }
    }

    /// Where the neighbours begin that are pushed from now on.
    #[inline]
    pub(super) fn begin(&self) -> usize {
        self.waiting.len()
    }

    /// Lets one wait.
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

    pub(super) fn get(&self, one: One<T>) -> &T {
        &self.kept[one.place()]
    }

    pub(super) fn get_mut(&mut self, one: One<T>) -> &mut T {
        &mut self.kept[one.place()]
    }

    pub(super) fn into_kept(self) -> Vec<T> {
        self.kept
    }
}

impl<T: Copy> Growing<T> {
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

    /// Adds one to a group.
    #[inline]
    pub(super) fn add(&mut self, group: &mut Group, item: T) {
        if group.end == 0 {
            (group.start, group.end) = (self.kept.len(), self.kept.len());
        }
        if group.waiting.is_none() && self.kept.len() == group.end {
            self.kept.push(item);
            group.end += 1;
        } else {
            self.wait(group, item);
        }
    }

    /// Adds one to a group that is no longer at the end of the table.
    #[cold]
    fn wait(&mut self, group: &mut Group, item: T) {
        if group.waiting.is_none() {
            group.waiting = Some(self.waiting.len());
            self.waiting.extend_from_slice(&self.kept[group.start..group.end]);
        }
        self.waiting.push(item);
    }

    /// The whole group.
    #[inline]
    pub(super) fn close(&mut self, group: Group) -> Many<T> {
        match group.waiting {
            Some(begin) => self.keep(begin),
            None => Many::new(group.start, group.end),
        }
    }
}
