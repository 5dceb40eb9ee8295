//! A lane of a shard: makes batches of the records that are handed to it and sees each batch through,
//! one after the other.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use aws_call::Role;
use tokio::sync::mpsc;
use tokio::time::sleep_until;

use super::gather::Gathering;
use super::{Poll, Stop};
use crate::batch::{Discarded, Part, Progress, Rules};
use crate::client::{Backoff, Failure};
use crate::destination::{self, Origin};
use crate::event::{self, StreamRecord};
use crate::invoke::Invocation;

/// What a mapping shows when a function has failed.
pub(super) const FUNCTION_FAILED: &str = "Function call failed";

pub(super) struct Lane {
    poll: Arc<Poll>,
    shard: String,
    /// What comes before anything that is handed to it.
    waiting: VecDeque<StreamRecord>,
    /// Several at a time, as they were read.
    records: mpsc::Receiver<Vec<StreamRecord>>,
    stop: Stop,
    backoff: Backoff,
}

impl Lane {
    pub(super) fn new(
        poll: Arc<Poll>,
        shard: &str,
        waiting: Vec<StreamRecord>,
        records: mpsc::Receiver<Vec<StreamRecord>>,
        stop: Stop,
    ) -> Self {
        let (shard, waiting) = (shard.to_owned(), waiting.into());
        Self { poll, shard, waiting, records, stop, backoff: Backoff::default() }
    }

    /// Works until there is nothing more to come or it is told to stop, and gives back what is not
    /// settled.
    pub(super) async fn run(mut self) -> Vec<StreamRecord> {
        let mut rest = Vec::new();
        while rest.is_empty() && !self.stop.is_requested() {
            let batch = self.gather().await;
            if batch.is_empty() {
                break;
            }
            rest = self.see_through(batch).await;
        }
        rest.extend(self.waiting);
        self.records.close();
        while let Some(records) = self.records.recv().await {
            rest.extend(records);
        }
        rest
    }

    /// The next batch; an empty one if there is nothing more to come, or it is told to stop.
    async fn gather(&mut self) -> Vec<StreamRecord> {
        let settings = &self.poll.plan.settings;
        let window = Duration::from_secs(settings.window_seconds);
        let mut batch = Gathering::new(settings.batch_size, window);
        while batch.room() > 0 {
            let Some(record) = self.next(&batch).await else { break };
            let bytes = record.bytes;
            if let Err(record) = batch.add(record, bytes) {
                self.waiting.push_front(record);
                break;
            }
        }
        batch.into_records()
    }

    /// The next record of a batch, if one comes in time.
    async fn next(&mut self, batch: &Gathering<StreamRecord>) -> Option<StreamRecord> {
        if self.waiting.is_empty() {
            let more = self.more(batch).await?;
            self.waiting.extend(more);
        }
        self.waiting.pop_front()
    }

    /// The next records that were read, if any are in time.
    async fn more(&mut self, batch: &Gathering<StreamRecord>) -> Option<Vec<StreamRecord>> {
        let closed = async {
            match batch.closes() {
                Some(time) => sleep_until(time).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            records = self.records.recv() => records,
            () = closed => None,
            () = self.stop.requested() => None,
        }
    }

    /// Invokes the function with a batch until all of it is settled, or it is told to stop: then what
    /// is not settled is given back.
    async fn see_through(&mut self, batch: Vec<StreamRecord>) -> Vec<StreamRecord> {
        let poll = Arc::clone(&self.poll);
        let mut progress = Progress::new(Rules::of(&poll.plan.settings), batch);
        let mut last = None;
        while !self.stop.is_requested() {
            if let Some(discarded) = progress.expire(poll.client.cloud.now()) {
                self.give_up(discarded, last.as_ref()).await;
                continue;
            }
            let Some(part) = progress.current() else { break };
            match self.invoke(part).await {
                Ok(invocation) => {
                    let ids: Vec<_> =
                        part.records.iter().map(|record| &*record.sequence_number).collect();
                    let reports = poll.plan.settings.report_failures;
                    let settled = progress.settle(&invocation.report(reports, &ids));
                    last = Some(invocation);
                    let failed = settled.retries || settled.discarded.is_some();
                    if let Some(discarded) = settled.discarded {
                        self.give_up(discarded, last.as_ref()).await;
                    }
                    if failed {
                        poll.problem(FUNCTION_FAILED);
                    } else {
                        poll.status.succeeded();
                    }
                    if settled.retries {
                        self.stop.or_after(self.backoff.next()).await;
                    } else {
                        self.backoff.reset();
                    }
                }
                // It was not invoked, so nothing has failed.
                Err(failure) => poll.wait_out(&failure, &mut self.backoff, &self.stop).await,
            }
        }
        progress.into_rest()
    }

    async fn invoke(&self, part: &Part<StreamRecord>) -> Result<Invocation, Failure> {
        let event = event::of(part.records.iter().map(|record| &record.document));
        let Poll { client, plan, .. } = &*self.poll;
        client.invoke(&plan.function, event.to_string().into()).await
    }

    /// Writes down what is given up, if there is a destination. While that cannot be reached, it
    /// waits, even if it was told to stop: nothing would remember that these records are due.
    async fn give_up(&self, discarded: Discarded<StreamRecord>, last: Option<&Invocation>) {
        let Poll { client, plan, log, .. } = &*self.poll;
        let Discarded { part, condition } = &discarded;
        let (first, count) = (&part.records[0].sequence_number, part.records.len());
        let mapping = &plan.uuid;
        let what = format!(
            "event source mapping {mapping} gave up {count} records from {first} on: {condition:?}"
        );
        let Some(destination) = &plan.settings.on_failure else {
            return log(&what);
        };
        let origin = Origin {
            mapping,
            function_arn: &plan.function.arn,
            source: &plan.source,
            shard: &self.shard,
        };
        let document = destination::document(&origin, &discarded, last, client.cloud.now());
        let mut backoff = Backoff::default();
        loop {
            let role = self.poll.role();
            let role = Role { arn: &role, session: &plan.function.name };
            let records = &part.records;
            match client.deliver(destination, role, &origin, &document, records).await {
                Ok(()) => return log(&what),
                Err(failure) => {
                    self.poll.problem(&failure.to_string());
                    // A missing permission may be given, unless nobody wants to wait for that.
                    let may_be_mended = failure.is_denial() && !self.stop.is_requested();
                    if !failure.may_pass() && !may_be_mended {
                        return log(&format!("{what}; {destination} refused them: {failure}"));
                    }
                    tokio::time::sleep(backoff.next()).await;
                }
            }
        }
    }
}
