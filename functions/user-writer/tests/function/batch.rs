//! Calls the handler with a batch of a queue's messages, as Lambda hands it in.

use lambda_kit::logs::subscriber;
use lambda_kit::testing::failed_identifiers;
use lambda_kit::{Handler as _, Invocation, Metrics, Settings};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use user_writer::testing::{Memory, Stored};
use user_writer::{Event, Failure, User, UserWriter, Users};

/// What no log may hold: they start every name and address that is sent.
pub(crate) const NAME: &str = "Hush Hush";
pub(crate) const EMAIL: &str = "hush@example.com";

/// The receives after which the queue gives a message up.
pub(crate) const MAXIMUM_RECEIVES: u32 = 5;

/// What came back: the messages to deliver again, what was measured and what was logged.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) failed: BTreeSet<String>,
    pub(crate) metrics: Value,
    pub(crate) log: Vec<Value>,
}

/// A good body.
pub(crate) fn good() -> String {
    json!({ "name": NAME, "email": EMAIL }).to_string()
}

/// A message as Lambda gives it, received so often.
pub(crate) fn message(id: &str, receives: u32, body: &str) -> Value {
    json!({
        "messageId": id,
        "receiptHandle": "MessageReceiptHandle",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": receives.to_string(),
            "SentTimestamp": "1795179367000",
            "SenderId": "AROAEXAMPLE:BackplaneAssumeRoleSession",
            "ApproximateFirstReceiveTimestamp": "1795179367042",
        },
        "messageAttributes": {},
        "md5OfBody": "7b270e59b47ff90a553787216d55d91d",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:123456789012:users",
        "awsRegion": "eu-west-1",
    })
}

/// A good message with another id in its attributes, as it is sent back from the dead-letter queue.
pub(crate) fn sent_back(id: &str, original_id: &str) -> Value {
    let mut message = message(id, 1, &good());
    message["messageAttributes"] = json!({
        "OriginalMessageId": {
            "stringValue": original_id,
            "stringListValues": [],
            "binaryListValues": [],
            "dataType": "String",
        },
    });
    message
}

pub(crate) fn event(messages: &[Value]) -> Event {
    serde_json::from_str(&json!({ "Records": messages }).to_string()).unwrap()
}

pub(crate) fn function<U: Users>(users: U) -> UserWriter<U> {
    UserWriter::new(users, NonZeroU32::new(MAXIMUM_RECEIVES).unwrap())
}

pub(crate) fn invocation(deadline: SystemTime) -> Invocation {
    Invocation::new(Metrics::new("user-writer", "request-1"), deadline)
}

/// Sends a batch to a function on `users`, on tokio's paused clock.
pub(crate) fn send(messages: &[Value], users: impl Users) -> Answer {
    send_until(SystemTime::now() + Duration::from_secs(60), messages, users)
}

pub(crate) fn send_until(deadline: SystemTime, messages: &[Value], users: impl Users) -> Answer {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let subscriber = subscriber(&Settings::default(), move |line| {
        assert!(!line.contains(NAME) && !line.contains(EMAIL), "{line}");
        sink.lock().unwrap().push(serde_json::from_str(line).unwrap());
    });
    let (invocation, function) = (invocation(deadline), function(users));
    let response = tracing::subscriber::with_default(subscriber, || {
        paused().block_on(function.handle(event(messages), &invocation)).unwrap()
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

/// All users in memory.
pub(crate) fn users(memory: &Memory) -> Vec<User> {
    let all = memory.all().into_iter();
    all.filter_map(|stored| if let Stored::User(user) = stored { Some(user) } else { None })
        .collect()
}

/// All failures in memory.
pub(crate) fn failures(memory: &Memory) -> Vec<Failure> {
    let all = memory.all().into_iter();
    all.filter_map(|stored| if let Stored::Failure(it) = stored { Some(it) } else { None })
        .collect()
}

impl Answer {
    /// Expects that exactly these messages come again, and that so many users were made, and were
    /// there already.
    #[track_caller]
    pub(crate) fn is(&self, failed: &[&str], created: u32, repeated: u32) {
        let failed: BTreeSet<String> = failed.iter().map(|&id| id.to_owned()).collect();
        assert_eq!(self.failed, failed);
        assert_eq!(self.metrics["UsersCreated"], created);
        assert_eq!(self.metrics["UsersRepeated"], repeated);
        assert_eq!(self.metrics["UsersFailed"], failed.len());
    }

    /// The errors in the log: of which message, why, and what becomes of it.
    pub(crate) fn errors(&self) -> Vec<(&str, &str, &str)> {
        let errors = self.log.iter().filter(|line| line["level"] == "ERROR");
        let texts = ["messageId", "error", "message"];
        errors.map(|line| texts.map(|name| line[name].as_str().unwrap()).into()).collect()
    }
}
