//! Waiting for messages: SQS does that for a while at a time, and when there is news, it is asked at
//! once.
//!
//! What SQS answers to a request that waits must not be dropped, because the messages in it are hidden
//! from everybody else. So whoever finds messages otherwise leaves that request to the next one who
//! waits.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use super::super::Poll;
use super::api;
use crate::client::Failure;

/// How long SQS waits for a message, and so how long stopping takes at most.
pub(super) const LONG_POLL: Duration = Duration::from_secs(2);

/// Between two questions that come to nothing: there is one clue for all queues.
const PAUSE: Duration = Duration::from_millis(20);

/// Messages as SQS gave them, and when.
pub(super) struct Received {
    pub(super) messages: Vec<Value>,
    pub(super) at: Instant,
}

type Answer = Result<Received, Failure>;

/// The request that waits, while nobody waits for its answer.
#[derive(Default)]
pub(super) struct LongPoll {
    left: Mutex<Option<JoinHandle<Answer>>>,
}

impl LongPoll {
    /// Waits for messages; there may be none after a while.
    pub(super) async fn wait(&self, poll: &Arc<Poll>, count: usize) -> Answer {
        let mut news = poll.news.clone();
        let mut request = match self.take_if(|_| true) {
            // It may look again only in a while, and much may have been told meanwhile.
            Some(request) => request,
            None => {
                news.borrow_and_update();
                let poll = Arc::clone(poll);
                tokio::spawn(async move { receive(&poll, count, LONG_POLL).await })
            }
        };
        loop {
            tokio::select! {
                biased;
                answer = &mut request => return flatten(answer),
                Ok(()) = news.changed() => match receive(poll, count, Duration::ZERO).await {
                    Ok(received) if !received.messages.is_empty() => {
                        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
                        return Ok(received);
                    }
                    // If something is wrong, the request that waits will tell.
                    _ => sleep(PAUSE).await,
                },
            }
        }
    }

    /// Looks for messages: those that nobody has waited for come first.
    pub(super) async fn look(&self, poll: &Poll, count: usize) -> Answer {
        match self.take_if(JoinHandle::is_finished) {
            Some(request) => flatten(request.await),
            None => receive(poll, count, Duration::ZERO).await,
        }
    }

    /// What a request gave that nobody waits for any more.
    pub(super) async fn rest(&self) -> Answer {
        match self.take_if(|_| true) {
            Some(request) => flatten(request.await),
            None => Ok(Received { messages: Vec::new(), at: Instant::now() }),
        }
    }

    fn take_if(
        &self,
        is_wanted: impl FnOnce(&JoinHandle<Answer>) -> bool,
    ) -> Option<JoinHandle<Answer>> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.take_if(|request| is_wanted(request))
    }
}

/// Receives messages, and waits for them so long.
pub(super) async fn receive(poll: &Poll, count: usize, wait: Duration) -> Answer {
    let messages = api::receive(poll, count, wait).await?;
    Ok(Received { messages, at: Instant::now() })
}

fn flatten(answer: Result<Answer, tokio::task::JoinError>) -> Answer {
    answer.unwrap_or_else(|error| Err(Failure::Unreachable(error.to_string())))
}
