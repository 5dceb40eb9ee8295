//! The task of a mapping: polls while it is enabled, rests while it is not, and ends with it.
//!
//! A poller that is told to stop finishes the invocations under way and remembers where it was: what
//! was read from a stream and not yet settled is settled when it polls again.

mod gather;
mod lane;
mod queue;
mod shard;
mod shards;
mod stream_api;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_call::Role;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::client::{Backoff, Client, Failure};
use crate::invoke::Configuration;
use crate::mapping::{Kind, Source, State};
use crate::news::News;
use crate::service::{EventSources, Log};
use crate::store::{Goal, Plan, Status};

/// Starts the task of a mapping that is in the store.
pub(crate) fn start(
    sources: &EventSources,
    region: &str,
    uuid: &str,
    goal: watch::Receiver<Goal>,
) -> AbortHandle {
    let client = sources.client(region);
    let status = Status { store: sources.store.clone(), uuid: uuid.to_owned() };
    let (news, log) = (Arc::clone(&sources.news), Arc::clone(&sources.log));
    tokio::spawn(tend(client, status, news, log, goal)).abort_handle()
}

/// Why a mapping cannot be made, if the function's role cannot read the source, in Lambda's words.
pub(crate) async fn probe(
    client: &Client,
    source: &Source,
    configuration: &Configuration,
) -> Option<String> {
    let role = Role { arn: &configuration.role, session: &configuration.function.name };
    match source.kind {
        Kind::Queue { .. } => {
            queue::probe(client, source, role, configuration.timeout_seconds).await
        }
        Kind::DynamoDb | Kind::Kinesis => stream_api::probe(client, source, role).await,
    }
}

async fn tend(
    client: Client,
    status: Status,
    news: Arc<News>,
    log: Log,
    mut goal: watch::Receiver<Goal>,
) {
    let mut memory = shards::Memory::default();
    // Without a sender the mapping is gone.
    while goal.has_changed().is_ok() {
        let wanted = goal.borrow_and_update().clone();
        let stop = Stop(goal.clone());
        match wanted {
            Goal::Poll(plan) => {
                let poll = Poll {
                    client: client.clone(),
                    news: news.of(plan.source.kind),
                    plan,
                    role: Mutex::default(),
                    status: status.clone(),
                    log: Arc::clone(&log),
                };
                poll.run(&mut memory, stop).await;
            }
            Goal::Rest => {
                status.reached(State::Disabled, &goal);
                stop.requested().await;
            }
            Goal::End => {
                status.gone();
                return;
            }
        }
    }
}

/// Tells that polling shall stop.
#[derive(Clone)]
struct Stop(watch::Receiver<Goal>);

impl Stop {
    fn is_requested(&self) -> bool {
        self.0.has_changed().unwrap_or(true)
    }

    async fn requested(&self) {
        // A clone, because looking at a change makes it an old one.
        let _ = self.0.clone().changed().await;
    }

    /// Waits for a while, or until it is requested.
    async fn or_after(&self, wait: Duration) {
        let _ = timeout(wait, self.requested()).await;
    }
}

/// What everything that polls for one mapping shares.
struct Poll {
    client: Client,
    plan: Arc<Plan>,
    /// The ARN of the function's execution role.
    role: Mutex<String>,
    status: Status,
    /// Changes when something may have been written to a source of this kind.
    news: watch::Receiver<()>,
    log: Log,
}

impl Poll {
    async fn run(self, memory: &mut shards::Memory, stop: Stop) {
        let mut backoff = Backoff::default();
        while let Err(failure) = self.look_up_role().await {
            if stop.is_requested() {
                return;
            }
            self.problem(&failure.to_string());
            stop.or_after(backoff.next()).await;
        }
        let poll = Arc::new(self);
        match poll.plan.source.kind {
            Kind::Queue { .. } => queue::run(&poll, &stop).await,
            Kind::DynamoDb | Kind::Kinesis => shards::run(&poll, memory, &stop).await,
        }
    }

    /// Learns the role of the function, which may be another one than it was.
    async fn look_up_role(&self) -> Result<(), Failure> {
        let function = &self.plan.function;
        let qualifier = function.qualifier.as_deref();
        let Configuration { role, .. } =
            self.client.configuration(&function.name, qualifier).await?;
        *self.role.lock().unwrap_or_else(PoisonError::into_inner) = role;
        Ok(())
    }

    fn role(&self) -> String {
        self.role.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Says that polling has begun.
    fn reached(&self, stop: &Stop) {
        self.status.reached(State::Enabled, &stop.0);
    }

    /// Says what is in the way; the log is told once.
    fn problem(&self, problem: &str) {
        if self.status.problem(problem) {
            let Plan { uuid, source, function, .. } = &*self.plan;
            let (source, function) = (&source.arn, &function.name);
            (self.log)(&format!("event source mapping {uuid}, {source} to {function}: {problem}"));
        }
    }

    /// Says what is in the way and waits, longer each time. A role that was refused may have been
    /// replaced meanwhile.
    async fn wait_out(&self, failure: &Failure, backoff: &mut Backoff, stop: &Stop) {
        self.problem(&failure.to_string());
        stop.or_after(backoff.next()).await;
        if failure.is_denial() && !stop.is_requested() {
            // Failing that, the role stays what it is known to be.
            let _ = self.look_up_role().await;
        }
    }
}
