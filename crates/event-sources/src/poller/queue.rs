//! A queue: receives its messages, invokes the function with batches of them, several at a time, and
//! deletes what is done.
//!
//! What is not deleted comes back when its visibility timeout has passed; how often, and what then, is
//! SQS's business, and so is the order within a FIFO group: SQS gives out no message of a group while
//! another one is under way.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aws_call::Role;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::gather::Gathering;
use super::lane::FUNCTION_FAILED;
use super::{Poll, Stop};
use crate::client::{Backoff, Client, Failure};
use crate::destination::{SQS, queue_url};
use crate::event::{self, Message};
use crate::mapping::Source;
use crate::report::Report;
use crate::store::Plan;

/// As many as SQS gives or takes at once.
const MOST_MESSAGES: usize = 10;

/// How long SQS waits for a message, and so how long stopping takes at most.
const LONG_POLL: Duration = Duration::from_secs(2);

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
        Err(Failure::Refused { code, message }) => Some(format!(
            "Error occurred while ReceiveMessage. SQS Error Code: {code}. SQS Error Message: \
             {message}"
        )),
        Ok(_) | Err(Failure::Unreachable(_)) => None,
    }
}

async fn visibility_timeout(
    client: &Client,
    source: &Source,
    role: Role<'_>,
) -> Result<Duration, Failure> {
    let input = json!({ "QueueUrl": url(source), "AttributeNames": ["VisibilityTimeout"] });
    let answer = client.json(SQS, "GetQueueAttributes", Some(role), &input).await?;
    let seconds = answer["Attributes"]["VisibilityTimeout"].as_str();
    let seconds = seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(30);
    Ok(Duration::from_secs(seconds))
}

fn url(source: &Source) -> String {
    queue_url(source.part(3), source.part(4), source.part(5))
}

/// Polls the queue until it is told to stop and every batch under way is done.
pub(super) async fn run(poll: &Arc<Poll>, stop: &Stop) {
    let mut backoff = Backoff::default();
    let visibility = loop {
        let role = poll.role();
        let role = Role { arn: &role, session: &poll.plan.function.name };
        match visibility_timeout(&poll.client, &poll.plan.source, role).await {
            Ok(visibility) => break visibility,
            Err(failure) => poll.wait_out(&failure, &mut backoff, stop).await,
        }
        if stop.is_requested() {
            return;
        }
    };
    poll.reached(stop);
    let settings = &poll.plan.settings;
    let concurrency = settings.maximum_concurrency.unwrap_or(USUAL_CONCURRENCY);
    let permits = Arc::new(Semaphore::new(concurrency));
    let mut batches = JoinSet::new();
    let mut receiver = Receiver { poll, stop, carried: VecDeque::new() };
    loop {
        while batches.try_join_next().is_some() {}
        let permit = tokio::select! {
            biased;
            () = stop.requested(), if receiver.carried.is_empty() => break,
            permit = Arc::clone(&permits).acquire_owned() => permit,
        };
        let received = Instant::now();
        match receiver.gather().await {
            Ok(messages) => {
                backoff.reset();
                if !messages.is_empty() {
                    let batch = Batch {
                        poll: Arc::clone(poll),
                        stop: stop.clone(),
                        messages,
                        visible_again: received + visibility,
                    };
                    batches.spawn(async move {
                        batch.see_through().await;
                        drop(permit);
                    });
                }
            }
            Err(failure) => poll.wait_out(&failure, &mut backoff, stop).await,
        }
    }
    while batches.join_next().await.is_some() {}
}

/// Receives messages and makes batches of them.
struct Receiver<'a> {
    poll: &'a Poll,
    stop: &'a Stop,
    /// Messages that did not fit into the batch before, in order.
    carried: VecDeque<Message>,
}

