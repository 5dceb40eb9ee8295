//! What becomes of a stream's batch: the rules of retries, bisection, record age and partial failure,
//! without any I/O.
//!
//! [`Progress`] holds a batch until each of its records has either succeeded or been discarded. The
//! poller shows the function what [`Progress::current`] has, says how that went, and does so again
//! until nothing is left. Records stay in their order throughout, and a part of a batch is settled
//! before the next is begun.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::mapping::Settings;
use crate::report::Report;

/// A record, as far as these rules look at it.
pub(crate) trait Aged {
    /// When it arrived in the stream.
    fn arrived(&self) -> Timestamp;
}

/// The settings that decide.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    pub(crate) bisect: bool,
    /// Nothing is without limit.
    pub(crate) maximum_retries: Option<u32>,
    /// Nothing is without limit.
    pub(crate) maximum_age: Option<SignedDuration>,
}

impl Rules {
    pub(crate) fn of(settings: &Settings) -> Self {
        Self {
            bisect: settings.bisect,
            maximum_retries: settings.maximum_retries.try_into().ok(),
            maximum_age: u32::try_from(settings.maximum_age_seconds)
                .ok()
                .map(|seconds| SignedDuration::from_secs(seconds.into())),
        }
    }
}

/// Records that are shown to the function together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<R> {
    pub(crate) records: Vec<R>,
    /// How often the function was invoked with its first record, about.
    pub(crate) invocations: u32,
    /// How often it failed and nothing about it changed.
    failures: u32,
}

/// Why records were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    RetryAttemptsExhausted,
    RecordAgeExceeded,
}

/// Records that were given up.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Discarded<R> {
    pub(crate) part: Part<R>,
    pub(crate) condition: Condition,
}

/// What an invocation led to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settled<R> {
    pub(crate) succeeded: Vec<R>,
    pub(crate) discarded: Option<Discarded<R>>,
    /// Whether something that failed is to be tried again.
    pub(crate) retries: bool,
}

/// A batch on its way.
#[derive(Debug)]
pub(crate) struct Progress<R> {
    rules: Rules,
    /// What is left of it, in order.
    parts: VecDeque<Part<R>>,
}

impl<R: Aged> Progress<R> {
    pub(crate) fn new(rules: Rules, batch: Vec<R>) -> Self {
        let mut progress = Self { rules, parts: VecDeque::new() };
        progress.push(batch, 0, 0);
        progress
    }

    /// What the function is to be invoked with next; nothing if the batch is settled.
    pub(crate) fn current(&self) -> Option<&Part<R>> {
        self.parts.front()
    }

    /// What is not settled.
    pub(crate) fn into_rest(self) -> Vec<R> {
        self.parts.into_iter().flat_map(|part| part.records).collect()
    }

    /// Gives up the records at the head of the current part that are too old. Those behind them may
    /// still be young enough.
    pub(crate) fn expire(&mut self, now: Timestamp) -> Option<Discarded<R>> {
        let oldest = now - self.rules.maximum_age?;
        let part = self.parts.front()?;
        let count = part.records.iter().take_while(|record| record.arrived() < oldest).count();
        if count == 0 {
            return None;
        }
        let Part { mut records, invocations, failures } = self.parts.pop_front()?;
        let rest = records.split_off(count);
        self.push(rest, invocations, failures);
        let part = Part { records, invocations, failures };
        Some(Discarded { part, condition: Condition::RecordAgeExceeded })
    }

    /// Says what the function reported of the current part.
    pub(crate) fn settle(&mut self, report: &Report) -> Settled<R> {
        let Some(mut part) = self.parts.pop_front() else {
            return Settled { succeeded: Vec::new(), discarded: None, retries: false };
        };
        part.invocations += 1;
        match report {
            Report::Succeeded => {
                Settled { succeeded: part.records, discarded: None, retries: false }
            }
            Report::Failed => self.fail(part),
            Report::FailedAt(places) => match places.first() {
                // Whatever comes behind the first failure is done again: order matters more.
                Some(&first) if first > 0 => self.checkpoint(part, first),
                _ => self.fail(part),
            },
        }
    }

    /// Everything before a place is done; the record there has failed for the first time. Where
    /// batches are bisected, that is such a bisection, which takes nothing from the retries.
    fn checkpoint(&mut self, mut part: Part<R>, first: usize) -> Settled<R> {
        let rest = part.records.split_off(first);
        let succeeded = part.records;
        let rest = Part {
            records: rest,
            invocations: part.invocations,
            failures: u32::from(!self.rules.bisect),
        };
        Settled { succeeded, ..self.again(rest) }
    }

    /// A part in which nothing is done. Splitting takes nothing from the retries.
    fn fail(&mut self, mut part: Part<R>) -> Settled<R> {
        if self.rules.bisect && part.records.len() > 1 {
            let second = part.records.split_off(part.records.len().div_ceil(2));
            self.push(second, part.invocations, part.failures);
            self.push(part.records, part.invocations, part.failures);
            return Settled { succeeded: Vec::new(), discarded: None, retries: true };
        }
        part.failures += 1;
        self.again(part)
    }

    fn again(&mut self, part: Part<R>) -> Settled<R> {
        let exhausted = self.rules.maximum_retries.is_some_and(|maximum| part.failures > maximum);
        if exhausted {
            let condition = Condition::RetryAttemptsExhausted;
            let discarded = Some(Discarded { part, condition });
            return Settled { succeeded: Vec::new(), discarded, retries: false };
        }
        self.parts.push_front(part);
        Settled { succeeded: Vec::new(), discarded: None, retries: true }
    }

    fn push(&mut self, records: Vec<R>, invocations: u32, failures: u32) {
        if !records.is_empty() {
            self.parts.push_front(Part { records, invocations, failures });
        }
    }
}
