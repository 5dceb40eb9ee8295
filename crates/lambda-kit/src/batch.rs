//! Batches of an event source mapping: the partial answer to one, waits between attempts, and work on
//! the records of a queue.
//!
//! A function that gets many records at a time answers which of them to deliver again, and never
//! fails whole because of one. Its mapping has to ask for that with `ReportBatchItemFailures`. A
//! stream delivers again from the lowest identifier on, what was done behind it included; a queue
//! delivers exactly what was named.

mod process;

pub use process::{Outcome, Processed, Record, process_batch};

use serde::Serialize;
use std::collections::BTreeSet;
use std::time::Duration;

/// The answer to a batch: `{"batchItemFailures": [{"itemIdentifier": "..."}]}`, each identifier once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    batch_item_failures: BTreeSet<ItemFailure>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemFailure {
    item_identifier: String,
}

impl BatchResponse {
    /// Has a record delivered again: by its sequence number if it is of a stream, by its message id
    /// if it is of a queue. An empty identifier has the whole batch delivered again.
    pub fn fail(&mut self, item_identifier: String) {
        self.batch_item_failures.insert(ItemFailure { item_identifier });
    }

    /// How many records are to be delivered again.
    pub fn failures(&self) -> usize {
        self.batch_item_failures.len()
    }
}

/// Waits between attempts, and when to give up: each is twice as long as the one before, up to a
/// ceiling, less a random part of up to a half, so that those who met do not meet again.
///
/// ```
/// # use std::time::Duration;
/// let mut backoff = lambda_kit::Backoff::new(2, Duration::from_millis(20), Duration::from_secs(1));
/// let first = backoff.next().unwrap();
/// assert!((Duration::from_millis(10)..=Duration::from_millis(20)).contains(&first));
/// assert!(backoff.next().is_some());
/// assert_eq!(backoff.next(), None);
/// ```
#[derive(Debug, Clone)]
pub struct Backoff {
    left: u32,
    next: Duration,
    ceiling: Duration,
}

impl Backoff {
    /// As many waits as attempts may follow the first one.
    pub fn new(retries: u32, first: Duration, ceiling: Duration) -> Self {
        Self { left: retries, next: first.min(ceiling), ceiling }
    }
}

impl Iterator for Backoff {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        self.left = self.left.checked_sub(1)?;
        let wait = self.next;
        self.next = (wait * 2).min(self.ceiling);
        Some(wait.mul_f64(1.0 - fastrand::f64() / 2.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_named_once_whatever_it_is_named_for() {
        let mut response = BatchResponse::default();
        assert_eq!(serde_json::to_string(&response).unwrap(), r#"{"batchItemFailures":[]}"#);
        for identifier in ["222", "111", "222"] {
            response.fail(identifier.to_owned());
        }
        let expected =
            r#"{"batchItemFailures":[{"itemIdentifier":"111"},{"itemIdentifier":"222"}]}"#;
        assert_eq!(serde_json::to_string(&response).unwrap(), expected);
        assert_eq!(response.failures(), 2);
    }

    #[test]
    fn waits_grow_up_to_the_ceiling_and_end() {
        let millis = Duration::from_millis;
        for _ in 0..100 {
            let waits: Vec<_> = Backoff::new(5, millis(100), millis(400)).collect();
            assert_eq!(waits.len(), 5);
            for (wait, longest) in waits.into_iter().zip([100, 200, 400, 400, 400].map(millis)) {
                assert!((longest / 2..=longest).contains(&wait), "{wait:?} of {longest:?}");
            }
        }
        assert_eq!(Backoff::new(0, millis(1), millis(1)).next(), None);
    }
}
