//! What a function gets of a queue, and what becomes of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::{QUEUE, Reply, World};

#[tokio::test(start_paused = true)]
async fn messages_are_deleted_when_the_function_succeeds() {
    let world = World::new();
    world.send(&["a", "b"]);
    world.map(QUEUE, json!({})).await;
    assert_eq!(world.settles().await, [["a", "b"]]);
    assert!(world.state().messages.is_empty());
}

#[tokio::test(start_paused = true)]
async fn messages_of_a_failed_batch_come_back_when_they_are_visible_again() {
    let world = World::new();
    world.send(&["a"]);
    let mut failures = 2;
    world.function(move |_| {
        failures -= 1;
        if failures >= 0 { Reply::Fails } else { Reply::Answers(Value::Null) }
    });
    world.map(QUEUE, json!({})).await;
    assert_eq!(world.settles().await, [["a"], ["a"], ["a"]]);
    let times = &world.state().times;
    assert!((30..33).contains(&(times[1] - times[0]).as_secs()), "{times:?}");
}

#[tokio::test(start_paused = true)]
async fn only_what_is_reported_comes_back() {
    let world = World::new();
    world.send(&["a", "b", "c"]);
    let mut first = true;
    world.function(move |event| {
        let bad = if std::mem::take(&mut first) {
            vec![&event["Records"][1]["messageId"]]
        } else {
            vec![]
        };
        let failures: Vec<_> = bad.iter().map(|id| json!({"itemIdentifier": id})).collect();
        Reply::Answers(json!({"batchItemFailures": failures}))
    });
    let uuid =
        world.map(QUEUE, json!({"FunctionResponseTypes": ["ReportBatchItemFailures"]})).await;
    world.invoked(1).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let result = world.get(&uuid).await["LastProcessingResult"].clone();
    assert_eq!(result, "PROBLEM: Function call failed");
    assert_eq!(world.settles().await, [&["a", "b", "c"][..], &["b"]]);
    assert!(world.get(&uuid).await.get("LastProcessingResult").is_none());
}

