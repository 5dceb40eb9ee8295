//! The event of a queue, as far as this function reads it.
//!
//! The types are its own because they are four fields. `aws_lambda_events` refuses a whole batch for
//! one message without a field that nobody reads here.

use lambda_kit::Record;
use serde::Deserialize;

/// The longest id that a message sent back can claim; SQS's own have 36 characters.
const LONGEST_ID: usize = 100;

/// A batch of a queue's messages. Anything else is refused, and with it the invocation.
#[derive(Debug, Deserialize)]
pub struct Event {
    #[serde(rename = "Records")]
    pub(crate) messages: Vec<Message>,
}

/// A message. Without an id it could not be reported as failed, so such a message is none.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    message_id: String,
    #[serde(default)]
    pub(crate) body: String,
    #[serde(default)]
    attributes: Attributes,
    #[serde(default)]
    message_attributes: MessageAttributes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Attributes {
    approximate_receive_count: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct MessageAttributes {
    original_message_id: Option<Text>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Text {
    string_value: Option<String>,
}

impl Message {
    /// The id that the client knows the message by. To SQS, a message that was sent back from the
    /// dead-letter queue is a new one; it says which it was.
    pub(crate) fn known_as(&self) -> &str {
        self.original_id().unwrap_or(&self.message_id)
    }

    /// The id that it had before it was sent back, if it was. What cannot be an id is none.
    pub(crate) fn original_id(&self) -> Option<&str> {
        let id = self.message_attributes.original_message_id.as_ref()?.string_value.as_deref()?;
        let is_id = (1..=LONGEST_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_id.then_some(id)
    }

    /// How often it has been received, this time included.
    pub(crate) fn receives(&self) -> u32 {
        self.attributes.approximate_receive_count.parse().unwrap_or(1)
    }
}

impl Record for Message {
    fn identifier(&self) -> &str {
        &self.message_id
    }
}
