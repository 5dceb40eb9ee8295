//! Calls the handler with a batch of a stream's records, as Lambda hands it in.

use comment_stream::{CommentStream, Event, PageStats};
use lambda_kit::logs::subscriber;
use lambda_kit::testing::failed_identifiers;
use lambda_kit::{Handler as _, Invocation, Metrics, Settings};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

pub(crate) const EARLY: &str = "2015-04-09T12:34:56.789Z";
pub(crate) const LATE: &str = "2026-11-20T12:56:07.042Z";

/// What no comment's log may hold.
pub(crate) const MESSAGE: &str = "I really enjoyed this story!!";

/// What came back: the records to deliver again, what was measured and what was logged.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) failed: BTreeSet<String>,
    pub(crate) metrics: Value,
    pub(crate) log: Vec<Value>,
}

/// The image of a comment.
pub(crate) fn comment(page_id: &str, created_at: &str) -> Value {
    json!({
        "commentId": { "S": "c-1" },
        "pageId": { "S": page_id },
        "userName": { "S": "Just Saying Thank You" },
        "message": { "S": MESSAGE },
        "createdAt": { "S": created_at },
    })
}

pub(crate) fn insert(number: u32, new: Value) -> Value {
    record(number, "INSERT", &[("NewImage", new)])
}

pub(crate) fn remove(number: u32, old: Value) -> Value {
    record(number, "REMOVE", &[("OldImage", old)])
}

pub(crate) fn modify(number: u32, old: Value, new: Value) -> Value {
    record(number, "MODIFY", &[("OldImage", old), ("NewImage", new)])
}

/// The record of this number: its event has the id `e<number>`.
pub(crate) fn record(number: u32, name: &str, images: &[(&str, Value)]) -> Value {
    let mut record = json!({
        "eventID": format!("e{number}"),
        "eventName": name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_179_367.0,
            "Keys": { "commentId": { "S": "c-1" } },
            "SequenceNumber": sequence_number(number),
            "SizeBytes": 123,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN":
            "arn:aws:dynamodb:eu-west-1:123456789012:table/comments/stream/2026-11-20T00:00:00.000",
    });
    for (name, image) in images {
        record["dynamodb"][name] = image.clone();
    }
    record
}

pub(crate) fn sequence_number(number: u32) -> String {
    format!("{}", 111_000_000_000_000_000_000_u128 + u128::from(number))
}

pub(crate) fn event(records: &[Value]) -> Event {
    serde_json::from_str(&json!({ "Records": records }).to_string()).unwrap()
}

/// Sends a batch to a function on `stats`, on tokio's paused clock.
pub(crate) fn send(records: &[Value], stats: impl PageStats) -> Answer {
    send_until(SystemTime::now() + Duration::from_secs(60), records, stats)
}

pub(crate) fn send_until(deadline: SystemTime, records: &[Value], stats: impl PageStats) -> Answer {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let subscriber = subscriber(&Settings::default(), move |line| {
        assert!(!line.contains(MESSAGE), "{line}");
        sink.lock().unwrap().push(serde_json::from_str(line).unwrap());
    });
    let invocation = Invocation::new(Metrics::new("comment-stream", "request-1"), deadline);
    let function = CommentStream::new(stats);
    let response = tracing::subscriber::with_default(subscriber, || {
        paused().block_on(function.handle(event(records), &invocation)).unwrap()
    });
    let documents = invocation.metrics().take_documents(SystemTime::now());
    let log = lines.lock().unwrap().clone();
    Answer {
        failed: failed_identifiers(&serde_json::to_value(response).unwrap()),
        metrics: serde_json::from_str(&documents[0]).unwrap(),
        log,
    }
}

/// A runtime whose clock jumps to the next timer whenever all wait.
pub(crate) fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

impl Answer {
    /// Expects that exactly these records come again, by their numbers, and that so many events were
    /// counted and were not before.
    #[track_caller]
    pub(crate) fn is(&self, failed: &[u32], processed: u32) {
        let failed: BTreeSet<String> =
            failed.iter().map(|&number| sequence_number(number)).collect();
        assert_eq!(self.failed, failed);
        assert_eq!(self.metrics["CommentsProcessed"], processed);
        assert_eq!(self.metrics["CommentsFailed"], failed.len());
    }

    /// The lines of the log at this level.
    pub(crate) fn logged(&self, level: &str) -> Vec<&Value> {
        self.log.iter().filter(|line| line["level"] == level).collect()
    }
}
