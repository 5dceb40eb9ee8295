//! The events that functions get, field for field as Lambda writes them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::batch::Aged;
use crate::mapping::{Kind, Source};

/// What a record of an event takes beside its own text.
const SEPARATOR: usize = 1;

/// What an event takes beside its records: `{"Records":[]}`.
pub(crate) const FRAME: usize = 14;

/// A record of a stream.
#[derive(Clone, Debug)]
pub(crate) struct StreamRecord {
    pub(crate) sequence_number: String,
    /// What its order is kept by: the keys of the item, or the partition key.
    pub(crate) key: String,
    pub(crate) arrived: Timestamp,
    /// As the function sees it.
    pub(crate) document: Value,
    /// What it takes of the event's size.
    pub(crate) bytes: usize,
}

impl Aged for StreamRecord {
    fn arrived(&self) -> Timestamp {
        self.arrived
    }
}

/// A record of DynamoDB Streams, as `GetRecords` gives it.
pub(crate) fn from_dynamodb(mut record: Value, source: &Source) -> StreamRecord {
    let change = &mut record["dynamodb"];
    // MiniStack says 0, which no record is.
    if change["SizeBytes"].as_u64().is_none_or(|size| size == 0) {
        let images = ["Keys", "NewImage", "OldImage"].map(|image| item_size(&change[image]));
        change["SizeBytes"] = json!(images.iter().sum::<usize>());
    }
    let sequence_number = text(&change["SequenceNumber"]);
    let key = change["Keys"].to_string();
    let arrived = seconds(&change["ApproximateCreationDateTime"]);
    record["eventSourceARN"] = json!(source.arn);
    let bytes = record.to_string().len() + SEPARATOR;
    StreamRecord { sequence_number, key, arrived, document: record, bytes }
}

/// A record of Kinesis, as `GetRecords` gives it.
pub(crate) fn from_kinesis(
    record: &Value,
    source: &Source,
    shard: &str,
    role: &str,
) -> StreamRecord {
    let sequence_number = text(&record["SequenceNumber"]);
    let document = json!({
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": record["PartitionKey"],
            "sequenceNumber": sequence_number,
            "data": record["Data"],
            "approximateArrivalTimestamp": record["ApproximateArrivalTimestamp"],
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": format!("{shard}:{sequence_number}"),
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": role,
        "awsRegion": source.part(3),
        "eventSourceARN": source.arn,
    });
    StreamRecord {
        sequence_number,
        key: text(&record["PartitionKey"]),
        arrived: seconds(&record["ApproximateArrivalTimestamp"]),
        bytes: document.to_string().len() + SEPARATOR,
        document,
    }
}

/// A message of SQS.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) receipt_handle: String,
    /// Of a FIFO queue alone.
    pub(crate) group: Option<String>,
    /// As the function sees it.
    pub(crate) document: Value,
    /// What it takes of the event's size.
    pub(crate) bytes: usize,
}

/// A message, as `ReceiveMessage` gives it.
pub(crate) fn from_queue(message: &Value, source: &Source) -> Message {
    let (id, receipt_handle) = (text(&message["MessageId"]), text(&message["ReceiptHandle"]));
    // A standard queue has groups, too, which say nothing of order.
    let is_fifo = source.kind == Kind::Queue { fifo: true };
    let group = message["Attributes"]["MessageGroupId"].as_str().filter(|_| is_fifo);
    let group = group.map(ToOwned::to_owned);
    let attributes = message["MessageAttributes"].as_object();
    let mut document = json!({
        "messageId": id,
        "receiptHandle": receipt_handle,
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": attributes.map(message_attributes).unwrap_or_default(),
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": source.arn,
        "awsRegion": source.part(3),
    });
    if let Some(digest) = message["MD5OfMessageAttributes"].as_str() {
        document["md5OfMessageAttributes"] = json!(digest);
    }
    let bytes = document.to_string().len() + SEPARATOR;
    Message { id, receipt_handle, group, document, bytes }
}

fn message_attributes(attributes: &Map<String, Value>) -> Map<String, Value> {
    let convert = |attribute: &Value| {
        let mut converted = json!({ "stringListValues": [], "binaryListValues": [] });
        let names = [
            ("StringValue", "stringValue"),
            ("BinaryValue", "binaryValue"),
            ("DataType", "dataType"),
        ];
        for (theirs, ours) in names {
            if let Some(value) = attribute[theirs].as_str() {
                converted[ours] = json!(value);
            }
        }
        converted
    };
    attributes.iter().map(|(name, attribute)| (name.clone(), convert(attribute))).collect()
}

/// The event with these records.
pub(crate) fn of<'a>(records: impl Iterator<Item = &'a Value>) -> Value {
    json!({ "Records": records.collect::<Vec<_>>() })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A time in seconds since 1970; the epoch if it is none.
fn seconds(value: &Value) -> Timestamp {
    let milliseconds = value.as_f64().unwrap_or_default() * 1000.0;
    Timestamp::from_millisecond(milliseconds as i64).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// What DynamoDB counts for an item: its names in UTF-8 and its values.
fn item_size(item: &Value) -> usize {
    let members = item.as_object().into_iter().flatten();
    members.map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else {
        return 0;
    };
    let elements = || value.as_array().into_iter().flatten();
    let scalar = |kind: &str, value: &Value| {
        let text = value.as_str().unwrap_or_default();
        match kind {
            "S" => text.len(),
            "B" => BASE64_STANDARD.decode(text).map_or(0, |bytes| bytes.len()),
            // A byte for two digits, and one for the exponent.
            "N" => text.bytes().filter(u8::is_ascii_digit).count().div_ceil(2) + 1,
            _ => 1,
        }
    };
    match kind.as_str() {
        // Three bytes are a container's own, and one an element's.
        "M" => 3 + item_size(value) + value.as_object().map_or(0, Map::len),
        "L" => 3 + elements().map(|element| 1 + value_size(element)).sum::<usize>(),
        "SS" | "NS" | "BS" => elements().map(|element| scalar(&kind[..1], element)).sum(),
        kind => scalar(kind, value),
    }
}
