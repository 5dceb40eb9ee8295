//! What a mapping asks of SQS.

use std::time::Duration;

use aws_call::Role;
use serde_json::{Value, json};

use super::super::Poll;
use crate::client::{Client, Failure};
use crate::destination::{SQS, queue_url};
use crate::event::Message;
use crate::mapping::Source;

/// As many messages as SQS gives or takes at once.
pub(super) const MOST_MESSAGES: usize = 10;

fn url(source: &Source) -> String {
    queue_url(source.part(3), source.part(4), source.part(5))
}

pub(super) async fn visibility_timeout(
    client: &Client,
    source: &Source,
    role: Role<'_>,
) -> Result<Duration, Failure> {
    let input = json!({ "QueueUrl": url(source), "AttributeNames": ["VisibilityTimeout"] });
    let answer = client.json(SQS, "GetQueueAttributes", Some(role), &input).await?;
    let seconds = answer["Attributes"]["VisibilityTimeout"].as_str();
    let seconds = seconds.and_then(|seconds| seconds.parse().ok()).unwrap_or(30);
    Ok(Duration::from_secs(seconds))
}

/// Receives messages, as SQS gives them.
pub(super) async fn receive(
    poll: &Poll,
    count: usize,
    wait: Duration,
) -> Result<Vec<Value>, Failure> {
    let Poll { client, plan, .. } = poll;
    let role = poll.role();
    let role = Role { arn: &role, session: &plan.function.name };
    let input = json!({
        "QueueUrl": url(&plan.source),
        "MaxNumberOfMessages": count,
        "WaitTimeSeconds": wait.as_secs(),
        "MessageSystemAttributeNames": ["All"],
        "AttributeNames": ["All"],
        "MessageAttributeNames": ["All"],
    });
    let mut answer = client.json(SQS, "ReceiveMessage", Some(role), &input).await?;
    match answer["Messages"].take() {
        Value::Array(messages) => Ok(messages),
        _ => Ok(Vec::new()),
    }
}

/// Deletes messages; a failure if SQS may delete them another time. Those that it will never delete
/// come again.
pub(super) async fn delete(poll: &Poll, messages: &[&Message]) -> Result<(), Failure> {
    let Poll { client, plan, log, .. } = poll;
    let role = poll.role();
    let role = Role { arn: &role, session: &plan.function.name };
    for messages in messages.chunks(MOST_MESSAGES) {
        let entries = messages.iter().enumerate().map(|(place, message)| {
            json!({ "Id": place.to_string(), "ReceiptHandle": message.receipt_handle })
        });
        let entries: Vec<_> = entries.collect();
        let input = json!({ "QueueUrl": url(&plan.source), "Entries": entries });
        let answer = client.json(SQS, "DeleteMessageBatch", Some(role), &input).await?;
        let failed = answer["Failed"].as_array().map(Vec::as_slice).unwrap_or_default();
        let own_fault = |entry: &&Value| entry["SenderFault"] == json!(false);
        if let Some(entry) = failed.iter().find(own_fault) {
            let code = entry["Code"].as_str().unwrap_or_default();
            return Err(Failure::Unreachable(format!("a message was not deleted: {code}")));
        }
        if !failed.is_empty() {
            log(&format!("{} did not delete {} messages", plan.source.arn, failed.len()));
        }
    }
    Ok(())
}
