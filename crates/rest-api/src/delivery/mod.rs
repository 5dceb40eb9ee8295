//! What API Gateway tells CloudWatch of its requests: lines of logs and metrics.
//!
//! A request hands over a [`Record`] and is done: a task gathers what comes for a moment, sorts it by
//! where it goes and delivers it in as few calls as possible. What cannot be delivered is dropped and
//! the gateway's own log says so, once for each cause. Without a local AWS nothing is delivered, for a
//! gateway that was only meant to run an API on this machine would write to a real account: access
//! lines are then told to the gateway's own log.

mod destination;
mod logs;
mod metrics;
mod sink;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_call::Aws;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::{Instant, timeout_at};

use self::destination::Destination;
use self::logs::Logs;
use self::metrics::Metrics;
pub(crate) use self::metrics::Sample;
use self::sink::Sink;
use crate::data::Log;
use crate::served::Served;

/// The most records that wait for delivery.
const QUEUE: usize = 10_000;

/// How long records are gathered: long enough for few calls, short enough for whoever looks.
const GATHERING: Duration = Duration::from_millis(500);

/// A line of a log, without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// When it was written, since the epoch.
    pub(crate) milliseconds: i64,
    pub(crate) text: String,
}

/// What is told of one request.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) served: Arc<Served>,
    /// The line of the access log, if the stage has one.
    pub(crate) access: Option<Line>,
    /// The lines of the execution log, if the method has one.
    pub(crate) execution: Vec<Line>,
    pub(crate) sample: Sample,
}

/// Takes records. Clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct Delivery(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// None where there is no local AWS to deliver to.
    aws: Option<Arc<Aws>>,
    log: Log,
    /// Made with the first record, when a runtime is there to run the task.
    queue: OnceLock<Sender<Message>>,
    /// How many records found the queue full and were not told of yet.
    dropped: Arc<AtomicU64>,
    /// Counts how often everything was forgotten. What belongs to an earlier life is not delivered.
    life: Arc<AtomicU64>,
}

/// A record, and the life that it belongs to.
struct Message {
    life: u64,
    record: Record,
}

impl Delivery {
    /// Delivers to `aws`, or nothing if there is none.
    pub(crate) fn new(aws: Option<Arc<Aws>>, log: Log) -> Self {
        let (queue, dropped, life) = (OnceLock::new(), Arc::default(), Arc::default());
        Self(Arc::new(Shared { aws, log, queue, dropped, life }))
    }

    /// Takes a record without waiting. One that finds the queue full is dropped.
    pub(crate) fn take(&self, record: Record) {
        let Shared { aws, log, queue, dropped, life } = &*self.0;
        let Some(aws) = aws else {
            if let Some(Line { text, .. }) = &record.access {
                log.line(text);
            }
            return;
        };
        let queue = queue.get_or_init(|| {
            let (sender, receiver) = mpsc::channel(QUEUE);
            let sink = Sink::new(Arc::clone(aws), log.clone());
            let (dropped, life) = (Arc::clone(dropped), Arc::clone(life));
            tokio::spawn(Courier { receiver, sink, dropped, life }.run());
            sender
        });
        let message = Message { life: life.load(Ordering::Relaxed), record };
        if queue.try_send(message).is_err() {
            dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Forgets what waits: the cloud that it belongs to is gone.
    pub(crate) fn clear(&self) {
        self.0.life.fetch_add(1, Ordering::Relaxed);
    }
}

/// The task that delivers.
struct Courier {
    receiver: Receiver<Message>,
    sink: Sink,
    dropped: Arc<AtomicU64>,
    life: Arc<AtomicU64>,
}

impl Courier {
    /// Delivers until nobody can send any more.
    async fn run(mut self) {
        let mut messages = Vec::new();
        while self.receiver.recv_many(&mut messages, QUEUE).await > 0 {
            let end = Instant::now() + GATHERING;
            let gather = async {
                while messages.len() < QUEUE
                    && self.receiver.recv_many(&mut messages, QUEUE).await > 0
                {}
            };
            // Reaching the end is what is expected.
            let _ = timeout_at(end, gather).await;
            self.deliver(std::mem::take(&mut messages)).await;
        }
    }

    async fn deliver(&mut self, messages: Vec<Message>) {
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            self.sink.say(&format!(
                "nothing is logged of {dropped} requests: {QUEUE} others wait to be delivered"
            ));
        }
        let life = self.life.load(Ordering::Relaxed);
        self.sink.enter(life);
        let (mut logs, mut metrics) = (Logs::default(), Metrics::default());
        for Message { record, .. } in messages.into_iter().filter(|message| message.life == life) {
            metrics.add(&record.served, record.sample);
            let settings = record.served.stage.access_log_settings.as_ref();
            let arn = settings.and_then(|settings| settings.destination_arn.as_deref());
            if let Some((line, arn)) = record.access.zip(arn) {
                match Destination::of_access_log(arn) {
                    Some(destination) => logs.add(destination, [line]),
                    None => self.sink.fail(arn, "it names no log group and no delivery stream", 1),
                }
            }
            if !record.execution.is_empty() {
                logs.add(Destination::of_execution_log(&record.served), record.execution);
            }
        }
        logs.deliver(&mut self.sink).await;
        metrics.deliver(&mut self.sink).await;
    }
}