#[tokio::test(start_paused = true)]
async fn filtered_messages_are_deleted() {
    let world = World::new();
    world.send(&[r#"{"a":1}"#, r#"{"a":2}"#, "plain"]);
    let filters = json!({"Filters": [{"Pattern": r#"{"body":{"a":[2]}}"#}]});
    world.map(QUEUE, json!({"FilterCriteria": filters})).await;
    assert_eq!(world.settles().await, [[r#"{"a":2}"#]]);
    assert!(world.state().messages.is_empty());
}

#[tokio::test(start_paused = true)]
async fn no_more_batches_are_under_way_than_the_maximum_concurrency() {
    let world = World::new();
    world.slow_function(|_| (Duration::from_secs(1), Reply::Answers(Value::Null)));
    world.send(&["x"; 100]);
    world.map(QUEUE, json!({"ScalingConfig": {"MaximumConcurrency": 3}})).await;
    world.invoked(10).await;
    assert_eq!(world.state().most_running, 3);
    world.settles().await;
    assert!(world.state().messages.is_empty());
}

#[tokio::test(start_paused = true)]
async fn larger_batches_are_gathered_within_the_window() {
    let world = World::new();
    world.send(&["x"; 25]);
    world.map(QUEUE, json!({"BatchSize": 40, "MaximumBatchingWindowInSeconds": 3})).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    world.send(&["y"; 5]);
    let sizes: Vec<_> = world.settles().await.iter().map(Vec::len).collect();
    assert_eq!(sizes, [30]);
    let time = world.state().times[0];
    assert!((3..4).contains(&time.as_secs()), "{time:?}");
}

#[tokio::test(start_paused = true)]
async fn an_event_is_at_most_six_megabytes() {
    let world = World::new();
    let large = "x".repeat(900_000);
    world.send(&[large.as_str(); 10]);
    world.map(QUEUE, json!({})).await;
    let mut sizes: Vec<_> = world.settles().await.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [4, 6]);
    assert!(world.state().messages.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_throttled_batch_is_tried_until_its_messages_are_visible_again() {
    let world = World::new();
    world.send(&["a"]);
    let mut throttled = 5;
    world.function(move |_| {
        throttled -= 1;
        if throttled > 0 { Reply::Throttled } else { Reply::Answers(Value::Null) }
    });
    world.map(QUEUE, json!({})).await;
    assert_eq!(world.settles().await, [["a"]]);
    assert!(world.state().messages.is_empty());
    assert!(world.state().times[0].as_secs() < 30, "with what was received first");
}

#[tokio::test(start_paused = true)]
async fn a_disabled_mapping_leaves_messages_alone() {
    let world = World::new();
    let uuid = world.map(QUEUE, json!({"Enabled": false})).await;
    world.send(&["a"]);
    assert!(world.settles().await.is_empty());
    assert_eq!(world.state().messages[0].receives, 0);
    world.update(&uuid, json!({"Enabled": true})).await;
    assert_eq!(world.settles().await, [["a"]]);
    world.update(&uuid, json!({"Enabled": false})).await;
    world.reaches(&uuid, "Disabled").await;
    world.send(&["b"]);
    assert_eq!(world.settles().await, [["a"]]);
}

#[tokio::test(start_paused = true)]
async fn a_long_queue_is_drained_side_by_side() {
    let world = World::new();
    world.state().receiving = Duration::from_secs(1);
    world.send(&["x"; 400]);
    world.map(QUEUE, json!({"ScalingConfig": {"MaximumConcurrency": 10}})).await;
    world.invoked(40).await;
    // One after the other, it would take 40 seconds.
    let last = *world.state().times.last().unwrap();
    assert!(last.as_secs() < 20, "{last:?}");
    world.settles().await;
    assert!(world.state().messages.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_idle_queue_is_asked_by_one_alone() {
    let world = World::new();
    world.send(&["x"; 100]);
    world.map(QUEUE, json!({})).await;
    world.settles().await;
    let before = world.state().count("ReceiveMessage");
    world.settles().await;
    let during = world.state().count("ReceiveMessage") - before;
    assert!(during <= 61, "two minutes of two seconds each, not {during}");
}

#[tokio::test(start_paused = true)]
async fn a_message_that_was_heard_of_is_fetched_at_once() {
    let world = World::new();
    world.state().looks_every = Duration::from_millis(1500);
    world.map(QUEUE, json!({})).await;
    for (number, service, operation) in
        [(1, "sqs", "SendMessage"), (2, "sns", "Publish"), (3, "sqs", "SendMessageBatch")]
    {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.send(&["a"]);
        world.sources.heard(service, operation);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(world.state().events.len(), number);
    }
    // Without news it takes as long as SQS does.
    tokio::time::sleep(Duration::from_millis(2100)).await;
    world.send(&["a"]);
    world.sources.heard("sqs", "ReceiveMessage");
    world.sources.heard("dynamodb", "PutItem");
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(world.state().events.len(), 3);
    world.invoked(4).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_request_gave_that_nobody_waited_for_is_not_lost() {
    let world = World::new();
    world.state().looks_every = Duration::from_millis(1500);
    let uuid = world.map(QUEUE, json!({"ScalingConfig": {"MaximumConcurrency": 2}})).await;
    world.slow_function(|_| (Duration::from_secs(10), Reply::Answers(Value::Null)));
    tokio::time::sleep(Duration::from_millis(100)).await;
    for body in ["a", "b"] {
        world.send(&[body]);
        world.sources.heard("sqs", "SendMessage");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(world.state().batches(), [["a"], ["b"]]);
    // The request that still waits gets it, while everybody is busy and the mapping is stopped.
    world.send(&["c"]);
    world.update(&uuid, json!({"Enabled": false})).await;
    world.reaches(&uuid, "Disabled").await;
    assert_eq!(world.state().batches(), [["a"], ["b"], ["c"]]);
    assert!(world.state().messages.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_a_request_gave_while_all_were_busy_is_next() {
    let world = World::new();
    world.state().looks_every = Duration::from_millis(1500);
    world.map(QUEUE, json!({"BatchSize": 1, "ScalingConfig": {"MaximumConcurrency": 2}})).await;
    world.slow_function(|_| (Duration::from_secs(1), Reply::Answers(Value::Null)));
    tokio::time::sleep(Duration::from_millis(100)).await;
    for _ in 0..2 {
        world.send(&["x"]);
        world.sources.heard("sqs", "SendMessage");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.send(&["x"; 200]);
    world.until("an empty queue", |state| state.messages.is_empty()).await;
    assert_eq!(world.state().events.len(), 202, "each message once");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_fails_is_invoked_ever_less() {
    let world = World::new();
    world.function(|_| Reply::Fails);
    world.send(&["x"; 1000]);
    world.map(QUEUE, json!({"BatchSize": 1, "ScalingConfig": {"MaximumConcurrency": 2}})).await;
    tokio::time::sleep(Duration::from_secs(25)).await;
    let count = world.state().events.len();
    assert!((5..30).contains(&count), "{count}");
    world.function(|_| Reply::Answers(Value::Null));
    world.until("an empty queue", |state| state.messages.is_empty()).await;
}

#[tokio::test(start_paused = true)]
async fn a_function_that_reports_failures_is_not_invoked_less() {
    let world = World::new();
    world.function(|_| Reply::Fails);
    world.send(&["x"; 50]);
    let settings = json!({
        "BatchSize": 1, "ScalingConfig": {"MaximumConcurrency": 2},
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
    });
    world.map(QUEUE, settings).await;
    world.invoked(50).await;
    assert!(world.state().times[49].as_secs() < 5);
}

#[tokio::test(start_paused = true)]
async fn calls_of_the_queue_that_are_throttled_are_made_again() {
    let world = World::new();
    world.send(&["a", r#"{"a":1}"#]);
    let operations = ["GetQueueAttributes", "ReceiveMessage", "DeleteMessageBatch"];
    world.state().throttled.extend(operations.map(|operation| (operation.to_owned(), 3)));
    let filters = json!({"Filters": [{"Pattern": r#"{"body":["a"]}"#}]});
    world.map(QUEUE, json!({"FilterCriteria": filters})).await;
    assert_eq!(world.settles().await, [["a"]]);
    assert!(world.state().messages.is_empty());
    assert_eq!(world.state().count("DeleteMessageBatch"), 2);
}

#[tokio::test(start_paused = true)]
async fn it_goes_on_after_the_cloud_was_away() {
    let world = World::new();
    let uuid = world.map(QUEUE, json!({})).await;
    world.state().down = true;
    world.send(&["a"]);
    tokio::time::sleep(Duration::from_secs(600)).await;
    let result = world.get(&uuid).await["LastProcessingResult"].clone();
    assert!(result.as_str().unwrap().starts_with("PROBLEM: the service cannot be reached"));
    world.state().down = false;
    assert_eq!(world.settles().await, [["a"]]);
    assert!(world.get(&uuid).await.get("LastProcessingResult").is_none());
}

#[tokio::test(start_paused = true)]
async fn the_event_is_as_lambda_writes_it() {
    let world = World::new();
    world.send_with("a", json!({"n": {"StringValue": "1", "DataType": "Number"}}));
    world.map(QUEUE, json!({})).await;
    world.invoked(1).await;
    let expected = json!({"Records": [{
        "messageId": "message-1", "receiptHandle": "message-1#1", "body": "a",
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {"n": {
            "stringValue": "1", "stringListValues": [], "binaryListValues": [],
            "dataType": "Number",
        }},
        "md5OfBody": "digest", "eventSource": "aws:sqs", "eventSourceARN": QUEUE,
        "awsRegion": "eu-west-1",
    }]});
    assert_eq!(world.state().events[0], expected);
}
