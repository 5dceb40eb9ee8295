//! How quick event sources are on a local AWS of its own: how long it takes from when a message is
//! visible, or an item written, until the function starts, and how fast a full queue is drained.
//!
//! `cargo run --profile local -p spillway-tests --example event_source_latency`
//!
//! It prints figures and judges none: they are the machine's as much as the pollers'. For comparison
//! it invokes the function without an event source, with events of the same size and at the same
//! concurrency, and it drains a queue as full by receiving and deleting alone: the time of the one and
//! of the other is the least that draining it through the function takes, if MiniStack does one thing
//! at a time.

#![expect(clippy::print_stdout, reason = "a command prints what it found")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use spillway_tests::{LocalAws, eventually, python_tool};

const SAMPLES: usize = 200;
const BACKLOG: usize = 10_000;
const CONCURRENCY: usize = 10;
const BATCH: usize = 10;

/// Between two samples, so that each finds an idle poller: longer than an invocation takes.
const PAUSE: Duration = Duration::from_millis(120);

/// For whatever is waited for.
const DEADLINE: Duration = Duration::from_secs(300);

const ROLE: &str = "arn:aws:iam::000000000000:role/measured";
const QUEUE: &str = "measured";
const MAPPINGS: &str = "/2015-03-31/event-source-mappings";

/// Writes down when it started with which records.
const FUNCTION: &str = r#"
import os, time

def handler(event, context):
    start = time.time()
    def id(record):
        return record["body"] if "body" in record else record["dynamodb"]["Keys"]["id"]["S"]
    lines = "".join(f"{id(record)} {start}\n" for record in event["Records"])
    with open(os.environ["RECORD"], "a") as record:
        record.write(lines)
"#;

fn main() {
    let aws = LocalAws::shared();
    let folder = aws.folder();
    let record = folder.path().join("starts");
    let zip = package(&folder.path().join("function.zip"));
    for name in ["queue", "stream", "direct"] {
        make_function(aws, name, &zip, &record);
    }

    let direct = invoke_directly(aws);
    println!(
        "invoked directly: {BATCH} records each, {CONCURRENCY} at once: {direct:.0} records/s"
    );

    let unread = make_queue(aws, "unread");
    fill(aws, &unread);
    let emptied = empty(aws, &unread);
    println!("received and deleted, {CONCURRENCY} clients: {emptied:.0} messages/s");
    let least = 1.0 / (1.0 / direct + 1.0 / emptied);
    println!("both, one after the other: {least:.0} messages/s");

    let queue = make_queue(aws, QUEUE);
    let scaling = json!({"MaximumConcurrency": CONCURRENCY});
    let queued = make_mapping(
        aws,
        &json!({
            "FunctionName": "queue", "BatchSize": BATCH, "ScalingConfig": scaling,
            "EventSourceArn": format!("arn:aws:sqs:us-east-1:000000000000:{QUEUE}"),
        }),
    );
    let send = |id: &str| {
        aws.call("AmazonSQS.SendMessage", &json!({"QueueUrl": queue, "MessageBody": id}));
    };
    report("message visible to function start", latencies("message", &record, send));

    let stream = make_table(aws);
    make_mapping(
        aws,
        &json!({
            "FunctionName": "stream", "EventSourceArn": stream, "StartingPosition": "LATEST",
        }),
    );
    let put = |id: &str| {
        let item = json!({"id": {"S": id}});
        aws.call("DynamoDB_20120810.PutItem", &json!({"TableName": "measured", "Item": item}));
    };
    report("item written to function start", latencies("item", &record, put));

    let rate = drain(aws, &queue, &queued, &record);
    println!("{BACKLOG} messages drained, {CONCURRENCY} at once: {rate:.0} messages/s");
}

fn package(path: &Path) -> String {
    let write = "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').writestr('function.py', sys.argv[2])";
    let text = path.to_str().expect("a path in UTF-8");
    let python = python_tool("python", &["-c", write, text, FUNCTION]);
    assert_cmd::Command::from(python).assert().success();
    BASE64_STANDARD.encode(fs::read(path).expect("the zip is there"))
}

fn make_function(aws: &LocalAws, name: &str, zip: &str, record: &Path) {
    let input = json!({
        "FunctionName": name, "Runtime": "python3.12", "Handler": "function.handler", "Role": ROLE,
        "Timeout": 10, "Code": {"ZipFile": zip}, "Environment": {"Variables": {"RECORD": record}},
    });
    aws.rest("lambda", "POST", "/2015-03-31/functions", &input.to_string());
}

fn make_queue(aws: &LocalAws, name: &str) -> Value {
    let attributes = json!({"VisibilityTimeout": "120"});
    let input = json!({"QueueName": name, "Attributes": attributes});
    aws.call("AmazonSQS.CreateQueue", &input)["QueueUrl"].clone()
}

/// Makes a table and gives the ARN of its stream.
fn make_table(aws: &LocalAws) -> Value {
    let input = json!({
        "TableName": "measured", "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "StreamSpecification": {"StreamEnabled": true, "StreamViewType": "NEW_IMAGE"},
    });
    let table = aws.call("DynamoDB_20120810.CreateTable", &input);
    table["TableDescription"]["LatestStreamArn"].clone()
}

/// Makes a mapping that is enabled, and gives its path.
fn make_mapping(aws: &LocalAws, input: &Value) -> String {
    let made = aws.rest("lambda", "POST", MAPPINGS, &input.to_string());
    let made: Value = serde_json::from_str(&made).expect("a mapping");
    let path = format!("{MAPPINGS}/{}", made["UUID"].as_str().expect("an id"));
    reaches(aws, &path, "Enabled");
    path
}

