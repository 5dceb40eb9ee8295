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

use super::super::gather::Gathering;
use super::super::lane::FUNCTION_FAILED;
use super::Crew;
use super::api::{self, MOST_MESSAGES};
use super::waiting::{LONG_POLL, Received, receive};
use crate::client::{Backoff, Failure};
use crate::event::{self, Message};
use crate::report::Report;
use crate::store::Plan;

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

    /// Sees through what SQS has given when nobody waited any more.
    pub(super) async fn clear_up(crew: Arc<Crew>) {
        let Ok(received) = crew.long_poll.rest().await else { return };
        let mut worker = Self {
            crew,
            waiting: None,
            carried: VecDeque::new(),
            is_more: false,
            backoff: Backoff::default(),
        };
        worker.carried = worker.sort_out(received).await.into();
        worker.run().await;
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
            let left = batch.closes().map(|closes| closes.duration_since(Instant::now()));
            let wait = left.unwrap_or_default().min(LONG_POLL);
            let count = batch.room().min(MOST_MESSAGES);
            let Crew { poll, long_poll, .. } = &*self.crew;
            let received = match (left, &self.waiting) {
                (None, Some(_)) => long_poll.wait(poll, count).await,
                (None, None) => long_poll.look(poll, count).await,
                (Some(_), _) => receive(poll, count, wait).await,
            };
            let messages = match received {
                Ok(received) => {
                    self.is_more = received.messages.len() >= count;
                    self.sort_out(received).await
                }
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

    /// Of what was received, what the function is to see. What is filtered out is deleted; a message
    /// that is not comes again, and is filtered out again.
    async fn sort_out(&self, received: Received) -> Vec<Held> {
        let Crew { poll, visibility, .. } = &*self.crew;
        let visible_again = received.at + *visibility;
        if Instant::now() >= visible_again {
            return Vec::new();
        }
        let (source, filters) = (&poll.plan.source, &poll.plan.settings.filters);
        let messages = received.messages.iter().map(|message| event::from_queue(message, source));
        let (accepted, unwanted): (Vec<_>, Vec<_>) =
            messages.partition(|message| filters.accept(source.kind, &message.document));
        if let Err(failure) = api::delete(poll, &Vec::from_iter(&unwanted)).await {
            poll.problem(&failure.to_string());
        }
        accepted.into_iter().map(|message| Held { message, visible_again }).collect()
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
