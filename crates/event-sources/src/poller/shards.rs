//! A stream: finds its shards and has each of them read, children after their parents.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use aws_call::Role;
use jiff::Timestamp;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::sleep;

use super::stream_api::{Position, Shard, StreamApi};
use super::{Poll, Stop, shard};
use crate::client::{Backoff, Failure};
use crate::event::StreamRecord;
use crate::mapping::Start;

/// How often a stream is asked for new shards, unless one of them has ended.
const LOOK_AROUND: Duration = Duration::from_secs(10);

/// Where a mapping is in its stream, which it keeps while it does not poll.
#[derive(Debug, Default)]
pub(super) struct Memory {
    shards: BTreeMap<String, Tracked>,
    /// Whether the stream was listed before: what is new after that is read from its beginning.
    begun: bool,
}

#[derive(Debug)]
struct Tracked {
    parents: Vec<String>,
    state: State,
}

#[derive(Debug)]
enum State {
    Resting(ShardMemory),
    /// A task reads it, which has its memory.
    Reading(Id),
}

/// Where a mapping is in a shard.
#[derive(Debug)]
pub(super) struct ShardMemory {
    pub(super) position: Position,
    /// What arrived before this time is skipped, until something has arrived since.
    pub(super) not_before: Option<Timestamp>,
    /// For as long as it lasts.
    pub(super) iterator: Option<String>,
    /// Whether everything was read, and nothing is written any more.
    pub(super) ended: bool,
    /// What was read and is not settled, in order.
    pub(super) unsettled: VecDeque<StreamRecord>,
}

impl ShardMemory {
    fn at(position: Position) -> Self {
        let not_before = match position {
            Position::At(time) => Some(time),
            _ => None,
        };
        Self { position, not_before, iterator: None, ended: false, unsettled: VecDeque::new() }
    }
}

/// A task that reads a shard and says in the end where it has come to.
type Tasks = JoinSet<(String, ShardMemory)>;

/// Reads the stream until it is told to stop.
pub(super) async fn run(poll: &Arc<Poll>, memory: &mut Memory, stop: &Stop) {
    let mut tasks = Tasks::new();
    let mut backoff = Backoff::default();
    while !stop.is_requested() {
        match look_around(poll, memory).await {
            Ok(()) => {
                backoff.reset();
                memory.start(poll, stop, &mut tasks);
                poll.reached(stop);
                tokio::select! {
                    () = stop.requested() => {}
                    Some(ended) = tasks.join_next() => memory.keep(ended),
                    () = sleep(LOOK_AROUND) => {}
                }
            }
            Err(failure) => poll.wait_out(&failure, &mut backoff, stop).await,
        }
    }
    while let Some(ended) = tasks.join_next().await {
        memory.keep(ended);
    }
}

/// Lists the shards and decides where new ones are read from.
async fn look_around(poll: &Poll, memory: &mut Memory) -> Result<(), Failure> {
    let role = poll.role();
    let role = Role { arn: &role, session: &poll.plan.function.name };
    let api = StreamApi { client: &poll.client, source: &poll.plan.source, role };
    let listed = api.shards().await?;
    memory.forget_all_but(&listed);
    let start = poll.plan.start.filter(|_| !memory.begun).unwrap_or(Start::TrimHorizon);
    for Shard { id, parents, closed } in listed {
        if memory.shards.contains_key(&id) {
            continue;
        }
        let mut found = ShardMemory::at(match start {
            Start::TrimHorizon => Position::TrimHorizon,
            // Should the iterator end unused, reading goes on with what has arrived since.
            Start::Latest => Position::At(poll.client.cloud.now()),
            Start::At(time) => Position::At(time),
        });
        if start == Start::Latest && closed {
            found.ended = true;
        } else if start == Start::Latest {
            // The iterator is made before the mapping is enabled: what is written from then on is
            // read.
            found.iterator = Some(api.iterator(&id, &Position::Latest).await?);
        }
        memory.shards.insert(id, Tracked { parents, state: State::Resting(found) });
    }
    memory.begun = true;
    Ok(())
}

impl Memory {
    /// Shards that were read and settled need not be remembered when the stream has forgotten them.
    fn forget_all_but(&mut self, listed: &[Shard]) {
        self.shards.retain(|id, shard| {
            !shard.is_settled() || listed.iter().any(|listed| listed.id == *id)
        });
    }

    /// Has every shard read that nobody reads, and whose parents are settled.
    fn start(&mut self, poll: &Arc<Poll>, stop: &Stop, tasks: &mut Tasks) {
        let unsettled =
            |parent: &&String| self.shards.get(*parent).is_some_and(|parent| !parent.is_settled());
        let may_start = |shard: &Tracked| {
            matches!(shard.state, State::Resting(_))
                && !shard.is_settled()
                && shard.parents.iter().find(unsettled).is_none()
        };
        let ids = self.shards.iter().filter(|(_, shard)| may_start(shard));
        let ids: Vec<_> = ids.map(|(id, _)| id.clone()).collect();
        for id in ids {
            let Some(Tracked { parents, state: State::Resting(memory) }) = self.shards.remove(&id)
            else {
                continue;
            };
            let task = {
                let (poll, stop, id) = (Arc::clone(poll), stop.clone(), id.clone());
                async move {
                    let memory = shard::run(&poll, &id, memory, &stop).await;
                    (id, memory)
                }
            };
            let state = State::Reading(tasks.spawn(task).id());
            self.shards.insert(id, Tracked { parents, state });
        }
    }

    /// Remembers where a task has come to. A task that has panicked has taken its memory along: its
    /// shard is read again from its beginning, because better twice than never.
    fn keep(&mut self, ended: Result<(String, ShardMemory), JoinError>) {
        let (shard, memory) = match ended {
            Ok((id, memory)) => (self.shards.get_mut(&id), memory),
            Err(error) => {
                let mut shards = self.shards.values_mut();
                let is_its = |shard: &&mut Tracked| matches!(shard.state, State::Reading(task) if task == error.id());
                (shards.find(is_its), ShardMemory::at(Position::TrimHorizon))
            }
        };
        if let Some(shard) = shard {
            shard.state = State::Resting(memory);
        }
    }
}

impl Tracked {
    /// Whether everything in it was read and settled.
    fn is_settled(&self) -> bool {
        matches!(&self.state, State::Resting(memory) if memory.ended && memory.unsettled.is_empty())
    }
}