fn reaches(aws: &LocalAws, path: &str, state: &str) {
    eventually(state, DEADLINE, || {
        let mapping: Value = serde_json::from_str(&aws.rest("lambda", "GET", path, "")).ok()?;
        (mapping["State"] == state).then_some(())
    });
}

fn switch(aws: &LocalAws, path: &str, enabled: bool) {
    aws.rest("lambda", "PUT", path, &json!({"Enabled": enabled}).to_string());
    reaches(aws, path, if enabled { "Enabled" } else { "Disabled" });
}

/// When the function started first with each record, in seconds since 1970.
fn starts(record: &Path) -> BTreeMap<String, f64> {
    let text = fs::read_to_string(record).unwrap_or_default();
    let mut starts = BTreeMap::new();
    for (id, start) in text.lines().filter_map(|line| line.split_once(' ')) {
        // The last line may still be written.
        if let Ok(start) = start.parse() {
            starts.entry(id.to_owned()).or_insert(start);
        }
    }
    starts
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs_f64()
}

/// How long it takes, in milliseconds, until the function starts with what `send` has sent.
fn latencies(what: &str, record: &Path, send: impl Fn(&str)) -> Vec<f64> {
    // The first one starts the function's process.
    let id = format!("{what}-first");
    send(&id);
    eventually("a first record", DEADLINE, || starts(record).get(&id).copied());
    let mut sent = Vec::new();
    for number in 0..SAMPLES {
        let id = format!("{what}-{number}");
        send(&id);
        sent.push((id, now()));
        thread::sleep(PAUSE);
    }
    eventually("all records", DEADLINE, || {
        let starts = starts(record);
        let found = sent.iter().map(|(id, sent)| Some((starts.get(id)?, sent)));
        let found: Option<Vec<_>> = found.collect();
        Some(found?.into_iter().map(|(start, sent)| (start - sent) * 1000.0).collect())
    })
}

fn report(what: &str, mut milliseconds: Vec<f64>) {
    milliseconds.sort_by(f64::total_cmp);
    let at = |percent: usize| milliseconds[(milliseconds.len() - 1) * percent / 100];
    let (median, most, last) = (at(50), at(99), at(100));
    println!("{what}: median {median:.1} ms, p99 {most:.1} ms, at most {last:.1} ms");
}

/// How many records a second the function takes if nothing but its invoker is in the way.
fn invoke_directly(aws: &LocalAws) -> f64 {
    let record = json!({
        "messageId": "0".repeat(36), "receiptHandle": "0".repeat(36), "body": "direct",
        "attributes": {}, "messageAttributes": {}, "md5OfBody": "0".repeat(32),
        "eventSource": "aws:sqs", "eventSourceARN": "", "awsRegion": "us-east-1",
    });
    let event = json!({"Records": vec![record; BATCH]}).to_string();
    let invoke = || aws.rest("lambda", "POST", "/2015-03-31/functions/direct/invocations", &event);
    let round = |times: usize| {
        let began = Instant::now();
        thread::scope(|scope| {
            for _ in 0..CONCURRENCY {
                scope.spawn(|| (0..times).for_each(|_| drop(invoke())));
            }
        });
        (times * CONCURRENCY * BATCH) as f64 / began.elapsed().as_secs_f64()
    };
    // The first round starts the processes.
    round(3);
    round(50)
}

/// Sends as many messages as are drained.
fn fill(aws: &LocalAws, queue: &Value) {
    for batch in 0..BACKLOG / BATCH {
        let entries = (0..BATCH).map(|place| {
            json!({"Id": place.to_string(), "MessageBody": format!("backlog-{batch}-{place}")})
        });
        let input = json!({"QueueUrl": queue, "Entries": entries.collect::<Vec<_>>()});
        aws.call("AmazonSQS.SendMessageBatch", &input);
    }
}

/// How many messages a second a queue gives and deletes if nothing is done with them.
fn empty(aws: &LocalAws, queue: &Value) -> f64 {
    let round = || {
        let input = json!({"QueueUrl": queue, "MaxNumberOfMessages": BATCH});
        let received = aws.call("AmazonSQS.ReceiveMessage", &input);
        let messages = received["Messages"].as_array()?.iter();
        let entries = messages.enumerate().map(|(place, message)| {
            json!({"Id": place.to_string(), "ReceiptHandle": message["ReceiptHandle"]})
        });
        let input = json!({"QueueUrl": queue, "Entries": entries.collect::<Vec<_>>()});
        aws.call("AmazonSQS.DeleteMessageBatch", &input);
        Some(())
    };
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CONCURRENCY {
            scope.spawn(|| while round().is_some() {});
        }
    });
    BACKLOG as f64 / began.elapsed().as_secs_f64()
}

/// Fills the queue while nobody reads it, and says how many messages a second are read then.
fn drain(aws: &LocalAws, queue: &Value, mapping: &str, record: &Path) -> f64 {
    switch(aws, mapping, false);
    fill(aws, queue);
    let began = now();
    switch(aws, mapping, true);
    let last = eventually("a drained queue", DEADLINE, || {
        let starts = starts(record);
        let seen = starts.iter().filter(|(id, _)| id.starts_with("backlog-")).map(|(_, at)| *at);
        let seen: Vec<_> = seen.collect();
        (seen.len() == BACKLOG).then(|| seen.into_iter().fold(began, f64::max))
    });
    BACKLOG as f64 / (last - began)
}
