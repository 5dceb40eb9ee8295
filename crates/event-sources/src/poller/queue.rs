//! A queue: workers receive its messages, invoke the function with batches of them and delete what is
//! done.
//!
//! One worker waits for messages. As soon as it has some, the next one begins to wait, up to the
//! concurrency that the mapping has. A worker that found as much as it asked for looks for more when
//! its batch is done, so that a queue is drained by all of them side by side; otherwise it ends.
//!
//! What is not deleted comes back when its visibility timeout has passed; how often, and what then, is
//! SQS's business, and so is the order within a FIFO group: SQS gives out no message of a group while
//! another one is under way.

mod api;
mod waiting;
mod worker;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use aws_call::Role;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinSet;

use super::{Poll, Stop};
use crate::client::{Backoff, Client, Failure};
use crate::mapping::Source;
use api::visibility_timeout;
use waiting::LongPoll;
use worker::Worker;

/// How many batches are under way at once where no maximum is given. AWS begins with five and goes
/// on to hundreds.
const USUAL_CONCURRENCY: usize = 10;

/// Why a mapping cannot be made, if a role cannot read a queue.
pub(super) async fn probe(
    client: &Client,
    source: &Source,
    role: Role<'_>,
    function_timeout: u64,
) -> Option<String> {
    match visibility_timeout(client, source, role).await {
        Ok(visibility) if visibility.as_secs() < function_timeout => Some(format!(
            "Queue visibility timeout: {} seconds is less than Function timeout: \
             {function_timeout} seconds",
            visibility.as_secs()
        )),
        Err(failure) if failure.is_denial() => Some(
            "The function execution role does not have permissions to call ReceiveMessage on SQS"
                .to_owned(),
        ),
        Err(failure) if failure.may_pass() => None,
        Err(Failure::Refused { code, message }) => Some(format!(
            "Error occurred while ReceiveMessage. SQS Error Code: {code}. SQS Error Message: \
             {message}"
        )),
        Ok(_) | Err(Failure::Unreachable(_)) => None,
    }
}

/// What the workers of a mapping share.
struct Crew {
    poll: Arc<Poll>,
    stop: Stop,
    visibility: Duration,
    long_poll: LongPoll,
    /// How many batches have failed as a whole since one succeeded.
    failures: AtomicU32,
}

/// Polls the queue until it is told to stop and every batch under way is done.
pub(super) async fn run(poll: &Arc<Poll>, stop: &Stop) {
    let Some(visibility) = learn_visibility(poll, stop).await else { return };
    poll.reached(stop);
    let crew = Arc::new(Crew {
        poll: Arc::clone(poll),
        stop: stop.clone(),
        visibility,
        long_poll: LongPoll::default(),
        failures: AtomicU32::new(0),
    });
    let concurrency = poll.plan.settings.maximum_concurrency.unwrap_or(USUAL_CONCURRENCY);
    let permits = Arc::new(Semaphore::new(concurrency));
    let mut workers = JoinSet::new();
    loop {
        let permit = tokio::select! {
            biased;
            () = stop.requested() => break,
            permit = Arc::clone(&permits).acquire_owned() => permit,
        };
        let (waiting, done_waiting) = oneshot::channel();
        let worker = Worker::new(Arc::clone(&crew), waiting);
        workers.spawn(async move {
            worker.run().await;
            drop(permit);
        });
        // Nothing is ever sent: the other end is dropped when the worker has found something.
        let _ = done_waiting.await;
        while workers.try_join_next().is_some() {}
    }
    while workers.join_next().await.is_some() {}
    Worker::clear_up(crew).await;
}

/// The queue's visibility timeout; nothing if polling shall stop before it is known.
async fn learn_visibility(poll: &Poll, stop: &Stop) -> Option<Duration> {
    let mut backoff = Backoff::default();
    while !stop.is_requested() {
        let role = poll.role();
        let role = Role { arn: &role, session: &poll.plan.function.name };
        match visibility_timeout(&poll.client, &poll.plan.source, role).await {
            Ok(visibility) => return Some(visibility),
            Err(failure) => poll.wait_out(&failure, &mut backoff, stop).await,
        }
    }
    None
}
