//! What becomes of a stream's records that a function fails with.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::streams::check;
use super::world::{FUNCTION, KINESIS, Reply, STREAM, World};

#[test]
fn a_failed_batch_is_tried_again_as_often_as_allowed_and_then_given_up() {
    let settings = json!({"BatchSize": 2, "MaximumRetryAttempts": 2});
    let failed: &[&str] = &["a", "b"];
    check(settings, &["a", "b", "c"], &["b"], &[failed, failed, failed, &["c"]]);
    let settings = json!({"BatchSize": 2, "MaximumRetryAttempts": 0});
    check(settings, &["a", "b", "c"], &["b"], &[failed, &["c"]]);
}

#[test]
fn bisection_isolates_the_poison_and_takes_nothing_from_the_retries() {
    let settings = json!({"BisectBatchOnFunctionError": true, "MaximumRetryAttempts": 1});
    let batches: &[&[&str]] =
        &[&["a", "b", "c", "d"], &["a", "b"], &["c", "d"], &["c"], &["c"], &["d"]];
    check(settings, &["a", "b", "c", "d"], &["c"], batches);
}

/// What the function gets, if it reports these records once each.
async fn reported(settings: Value, mut bad: Vec<&'static str>) -> Vec<Vec<String>> {
    let world = World::new();
    world.function(move |event| {
        let records = event["Records"].as_array().unwrap().iter();
        let failures: Vec<_> = records
            .map(|record| &record["dynamodb"])
            .filter(|change| {
                let value = change["NewImage"]["v"]["S"].as_str().unwrap();
                let found = bad.iter().position(|bad| *bad == value);
                found.map(|place| bad.remove(place)).is_some()
            })
            .map(|change| json!({"itemIdentifier": change["SequenceNumber"]}))
            .collect();
        Reply::Answers(json!({"batchItemFailures": failures}))
    });
    world.write(&["a", "b", "c", "d"]);
    world.map(STREAM, settings).await;
    world.settles().await
}

#[tokio::test(start_paused = true)]
async fn from_the_lowest_reported_record_on_everything_is_done_again() {
    let settings = json!({"FunctionResponseTypes": ["ReportBatchItemFailures"]});
    let batches = reported(settings, vec!["c", "b"]).await;
    assert_eq!(batches, [&["a", "b", "c", "d"][..], &["b", "c", "d"]]);
}

#[tokio::test(start_paused = true)]
async fn reports_count_only_where_they_are_switched_on() {
    assert_eq!(reported(json!({}), vec!["b"]).await, [["a", "b", "c", "d"]]);
}

#[tokio::test(start_paused = true)]
async fn a_reported_poison_is_isolated_by_bisection() {
    let settings = json!({
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "BisectBatchOnFunctionError": true, "MaximumRetryAttempts": 1,
    });
    let batches = reported(settings, vec!["b"; 10]).await;
    let expected: [&[&str]; 6] =
        [&["a", "b", "c", "d"], &["b", "c", "d"], &["b", "c"], &["b"], &["b"], &["c"]];
    assert_eq!(batches[..6], expected);
    assert_eq!(batches[6..], [["d"]]);
}

#[tokio::test(start_paused = true)]
async fn what_is_given_up_goes_to_the_destination_with_aws_document() {
    let world = World::new();
    world.fails_on(&["b"]);
    world.write(&["b", "c"]);
    let destination = "arn:aws:sqs:eu-west-1:000000000000:failed";
    let settings = json!({
        "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnFailure": {"Destination": destination}},
    });
    world.map(STREAM, settings).await;
    world.until("delivery", |state| !state.delivered.is_empty()).await;
    let (service, queue, body) = world.state().delivered[0].clone();
    assert_eq!(service, "sqs");
    assert!(queue.ends_with("/000000000000/failed"), "{queue}");
    let mut document: Value = serde_json::from_str(&body).unwrap();
    assert!(document["requestContext"]["requestId"].take().is_string());
    assert!(document["timestamp"].take().as_str().unwrap().starts_with("2027-01-15T08:00:0"));
    let expected = json!({
        "requestContext": {
            "requestId": null, "functionArn": FUNCTION, "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 2,
        },
        "responseContext": {
            "statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": null,
        "DDBStreamBatchInfo": {
            "shardId": "shard-1", "startSequenceNumber": "1000", "endSequenceNumber": "1001",
            "approximateArrivalOfFirstRecord": "2027-01-15T08:00:00Z",
            "approximateArrivalOfLastRecord": "2027-01-15T08:00:00Z",
            "batchSize": 2, "streamArn": STREAM,
        },
    });
    assert_eq!(document, expected);
}

