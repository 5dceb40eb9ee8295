//! Sending dead letters back.
//!
//! A message is deleted from the dead-letter queue only after the other queue has taken it, so it may
//! be there twice if this process or the answer is lost in between, and is never gone. Consumers that
//! go by `OriginalMessageId` do not mind.

use std::error::Error as _;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::json;

use crate::cloud::Cloud;
use crate::dlq::letters::{Letter, Letters};
use crate::error::Error;
use crate::output;

/// The attribute with the id that the first sender of a message knows.
const ORIGINAL_ID: &str = "OriginalMessageId";

/// Sends the dead letters with these ids to `queue`, or all of them. Failure, status 1, means that one
/// could not be.
pub(super) fn redrive(
    cloud: &Cloud,
    dead_letters: &str,
    queue: &str,
    ids: &[String],
) -> Result<ExitCode, Error> {
    let began_ms = Timestamp::now().as_millisecond();
    let mut letters = Letters::of(cloud, dead_letters);
    let (mut sent, mut failed) = (0_u32, 0_u32);
    let mut missing = ids.to_vec();
    while let Some(received) = letters.receive()? {
        for letter in received.iter().filter(|letter| letter.is_among(ids)) {
            missing.retain(|id| id != letter.id());
            // What fails again at once would go round for ever.
            if letter.millis("SentTimestamp").is_some_and(|sent_ms| sent_ms >= began_ms) {
                continue;
            }
            let id = output::printable(letter.id());
            match send(cloud, queue, letter) {
                Ok(new_id) => {
                    let new_id = output::printable(&new_id);
                    output::line(format_args!("{id}  sent back as {new_id}"));
                    sent += 1;
                }
                Err(error) => {
                    output::line(format_args!("{id}  not sent back: {}", reason(&error)));
                    failed += 1;
                    continue;
                }
            }
            if let Err(error) = letters.delete(letter.id()) {
                output::line(format_args!(
                    "{id}  is still in the dead-letter queue, too, and must not be sent back again: {}",
                    reason(&error)
                ));
                failed += 1;
            }
        }
    }
    letters.give_back()?;
    for id in &missing {
        output::line(format_args!(
            "{}  is not among the dead letters that can be read now",
            output::printable(id)
        ));
        failed += 1;
    }
    let failures = if failed == 0 { String::new() } else { format!(", {failed} failed") };
    output::line(format_args!("{sent} sent back to {}{failures}", output::printable(queue)));
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Sends a message as it was, and gives its new id.
fn send(cloud: &Cloud, queue: &str, letter: &Letter) -> Result<String, Error> {
    let mut attributes = letter.message_attributes();
    attributes
        .entry(ORIGINAL_ID)
        .or_insert_with(|| json!({"DataType": "String", "StringValue": letter.id()}));
    let mut input =
        json!({"QueueUrl": queue, "MessageBody": letter.body(), "MessageAttributes": attributes});
    let group = letter.attribute("MessageGroupId");
    if !group.is_empty() {
        input["MessageGroupId"] = group.into();
    }
    if queue.ends_with(".fifo") {
        // With its first deduplication id, the queue would take it and drop it for five minutes.
        input["MessageDeduplicationId"] = letter.id().into();
    }
    let answer = cloud.call("sqs", "AmazonSQS.SendMessage", &input)?;
    Ok(answer["MessageId"].as_str().unwrap_or_default().to_owned())
}

fn reason(error: &Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    output::printable(&causes.fold(error.to_string(), |line, cause| format!("{line}: {cause}")))
}
