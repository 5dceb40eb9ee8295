//! A worker of a queue: gathers a batch, sees it through, and looks for more if there is any.
//!
//! Messages that were received together and do not fit into one event go in several, one after the
//! other. Those of a FIFO group that did not get through take the later ones of their group along:
//! all of them come back, in order.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::super::Poll;
use super::super::gather::Gathering;
use super::super::lane::FUNCTION_FAILED;
use super::Crew;
use super::api::{self, MOST_MESSAGES};
use crate::client::{Backoff, Failure};
use crate::event::{self, Message};
use crate::report::Report;
use crate::store::Plan;

/// How long SQS waits for a message, and so how long stopping takes at most.
const LONG_POLL: Duration = Duration::from_secs(2);

/// A message that was received, until it is visible to others again.
struct Held {
    message: Message,
    visible_again: Instant,
}

pub(super) struct Worker {
    crew: Arc<Crew>,
    /// For as long as it is the one that waits for messages.
    waiting: Option<oneshot::Sender<Infallible>>,
    /// Messages that did not fit into the batch before, in order.
    carried: VecDeque<Held>,
    /// Whether it received as much as it asked for, so that there is probably more.
    is_more: bool,
    backoff: Backoff,
}

impl Worker {
    /// One that waits for messages; it drops `waiting` when it has some.
    pub(super) fn new(crew: Arc<Crew>, waiting: oneshot::Sender<Infallible>) -> Self {
        let carried = VecDeque::new();
        Self { crew, waiting: Some(waiting), carried, is_more: false, backoff: Backoff::default() }
    }

    /// Works until there is nothing more to do, or it is told to stop.
    pub(super) async fn run(mut self) {
        while !self.is_done() {
            match self.gather().await {
                Ok(batch) if batch.is_empty() => self.backoff.reset(),
                Ok(batch) => {
                    self.backoff.reset();
                    self.waiting = None;
                    let left = self.see_through(batch).await;
                    self.let_go(&left);
                }
                Err(failure) => {
                    let Crew { poll, stop, .. } = &*self.crew;
                    poll.wait_out(&failure, &mut self.backoff, stop).await;
                }
            }
        }
    }

    fn is_done(&self) -> bool {
        let may_find_more = self.waiting.is_some() || self.is_more;
        self.carried.is_empty() && (self.crew.stop.is_requested() || !may_find_more)
    }

    /// The next batch, which is empty if no message has come.
    async fn gather(&mut self) -> Result<Vec<Held>, Failure> {
        let settings = &self.crew.poll.plan.settings;
        let window = Duration::from_secs(settings.window_seconds);
        let most = settings.batch_size;
        let mut batch = Gathering::new(most, window);
        for held in std::mem::take(&mut self.carried) {
            self.add(&mut batch, held);
        }
        while batch.room() > 0 && self.carried.is_empty() && !self.crew.stop.is_requested() {
            let wait = match batch.closes() {
                Some(closes) => closes.duration_since(Instant::now()).min(LONG_POLL),
                None if self.waiting.is_some() => LONG_POLL,
                None => Duration::ZERO,
            };
            let count = batch.room().min(MOST_MESSAGES);
            let messages = match self.receive(count, wait).await {
                Ok(messages) => messages,
                Err(failure) if batch.closes().is_none() => {
                    self.is_more = false;
                    return Err(failure);
                }
                Err(_) => break,
            };
            let nothing_came = messages.is_empty();
            for held in messages {
                self.add(&mut batch, held);
            }
            match batch.closes() {
                Some(closes) if closes > Instant::now() => {}
                _ => break,
            }
            // SQS waits for whole seconds alone.
            if nothing_came && wait < Duration::from_secs(1) {
                self.crew.stop.or_after(wait.min(Duration::from_millis(100))).await;
            }
        }
        Ok(batch.into_records())
    }

