//! Whatever happens to function, cloud and mapping: no record is lost, and the order of a key is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::world::{FIFO, KINESIS, QUEUE, Reply, STREAM, World};

/// Longer than all acts with the longest wait before each.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What the function does, one after the other, and then it does its work.
#[derive(Clone, Debug)]
enum Act {
    Works,
    Fails,
    IsThrottled,
    /// Of the records, those at these places.
    Reports(Vec<usize>),
}

/// What happens to the rest of the world.
#[derive(Clone, Debug)]
enum Incident {
    Written(usize),
    Outage(u64),
    Disabled(u64),
    Updated(usize),
    IteratorsEnd,
    Peace(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => Just(Act::Works),
        2 => Just(Act::Fails),
        1 => Just(Act::IsThrottled),
        2 => prop::collection::vec(0..8_usize, 1..3).prop_map(Act::Reports),
    ];
    prop::collection::vec(act, 0..80)
}

fn incidents() -> impl Strategy<Value = Vec<Incident>> {
    let incident = prop_oneof![
        4 => (1..15_usize).prop_map(Incident::Written),
        1 => (1..40_u64).prop_map(Incident::Outage),
        1 => (0..40_u64).prop_map(Incident::Disabled),
        1 => (1..8_usize).prop_map(Incident::Updated),
        1 => Just(Incident::IteratorsEnd),
        3 => (0..20_u64).prop_map(Incident::Peace),
    ];
    prop::collection::vec(incident, 1..15)
}

fn settings() -> impl Strategy<Value = Value> {
    let retries = prop_oneof![Just(-1), 0..3_i64];
    let sizes = (1..8_usize, 1..5_usize, 0..2_u64);
    (any::<bool>(), retries, sizes).prop_map(|(bisect, retries, (size, lanes, window))| {
        // A bucket, because it gets the records themselves.
        let destination = json!({"OnFailure": {"Destination": "arn:aws:s3:::failed"}});
        json!({
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": bisect, "MaximumRetryAttempts": retries,
            "BatchSize": size, "ParallelizationFactor": lanes,
            "MaximumBatchingWindowInSeconds": window, "DestinationConfig": destination,
        })
    })
}

/// The sequence numbers or message ids of an event.
fn ids(event: &Value) -> Vec<String> {
    let of = |record: &Value| {
        let ids = [
            &record["dynamodb"]["SequenceNumber"],
            &record["kinesis"]["sequenceNumber"],
            &record["messageId"],
        ];
        ids.into_iter().find_map(Value::as_str).unwrap().to_owned()
    };
    event["Records"].as_array().unwrap().iter().map(of).collect()
}

/// Lets a function live through its acts; says in the end in which order it first succeeded with what.
async fn live(
    world: &World,
    source: &str,
    acts: Vec<Act>,
    settings: Value,
    incidents: Vec<Incident>,
) -> (usize, Vec<String>) {
    let mut acts = acts.into_iter();
    let succeeded = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&succeeded);
    let (stops_at_first, reports_the_rest) = (source != QUEUE, source == FIFO);
    world.slow_function(move |event| {
        let mut ids = ids(event);
        let reply = match acts.next().unwrap_or(Act::Works) {
            Act::Works => Reply::Answers(json!({})),
            Act::Fails => Reply::Fails,
            Act::IsThrottled => Reply::Throttled,
            Act::Reports(places) => {
                let bad: BTreeSet<_> =
                    places.iter().filter_map(|place| ids.get(*place)).cloned().collect();
                let mut reported = Vec::from_iter(bad.clone());
                if stops_at_first {
                    let first = ids.iter().position(|id| bad.contains(id)).unwrap_or(ids.len());
                    let rest = ids.split_off(first);
                    if reports_the_rest {
                        reported = rest;
                    }
                } else {
                    ids.retain(|id| !bad.contains(id));
                }
                let reported: Vec<_> =
                    reported.iter().map(|id| json!({"itemIdentifier": id})).collect();
                Reply::Answers(json!({"batchItemFailures": reported}))
            }
        };
        if let Reply::Answers(_) = reply {
            sink.lock().unwrap().extend(ids);
        }
        (Duration::from_millis(300), reply)
    });
    let uuid = world.map(source, settings).await;
    let mut count = 0;
    for incident in incidents {
        match incident {
            Incident::Written(more) => {
                let values: Vec<_> =
                    (count..count + more).map(|n| format!("{}/{n}", n % 5)).collect();
                let values: Vec<_> = values.iter().map(String::as_str).collect();
                match source {
                    QUEUE => world.send(&values),
                    FIFO => world.send_in_groups(&values),
                    _ => world.write(&values),
                }
                count += more;
                // Sometimes nobody tells.
                if more % 2 == 0 {
                    world.sources.heard("sqs", "SendMessage");
                    world.sources.heard("dynamodb", "PutItem");
                }
            }
            Incident::Outage(seconds) => {
                world.state().down = true;
                sleep(Duration::from_secs(seconds)).await;
                world.state().down = false;
            }
            Incident::Disabled(seconds) => {
                world.update(&uuid, json!({"Enabled": false})).await;
                sleep(Duration::from_secs(seconds)).await;
                world.update(&uuid, json!({"Enabled": true})).await;
            }
            Incident::Updated(size) => {
                world.update(&uuid, json!({"BatchSize": size})).await;
            }
            Incident::IteratorsEnd => world.end_iterators(),
            Incident::Peace(seconds) => sleep(Duration::from_secs(seconds)).await,
        }
    }
    let began = Instant::now();
    while settled(world, &succeeded.lock().unwrap()).len() < count && began.elapsed() < PATIENCE {
        sleep(Duration::from_secs(1)).await;
    }
    // What is still under way would show in here.
    sleep(Duration::from_secs(60)).await;
    (count, std::mem::take(&mut *succeeded.lock().unwrap()))
}

