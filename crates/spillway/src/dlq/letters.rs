//! Dead letters as they are received and given back.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::children;
use crate::cloud::Cloud;
use crate::error::Error;
use crate::progress;

/// What is received and not given back comes back by itself after this time, should this process be
/// killed. It is enough to read thousands.
const HIDDEN_SECONDS: u32 = 60;

/// What SQS takes and gives at once.
const BATCH: usize = 10;

/// A received message.
pub(super) struct Letter(Value);

impl Letter {
    pub(super) fn id(&self) -> &str {
        self.0["MessageId"].as_str().unwrap_or_default()
    }

    pub(super) fn body(&self) -> &str {
        self.0["Body"].as_str().unwrap_or_default()
    }

    /// One of SQS's own attributes, empty if there is none.
    pub(super) fn attribute(&self, name: &str) -> &str {
        self.0["Attributes"][name].as_str().unwrap_or_default()
    }

    /// One of SQS's own attributes that is a time, in RFC 3339.
    pub(super) fn time(&self, attribute: &str) -> String {
        let time = self.millis(attribute).and_then(|ms| Timestamp::from_millisecond(ms).ok());
        time.map_or_else(|| "-".to_owned(), |time| format!("{time:.3}"))
    }

    /// One of SQS's own attributes that is a time, in milliseconds since 1970.
    pub(super) fn millis(&self, attribute: &str) -> Option<i64> {
        self.attribute(attribute).parse().ok()
    }

    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let attributes = self.0["Attributes"].as_object().into_iter().flatten();
        attributes.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
    }

    /// What the sender has put beside the body.
    pub(super) fn message_attributes(&self) -> Map<String, Value> {
        self.0["MessageAttributes"].as_object().cloned().unwrap_or_default()
    }

    /// As SQS gives it, without what is about this receive alone.
    pub(super) fn document(&self) -> Value {
        json!({
            "MessageId": self.id(),
            "Body": self.body(),
            "Attributes": self.0.get("Attributes").cloned().unwrap_or_else(|| json!({})),
            "MessageAttributes": self.message_attributes(),
        })
    }

    /// Whether it is one of these. If none is named, all are meant.
    pub(super) fn is_among(&self, ids: &[String]) -> bool {
        ids.is_empty() || ids.iter().any(|id| id == self.id())
    }
}

/// A dead-letter queue from which messages are received. They go back when it is dropped, save those
/// that were deleted.
pub(super) struct Letters<'a> {
    cloud: &'a Cloud,
    url: &'a str,
    seen: HashSet<String>,
    /// By message id, the receipt handle of what nobody else sees now.
    held: BTreeMap<String, String>,
}

impl<'a> Letters<'a> {
    pub(super) fn of(cloud: &'a Cloud, url: &'a str) -> Self {
        Self { cloud, url, seen: HashSet::new(), held: BTreeMap::new() }
    }

    /// How many messages the queue holds, received ones included.
    pub(super) fn count(&self) -> Result<u64, Error> {
        const NUMBERS: [&str; 2] =
            ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
        let input = json!({"QueueUrl": self.url, "AttributeNames": NUMBERS});
        let answer = self.call("GetQueueAttributes", &input)?;
        let number = |name| answer["Attributes"][name].as_str()?.parse::<u64>().ok();
        Ok(NUMBERS.into_iter().filter_map(number).sum())
    }

    /// Some more messages; nothing when all there is has been received once.
    pub(super) fn receive(&mut self) -> Result<Option<Vec<Letter>>, Error> {
        children::check_interrupted()?;
        let input = json!({
            "QueueUrl": self.url,
            "MaxNumberOfMessages": BATCH,
            "VisibilityTimeout": HIDDEN_SECONDS,
            "WaitTimeSeconds": 0,
            "MessageSystemAttributeNames": ["All"],
            "MessageAttributeNames": ["All"],
        });
        let mut answer = self.call("ReceiveMessage", &input)?;
        let mut fresh = Vec::new();
        for message in answer["Messages"].as_array_mut().into_iter().flatten() {
            let handle = message["ReceiptHandle"].as_str().unwrap_or_default().to_owned();
            let letter = Letter(message.take());
            self.held.insert(letter.id().to_owned(), handle);
            if self.seen.insert(letter.id().to_owned()) {
                fresh.push(letter);
            }
        }
        // What comes again was hidden for its time; the rest is behind it.
        Ok((!fresh.is_empty()).then_some(fresh))
    }

    /// Takes a message that was received out of the queue.
    pub(super) fn delete(&mut self, id: &str) -> Result<(), Error> {
        let handle = self.held.get(id);
        self.call("DeleteMessage", &json!({"QueueUrl": self.url, "ReceiptHandle": handle}))?;
        self.held.remove(id);
        Ok(())
    }

    /// Lets others see at once what was received and not deleted.
    pub(super) fn give_back(&mut self) -> Result<(), Error> {
        let mut handles = std::mem::take(&mut self.held).into_values().peekable();
        let mut outcome = Ok(());
        while handles.peek().is_some() {
            let entry = |(id, handle): (usize, String)| json!({"Id": id.to_string(), "ReceiptHandle": handle, "VisibilityTimeout": 0});
            let entries: Vec<_> = handles.by_ref().take(BATCH).enumerate().map(entry).collect();
            let input = json!({"QueueUrl": self.url, "Entries": entries});
            // One that fails must not keep the others hidden.
            outcome = outcome.and(self.call("ChangeMessageVisibilityBatch", &input).map(drop));
        }
        outcome
    }

    fn call(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        self.cloud.call("sqs", &format!("AmazonSQS.{operation}"), input)
    }
}

impl Drop for Letters<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.give_back() {
            let url = self.url;
            progress::report(&format!(
                "messages of {url} are hidden for up to {HIDDEN_SECONDS} s: {error}"
            ));
        }
    }
}
