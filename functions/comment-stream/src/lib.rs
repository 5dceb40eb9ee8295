//! The Lambda behind the stream of comments: keeps for each page how many comments there are on it, and
//! when the newest was made that ever was.
//!
//! It takes batches of a DynamoDB stream whose view type is `NEW_AND_OLD_IMAGES`. An `INSERT` adds one
//! to the page of its comment, a `REMOVE` subtracts one, a `MODIFY` does both if the comment changes
//! pages, and nothing otherwise. Comments have `pageId` and `createdAt`, both strings, the second in the
//! form `2015-04-09T12:34:56.789Z`; nothing else of them is read or logged. A comment whose time has
//! another form is counted and never is the newest.
//!
//! | table | key | attributes |
//! |---|---|---|
//! | counts | `pageId` | `count`; `lastCommentAt`, which a removal does not move back |
//! | markers | `eventId` | `expiresAt`, in seconds since 1970, for DynamoDB to delete it by |
//!
//! Every event is counted once, in whatever order and however often it comes, and at whatever point
//! this process ends: its marker and what it changes are written in one transaction. Several events
//! share a transaction, and a page in it changes once. If an event has been counted before, or a page
//! has a newer comment already, the transaction is cancelled and is tried again without that; if it
//! meets another one, or DynamoDB throttles, it is tried again a little later.
//!
//! The answer is `{"batchItemFailures": [{"itemIdentifier"}]}` with the sequence number of each record
//! that is not counted; the invocation fails only if its event is no batch of a stream. Those that
//! could not be written in time are counted when they come again. Poison records, which can never be
//! counted, come again until the mapping gives them up; what is wrong with them is in the log, with
//! sequence number and event id. The others of their batch are counted.
//!
//! It reads `STATS_TABLE_NAME` and `EVENTS_TABLE_NAME`. It measures `CommentsProcessed`, events that
//! were not counted before, and `CommentsFailed`, those that it reports.
#![expect(
    async_fn_in_trait,
    reason = "a function runs on one thread, so its futures need not be Send"
)]

mod change;
mod dynamodb;
mod error;
mod event;
mod stats;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;

pub use change::Change;
pub use dynamodb::DynamoDb;
pub use error::Error;
pub use event::Event;
pub use stats::PageStats;
pub use transaction::Transaction;

use change::{CountedEvent, Judgement};
use lambda_kit::{Backoff, BatchResponse, Chain, Handler, Invocation};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::convert::Infallible;
use std::time::Duration;

/// How often a transaction is tried again that meets another one or is throttled, and the waits: less
/// than 2 s in all, of which a transaction takes some 20 ms.
const RETRIES: u32 = 6;
const FIRST_WAIT: Duration = Duration::from_millis(25);
const LONGEST_WAIT: Duration = Duration::from_millis(800);

/// The function's behaviour on its port.
#[derive(Debug)]
pub struct CommentStream<S> {
    stats: S,
}

/// What became of a batch.
#[derive(Debug, Default)]
struct Tally {
    /// Events that are counted and were not before.
    processed: u64,
    /// Events that had been counted before.
    repeated: u64,
    /// Events that change no count.
    unchanged: u64,
    response: BatchResponse,
}

impl<S: PageStats> CommentStream<S> {
    /// The function on `stats`.
    pub fn new(stats: S) -> Self {
        Self { stats }
    }

    /// Counts a group of events that fits into a transaction. Answers with the halves of it that are to
    /// be counted instead, if DynamoDB refuses it because of an event that it does not name.
    async fn count(
        &self,
        mut group: Vec<CountedEvent>,
        tally: &mut Tally,
        invocation: &Invocation,
    ) -> Vec<Vec<CountedEvent>> {
        let mut backoff = Backoff::new(RETRIES, FIRST_WAIT, LONGEST_WAIT);
        let mut up_to_date = BTreeSet::new();
        // A cancelled transaction takes events or newest comments away from the next one, so this ends.
        while !group.is_empty() {
            let transaction = Transaction::new(&group, &up_to_date);
            let written = invocation.in_time(self.stats.write(&transaction)).await;
            match written.unwrap_or(Err(Error::OutOfTime)) {
                Ok(()) => {
                    tally.processed += group.len() as u64;
                    break;
                }
                Err(Error::Cancelled { counted, up_to_date: pages, refused }) => {
                    let before = group.len();
                    group.retain(|event| !counted.contains(&event.id));
                    tally.repeated += (before - group.len()) as u64;
                    up_to_date.extend(pages);
                    give_up_pages(&mut group, &refused, tally);
                }
                Err(error @ Error::Refused { .. }) => return halves(group, &error, tally),
                Err(error) => match backoff.next().filter(|_| error.passes()) {
                    Some(wait) if invocation.in_time(tokio::time::sleep(wait)).await.is_some() => {}
                    _ => {
                        give_up(&group, &error, tally);
                        break;
                    }
                },
            }
        }
        Vec::new()
    }
}