/// What has succeeded or was delivered.
fn settled(world: &World, succeeded: &[String]) -> BTreeSet<String> {
    let mut settled: BTreeSet<String> = succeeded.iter().cloned().collect();
    for (_, _, body) in &world.state().delivered {
        let document: Value = serde_json::from_str(body).unwrap();
        let event = serde_json::from_str(document["payload"].as_str().unwrap()).unwrap();
        settled.extend(ids(&event));
    }
    settled
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread();
    { runtime }.enable_time().start_paused(true).build().unwrap().block_on(test)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_record_of_a_stream_succeeds_in_order_or_is_delivered(
        kinesis in any::<bool>(), acts in acts(), settings in settings(), incidents in incidents(),
    ) {
        run(async {
            let world = World::new();
            let source = if kinesis { KINESIS } else { STREAM };
            let (count, succeeded) = live(&world, source, acts, settings, incidents).await;
            prop_assert_eq!(settled(&world, &succeeded).len(), count);
            let mut by_key: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            let mut known = BTreeSet::new();
            for id in succeeded.into_iter().filter(|id| known.insert(id.clone())) {
                let number = id.parse::<u32>().unwrap() - 1000;
                by_key.entry(number % 5).or_default().push(number);
            }
            for numbers in by_key.values() {
                prop_assert!(numbers.is_sorted(), "{numbers:?}");
            }
            Ok(())
        })?;
    }

    #[test]
    fn every_message_succeeds_and_is_deleted(acts in acts(), incidents in incidents()) {
        run(async {
            let world = World::new();
            let settings = json!({"FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 4});
            let (count, succeeded) = live(&world, QUEUE, acts, settings, incidents).await;
            prop_assert_eq!(succeeded.into_iter().collect::<BTreeSet<_>>().len(), count);
            prop_assert!(world.state().messages.is_empty());
            Ok(())
        })?;
    }

    #[test]
    fn every_message_of_a_group_succeeds_in_order(acts in acts(), incidents in incidents()) {
        run(async {
            let world = World::new();
            let settings = json!({"FunctionResponseTypes": ["ReportBatchItemFailures"], "BatchSize": 4});
            let (count, succeeded) = live(&world, FIFO, acts, settings, incidents).await;
            let mut groups: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
            let mut known = BTreeSet::new();
            for id in succeeded.into_iter().filter(|id| known.insert(id.clone())) {
                let number = id.strip_prefix("message-").unwrap().parse::<u32>().unwrap();
                groups.entry(number % 5).or_default().push(number);
            }
            prop_assert_eq!(known.len(), count);
            prop_assert!(world.state().messages.is_empty());
            for numbers in groups.values() {
                prop_assert!(numbers.is_sorted(), "{numbers:?}");
            }
            Ok(())
        })?;
    }
}
