//! Lines in batches: `PutLogEvents` for log groups, `PutRecordBatch` for delivery streams.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::Line;
use super::destination::Destination;
use super::sink::{CREATE_GROUP, CREATE_STREAM, PUT_EVENTS, PUT_RECORDS, Sink, Undelivered};

/// What one call may hold, as AWS counts it.
struct Quota {
    entries: usize,
    bytes: usize,
    /// Counted for each entry besides its text.
    overhead: usize,
}

const EVENTS: Quota = Quota { entries: 10_000, bytes: 1_048_576, overhead: 26 };
const RECORDS: Quota = Quota { entries: 500, bytes: 4 * 1024 * 1024, overhead: 1 };

/// Lines by where they go.
#[derive(Default)]
pub(super) struct Logs(BTreeMap<Destination, Vec<Line>>);

impl Logs {
    pub(super) fn add(&mut self, destination: Destination, lines: impl IntoIterator<Item = Line>) {
        self.0.entry(destination).or_default().extend(lines);
    }

    pub(super) async fn deliver(self, sink: &mut Sink) {
        for (destination, mut lines) in self.0 {
            // Requests end in another order than they wrote their lines in, and CloudWatch wants
            // them by time. The sort keeps the order within a request.
            lines.sort_by_key(|line| line.milliseconds);
            let quota = match &destination {
                Destination::Group { .. } => EVENTS,
                Destination::DeliveryStream { .. } => RECORDS,
            };
            for batch in quota.split(&lines) {
                let outcome = match &destination {
                    Destination::Group { is_own, .. } => {
                        put_events(sink, &destination, *is_own, batch).await
                    }
                    Destination::DeliveryStream { .. } => {
                        put_records(sink, &destination, batch).await
                    }
                };
                sink.settle(destination.name(), outcome, batch.len());
            }
        }
    }
}

impl Quota {
    fn split<'a>(&self, mut lines: &'a [Line]) -> Vec<&'a [Line]> {
        let mut batches = Vec::new();
        while !lines.is_empty() {
            let mut bytes = 0;
            let fits = |line: &&Line| {
                bytes += line.text.len() + self.overhead;
                bytes <= self.bytes
            };
            // One that fits nowhere is the service's to refuse.
            let count = lines.iter().take(self.entries).take_while(fits).count().max(1);
            let (batch, rest) = lines.split_at(count);
            batches.push(batch);
            lines = rest;
        }
        batches
    }
}

/// The group or the stream may have gone since they were last seen: then they are made once more.
async fn put_events(
    sink: &mut Sink,
    group: &Destination,
    is_own: bool,
    lines: &[Line],
) -> Result<(), Undelivered> {
    let event = |line: &Line| json!({"timestamp": line.milliseconds, "message": line.text});
    let input = json!({
        "logGroupName": group.name(),
        "logStreamName": sink.stream(),
        "logEvents": lines.iter().map(event).collect::<Vec<Json>>(),
    });
    if sink.ready().contains(group) {
        match sink.call(PUT_EVENTS, group.region(), &input).await {
            Err(failure) if failure.is("ResourceNotFoundException") => {
                sink.ready().remove(group);
            }
            outcome => return outcome,
        }
    }
    make_stream(sink, group, is_own).await?;
    sink.ready().insert(group.clone());
    sink.call(PUT_EVENTS, group.region(), &input).await
}

async fn make_stream(sink: &Sink, group: &Destination, is_own: bool) -> Result<(), Undelivered> {
    let stream = json!({"logGroupName": group.name(), "logStreamName": sink.stream()});
    let outcome = present(sink.call(CREATE_STREAM, group.region(), &stream).await);
    match outcome {
        Err(failure) if is_own && failure.is("ResourceNotFoundException") => {
            let name = json!({"logGroupName": group.name()});
            present(sink.call(CREATE_GROUP, group.region(), &name).await)?;
            present(sink.call(CREATE_STREAM, group.region(), &stream).await)
        }
        outcome => outcome,
    }
}

/// What is there already is as good as made.
fn present(outcome: Result<(), Undelivered>) -> Result<(), Undelivered> {
    match outcome {
        Err(failure) if failure.is("ResourceAlreadyExistsException") => Ok(()),
        outcome => outcome,
    }
}

async fn put_records(sink: &Sink, stream: &Destination, lines: &[Line]) -> Result<(), Undelivered> {
    let record = |line: &Line| json!({"Data": STANDARD.encode(format!("{}\n", line.text))});
    let records: Vec<Json> = lines.iter().map(record).collect();
    let input = json!({"DeliveryStreamName": stream.name(), "Records": records});
    sink.call(PUT_RECORDS, stream.region(), &input).await
}
