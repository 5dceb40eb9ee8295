//! Event source mappings on the local AWS, made by real Terraform, from sources that are written to.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{LocalAws, TerraformRoot, eventually, get, python_tool};

const DEADLINE: Duration = Duration::from_secs(30);

/// Writes down its events, and reports the records in which it finds `poison`.
const FUNCTION: &str = r#"
import json, os

def handler(event, context):
    with open(os.environ["RECORD"], "a") as record:
        record.write(json.dumps(event) + "\n")
    def id(record):
        return record["messageId"] if "body" in record else record["dynamodb"]["SequenceNumber"]
    poison = [record for record in event["Records"] if "poison" in json.dumps(record)]
    return {"batchItemFailures": [{"itemIdentifier": id(record)} for record in poison]}
"#;

/// A zip of the function.
fn package(path: &Path) {
    let write = "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').writestr('function.py', sys.argv[2])";
    let python = python_tool("python", &["-c", write, path.to_str().unwrap(), FUNCTION]);
    assert_cmd::Command::from(python).assert().success();
}

/// The records that the function got, of all events.
fn records(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    let events = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    events.flat_map(|event| event["Records"].as_array().unwrap().clone()).collect()
}

fn mapping(uuid: &str) -> (u16, Value) {
    let path = format!("/2015-03-31/event-source-mappings/{uuid}");
    let answer = get(&format!("{}{path}", LocalAws::shared().endpoint()));
    (answer.status, answer.json())
}

#[test]
fn mappings_are_applied_run_changed_and_destroyed() {
    let aws = LocalAws::shared();
    let folder = aws.folder();
    let (zip, file) = (folder.path().join("function.zip"), folder.path().join("events"));
    package(&zip);
    let mut root = TerraformRoot::new("tests/roots/event-sources");
    root.set("name", "events");
    root.set("package", zip.to_str().unwrap());
    root.set("record", file.to_str().unwrap());
    root.apply();
    root.assert_no_changes();

    let put = |id: &str| {
        let item = json!({"id": {"S": id}});
        aws.call("DynamoDB_20120810.PutItem", &json!({"TableName": "events", "Item": item}));
    };
    let seen =
        |id: &str| records(&file).iter().any(|record| record["dynamodb"]["Keys"]["id"]["S"] == id);
    for id in ["first", "poison", "last"] {
        put(id);
    }
    eventually("good records are seen", DEADLINE, || (seen("first") && seen("last")).then_some(()));
    let failed = root.output("failed_url");
    let message = eventually("the poison is written down", DEADLINE, || {
        let answer = aws.call("AmazonSQS.ReceiveMessage", &json!({"QueueUrl": failed}));
        answer["Messages"][0]["Body"].as_str().map(ToOwned::to_owned)
    });
    let document: Value = serde_json::from_str(&message).unwrap();
    assert_eq!(document["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(document["DDBStreamBatchInfo"]["batchSize"], 1);

    let queue = root.output("queue_url");
    aws.call("AmazonSQS.SendMessage", &json!({"QueueUrl": queue, "MessageBody": "hello"}));
    eventually("the message is seen", DEADLINE, || {
        records(&file).iter().any(|record| record["body"] == "hello").then_some(())
    });
    let data = json!({"StreamName": "events", "PartitionKey": "k", "Data": "aGVsbG8="});
    aws.call("Kinesis_20131202.PutRecord", &data);
    eventually("the record is seen", DEADLINE, || {
        records(&file).iter().any(|record| record["kinesis"]["data"] == "aGVsbG8=").then_some(())
    });

    // What is written while the mapping rests is there when it goes on.
    let uuid = root.output("table_mapping").as_str().unwrap().to_owned();
    root.set("enabled", "false");
    root.set("batch_size", "5");
    root.apply();
    let (_, disabled) = mapping(&uuid);
    assert_eq!((&disabled["State"], &disabled["BatchSize"]), (&json!("Disabled"), &json!(5)));
    put("meanwhile");
    root.set("enabled", "true");
    root.apply();
    root.assert_no_changes();
    eventually("it goes on", DEADLINE, || seen("meanwhile").then_some(()));
    let count = |id: &str| {
        let is_it = |record: &&Value| record["dynamodb"]["Keys"]["id"]["S"] == id;
        records(&file).iter().filter(is_it).count()
    };
    assert_eq!(count("meanwhile"), 1);

    root.destroy();
    let gone = || (mapping(&uuid).0 == 404).then_some(());
    eventually("the mapping is gone", DEADLINE, gone);
}
