//! Streams of DynamoDB and Kinesis in memory: the same records, told in two ways.

use std::time::Duration;

use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};

use super::services::respond;
use super::{EPOCH, REGION, State, World};

#[derive(Default)]
pub(super) struct FakeShard {
    parent: Option<String>,
    records: Vec<Value>,
    closed: bool,
}

impl World {
    pub(in crate::tests) fn add_shard(&self, id: &str, parent: Option<&str>) {
        let parent = parent.map(ToOwned::to_owned);
        self.state().shards.insert(id.to_owned(), FakeShard { parent, ..FakeShard::default() });
    }

    pub(in crate::tests) fn close_shard(&self, id: &str) {
        self.state().shards.get_mut(id).unwrap().closed = true;
    }

    /// Lets every iterator end that was given out so far.
    pub(in crate::tests) fn end_iterators(&self) {
        let now = self.began.elapsed();
        self.state().iterators_from = now + Duration::from_nanos(1);
    }

    /// Writes a record for each value to a shard of both streams; the key is what stands before a
    /// slash, or the value.
    pub(in crate::tests) fn write_to(&self, shard: &str, written: &[&str]) {
        let seconds = EPOCH.as_second() + self.began.elapsed().as_secs() as i64;
        let mut state = self.state();
        for value in written {
            let count = state.shards.values().map(|shard| shard.records.len()).sum::<usize>();
            let number = format!("{}", 1000 + count);
            let key = value.split('/').next().unwrap();
            state.shards.get_mut(shard).unwrap().records.push(json!({
                "eventID": format!("event-{number}"), "eventName": "INSERT",
                "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": REGION,
                "dynamodb": {
                    "ApproximateCreationDateTime": seconds,
                    "Keys": {"id": {"S": key}}, "NewImage": {"id": {"S": key}, "v": {"S": value}},
                    "SequenceNumber": number, "SizeBytes": 0,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
            }));
        }
    }

    pub(in crate::tests) fn write(&self, values: &[&str]) {
        self.write_to("shard-1", values);
    }
}

impl State {
    pub(super) fn list_shards(&self) -> Vec<Value> {
        let shards = self.shards.iter().map(|(id, shard)| {
            let mut listed = json!({ "ShardId": id, "SequenceNumberRange": {} });
            if let Some(parent) = &shard.parent {
                listed["ParentShardId"] = json!(parent);
            }
            if shard.closed {
                listed["SequenceNumberRange"]["EndingSequenceNumber"] = json!("9");
            }
            listed
        });
        shards.collect()
    }

    pub(super) fn iterator(&self, input: &Value, now: Duration) -> Value {
        let id = input["ShardId"].as_str().unwrap();
        let records = &self.shards[id].records;
        let number = |record: &Value| record["dynamodb"]["SequenceNumber"].clone();
        let after = ["SequenceNumber", "StartingSequenceNumber"].map(|name| &input[name]);
        let place = match input["ShardIteratorType"].as_str().unwrap() {
            "LATEST" => records.len(),
            "AFTER_SEQUENCE_NUMBER" => {
                1 + records.iter().position(|record| after.contains(&&number(record))).unwrap()
            }
            "AT_TIMESTAMP" => {
                let from = input["Timestamp"].as_f64().unwrap();
                let is_young = |record: &Value| {
                    record["dynamodb"]["ApproximateCreationDateTime"].as_f64().unwrap() >= from
                };
                records.iter().position(is_young).unwrap_or(records.len())
            }
            _ => 0,
        };
        json!({ "ShardIterator": format!("{id}:{place}:{}", now.as_nanos()) })
    }

    pub(super) fn records(
        &self,
        input: &Value,
        is_kinesis: bool,
        now: Duration,
    ) -> Response<Bytes> {
        let iterator: Vec<_> = input["ShardIterator"].as_str().unwrap().split(':').collect();
        let [id, place, made] = iterator.as_slice() else { panic!("{iterator:?}") };
        if made.parse::<u128>().unwrap() < self.iterators_from.as_nanos() {
            return respond(400, &json!({"__type": "ExpiredIteratorException"}));
        }
        let (shard, place) = (&self.shards[*id], place.parse::<usize>().unwrap());
        let limit = usize::try_from(input["Limit"].as_u64().unwrap()).unwrap();
        let records = shard.records.iter().skip(place).take(limit);
        let records: Vec<_> = records
            .map(|record| if is_kinesis { as_kinesis(record) } else { record.clone() })
            .collect();
        let next = place + records.len();
        let mut answer = json!({ "Records": records });
        if !shard.closed || next < shard.records.len() {
            answer["NextShardIterator"] = json!(format!("{id}:{next}:{}", now.as_nanos()));
        }
        respond(200, &answer)
    }
}

/// The same record as Kinesis has it: the value is the data.
fn as_kinesis(record: &Value) -> Value {
    use base64::Engine;
    let change = &record["dynamodb"];
    let value = change["NewImage"]["v"]["S"].as_str().unwrap();
    json!({
        "SequenceNumber": change["SequenceNumber"],
        "PartitionKey": change["Keys"]["id"]["S"],
        "Data": base64::prelude::BASE64_STANDARD.encode(value),
        "ApproximateArrivalTimestamp": change["ApproximateCreationDateTime"].as_f64().unwrap() + 0.5,
    })
}
