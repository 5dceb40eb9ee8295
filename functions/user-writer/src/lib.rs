//! The worker behind the queue of `async-sqs`: makes a user of each message, once.
//!
//! The body of a message is what a client sent: `{"name": "...", "email": "..."}`. The id of its user
//! is derived from the message's id, and a user is put only if none with its id is there. So however
//! often a message comes, and at whatever point this process ends, there is one user in the end. A
//! message that was sent back from the dead-letter queue is a new one to SQS; its attribute
//! `OriginalMessageId` holds the id that it had, which goes in place of its own.
//!
//! | item | key | attributes, all strings |
//! |---|---|---|
//! | user | `ID` | `SQSMessageID`, `Name`, `Email`, `CreatedAt` |
//! | failure | `ID` | `SQSMessageID`, `Reason`, `FailedAt` |
//!
//! Times are in the form `2026-11-20T09:00:00.001Z`. A failure has the id that the user would have: it
//! never takes the place of a user, and a user takes its place if the message succeeds later.
//!
//! The answer is `{"batchItemFailures": [{"itemIdentifier"}]}` with the id of each message that did not
//! become a user; the invocation fails only if its event is no batch of a queue. Why, is in the log,
//! with the message's id.
//!
//! - A fault that can pass, such as a throttled write, is waited for a few times, and then left to the
//!   next delivery.
//! - A fault that cannot, such as a name that is too short, is reported at once. The message comes again
//!   all the same, until it has been received `MAXIMUM_RECEIVES` times.
//! - With the last receive whatever fault it is becomes a failure, with a reason for the client, before
//!   the message is reported and SQS moves it to the dead-letter queue. If not even that can be
//!   written, the message is in the dead-letter queue without it.
//!
//! It reads `USERS_TABLE_NAME` and `MAXIMUM_RECEIVES`, which is the queue's `maxReceiveCount`. It
//! measures `UsersCreated`, `UsersRepeated`, messages whose user was there already, and `UsersFailed`,
//! those that it reports.
#![expect(
    async_fn_in_trait,
    reason = "a function runs on one thread, so its futures need not be Send"
)]

mod dynamodb;
mod error;
mod event;
mod request;
#[cfg(feature = "testing")]
pub mod testing;
mod users;

pub use dynamodb::DynamoDb;
pub use error::Error;
pub use event::Event;
pub use users::{Failure, User, Users, Written};

use event::Message;
use lambda_kit::{
    Backoff, BatchResponse, Chain, Handler, Invocation, Outcome, Record as _, process_batch,
};
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::time::Duration;

/// How many users are written at a time: a batch of ten in two rounds of some 5 ms. Each more is one
/// more connection, whose TLS costs more than the round.
const CONCURRENCY: usize = 5;

/// How often a write is tried again on top of what the SDK does itself, and the waits.
const RETRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_millis(400);

/// The function's behaviour on its port.
#[derive(Debug)]
pub struct UserWriter<U> {
    users: U,
    maximum_receives: u32,
}

impl<U: Users> UserWriter<U> {
    /// The function on `users`, behind a queue that gives a message up after so many receives.
    pub fn new(users: U, maximum_receives: NonZeroU32) -> Self {
        Self { users, maximum_receives: maximum_receives.get() }
    }

    /// Makes a user of a message, or at the last receive a failure.
    async fn write(&self, message: &Message, invocation: &Invocation) -> Result<Written, Error> {
        let is_last = message.receives() >= self.maximum_receives;
        // The other half is for the failure.
        let patience = invocation.time_left() / if is_last { 2 } else { 1 };
        let created = tokio::time::timeout(patience, self.create(message)).await;
        let error = match created.unwrap_or(Err(Error::OutOfTime)) {
            Ok(written) => return Ok(written),
            Err(error) => error,
        };
        if !is_last {
            log(message, &error, "a message failed and is to be delivered again");
            return Err(error);
        }
        let failure = Failure::of(message, &error);
        match insist(async || self.users.fail(&failure).await).await {
            // A write without an answer was done after all, now or at a receive before.
            Ok(Written::UserThere) if !error.is_permanent() => return Ok(Written::UserThere),
            Ok(_) => {}
            Err(error) => log(message, &error, "the failure of a message could not be written"),
        }
        log(message, &error, "a message failed at its last receive");
        Err(error)
    }

    async fn create(&self, message: &Message) -> Result<Written, Error> {
        let user = User::of(message)?;
        insist(async || self.users.create(&user).await).await
    }
}

impl<U: Users> Handler for UserWriter<U> {
    type Event = Event;
    type Response = BatchResponse;
    type Error = Infallible;

    async fn handle(
        &self,
        event: Event,
        invocation: &Invocation,
    ) -> Result<BatchResponse, Infallible> {
        let write = async |message| self.write(message, invocation).await;
        let processed = process_batch(&event.messages, CONCURRENCY, invocation, write).await;
        let (mut created, mut repeated) = (0, 0);
        for (message, outcome) in processed.iter() {
            match outcome {
                Outcome::Done(Written::Now) => created += 1,
                Outcome::Done(Written::UserThere) => repeated += 1,
                // It is in the log already.
                Outcome::Failed(_) => {}
                Outcome::Skipped | Outcome::OutOfTime => {
                    let what = "a message was left and is to be delivered again";
                    log(message, &Error::OutOfTime, what);
                }
            }
        }
        let response = processed.response();
        let failed = response.failures();
        tracing::info!(created, repeated, failed, "a batch was written");
        invocation.metrics().count("UsersCreated", created);
        invocation.metrics().count("UsersRepeated", repeated);
        invocation.metrics().count("UsersFailed", failed as u64);
        Ok(response)
    }
}

/// Writes, and writes again if what stands against it can be over in a moment.
async fn insist(write: impl AsyncFn() -> Result<Written, Error>) -> Result<Written, Error> {
    let mut backoff = Backoff::new(RETRIES, FIRST_WAIT, LONGEST_WAIT);
    loop {
        match (write().await, backoff.next()) {
            (Err(error), Some(wait)) if error.passes() => tokio::time::sleep(wait).await,
            (written, _) => return written,
        }
    }
}

fn log(message: &Message, error: &Error, what: &str) {
    tracing::error!(
        messageId = message.identifier(),
        originalMessageId = message.original_id(),
        receives = message.receives(),
        error = %Chain(error),
        "{what}"
    );
}
