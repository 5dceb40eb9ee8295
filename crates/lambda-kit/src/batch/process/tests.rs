use super::*;
use crate::Metrics;
use proptest::prelude::*;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// What becomes of the work for a message, after others had their turn so many times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Failed,
    Never,
}

#[derive(Debug, Clone)]
struct Message {
    id: String,
    group: Option<String>,
    turns: u8,
    end: End,
}

impl Record for Message {
    fn identifier(&self) -> &str {
        &self.id
    }

    fn group(&self) -> Option<&str> {
        self.group.as_deref()
    }
}

/// What was seen while a batch was worked on: which messages were begun, in order, how many of a
/// group at a time, and how many in all.
#[derive(Debug, Default)]
struct Seen {
    begun: RefCell<Vec<String>>,
    running: RefCell<BTreeMap<String, usize>>,
    most_of_a_group: Cell<usize>,
    most: Cell<usize>,
}

impl Seen {
    async fn work(&self, message: &Message) -> Result<(), ()> {
        self.begun.borrow_mut().push(message.id.clone());
        // A message without a group is the only one of its own.
        let group = message.group.clone().unwrap_or_else(|| message.id.clone());
        {
            let mut running = self.running.borrow_mut();
            *running.entry(group.clone()).or_default() += 1;
            self.most.set(self.most.get().max(running.values().sum()));
            self.most_of_a_group.set(self.most_of_a_group.get().max(running[&group]));
        }
        for _ in 0..message.turns {
            tokio::task::yield_now().await;
        }
        if message.end == End::Never {
            std::future::pending::<()>().await;
        }
        *self.running.borrow_mut().get_mut(&group).unwrap() -= 1;
        if message.end == End::Done { Ok(()) } else { Err(()) }
    }
}

fn message(id: u32, group: Option<&str>, end: End) -> Message {
    Message { id: id.to_string(), group: group.map(str::to_owned), turns: 0, end }
}

fn invocation(deadline: SystemTime) -> Invocation {
    Invocation::new(Metrics::new("f", "r"), deadline)
}

/// Works through a batch on a clock that jumps to the next timer whenever all wait.
fn run(messages: &[Message], concurrency: usize) -> (Vec<Outcome<(), ()>>, BatchResponse, Seen) {
    run_until(SystemTime::now() + Duration::from_secs(600), messages, concurrency)
}

fn run_until(
    deadline: SystemTime,
    messages: &[Message],
    concurrency: usize,
) -> (Vec<Outcome<(), ()>>, BatchResponse, Seen) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build().unwrap();
    let (seen, invocation) = (Seen::default(), invocation(deadline));
    let work = async |message: &Message| seen.work(message).await;
    let processed = runtime.block_on(process_batch(messages, concurrency, &invocation, work));
    let ids: Vec<&str> = processed.iter().map(|(message, _)| message.identifier()).collect();
    assert_eq!(ids, messages.iter().map(|message| message.id.as_str()).collect::<Vec<_>>());
    let outcomes = processed.iter().map(|(_, outcome)| *outcome).collect();
    (outcomes, processed.response(), seen)
}

#[track_caller]
fn check(messages: &[Message], expected: &[Outcome<(), ()>], begun: &[&str]) {
    let (outcomes, _, seen) = run(messages, 2);
    assert_eq!(outcomes, expected);
    assert_eq!(*seen.begun.borrow(), begun);
}

#[test]
fn a_record_that_fails_leaves_the_others_alone() {
    let messages = [End::Done, End::Failed, End::Done].map(|end| message(1, None, end));
    let done = Outcome::Done(());
    check(&messages, &[done, Outcome::Failed(()), done], &["1", "1", "1"]);
}

#[test]
fn a_group_stops_at_its_first_failure_and_the_other_groups_go_on() {
    let messages = [
        message(1, Some("a"), End::Done),
        message(2, Some("a"), End::Failed),
        message(3, Some("b"), End::Done),
        message(4, Some("a"), End::Done),
        message(5, Some("b"), End::Done),
        message(6, None, End::Done),
    ];
    let done = Outcome::Done(());
    let expected = [done, Outcome::Failed(()), done, Outcome::Skipped, done, done];
    check(&messages, &expected, &["1", "2", "3", "5", "6"]);
    let response = serde_json::to_value(run(&messages, 2).1).unwrap();
    let failures = serde_json::json!([{ "itemIdentifier": "2" }, { "itemIdentifier": "4" }]);
    assert_eq!(response["batchItemFailures"], failures);
}

