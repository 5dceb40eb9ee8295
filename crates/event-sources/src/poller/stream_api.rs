//! The two kinds of streams, read alike: shards, iterators and records.

use aws_call::Role;
use serde_json::{Value, json};

use crate::client::{Client, Failure, Service};
use crate::event::{self, StreamRecord};
use crate::mapping::{Kind, Source};

const DYNAMODB: Service = Service {
    name: "dynamodb",
    host: "streams.dynamodb",
    target: "DynamoDBStreams_20120810",
    content_type: "application/x-amz-json-1.0",
};

const KINESIS: Service = Service {
    name: "kinesis",
    host: "kinesis",
    target: "Kinesis_20131202",
    content_type: "application/x-amz-json-1.1",
};

/// A shard as its stream lists it.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    pub(super) id: String,
    /// Those it was split or merged from, of which the stream may know nothing any more.
    pub(super) parents: Vec<String>,
    /// Whether nothing is written to it any more.
    pub(super) closed: bool,
}

/// Where in a shard reading goes on.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Position {
    TrimHorizon,
    Latest,
    /// With the first record that arrived then or later.
    At(jiff::Timestamp),
    After(String),
}

/// What one read gave.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) records: Vec<StreamRecord>,
    /// Nothing if the shard has ended.
    pub(super) next: Option<String>,
}

/// Why a mapping cannot be made, if a role cannot read a stream.
pub(super) async fn probe(client: &Client, source: &Source, role: Role<'_>) -> Option<String> {
    let arn = &source.arn;
    match (StreamApi { client, source, role }.shards().await, source.kind) {
        (Err(failure), _) if failure.may_pass() => None,
        (Err(failure), kind) if failure.is_denial() => {
            let list = if kind == Kind::Kinesis { " ListShards," } else { "" };
            Some(format!(
                "Cannot access stream {arn}. Please ensure the role can perform the GetRecords, \
                 GetShardIterator, DescribeStream,{list} and ListStreams Actions on your stream in \
                 IAM."
            ))
        }
        (Err(Failure::Refused { .. }), Kind::DynamoDb) => Some(format!("Stream not found: {arn}")),
        (Err(Failure::Refused { message, .. }), _) => {
            Some(format!("Received Exception while reading from provided stream. {message}"))
        }
        _ => None,
    }
}

/// A stream, read as a role.
pub(super) struct StreamApi<'a> {
    pub(super) client: &'a Client,
    pub(super) source: &'a Source,
    pub(super) role: Role<'a>,
}

impl StreamApi<'_> {
    /// Every shard that the stream still knows.
    pub(super) async fn shards(&self) -> Result<Vec<Shard>, Failure> {
        let arn = self.source.stream_arn();
        let mut shards = Vec::new();
        let mut input = match self.source.kind {
            Kind::Kinesis => json!({ "StreamARN": arn }),
            _ => json!({ "StreamArn": arn }),
        };
        loop {
            let (listed, next) = if self.source.kind == Kind::Kinesis {
                let answer = self.call("ListShards", &input).await?;
                let next = answer["NextToken"].as_str();
                (answer["Shards"].clone(), next.map(|token| json!({ "NextToken": token })))
            } else {
                let answer = self.call("DescribeStream", &input).await?;
                let stream = &answer["StreamDescription"];
                let next = stream["LastEvaluatedShardId"].as_str();
                let next = next.map(|id| json!({ "StreamArn": arn, "ExclusiveStartShardId": id }));
                (stream["Shards"].clone(), next)
            };
            shards.extend(listed.as_array().into_iter().flatten().map(shard));
            match next {
                Some(next) => input = next,
                None => return Ok(shards),
            }
        }
    }

    /// Where reading a shard at a position begins.
    pub(super) async fn iterator(
        &self,
        shard: &str,
        position: &Position,
    ) -> Result<String, Failure> {
        let is_kinesis = self.source.kind == Kind::Kinesis;
        let (arn, sequence_number) = match is_kinesis {
            true => ("StreamARN", "StartingSequenceNumber"),
            false => ("StreamArn", "SequenceNumber"),
        };
        let mut input = json!({ "ShardId": shard });
        input[arn] = json!(self.source.stream_arn());
        let kind = match position {
            // DynamoDB Streams have no position by time; what is older is skipped.
            Position::At(_) if !is_kinesis => "TRIM_HORIZON",
            Position::TrimHorizon => "TRIM_HORIZON",
            Position::Latest => "LATEST",
            Position::At(time) => {
                input["Timestamp"] = json!(time.as_millisecond() as f64 / 1000.0);
                "AT_TIMESTAMP"
            }
            Position::After(last) => {
                input[sequence_number] = json!(last);
                "AFTER_SEQUENCE_NUMBER"
            }
        };
        input["ShardIteratorType"] = json!(kind);
        let answer = self.call("GetShardIterator", &input).await?;
        let iterator = answer["ShardIterator"].as_str().map(ToOwned::to_owned);
        iterator.ok_or_else(|| Failure::Unreachable("no iterator in the answer".to_owned()))
    }

    /// Reads on, at most so many records.
    pub(super) async fn records(
        &self,
        shard: &str,
        iterator: &str,
        limit: usize,
    ) -> Result<Page, Failure> {
        let input = json!({ "ShardIterator": iterator, "Limit": limit });
        let mut answer = self.call("GetRecords", &input).await?;
        let Value::Array(records) = answer["Records"].take() else {
            return Err(Failure::Unreachable("no records in the answer".to_owned()));
        };
        let records = records.into_iter().map(|record| match self.source.kind {
            Kind::Kinesis => event::from_kinesis(&record, self.source, shard, self.role.arn),
            _ => event::from_dynamodb(record, self.source),
        });
        let next = answer["NextShardIterator"].as_str().map(ToOwned::to_owned);
        Ok(Page { records: records.collect(), next })
    }

    async fn call(&self, operation: &str, input: &Value) -> Result<Value, Failure> {
        let service = if self.source.kind == Kind::Kinesis { KINESIS } else { DYNAMODB };
        self.client.json(service, operation, Some(self.role), input).await
    }
}

fn shard(listed: &Value) -> Shard {
    let parents = ["ParentShardId", "AdjacentParentShardId"];
    let parents = parents.into_iter().filter_map(|name| listed[name].as_str());
    Shard {
        id: listed["ShardId"].as_str().unwrap_or_default().to_owned(),
        parents: parents.map(ToOwned::to_owned).collect(),
        closed: listed["SequenceNumberRange"]["EndingSequenceNumber"].is_string(),
    }
}
