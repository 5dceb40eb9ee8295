//! Work on the records of a queue: so many at a time, each with an outcome of its own, in the time
//! that the invocation has.
//!
//! Nothing is lost on the way: every record comes out with an outcome, and whatever is not done is
//! reported. Left out are retries, which are the work's own (see [`Backoff`](crate::Backoff)), and
//! streams, where what comes behind a failure is delivered again whether it is done or not.

use super::BatchResponse;
use crate::Invocation;
use futures_util::StreamExt as _;
use std::cell::RefCell;
use std::collections::HashMap;

/// A record of a batch.
pub trait Record {
    /// What it is reported by: the message id.
    fn identifier(&self) -> &str;

    /// The group within which records are worked on in order, if there is one: the message group of
    /// a FIFO queue. A message of a standard queue can have a group, too; it says nothing of order.
    fn group(&self) -> Option<&str> {
        None
    }
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<T, E> {
    /// It is done, with this result.
    Done(T),
    /// It failed, for this reason.
    Failed(E),
    /// It was not tried, because one before it in its group failed.
    Skipped,
    /// It was not tried, or not ended, before the invocation's time was over. What it was to do may
    /// be done.
    OutOfTime,
}

/// The records of a batch with their outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Processed<'a, R, T, E> {
    records: &'a [R],
    outcomes: Vec<Outcome<T, E>>,
}

impl<'a, R: Record, T, E> Processed<'a, R, T, E> {
    /// Each record with its outcome, in the order of the batch.
    pub fn iter(&self) -> impl Iterator<Item = (&'a R, &Outcome<T, E>)> {
        self.records.iter().zip(&self.outcomes)
    }

    /// The answer that has every record delivered again that is not done.
    pub fn response(&self) -> BatchResponse {
        let mut response = BatchResponse::default();
        for (record, outcome) in self.iter() {
            if !matches!(outcome, Outcome::Done(_)) {
                response.fail(record.identifier().to_owned());
            }
        }
        response
    }
}

/// Does `work` for the records of a batch, for at most `concurrency` of them at a time (one, if it is
/// 0), and until the invocation's time is over (see [`Invocation::in_time`]).
///
/// Records of one group are worked on in the order of the batch, one at a time, up to the first that
/// fails: those behind it are skipped, so that they come again behind it. Groups, and records without
/// one, do not wait for each other.
///
/// A panic of `work` is no outcome. It goes through here and ends the invocation, or the process
/// where panics abort, as they do in what is deployed; either way the whole batch is delivered again,
/// so no record is taken for done. To catch it would have a function behave in tests as it never does
/// on Lambda.
///
/// ```
/// use lambda_kit::{BatchResponse, Invocation, Record, process_batch};
///
/// struct Message { id: String, body: String }
///
/// impl Record for Message {
///     fn identifier(&self) -> &str {
///         &self.id
///     }
/// }
///
/// async fn add_up(messages: &[Message], invocation: &Invocation) -> BatchResponse {
///     let parse = async |message: &Message| message.body.parse::<u64>();
///     process_batch(messages, 4, invocation, parse).await.response()
/// }
/// # use lambda_kit::Metrics;
/// # use std::time::{Duration, SystemTime};
/// # let deadline = SystemTime::now() + Duration::from_secs(60);
/// # let invocation = Invocation::new(Metrics::new("f", "r"), deadline);
/// # let message = |id: &str, body: &str| Message { id: id.to_owned(), body: body.to_owned() };
/// # let messages = [message("a", "1"), message("b", "one")];
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
/// # let response = runtime.block_on(add_up(&messages, &invocation));
/// # let expected = r#"{"batchItemFailures":[{"itemIdentifier":"b"}]}"#;
/// # assert_eq!(serde_json::to_string(&response).unwrap(), expected);
/// ```
pub async fn process_batch<'a, R: Record, T, E>(
    records: &'a [R],
    concurrency: usize,
    invocation: &Invocation,
    work: impl AsyncFn(&'a R) -> Result<T, E>,
) -> Processed<'a, R, T, E> {
    let outcomes: Vec<_> = records.iter().map(|_| Outcome::OutOfTime).collect();
    let outcomes = RefCell::new(outcomes);
    let become_of = |place: usize, outcome| outcomes.borrow_mut()[place] = outcome;
    let all = futures_util::stream::iter(lanes(records)).for_each_concurrent(
        concurrency.max(1),
        async |lane| {
            let mut lane = lane.into_iter();
            for place in lane.by_ref() {
                // Work that never waits would not notice that the time is over.
                if invocation.time_left().is_zero() {
                    return;
                }
                match work(&records[place]).await {
                    Ok(result) => become_of(place, Outcome::Done(result)),
                    Err(error) => {
                        become_of(place, Outcome::Failed(error));
                        break;
                    }
                }
            }
            lane.for_each(|place| become_of(place, Outcome::Skipped));
        },
    );
    // What has no outcome when the time is over keeps the one it started with.
    let _in_time: Option<()> = invocation.in_time(all).await;
    Processed { records, outcomes: outcomes.into_inner() }
}

/// The places of the records that are worked on one after the other: those of a group, and each that
/// has none by itself; ordered by where the first of them is.
fn lanes<R: Record>(records: &[R]) -> Vec<Vec<usize>> {
    let mut lanes: Vec<Vec<usize>> = Vec::new();
    let mut of_group: HashMap<&str, usize> = HashMap::new();
    for (place, record) in records.iter().enumerate() {
        match record.group() {
            None => lanes.push(vec![place]),
            Some(group) => {
                let lane = *of_group.entry(group).or_insert(lanes.len());
                if lane == lanes.len() {
                    lanes.push(Vec::new());
                }
                lanes[lane].push(place);
            }
        }
    }
    lanes
}

#[cfg(test)]
mod tests;
