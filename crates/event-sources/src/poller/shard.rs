//! A shard: reads its records in order and hands each to the lane of its key.
//!
//! There are as many lanes as the parallelization factor says. Records with one key have one lane, so
//! their order is kept.

use std::future::pending;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use aws_call::Role;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::lane::Lane;
use super::shards::ShardMemory;
use super::stream_api::{Position, StreamApi};
use super::{Poll, Stop};
use crate::client::{Backoff, Failure, TOO_LARGE};
use crate::event::StreamRecord;

/// As many records as DynamoDB Streams gives at once. Batches are made of what was read, however
/// small they are.
const MOST_RECORDS: usize = 1000;

/// How long to wait for more without news, when a read gave something and at most when it did not.
const SOON: Duration = Duration::from_millis(50);
const LATER: Duration = Duration::from_millis(250);

/// How long to wait at least: there is one clue for all streams of a kind, and what is written at
/// about the same time is read together.
const PAUSE: Duration = Duration::from_millis(20);

/// Reads a shard until its end or until it is told to stop, and says where it has come to.
pub(super) async fn run(
    poll: &Arc<Poll>,
    id: &str,
    mut memory: ShardMemory,
    stop: &Stop,
) -> ShardMemory {
    let mut lanes = JoinSet::new();
    let count = poll.plan.settings.parallelization;
    let mut senders = Vec::new();
    for share in shares(memory.unsettled.drain(..), count) {
        let (sender, receiver) = mpsc::channel(1);
        senders.push(sender);
        let lane = Lane::new(Arc::clone(poll), id, share, receiver, stop.clone());
        lanes.spawn(lane.run());
    }
    let news = poll.news.clone();
    let mut reader = Reader { poll, id, stop, news, limit: MOST_RECORDS, wait: SOON };
    reader.read(&mut memory, &senders).await;
    drop(senders);
    let mut unsettled = Vec::from(std::mem::take(&mut memory.unsettled));
    while let Some(rest) = lanes.join_next().await {
        match rest {
            Ok(rest) => unsettled.extend(rest),
            Err(panicked) => std::panic::resume_unwind(panicked.into_panic()),
        }
    }
    // Sequence numbers are numbers without a fixed length.
    unsettled.sort_by(|one, other| {
        let order = |record: &StreamRecord| {
            let digits = record.sequence_number.trim_start_matches('0');
            (digits.len(), digits.to_owned())
        };
        order(one).cmp(&order(other))
    });
    memory.unsettled = unsettled.into();
    memory
}

/// What of these records is each lane's.
fn shares(records: impl Iterator<Item = StreamRecord>, lanes: usize) -> Vec<Vec<StreamRecord>> {
    let mut shares = Vec::new();
    shares.resize_with(lanes, Vec::new);
    for record in records {
        shares[lane_of(&record, lanes)].push(record);
    }
    shares
}

fn lane_of(record: &StreamRecord, lanes: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    record.key.hash(&mut hasher);
    usize::try_from(hasher.finish() % lanes as u64).unwrap_or_default()
}

struct Reader<'a> {
    poll: &'a Poll,
    id: &'a str,
    stop: &'a Stop,
    news: watch::Receiver<()>,
    limit: usize,
    wait: Duration,
}

impl Reader<'_> {
    /// Reads on until the shard ends or it is told to stop. What it has read and could not hand on is
    /// left in the memory.
    async fn read(&mut self, memory: &mut ShardMemory, lanes: &[mpsc::Sender<Vec<StreamRecord>>]) {
        let mut backoff = Backoff::default();
        while !memory.ended && !self.stop.is_requested() {
            let had_iterator = memory.iterator.is_some();
            // What was told before it reads, it reads.
            self.news.borrow_and_update();
            match self.read_once(memory, lanes).await {
                Ok(full) => {
                    backoff.reset();
                    if !full {
                        self.rest().await;
                    }
                }
                Err(failure) => {
                    memory.iterator = None;
                    if failure.is("TrimmedDataAccessException") {
                        memory.position = Position::TrimHorizon;
                    }
                    if failure.is(TOO_LARGE) && self.limit > 1 {
                        self.limit /= 2;
                    } else if !(had_iterator && failure.is("ExpiredIteratorException")) {
                        self.poll.wait_out(&failure, &mut backoff, self.stop).await;
                    }
                }
            }
        }
    }

    /// Waits for news, or a while without any.
    async fn rest(&mut self) {
        let soonest = Instant::now() + PAUSE;
        let sooner = async {
            match self.news.changed().await {
                Ok(()) => sleep_until(soonest).await,
                // Whoever told news is gone, and so will be the mapping.
                Err(_) => pending().await,
            }
        };
        tokio::select! {
            () = sooner => {}
            () = self.stop.or_after(self.wait) => {}
        }
    }

    /// Reads once. Whether there is probably more.
    async fn read_once(
        &mut self,
        memory: &mut ShardMemory,
        lanes: &[mpsc::Sender<Vec<StreamRecord>>],
    ) -> Result<bool, Failure> {
        let Poll { client, plan, .. } = self.poll;
        let role = self.poll.role();
        let role = Role { arn: &role, session: &plan.function.name };
        let api = StreamApi { client, source: &plan.source, role };
        let iterator = match memory.iterator.take() {
            Some(iterator) => iterator,
            None => api.iterator(self.id, &memory.position).await?,
        };
        let page = api.records(self.id, &iterator, self.limit).await?;
        let count = page.records.len();
        if let Some(last) = page.records.last() {
            memory.position = Position::After(last.sequence_number.clone());
        }
        memory.ended = page.next.is_none();
        memory.iterator = page.next;
        self.wait = if count > 0 { SOON } else { (self.wait * 2).min(LATER) };
        let mut accepted = Vec::new();
        for record in page.records {
            if let Some(time) = memory.not_before {
                // To the second, which is as exact as DynamoDB's times are.
                if record.arrived.as_second() < time.as_second() {
                    continue;
                }
                memory.not_before = None;
            }
            if plan.settings.filters.accept(plan.source.kind, &record.document) {
                accepted.push(record);
            }
        }
        self.hand_on(accepted, memory, lanes).await;
        Ok(count >= self.limit)
    }

    /// Gives each lane its share, and waits for those that have enough to do.
    async fn hand_on(
        &self,
        records: Vec<StreamRecord>,
        memory: &mut ShardMemory,
        lanes: &[mpsc::Sender<Vec<StreamRecord>>],
    ) {
        let shares = shares(records.into_iter(), lanes.len());
        let mut busy = Vec::new();
        for (lane, share) in lanes.iter().zip(shares).filter(|(_, share)| !share.is_empty()) {
            if let Err(back) = lane.try_send(share) {
                busy.push((lane, back.into_inner()));
            }
        }
        for (lane, share) in busy {
            let permit = tokio::select! {
                biased;
                () = self.stop.requested() => None,
                permit = lane.reserve() => permit.ok(),
            };
            match permit {
                Some(permit) => permit.send(share),
                None => memory.unsettled.extend(share),
            }
        }
    }
}
