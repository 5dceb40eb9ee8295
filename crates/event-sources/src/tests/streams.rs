//! What a function gets of a stream.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::{KINESIS, Reply, STREAM, World};

/// What the function gets of these records under these settings, if it fails on events with `bad`.
#[track_caller]
pub(super) fn check(
    settings: Value,
    records: &[&str],
    bad: &'static [&'static str],
    batches: &[&[&str]],
) {
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

#[tokio::test(start_paused = true)]
async fn a_record_that_was_heard_of_is_read_at_once() {
    for (source, service, operation) in
        [(STREAM, "dynamodb", "TransactWriteItems"), (KINESIS, "kinesis", "PutRecords")]
    {
        let world = World::new();
        world.map(source, json!({})).await;
        for number in 1..=5 {
            tokio::time::sleep(Duration::from_millis(977)).await;
            world.write(&["a"]);
            world.sources.heard(service, operation);
            tokio::time::sleep(Duration::from_millis(25)).await;
            assert_eq!(world.state().events.len(), number, "{source}");
        }
    }
}