impl Receiver<'_> {
    /// The next batch, which is empty if no message has come.
    async fn gather(&mut self) -> Result<Vec<Message>, Failure> {
        let settings = &self.poll.plan.settings;
        let window = Duration::from_secs(settings.window_seconds);
        let mut batch = Gathering::new(settings.batch_size, window);
        for message in std::mem::take(&mut self.carried) {
            self.add(&mut batch, message);
        }
        while batch.room() > 0 && self.carried.is_empty() {
            let left = batch.closes().map(|closes| closes.duration_since(Instant::now()));
            let wait = left.unwrap_or(LONG_POLL).min(LONG_POLL);
            let messages = match self.receive(batch.room().min(MOST_MESSAGES), wait).await {
                Ok(messages) => messages,
                Err(failure) if batch.closes().is_none() => return Err(failure),
                Err(_) => break,
            };
            let nothing_came = messages.is_empty();
            for message in messages {
                self.add(&mut batch, message);
            }
            let Some(closes) = batch.closes() else { break };
            if closes <= Instant::now() || self.stop.is_requested() {
                break;
            }
            if nothing_came && wait < Duration::from_secs(1) {
                self.stop.or_after(wait.min(Duration::from_millis(100))).await;
            }
        }
        Ok(batch.into_records())
    }

    fn add(&mut self, batch: &mut Gathering<Message>, message: Message) {
        let bytes = message.bytes;
        if !self.carried.is_empty() {
            self.carried.push_back(message);
        } else if let Err(message) = batch.add(message, bytes) {
            self.carried.push_back(message);
        }
    }

    /// Receives messages. Those that are filtered out are deleted.
    async fn receive(&self, count: usize, wait: Duration) -> Result<Vec<Message>, Failure> {
        let Poll { client, plan, .. } = self.poll;
        let role = self.poll.role();
        let role = Role { arn: &role, session: &plan.function.name };
        let input = json!({
            "QueueUrl": url(&plan.source),
            "MaxNumberOfMessages": count,
            "WaitTimeSeconds": wait.as_secs(),
            "MessageSystemAttributeNames": ["All"],
            "AttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let answer = client.json(SQS, "ReceiveMessage", Some(role), &input).await?;
        let received = answer["Messages"].as_array().into_iter().flatten();
        let received = received.map(|message| event::from_queue(message, &plan.source));
        let (accepted, unwanted): (Vec<_>, Vec<_>) = received
            .partition(|message| plan.settings.filters.accept(plan.source.kind, &message.document));
        delete(self.poll, unwanted.iter().collect()).await?;
        Ok(accepted)
    }
}

/// Messages on their way through the function.
struct Batch {
    poll: Arc<Poll>,
    stop: Stop,
    messages: Vec<Message>,
    visible_again: Instant,
}

impl Batch {
    /// Invokes the function and deletes what is done. The function is invoked once; while it is
    /// throttled or cannot be reached, that is tried until the messages are visible again.
    async fn see_through(self) {
        let Plan { function, settings, .. } = &*self.poll.plan;
        let records = self.messages.iter().map(|message| &message.document);
        let payload: bytes::Bytes = event::of(records).to_string().into();
        let mut backoff = Backoff::default();
        let invocation = loop {
            match self.poll.client.invoke(function, payload.clone()).await {
                Ok(invocation) => break invocation,
                Err(failure) => self.poll.wait_out(&failure, &mut backoff, &self.stop).await,
            }
            if self.stop.is_requested() || Instant::now() >= self.visible_again {
                return;
            }
        };
        let ids: Vec<_> = self.messages.iter().map(|message| &*message.id).collect();
        let failed = match invocation.report(settings.report_failures, &ids) {
            Report::Succeeded => Vec::new(),
            Report::Failed => (0..ids.len()).collect(),
            Report::FailedAt(places) => places,
        };
        let places = self.messages.iter().enumerate();
        let done = places.filter(|(place, _)| !failed.contains(place)).map(|(_, message)| message);
        let done: Vec<_> = done.collect();
        while let Err(failure) = delete(&self.poll, done.clone()).await {
            self.poll.problem(&failure.to_string());
            if Instant::now() >= self.visible_again {
                return;
            }
            tokio::time::sleep(backoff.next()).await;
        }
        if failed.is_empty() {
            self.poll.status.succeeded();
        } else {
            self.poll.problem(FUNCTION_FAILED);
        }
    }
}

/// Deletes messages. One that is not deleted comes again.
async fn delete(poll: &Poll, messages: Vec<&Message>) -> Result<(), Failure> {
    let Poll { client, plan, log, .. } = poll;
    let role = poll.role();
    let role = Role { arn: &role, session: &plan.function.name };
    for messages in messages.chunks(MOST_MESSAGES) {
        let entries: Vec<Value> = messages
            .iter()
            .enumerate()
            .map(|(place, message)| {
                json!({ "Id": place.to_string(), "ReceiptHandle": message.receipt_handle })
            })
            .collect();
        let input = json!({ "QueueUrl": url(&plan.source), "Entries": entries });
        let answer = client.json(SQS, "DeleteMessageBatch", Some(role), &input).await?;
        if let Some(failed) = answer["Failed"].as_array().filter(|failed| !failed.is_empty()) {
            log(&format!("{} did not delete {} messages", plan.source.arn, failed.len()));
        }
    }
    Ok(())
}
