//! Batches: how many of the records that come make one, by number, size and time.

use std::time::Duration;

use tokio::time::Instant;

use crate::event::FRAME;
use crate::invoke::LARGEST_EVENT;

/// A batch that is being gathered.
#[derive(Debug)]
pub(super) struct Gathering<R> {
    most: usize,
    window: Duration,
    records: Vec<R>,
    bytes: usize,
    /// When the window closes, from the first record on.
    closes: Option<Instant>,
}

impl<R> Gathering<R> {
    pub(super) fn new(most: usize, window: Duration) -> Self {
        Self { most, window, records: Vec::new(), bytes: FRAME, closes: None }
    }

    /// Adds a record; gives it back if the event would get too large. One that is too large by itself
    /// makes a batch of its own.
    pub(super) fn add(&mut self, record: R, bytes: usize) -> Result<(), R> {
        if !self.records.is_empty() && self.bytes + bytes > LARGEST_EVENT {
            return Err(record);
        }
        self.closes.get_or_insert_with(|| Instant::now() + self.window);
        self.bytes += bytes;
        self.records.push(record);
        Ok(())
    }

    /// How many more records it takes.
    pub(super) fn room(&self) -> usize {
        self.most.saturating_sub(self.records.len())
    }

    /// When the window closes; nothing before the first record.
    pub(super) fn closes(&self) -> Option<Instant> {
        self.closes
    }

    pub(super) fn into_records(self) -> Vec<R> {
        self.records
    }
}