    fn add(&mut self, batch: &mut Gathering<Held>, held: Held) {
        let bytes = held.message.bytes;
        if !self.carried.is_empty() {
            self.carried.push_back(held);
        } else if let Err(held) = batch.add(held, bytes) {
            self.carried.push_back(held);
        }
    }

    /// Receives messages. Those that are filtered out are deleted; one that is not comes again, and is
    /// filtered out again.
    async fn receive(&mut self, count: usize, wait: Duration) -> Result<Vec<Held>, Failure> {
        let Poll { plan, .. } = &*self.crew.poll;
        let received = api::receive(&self.crew.poll, count, wait).await?;
        self.is_more = received.len() >= count;
        let visible_again = Instant::now() + self.crew.visibility;
        let received = received.iter().map(|message| event::from_queue(message, &plan.source));
        let (accepted, unwanted): (Vec<_>, Vec<_>) = received
            .partition(|message| plan.settings.filters.accept(plan.source.kind, &message.document));
        if let Err(failure) = api::delete(&self.crew.poll, &Vec::from_iter(&unwanted)).await {
            self.crew.poll.problem(&failure.to_string());
        }
        Ok(accepted.into_iter().map(|message| Held { message, visible_again }).collect())
    }

    /// Invokes the function with a batch and deletes what is done; gives what is not. The function is
    /// invoked once; while it is throttled or cannot be reached, that is tried until the messages are
    /// visible again.
    async fn see_through(&self, batch: Vec<Held>) -> Vec<Message> {
        let Crew { poll, stop, failures, .. } = &*self.crew;
        let Plan { function, settings, .. } = &*poll.plan;
        let visible_again = batch.iter().map(|held| held.visible_again).min();
        let is_over = || visible_again.is_none_or(|time| Instant::now() >= time);
        let messages: Vec<_> = batch.into_iter().map(|held| held.message).collect();
        let records = messages.iter().map(|message| &message.document);
        let payload: bytes::Bytes = event::of(records).to_string().into();
        let mut backoff = Backoff::default();
        let invocation = loop {
            match poll.client.invoke(function, payload.clone()).await {
                Ok(invocation) => break invocation,
                Err(failure) => poll.wait_out(&failure, &mut backoff, stop).await,
            }
            if stop.is_requested() || is_over() {
                return messages;
            }
        };
        let ids: Vec<_> = messages.iter().map(|message| &*message.id).collect();
        let report = invocation.report(settings.report_failures, &ids);
        let failed = match &report {
            Report::Succeeded => Vec::new(),
            Report::Failed => (0..ids.len()).collect(),
            Report::FailedAt(places) => places.clone(),
        };
        let places = messages.iter().enumerate();
        let done = places.filter(|(place, _)| !failed.contains(place)).map(|(_, message)| message);
        let done: Vec<_> = done.collect();
        while let Err(failure) = api::delete(poll, &done).await {
            poll.problem(&failure.to_string());
            if is_over() {
                return messages;
            }
            sleep(backoff.next()).await;
        }
        if failed.is_empty() {
            poll.status.succeeded();
        } else {
            poll.problem(FUNCTION_FAILED);
        }
        // A function that reports failures is not invoked less for it.
        if report == Report::Failed && !settings.report_failures {
            let count = failures.fetch_add(1, Ordering::Relaxed) + 1;
            stop.or_after(Backoff::after(count)).await;
        } else {
            failures.store(0, Ordering::Relaxed);
        }
        let places = messages.into_iter().enumerate();
        places.filter(|(place, _)| failed.contains(place)).map(|(_, message)| message).collect()
    }

    /// Lets go of what is carried and must not go to the function now: what others see again, and
    /// what would overtake those of its group that are left.
    fn let_go(&mut self, left: &[Message]) {
        let groups: Vec<_> = left.iter().filter_map(|message| message.group.as_ref()).collect();
        let now = Instant::now();
        self.carried.retain(|held| {
            let overtakes =
                held.message.group.as_ref().is_some_and(|group| groups.contains(&group));
            held.visible_again > now && !overtakes
        });
    }
}
