//! What a function gets of a stream, and what becomes of it.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::world::{FUNCTION, KINESIS, Reply, STREAM, World};

/// What the function gets of these records under these settings, if it fails on events with `bad`.
#[track_caller]
fn check(settings: Value, records: &[&str], bad: &'static [&'static str], batches: &[&[&str]]) {
    for source in [STREAM, KINESIS] {
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.enable_time().start_paused(true).build().unwrap();
        let got = runtime.block_on(async {
            let world = World::new();
            world.fails_on(bad);
            world.write(records);
            world.map(source, settings.clone()).await;
            world.settles().await
        });
        assert_eq!(got, batches, "{source}");
    }
}

#[test]
fn a_batch_has_what_is_there_up_to_the_batch_size() {
    check(json!({}), &["a", "b", "c"], &[], &[&["a", "b", "c"]]);
    check(json!({"BatchSize": 2}), &["a", "b", "c"], &[], &[&["a", "b"], &["c"]]);
}

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

#[tokio::test(start_paused = true)]
async fn what_comes_within_the_window_is_one_batch() {
    let world = World::new();
    world.map(STREAM, json!({"MaximumBatchingWindowInSeconds": 5})).await;
    world.write(&["a"]);
    tokio::time::sleep(Duration::from_secs(3)).await;
    world.write(&["b"]);
    assert_eq!(world.settles().await, [["a", "b"]]);
    let first = world.state().times[0];
    assert!((5..6).contains(&first.as_secs()), "{first:?}");
}

#[tokio::test(start_paused = true)]
async fn a_full_batch_does_not_wait_for_the_window() {
    let world = World::new();
    world.map(STREAM, json!({"MaximumBatchingWindowInSeconds": 60, "BatchSize": 2})).await;
    world.write(&["a", "b"]);
    world.invoked(1).await;
    assert!(world.state().times[0].as_secs() < 1);
}

