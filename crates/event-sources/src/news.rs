//! News of what was written, so that pollers need not look often to see it soon.
//!
//! Whoever stands before the services tells of the calls that they carried out. That is a hint and no
//! more: what nobody tells of, such as a message whose delay has passed, pollers find by looking every
//! now and then.

use tokio::sync::watch;

use crate::mapping::Kind;

/// What may put messages into a queue, of SQS and of the services that deliver to queues.
const TO_QUEUES: [(&str, &str); 7] = [
    ("events", "PutEvents"),
    ("sns", "Publish"),
    ("sns", "PublishBatch"),
    ("sqs", "ChangeMessageVisibility"),
    ("sqs", "ChangeMessageVisibilityBatch"),
    ("sqs", "SendMessage"),
    ("sqs", "SendMessageBatch"),
];

const TO_TABLES: [&str; 8] = [
    "BatchExecuteStatement",
    "BatchWriteItem",
    "DeleteItem",
    "ExecuteStatement",
    "ExecuteTransaction",
    "PutItem",
    "TransactWriteItems",
    "UpdateItem",
];

const TO_KINESIS: [&str; 2] = ["PutRecord", "PutRecords"];

/// The news of each kind of source.
#[derive(Debug, Default)]
pub(crate) struct News {
    queues: watch::Sender<()>,
    tables: watch::Sender<()>,
    kinesis: watch::Sender<()>,
}

impl News {
    /// Tells of a call that was carried out.
    pub(crate) fn tell(&self, service: &str, operation: &str) {
        let source = match service {
            "dynamodb" if TO_TABLES.contains(&operation) => &self.tables,
            "kinesis" if TO_KINESIS.contains(&operation) => &self.kinesis,
            _ if TO_QUEUES.contains(&(service, operation)) => &self.queues,
            _ => return,
        };
        source.send_replace(());
    }

    /// What changes when there are news of a kind of source.
    pub(crate) fn of(&self, kind: Kind) -> watch::Receiver<()> {
        match kind {
            Kind::DynamoDb => &self.tables,
            Kind::Kinesis => &self.kinesis,
            Kind::Queue { .. } => &self.queues,
        }
        .subscribe()
    }
}
