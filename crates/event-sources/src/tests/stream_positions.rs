//! Where reading a stream begins, rests and goes on.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::world::{KINESIS, Reply, STREAM, World};

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
async fn latest_skips_all_that_is_older_however_much_it_is() {
    let world = World::new();
    let old: Vec<_> = (0..2500).map(|number| format!("old-{number}")).collect();
    world.write(&old.iter().map(String::as_str).collect::<Vec<_>>());
    tokio::time::sleep(Duration::from_secs(5)).await;
    world.map(STREAM, json!({"StartingPosition": "LATEST"})).await;
    world.end_iterators();
    world.write(&["new"]);
    assert_eq!(world.settles().await, [["new"]]);
}

#[tokio::test(start_paused = true)]
async fn what_the_filter_refuses_is_behind_it() {
    let world = World::new();
    world.write(&["keep-1", "drop-1", "drop-2"]);
    let pattern = json!({"dynamodb": {"NewImage": {"v": {"S": [{"prefix": "keep"}]}}}});
    let filters = json!({"Filters": [{"Pattern": pattern.to_string()}]});
    let uuid = world.map(STREAM, json!({"FilterCriteria": filters})).await;
    assert_eq!(world.settles().await, [["keep-1"]]);
    // Reading goes on behind the last record, though the function has seen only the first.
    world.update(&uuid, json!({"Enabled": false})).await;
    world.reaches(&uuid, "Disabled").await;
    world.end_iterators();
    world.update(&uuid, json!({"Enabled": true})).await;
    world.write(&["keep-2"]);
    assert_eq!(world.settles().await, [["keep-1"], ["keep-2"]]);
    let state = world.state();
    let asked = |(operation, _): &&(String, Value)| operation == "GetShardIterator";
    let (_, iterator) = state.calls.iter().rfind(asked).unwrap();
    assert_eq!(iterator["ShardIteratorType"], "AFTER_SEQUENCE_NUMBER");
    assert_eq!(iterator["SequenceNumber"], "1002");
}

#[tokio::test(start_paused = true)]
async fn reading_goes_on_when_it_was_throttled() {
    let world = World::new();
    let operations = ["DescribeStream", "GetShardIterator", "GetRecords"];
    world.state().throttled.extend(operations.map(|operation| (operation.to_owned(), 3)));
    world.write(&["a"]);
    world.map(STREAM, json!({})).await;
    assert_eq!(world.settles().await, [["a"]]);
}
