//! On-failure destinations: where the batches that a stream's mapping gives up are written down.
//!
//! A queue and a topic get the document that says what was given up and why; a bucket gets the records
//! with it. What a destination refuses is lost, as on AWS, and stands in the log; while it cannot be
//! reached, delivery waits.

use aws_call::{Call, Role};
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batch::Discarded;
use crate::client::{Client, Failure, Service, succeeded};
use crate::event::{self, StreamRecord};
use crate::invoke::Invocation;
use crate::mapping::{Kind, Source};

pub(crate) const SQS: Service = Service {
    name: "sqs",
    host: "sqs",
    target: "AmazonSQS",
    content_type: "application/x-amz-json-1.0",
};

/// Whether Lambda delivers there: to a standard queue, a standard topic or a bucket.
pub(crate) fn is_possible(arn: &str) -> bool {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, "sqs" | "sns", region, account, name] => {
            ![*region, *account, *name].contains(&"") && !name.ends_with(".fifo")
        }
        ["arn", _, "s3", _, _, bucket] => !bucket.is_empty(),
        _ => false,
    }
}

/// Whence records come that were given up.
pub(crate) struct Origin<'a> {
    pub(crate) mapping: &'a str,
    pub(crate) function_arn: &'a str,
    pub(crate) source: &'a Source,
    pub(crate) shard: &'a str,
}

/// The document about records that were given up, at this time. `last` is the last invocation with
/// them, if there was any.
pub(crate) fn document(
    origin: &Origin<'_>,
    discarded: &Discarded<StreamRecord>,
    last: Option<&Invocation>,
    now: Timestamp,
) -> Value {
    let Discarded { part, condition } = discarded;
    let records = &part.records;
    let sequence_number =
        |record: Option<&StreamRecord>| record.map(|record| record.sequence_number.clone());
    let arrival = |record: Option<&StreamRecord>| record.map(|record| time(record.arrived));
    let request_id = last.map(|invocation| invocation.request_id.clone());
    let mut document = json!({
        "requestContext": {
            "requestId": request_id.unwrap_or_else(|| Uuid::new_v4().to_string()),
            "functionArn": origin.function_arn,
            "condition": format!("{condition:?}"),
            "approximateInvokeCount": part.invocations,
        },
    });
    if let Some(invocation) = last {
        document["responseContext"] = json!({
            "statusCode": 200,
            "executedVersion": invocation.executed_version,
            "functionError": invocation.error,
        });
    }
    document["version"] = json!("1.0");
    document["timestamp"] = json!(now.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string());
    let batch = match origin.source.kind {
        Kind::DynamoDb => "DDBStreamBatchInfo",
        _ => "KinesisBatchInfo",
    };
    document[batch] = json!({
        "shardId": origin.shard,
        "startSequenceNumber": sequence_number(records.first()),
        "endSequenceNumber": sequence_number(records.last()),
        "approximateArrivalOfFirstRecord": arrival(records.first()),
        "approximateArrivalOfLastRecord": arrival(records.last()),
        "batchSize": records.len(),
        "streamArn": origin.source.stream_arn(),
    });
    document
}

/// A time as these documents have it: with milliseconds where there are any.
fn time(time: Timestamp) -> String {
    let format = match time.as_millisecond() % 1000 {
        0 => "%Y-%m-%dT%H:%M:%SZ",
        _ => "%Y-%m-%dT%H:%M:%S.%3fZ",
    };
    time.strftime(format).to_string()
}

impl Client {
    /// Delivers a document about records, and to a bucket the records, too.
    pub(crate) async fn deliver(
        &self,
        destination: &str,
        role: Role<'_>,
        origin: &Origin<'_>,
        document: &Value,
        records: &[StreamRecord],
    ) -> Result<(), Failure> {
        let parts: Vec<_> = destination.splitn(6, ':').collect();
        match parts.as_slice() {
            [_, _, "sqs", region, account, name] => {
                let client = Self { cloud: self.cloud.clone(), region: (*region).to_owned() };
                let input = json!({
                    "QueueUrl": queue_url(region, account, name),
                    "MessageBody": document.to_string(),
                });
                client.json(SQS, "SendMessage", Some(role), &input).await.map(drop)
            }
            [_, _, "sns", region, ..] => {
                let client = Self { cloud: self.cloud.clone(), region: (*region).to_owned() };
                client.publish(destination, role, document).await
            }
            [_, _, "s3", _, _, bucket] => {
                let now = self.cloud.now();
                let (day, time) = (now.strftime("%Y/%m/%d"), now.strftime("%Y-%m-%dT%H.%M.%S"));
                let (mapping, shard, id) = (origin.mapping, origin.shard, Uuid::new_v4());
                let key = format!("aws/lambda/{mapping}/{shard}/{day}/{time}-{id}");
                let mut document = document.clone();
                let event = event::of(records.iter().map(|record| &record.document));
                document["payload"] = json!(event.to_string());
                self.put(&format!("/{bucket}/{key}"), role, &document).await
            }
            _ => {
                let message = format!("{destination} is neither a queue nor a topic nor a bucket");
                Err(Failure::Refused { code: "InvalidDestination".to_owned(), message })
            }
        }
    }

    async fn publish(&self, topic: &str, role: Role<'_>, document: &Value) -> Result<(), Failure> {
        let form = Serializer::new(String::new())
            .append_pair("Action", "Publish")
            .append_pair("Version", "2010-03-31")
            .append_pair("TopicArn", topic)
            .append_pair("Message", &document.to_string())
            .finish();
        let kind = "application/x-www-form-urlencoded";
        self.write("sns", Method::POST, "/", kind, form.into(), role).await
    }

    async fn put(&self, path: &str, role: Role<'_>, document: &Value) -> Result<(), Failure> {
        let body = document.to_string().into();
        self.write("s3", Method::PUT, path, "application/json", body, role).await
    }

    async fn write(
        &self,
        service: &str,
        method: Method,
        path_and_query: &str,
        content_type: &'static str,
        body: Bytes,
        role: Role<'_>,
    ) -> Result<(), Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        let call = Call {
            service,
            host: service,
            region: &self.region,
            method,
            path_and_query,
            headers,
            body,
            role: Some(role),
        };
        succeeded(self.send(call).await?).map(drop)
    }
}

/// The URL of a queue by which AWS knows it; a local AWS looks at the path alone.
pub(crate) fn queue_url(region: &str, account: &str, name: &str) -> String {
    format!("https://sqs.{region}.amazonaws.com/{account}/{name}")
}
