//! The order of FIFO groups.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::world::{FIFO, QUEUE, Reply, World};

/// That the last time each message was shown, those of a group were shown in their order, and that a
/// group went on only with what came before.
#[track_caller]
fn assert_in_order(batches: &[Vec<String>]) {
    let mut last: BTreeMap<&str, usize> = BTreeMap::new();
    for (time, body) in batches.iter().flatten().enumerate() {
        last.insert(body, time);
    }
    let mut groups: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
    for (body, time) in last {
        groups.entry(body.split('/').next().unwrap()).or_default().push((body, time));
    }
    for group in groups.values() {
        assert!(group.is_sorted_by_key(|(_, time)| time), "{group:?} of {batches:?}");
    }
}

/// A function that takes a second and acts on its n-th event.
fn acts(world: &World, mut act: impl FnMut(usize) -> Option<Reply> + Send + 'static) {
    let mut count = 0;
    world.slow_function(move |_| {
        count += 1;
        let reply = act(count).unwrap_or(Reply::Answers(Value::Null));
        (Duration::from_secs(1), reply)
    });
}

#[tokio::test(start_paused = true)]
async fn groups_go_side_by_side_and_each_in_its_order() {
    let world = World::new();
    acts(&world, |_| None);
    let bodies: Vec<_> = (0..60).map(|n| format!("{}/{n:02}", n % 5)).collect();
    world.send_in_groups(&bodies.iter().map(String::as_str).collect::<Vec<_>>());
    world.map(FIFO, json!({"BatchSize": 2})).await;
    let batches = world.settles().await;
    assert_eq!(batches.iter().flatten().count(), 60);
    assert!(world.state().most_running > 1);
    assert_in_order(&batches);
}

#[tokio::test(start_paused = true)]
async fn a_failed_message_is_not_overtaken_by_its_group() {
    let world = World::new();
    acts(&world, |count| (count % 3 == 1).then_some(Reply::Fails));
    let bodies: Vec<_> = (0..24).map(|n| format!("{}/{n:02}", n % 3)).collect();
    world.send_in_groups(&bodies.iter().map(String::as_str).collect::<Vec<_>>());
    world.map(FIFO, json!({"BatchSize": 1})).await;
    world.until("an empty queue", |state| state.messages.is_empty()).await;
    assert_in_order(&world.state().batches());
}

/// Messages of one group of which six fit into an event.
fn send_large(world: &World) {
    let bodies: Vec<_> = (0..10).map(|n| format!("a/{n:02}{}", "x".repeat(900_000))).collect();
    world.send_in_groups(&bodies.iter().map(String::as_str).collect::<Vec<_>>());
}

/// The messages of each event.
fn numbers(world: &World) -> Vec<String> {
    let batches = world.state().batches();
    let number = |body: &String| body[2..4].parse::<u32>().unwrap().to_string();
    batches.iter().map(|batch| batch.iter().map(number).collect()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_into_an_event_waits_for_what_does() {
    let world = World::new();
    acts(&world, |_| None);
    send_large(&world);
    world.map(FIFO, json!({})).await;
    world.until("an empty queue", |state| state.messages.is_empty()).await;
    assert_eq!(numbers(&world), ["012345", "6789"]);
    assert_eq!(world.state().most_running, 1);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_into_an_event_that_fails_comes_back_behind_it() {
    for first in [|| Reply::Fails, || Reply::Throttled] {
        let world = World::new();
        let throttles = matches!(first(), Reply::Throttled);
        // While it is throttled, an event is tried until its messages are visible again.
        acts(&world, move |count| (count == 1 || throttles && count < 12).then(first));
        send_large(&world);
        world.map(FIFO, json!({})).await;
        world.until("an empty queue", |state| state.messages.is_empty()).await;
        let got = numbers(&world);
        assert_eq!(got[got.len() - 2..], ["012345", "6789"], "{got:?}");
        assert!(got[..got.len() - 2].iter().all(|event| event == "012345"), "{got:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_group_of_a_failed_message_is_held_back() {
    let world = World::new();
    let report = |world: &World, bad: &'static str| {
        let mut first = true;
        world.function(move |event| {
            let records = event["Records"].as_array().unwrap().iter();
            let failed = records.filter(|record| record["body"] == bad && first);
            let failed: Vec<_> =
                failed.map(|record| json!({"itemIdentifier": record["messageId"]})).collect();
            first = false;
            Reply::Answers(json!({"batchItemFailures": failed}))
        });
    };
    report(&world, "a/1");
    world.send_in_groups(&["a/1", "b/1"]);
    world.map(FIFO, json!({"FunctionResponseTypes": ["ReportBatchItemFailures"]})).await;
    world.invoked(1).await;
    world.send_in_groups(&["a/2", "b/2"]);
    let batches = world.settles().await;
    assert_eq!(batches, [&["a/1", "b/1"][..], &["b/2"], &["a/1", "a/2"]]);
}

#[tokio::test(start_paused = true)]
async fn what_a_function_does_not_report_is_done_even_behind_a_failure() {
    let world = World::new();
    let mut first = true;
    world.function(move |event| {
        let failed = std::mem::take(&mut first).then(|| &event["Records"][0]["messageId"]);
        let failed: Vec<_> = failed.iter().map(|id| json!({"itemIdentifier": id})).collect();
        Reply::Answers(json!({"batchItemFailures": failed}))
    });
    world.send_in_groups(&["a/1", "a/2"]);
    world.map(FIFO, json!({"FunctionResponseTypes": ["ReportBatchItemFailures"]})).await;
    assert_eq!(world.settles().await, [&["a/1", "a/2"][..], &["a/1"]]);
}

#[tokio::test(start_paused = true)]
async fn the_groups_of_a_standard_queue_say_nothing_of_order() {
    let world = World::new();
    acts(&world, |count| (count == 1).then_some(Reply::Fails));
    send_large(&world);
    world.map(QUEUE, json!({})).await;
    world.until("an empty queue", |state| state.messages.is_empty()).await;
    assert_eq!(numbers(&world), ["012345", "6789", "012345"]);
}