impl<S: PageStats> Handler for CommentStream<S> {
    type Event = Event;
    type Response = BatchResponse;
    type Error = Infallible;

    async fn handle(
        &self,
        event: Event,
        invocation: &Invocation,
    ) -> Result<BatchResponse, Infallible> {
        let mut tally = Tally::default();
        let mut groups = VecDeque::from(transaction::groups(judged(event, &mut tally)));
        while let Some(group) = groups.pop_front() {
            groups.extend(self.count(group, &mut tally, invocation).await);
        }
        let Tally { processed, repeated, unchanged, response } = tally;
        let failed = response.failures();
        tracing::info!(processed, repeated, unchanged, failed, "a batch was counted");
        invocation.metrics().count("CommentsProcessed", processed);
        invocation.metrics().count("CommentsFailed", failed as u64);
        Ok(response)
    }
}

/// The events that are to be counted, each once; the other records are dealt with.
fn judged(event: Event, tally: &mut Tally) -> Vec<CountedEvent> {
    let mut events = Vec::new();
    let mut known = HashSet::new();
    for record in event.records {
        let Judgement { changes, problem } = Judgement::of(&record);
        let (id, sequence_number) = (record.event_id, record.change.sequence_number);
        if let Some(error) = &problem {
            poison(&id, &sequence_number, error, tally);
        }
        if !known.insert(id.clone()) {
            continue;
        }
        if !changes.is_empty() {
            events.push(CountedEvent { id, sequence_number, changes });
        } else if problem.is_none() {
            tally.unchanged += 1;
        }
    }
    events
}

/// Reports a record that a person has to look at.
fn poison(id: &str, sequence_number: &str, error: &Error, tally: &mut Tally) {
    tracing::error!(
        sequenceNumber = sequence_number,
        eventId = id,
        error = %Chain(error),
        "a record cannot be counted"
    );
    tally.response.fail(sequence_number.to_owned());
}

/// The halves of a group that DynamoDB refuses; of one event alone it is known what is refused, and it
/// is reported.
fn halves(
    mut group: Vec<CountedEvent>,
    error: &Error,
    tally: &mut Tally,
) -> Vec<Vec<CountedEvent>> {
    if let [event] = &group[..] {
        poison(&event.id, &event.sequence_number, error, tally);
        return Vec::new();
    }
    let second = group.split_off(group.len() / 2);
    vec![group, second]
}

/// Takes the events out of the group that change one of these pages, and reports them.
fn give_up_pages(
    group: &mut Vec<CountedEvent>,
    refused: &BTreeMap<String, String>,
    tally: &mut Tally,
) {
    group.retain(|event| {
        let message = event.changes.iter().find_map(|change| refused.get(&change.page_id));
        let Some(message) = message else { return true };
        let error = Error::PageRefused { message: message.clone() };
        poison(&event.id, &event.sequence_number, &error, tally);
        false
    });
}

/// Has events delivered again that may be counted another time. They share a line of the log, because
/// they share the reason, and it is not theirs.
fn give_up(group: &[CountedEvent], error: &Error, tally: &mut Tally) {
    let sequence_numbers: Vec<&str> =
        group.iter().map(|event| event.sequence_number.as_str()).collect();
    tracing::error!(
        sequenceNumbers = sequence_numbers.join(","),
        error = %Chain(error),
        "events were not counted and are to be delivered again"
    );
    sequence_numbers.iter().for_each(|&number| tally.response.fail(number.to_owned()));
}
