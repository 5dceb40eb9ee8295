//! Random batches on a queue that delivers again what is reported, what an invocation that died had,
//! and now and then what was done; with calls that fail. In the end every message is a user, once, or
//! a dead letter.

use crate::batch::{
    EMAIL, MAXIMUM_RECEIVES, event, failures, function, good, invocation, message, paused, users,
};
use crate::faulty::{Fault, Faulty};
use lambda_kit::Handler as _;
use lambda_kit::testing::failed_identifiers;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, SystemTime};
use user_writer::testing::Memory;

/// A message in the queue: its number, whether its body is good, how often it was received.
#[derive(Debug, Clone, Copy)]
struct Queued {
    number: usize,
    is_good: bool,
    receives: u32,
}

impl Queued {
    fn id(self) -> String {
        format!("m-{}", self.number)
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        2 => Just(Fault::Throttled),
        1 => Just(Fault::Service),
        1 => Just(Fault::LateAnswer),
        1 => Just(Fault::Never),
        1 => Just(Fault::NeverThoughDone),
    ]
}

/// Invokes the function; the messages that come again are those that it reports, or all if it died.
async fn deliver(stored: &Faulty<'_>, batch: &[Queued], dies: bool) -> Vec<Queued> {
    let bad = json!({ "name": "Al", "email": EMAIL }).to_string();
    let messages: Vec<_> = batch
        .iter()
        .map(|queued| {
            let body = if queued.is_good { good() } else { bad.clone() };
            message(&queued.id(), queued.receives, &body)
        })
        .collect();
    let invocation = invocation(SystemTime::now() + Duration::from_secs(600));
    let function = function(stored);
    let answer = function.handle(event(&messages), &invocation);
    // Far from the deadline, so that the function does not know that it is about to die.
    let limit = Duration::from_millis(if dies { 60 } else { 600_000 });
    match tokio::time::timeout(limit, answer).await {
        Ok(answer) => {
            let failed = failed_identifiers(&serde_json::to_value(answer.unwrap()).unwrap());
            batch.iter().copied().filter(|queued| failed.contains(&queued.id())).collect()
        }
        Err(_) => batch.to_vec(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_is_one_user_or_a_dead_letter_in_the_end(
        are_good in prop::collection::vec(prop::bool::weighted(0.8), 1..40),
        again in prop::collection::vec(any::<Index>(), 0..8),
        sizes in prop::collection::vec(1..11_usize, 1..6),
        deaths in prop::collection::vec(prop::bool::weighted(0.1), 1..20),
        faults in prop::collection::vec(fault(), 0..60),
    ) {
        let memory = Memory::default();
        let stored = Faulty::new(&memory, &faults, Fault::None);
        let numbered = are_good.iter().enumerate();
        let all: Vec<Queued> = numbered
            .map(|(number, &is_good)| Queued { number, is_good, receives: 1 })
            .collect();
        let mut queue: VecDeque<Queued> = all.iter().copied().collect();
        queue.extend(again.iter().map(|index| index.get(&all)));
        let mut dead_letters: BTreeMap<String, bool> = BTreeMap::new();
        let (mut sizes, mut deaths) = (sizes.iter().cycle(), deaths.iter().cycle());
        while !queue.is_empty() {
            let size = (*sizes.next().unwrap()).min(queue.len());
            let batch: Vec<Queued> = queue.drain(..size).collect();
            let dies = *deaths.next().unwrap();
            for mut queued in paused().block_on(deliver(&stored, &batch, dies)) {
                if queued.receives == MAXIMUM_RECEIVES {
                    dead_letters.insert(queued.id(), queued.is_good);
                } else {
                    queued.receives += 1;
                    queue.push_back(queued);
                }
            }
        }

        let users: Vec<String> = users(&memory).into_iter().map(|u| u.sqs_message_id).collect();
        let unique: BTreeSet<&String> = users.iter().collect();
        prop_assert_eq!(unique.len(), users.len(), "one user each");
        for queued in all {
            let id = queued.id();
            let is_user = users.contains(&id);
            prop_assert!(is_user || dead_letters.contains_key(&id), "{id} is lost");
            prop_assert!(queued.is_good || !is_user, "{id} is no user");
        }
        for failure in failures(&memory) {
            prop_assert!(dead_letters.contains_key(&failure.sqs_message_id), "{failure:?}");
        }
    }
}
