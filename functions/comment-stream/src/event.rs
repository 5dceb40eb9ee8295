//! The event of a DynamoDB stream, as far as this function reads it.
//!
//! The types are its own, for three reasons. `aws_lambda_events` gives an image that is missing as an
//! empty one, which this function has to tell apart; it refuses a whole batch for one record without a
//! field that nobody reads here; and it copies every attribute of both images, with the comment's
//! text, where two of them are read.

use serde::Deserialize;
use serde_json::Value;

/// A batch of a stream's records. Anything else is refused, and with it the invocation.
#[derive(Debug, Deserialize)]
pub struct Event {
    #[serde(rename = "Records")]
    pub(crate) records: Vec<Record>,
}

/// One change of one comment. Without a sequence number it could not be reported as failed, so such
/// a record is none.
#[derive(Debug, Deserialize)]
pub(crate) struct Record {
    #[serde(rename = "eventID", default)]
    pub(crate) event_id: String,
    #[serde(rename = "eventName", default)]
    pub(crate) event_name: String,
    #[serde(rename = "dynamodb")]
    pub(crate) change: StreamRecord,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct StreamRecord {
    pub(crate) sequence_number: String,
    pub(crate) old_image: Option<Image>,
    pub(crate) new_image: Option<Image>,
}

/// A comment before or after the change: attributes as `{"S": "..."}`, `null` where there is none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Image {
    pub(crate) page_id: Value,
    pub(crate) created_at: Value,
}