#[tokio::test(start_paused = true)]
async fn a_topic_gets_the_document_and_a_bucket_the_records_too() {
    for destination in ["arn:aws:sns:eu-west-1:000000000000:failed", "arn:aws:s3:::failed"] {
        let world = World::new();
        world.fails_on(&["b"]);
        world.write(&["b"]);
        let settings = json!({
            "MaximumRetryAttempts": 0,
            "DestinationConfig": {"OnFailure": {"Destination": destination}},
        });
        let uuid = world.map(KINESIS, settings).await;
        world.until("delivery", |state| !state.delivered.is_empty()).await;
        let (service, place, body) = world.state().delivered[0].clone();
        if service == "sns" {
            let form: Vec<_> = form_urlencoded::parse(body.as_bytes()).collect();
            assert!(form.contains(&("TopicArn".into(), destination.into())), "{body}");
            assert!(form.iter().any(|(name, value)| name == "Message"
                && value.contains("\"KinesisBatchInfo\"")
                && value.contains("08:00:00.500Z")));
        } else {
            let start = format!("/failed/aws/lambda/{uuid}/shard-1/2027/01/15/2027-01-15T08.00.0");
            assert!(place.starts_with(&start), "{place}");
            let document: Value = serde_json::from_str(&body).unwrap();
            let event: Value = serde_json::from_str(document["payload"].as_str().unwrap()).unwrap();
            assert_eq!(event["Records"].as_array().unwrap().len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn delivery_waits_for_a_destination_that_cannot_be_reached() {
    let world = World::new();
    world.fails_on(&["a"]);
    world.write(&["a"]);
    let destination = "arn:aws:sqs:eu-west-1:000000000000:failed";
    let settings = json!({
        "MaximumRetryAttempts": 1,
        "DestinationConfig": {"OnFailure": {"Destination": destination}},
    });
    world.map(STREAM, settings).await;
    world.invoked(1).await;
    world.state().down = true;
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(world.state().delivered.is_empty());
    world.state().down = false;
    world.until("delivery", |state| state.delivered.len() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn records_that_are_too_old_are_given_up() {
    let world = World::new();
    world.fails_on(&["a"]);
    world.write(&["a"]);
    let destination = "arn:aws:sqs:eu-west-1:000000000000:failed";
    let settings = json!({
        "MaximumRecordAgeInSeconds": 60, "BatchSize": 1,
        "DestinationConfig": {"OnFailure": {"Destination": destination}},
    });
    world.map(STREAM, settings).await;
    tokio::time::sleep(Duration::from_secs(30)).await;
    world.write(&["b"]);
    world.until("delivery", |state| !state.delivered.is_empty()).await;
    let document: Value = serde_json::from_str(&world.state().delivered[0].2).unwrap();
    assert_eq!(document["requestContext"]["condition"], "RecordAgeExceeded");
    let batches = world.settles().await;
    assert_eq!(batches.last().unwrap(), &["b"]);
}

#[tokio::test(start_paused = true)]
async fn throttling_counts_as_no_try() {
    let world = World::new();
    let mut throttled = 20;
    world.function(move |_| {
        throttled -= 1;
        if throttled > 0 { Reply::Throttled } else { Reply::Answers(Value::Null) }
    });
    world.write(&["a"]);
    let uuid = world.map(STREAM, json!({"MaximumRetryAttempts": 0})).await;
    assert_eq!(world.settles().await, [["a"]]);
    assert_eq!(world.get(&uuid).await["LastProcessingResult"], "OK");
}

#[tokio::test(start_paused = true)]
async fn delivery_waits_for_a_destination_that_throttles() {
    for (destination, key) in [
        ("arn:aws:sqs:eu-west-1:000000000000:failed", "SendMessage"),
        ("arn:aws:sns:eu-west-1:000000000000:failed", "sns"),
        ("arn:aws:s3:::failed", "s3"),
    ] {
        let world = World::new();
        world.fails_on(&["a"]);
        world.state().throttled.insert(key.to_owned(), 3);
        world.write(&["a"]);
        let settings = json!({
            "MaximumRetryAttempts": 0,
            "DestinationConfig": {"OnFailure": {"Destination": destination}},
        });
        world.map(STREAM, settings).await;
        world.until("delivery", |state| state.delivered.len() == 1).await;
    }
}

/// A world in which a record is given up that may not be sent to its destination.
async fn without_the_permission_to_send() -> (World, String) {
    let world = World::new();
    world.fails_on(&["a"]);
    world.state().denied.insert("SendMessage".to_owned());
    world.write(&["a"]);
    let settings = json!({
        "MaximumRetryAttempts": 0,
        "DestinationConfig": {
            "OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:000000000000:failed"},
        },
    });
    let uuid = world.map(STREAM, settings).await;
    (world, uuid)
}

#[tokio::test(start_paused = true)]
async fn delivery_waits_for_a_permission_that_is_missing() {
    let (world, uuid) = without_the_permission_to_send().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let result = world.get(&uuid).await["LastProcessingResult"].to_string();
    assert!(result.contains("PROBLEM") && result.contains("not authorized"), "{result}");
    world.state().denied.clear();
    world.until("delivery", |state| state.delivered.len() == 1).await;
    world.write(&["b"]);
    assert_eq!(world.settles().await.last().unwrap(), &["b"]);
}

#[tokio::test(start_paused = true)]
async fn who_disables_a_mapping_does_not_wait_for_a_permission() {
    let (world, uuid) = without_the_permission_to_send().await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    world.update(&uuid, json!({"Enabled": false})).await;
    world.until("the log", |state| state.logged("failed refused them: AccessDenied")).await;
}

#[tokio::test(start_paused = true)]
async fn a_key_that_fails_does_not_keep_others_waiting() {
    let world = World::new();
    world.fails_on(&["poison"]);
    world.write(&["poison"]);
    world.map(STREAM, json!({"ParallelizationFactor": 10, "BatchSize": 1})).await;
    world.invoked(3).await;
    let keys: Vec<_> = (0..50).map(|number| format!("key-{number}")).collect();
    world.write(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    let batches = world.settles().await;
    let seen: BTreeSet<_> = batches.into_iter().flatten().collect();
    // The poison's own lane waits with it.
    assert!(seen.len() > 30, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn retries_wait_longer_each_time() {
    let world = World::new();
    world.fails_on(&["a"]);
    world.write(&["a"]);
    world.map(STREAM, json!({"MaximumRetryAttempts": 4})).await;
    world.settles().await;
    let times = world.state().times.clone();
    let waits: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(waits.len() == 4 && waits.is_sorted(), "{waits:?}");
    assert!(waits[3] > 4 * waits[0], "{waits:?}");
}
