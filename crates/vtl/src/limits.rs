//! The bounds of one rendering and the meter that counts against them.
//!
//! A template decides how much work it causes, so everything that loops, grows or recurses asks the
//! meter first. Running out is an ordinary error; nothing here measures time.

use std::cell::Cell;

use crate::error::{Bound, Fault};

/// How far a rendering may go before it ends with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Rounds of one `#foreach`; the loop then ends silently, as API Gateway ends it.
    pub iterations: u32,
    /// Units of work: a node evaluated, an element visited, 64 bytes copied.
    pub steps: u64,
    /// Bytes of strings and collections made while rendering, counted as they are made.
    pub allocated_bytes: u64,
    /// Bytes of the text that comes out.
    pub output_bytes: usize,
    /// How deep evaluation, printing and comparison may recurse.
    pub depth: u32,
    /// Steps back that one regular expression may take on one input.
    pub regex_backtracks: usize,
    /// Bits of the largest integer that arithmetic may make.
    pub integer_bits: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            iterations: 1_000,
            steps: 20_000_000,
            allocated_bytes: 512 << 20,
            output_bytes: 16 << 20,
            depth: 200,
            regex_backtracks: 1_000_000,
            integer_bits: 1 << 16,
        }
    }
}

/// Counts what one rendering has used. Handed to every host object, so that its work counts too.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    steps: Cell<u64>,
    bytes: Cell<u64>,
    depth: Cell<u32>,
}

impl Meter {
    /// A meter that has counted nothing.
    pub fn new(limits: Limits) -> Self {
        Meter {
            steps: Cell::new(limits.steps),
            bytes: Cell::new(limits.allocated_bytes),
            depth: Cell::new(0),
            limits,
        }
    }

    /// The bounds this meter counts against.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts units of work.
    #[inline]
    pub fn spend(&self, steps: u64) -> Result<(), Fault> {
        match self.steps.get().checked_sub(steps) {
            Some(left) => {
                self.steps.set(left);
                Ok(())
            }
            None => Err(self.out_of_steps()),
        }
    }

    #[cold]
    fn out_of_steps(&self) -> Fault {
        Fault::Bound(Bound::Steps(self.limits.steps))
    }

    /// Counts bytes that are about to be made, and the work of filling them.
    #[inline]
    pub fn allocate(&self, bytes: usize) -> Result<(), Fault> {
        let bytes = bytes as u64;
        self.spend(bytes / 64)?;
        match self.bytes.get().checked_sub(bytes) {
            Some(left) => {
                self.bytes.set(left);
                Ok(())
            }
            None => Err(self.out_of_bytes()),
        }
    }

    #[cold]
    fn out_of_bytes(&self) -> Fault {
        Fault::Bound(Bound::Allocation(self.limits.allocated_bytes))
    }

    /// Goes one level deeper; every `Ok` is paired with one [`Meter::leave`].
    pub(crate) fn enter(&self) -> Result<(), Fault> {
        let depth = self.depth.get();
        if depth >= self.limits.depth {
            return Err(Fault::Bound(Bound::Depth(self.limits.depth)));
        }
        self.depth.set(depth + 1);
        Ok(())
    }

    /// Comes back from one level.
    pub(crate) fn leave(&self) {
        self.depth.set(self.depth.get().saturating_sub(1));
    }
}