#[test]
fn what_is_left_when_the_time_is_over_is_reported() {
    let messages = [
        message(1, Some("a"), End::Done),
        message(2, Some("a"), End::Never),
        message(3, Some("a"), End::Done),
        message(4, None, End::Done),
    ];
    let done = Outcome::Done(());
    check(&messages, &[done, Outcome::OutOfTime, Outcome::OutOfTime, done], &["1", "2", "4"]);
}

#[test]
fn nothing_is_begun_when_it_is_too_late() {
    let messages = [message(1, None, End::Done), message(2, None, End::Done)];
    let (outcomes, response, seen) = run_until(SystemTime::now(), &messages, 2);
    assert_eq!((outcomes, response.failures()), (vec![Outcome::OutOfTime; 2], 2));
    assert!(seen.begun.borrow().is_empty());
}

#[test]
fn without_records_or_concurrency_there_is_an_end_all_the_same() {
    assert!(run(&[], 2).0.is_empty());
    assert_eq!(run(&[message(1, None, End::Done)], 0).0, [Outcome::Done(())]);
}

#[tokio::test]
#[should_panic(expected = "of a record")]
async fn a_panic_is_not_taken_for_an_outcome() {
    let messages = [message(1, None, End::Done)];
    let invocation = invocation(SystemTime::now() + Duration::from_secs(60));
    let work = async |_: &Message| -> Result<(), ()> { panic!("of a record") };
    process_batch(&messages, 2, &invocation, work).await;
}

fn messages() -> impl Strategy<Value = Vec<Message>> {
    let end = prop_oneof![6 => Just(End::Done), 2 => Just(End::Failed), 1 => Just(End::Never)];
    let message = (prop::option::of("[a-d]"), 0..4_u8, end);
    prop::collection::vec(message, 0..24).prop_map(|messages| {
        let numbered = messages.into_iter().enumerate();
        numbered
            .map(|(id, (group, turns, end))| Message { id: id.to_string(), group, turns, end })
            .collect()
    })
}

/// What becomes of each message if no other group keeps it from being worked on.
fn alone(messages: &[Message]) -> Vec<Outcome<(), ()>> {
    let mut over: BTreeMap<&str, Outcome<(), ()>> = BTreeMap::new();
    let outcome = |message: &Message| match message.end {
        End::Done => Outcome::Done(()),
        End::Failed => Outcome::Failed(()),
        End::Never => Outcome::OutOfTime,
    };
    let mut outcomes = Vec::new();
    for message in messages {
        let Some(group) = message.group.as_deref() else {
            outcomes.push(outcome(message));
            continue;
        };
        outcomes.push(over.get(group).copied().unwrap_or_else(|| outcome(message)));
        match outcomes.last() {
            Some(Outcome::Failed(())) => over.insert(group, Outcome::Skipped),
            Some(Outcome::OutOfTime) => over.insert(group, Outcome::OutOfTime),
            _ => None,
        };
    }
    outcomes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_record_is_done_or_reported_in_the_order_of_its_group(
        messages in messages(),
        concurrency in 1..6_usize,
    ) {
        let (outcomes, response, seen) = run(&messages, concurrency);
        prop_assert!(seen.most.get() <= concurrency, "{} at a time", seen.most.get());
        prop_assert!(seen.most_of_a_group.get() <= 1);

        let done = outcomes.iter().filter(|outcome| **outcome == Outcome::Done(())).count();
        prop_assert_eq!(done + response.failures(), messages.len());

        let expected = alone(&messages);
        let begun = seen.begun.borrow();
        let stuck = messages.iter().filter(|m| m.end == End::Never && begun.contains(&m.id));
        // Whoever never ends keeps its place for ever; without a place the others run out of time.
        let is_full = stuck.count() >= concurrency;
        for (message, (outcome, expected)) in
            messages.iter().zip(outcomes.iter().zip(&expected))
        {
            let in_time = outcome == expected;
            prop_assert!(in_time || is_full && *outcome == Outcome::OutOfTime, "{message:?}");
            let was_begun = begun.contains(&message.id);
            match outcome {
                Outcome::Done(()) | Outcome::Failed(()) => prop_assert!(was_begun),
                Outcome::Skipped => prop_assert!(!was_begun),
                Outcome::OutOfTime => {}
            }
        }
        for group in ["a", "b", "c", "d"] {
            let of_group = |id: &&String| {
                let message = &messages[id.parse::<usize>().unwrap()];
                message.group.as_deref() == Some(group)
            };
            let in_batch = messages.iter().map(|message| &message.id).filter(of_group);
            let begun: Vec<&String> = begun.iter().filter(of_group).collect();
            let first: Vec<&String> = in_batch.take(begun.len()).collect();
            prop_assert_eq!(begun, first);
        }
    }
}