#[tokio::test(start_paused = true)]
async fn an_event_is_at_most_six_megabytes() {
    let world = World::new();
    let large: Vec<_> =
        ["a", "b", "c"].map(|key| format!("{key}/{}", "x".repeat(2_500_000))).into();
    world.write(&large.iter().map(String::as_str).collect::<Vec<_>>());
    world.map(STREAM, json!({})).await;
    let sizes: Vec<_> = world.settles().await.iter().map(Vec::len).collect();
    assert_eq!(sizes, [2, 1]);
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
async fn it_goes_on_where_it_was_after_the_cloud_was_away() {
    let world = World::new();
    world.write(&["a"]);
    let uuid = world.map(STREAM, json!({})).await;
    world.invoked(1).await;
    world.state().down = true;
    tokio::time::sleep(Duration::from_secs(1200)).await;
    let result = world.get(&uuid).await["LastProcessingResult"].clone();
    assert!(result.as_str().unwrap().starts_with("PROBLEM: the service cannot be reached"));
    world.write(&["b"]);
    world.end_iterators();
    world.state().down = false;
    assert_eq!(world.settles().await, [["a"], ["b"]]);
}

#[tokio::test(start_paused = true)]
async fn a_role_without_the_permission_is_a_problem_that_shows() {
    let world = World::new();
    let uuid = world.map(STREAM, json!({})).await;
    world.state().denied.insert("GetRecords".to_owned());
    world.write(&["a"]);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let result = world.get(&uuid).await["LastProcessingResult"].clone();
    assert!(result.as_str().unwrap().starts_with("PROBLEM: AccessDeniedException: User is not"));
    assert!(world.state().logged("not authorized to perform: GetRecords"));
    world.state().denied.clear();
    assert_eq!(world.settles().await, [["a"]]);
}

#[tokio::test(start_paused = true)]
async fn latest_is_what_comes_after_the_mapping_was_enabled() {
    for source in [STREAM, KINESIS] {
        let world = World::new();
        world.write(&["a"]);
        tokio::time::sleep(Duration::from_secs(5)).await;
        world.map(source, json!({"StartingPosition": "LATEST"})).await;
        // Before it has read anything, its iterator ends.
        world.end_iterators();
        world.write(&["b"]);
        assert_eq!(world.settles().await, [["b"]], "{source}");
    }
}

#[tokio::test(start_paused = true)]
async fn at_timestamp_is_what_arrived_then_or_later() {
    let world = World::new();
    world.write(&["a"]);
    tokio::time::sleep(Duration::from_secs(100)).await;
    world.write(&["b"]);
    let start = json!({
        "StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1_800_000_050,
    });
    world.map(KINESIS, start).await;
    assert_eq!(world.settles().await, [["b"]]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_or_doubled_by_disabling() {
    let world = World::new();
    world.slow_function(|_| (Duration::from_secs(5), Reply::Answers(Value::Null)));
    world.write(&["a", "b", "c", "d"]);
    let uuid = world.map(STREAM, json!({"BatchSize": 1})).await;
    world.invoked(2).await;
    assert_eq!(world.update(&uuid, json!({"Enabled": false})).await["State"], "Disabling");
    world.reaches(&uuid, "Disabled").await;
    world.write(&["e"]);
    world.end_iterators();
    assert_eq!(world.settles().await, [["a"], ["b"]]);
    assert_eq!(world.update(&uuid, json!({"Enabled": true})).await["State"], "Enabling");
    world.reaches(&uuid, "Enabled").await;
    assert_eq!(world.settles().await, [["a"], ["b"], ["c"], ["d"], ["e"]]);
}

#[tokio::test(start_paused = true)]
async fn an_update_takes_effect_on_what_is_not_settled() {
    let world = World::new();
    world.fails_on(&["b"]);
    world.write(&["a", "b", "c"]);
    let uuid = world.map(STREAM, json!({})).await;
    world.invoked(3).await;
    world.fails_on(&[]);
    assert_eq!(world.update(&uuid, json!({"BatchSize": 1})).await["State"], "Updating");
    world.reaches(&uuid, "Enabled").await;
    let batches = world.settles().await;
    assert_eq!(batches[batches.len() - 3..], [["a"], ["b"], ["c"]]);
}

#[tokio::test(start_paused = true)]
async fn a_deleted_mapping_is_gone_and_invokes_nothing() {
    let world = World::new();
    let uuid = world.map(STREAM, json!({})).await;
    let path = format!("/2015-03-31/event-source-mappings/{uuid}");
    let (status, mapping) = world.call(Method::DELETE, &path, &Value::Null).await;
    assert_eq!((status, &mapping["State"]), (202, &json!("Deleting")));
    world.write(&["a"]);
    assert!(world.settles().await.is_empty());
    assert_eq!(world.call(Method::GET, &path, &Value::Null).await.0, 404);
}

#[tokio::test(start_paused = true)]
async fn records_with_different_keys_go_side_by_side_and_with_one_key_in_order() {
    let world = World::new();
    let mut count = 0;
    world.slow_function(move |_| {
        count += 1;
        let reply = if count % 3 == 0 { Reply::Fails } else { Reply::Answers(Value::Null) };
        (Duration::from_secs(1), reply)
    });
    let records: Vec<_> = (0..60).map(|number| format!("{}/{number:02}", number % 7)).collect();
    world.write(&records.iter().map(String::as_str).collect::<Vec<_>>());
    let factor = json!({"ParallelizationFactor": 10, "BatchSize": 2});
    world.map(STREAM, factor).await;
    let batches = world.settles().await;
    assert!(world.state().most_running > 1);
    for key in 0..7 {
        let of_key = |record: &&String| record.starts_with(&format!("{key}/"));
        let mut seen: Vec<_> = batches.iter().flatten().filter(of_key).collect();
        // A batch that failed comes again as it was; what is new in it is in order.
        let mut known = std::collections::BTreeSet::new();
        seen.retain(|record| known.insert(*record));
        assert!(seen.is_sorted(), "{seen:?}");
    }
    let mut all: Vec<_> = batches.into_iter().flatten().collect();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 60);
}

#[tokio::test(start_paused = true)]
async fn what_the_filter_refuses_is_skipped() {
    let world = World::new();
    world.write(&["keep-1", "drop-1", "keep-2"]);
    let pattern = json!({"dynamodb": {"NewImage": {"v": {"S": [{"prefix": "keep"}]}}}});
    let filters = json!({"Filters": [{"Pattern": pattern.to_string()}]});
    world.map(STREAM, json!({"FilterCriteria": filters})).await;
    assert_eq!(world.settles().await, [["keep-1", "keep-2"]]);
}

#[tokio::test(start_paused = true)]
async fn a_shard_is_read_after_its_parent_is_settled() {
    let world = World::new();
    world.write(&["a"]);
    world.fails_on(&["a"]);
    world.close_shard("shard-1");
    world.add_shard("shard-2", Some("shard-1"));
    world.write_to("shard-2", &["b"]);
    world.map(KINESIS, json!({})).await;
    world.invoked(5).await;
    assert!(world.state().batches().iter().all(|batch| batch == &["a"]));
    world.fails_on(&[]);
    assert_eq!(world.settles().await.last().unwrap(), &["b"]);
}

#[tokio::test(start_paused = true)]
async fn the_event_is_as_lambda_writes_it() {
    let world = World::new();
    world.write(&["k/v"]);
    world.map(STREAM, json!({})).await;
    world.invoked(1).await;
    let expected = json!({"Records": [{
        "eventID": "event-1000", "eventName": "INSERT", "eventVersion": "1.1",
        "eventSource": "aws:dynamodb", "awsRegion": "eu-west-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_800_000_000,
            "Keys": {"id": {"S": "k"}}, "NewImage": {"id": {"S": "k"}, "v": {"S": "k/v"}},
            "SequenceNumber": "1000", "SizeBytes": 10, "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": STREAM,
    }]});
    assert_eq!(world.state().events[0], expected);

    let world = World::new();
    world.write(&["k/v"]);
    world.map(KINESIS, json!({})).await;
    world.invoked(1).await;
    let expected = json!({"Records": [{
        "kinesis": {
            "kinesisSchemaVersion": "1.0", "partitionKey": "k", "sequenceNumber": "1000",
            "data": "ay92", "approximateArrivalTimestamp": 1_800_000_000.5,
        },
        "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": "shard-1:1000",
        "eventName": "aws:kinesis:record", "awsRegion": "eu-west-1",
        "invokeIdentityArn": super::world::ROLE, "eventSourceARN": KINESIS,
    }]});
    assert_eq!(world.state().events[0], expected);
}
