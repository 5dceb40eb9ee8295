//! The rules of a stream's batch, whatever the function does.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use crate::batch::{Aged, Condition, Progress, Rules};
use crate::report::Report;

#[derive(Debug, PartialEq, Eq)]
struct Record(u32);

impl Aged for Record {
    fn arrived(&self) -> Timestamp {
        Timestamp::from_second(self.0.into()).unwrap()
    }
}

#[derive(Clone, Debug)]
enum Event {
    Succeeds,
    Fails,
    Reports(Vec<usize>),
    Ages(u32),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        Just(Event::Succeeds),
        Just(Event::Fails),
        prop::collection::btree_set(0..20_usize, 1..4)
            .prop_map(|set| Event::Reports(set.into_iter().collect())),
        (0..40_u32).prop_map(Event::Ages),
    ];
    prop::collection::vec(event, 0..60)
}

fn rules() -> impl Strategy<Value = Rules> {
    let age = prop::option::of((0..30_i64).prop_map(SignedDuration::from_secs));
    (any::<bool>(), prop::option::of(0..4_u32), age).prop_map(
        |(bisect, maximum_retries, maximum_age)| Rules { bisect, maximum_retries, maximum_age },
    )
}

proptest! {
    /// Every record is settled once and in its order, whatever happens.
    #[test]
    fn no_record_is_lost_doubled_or_overtaken(rules in rules(), events in events(), count in 1..20_u32) {
        let mut progress = Progress::new(rules, (0..count).map(Record).collect());
        let mut events = VecDeque::from(events);
        let mut settled = Vec::new();
        let mut now = 0;
        while let Some(size) = progress.current().map(|part| part.records.len()) {
            let report = match events.pop_front() {
                None | Some(Event::Succeeds) => Report::Succeeded,
                Some(Event::Fails) => Report::Failed,
                Some(Event::Reports(places)) => {
                    let places: Vec<_> = places.into_iter().filter(|place| *place < size).collect();
                    if places.is_empty() { Report::Failed } else { Report::FailedAt(places) }
                }
                Some(Event::Ages(seconds)) => {
                    now += seconds;
                    if let Some(old) = progress.expire(Timestamp::from_second(now.into()).unwrap()) {
                        prop_assert_eq!(old.condition, Condition::RecordAgeExceeded);
                        settled.extend(old.part.records);
                    }
                    continue;
                }
            };
            let outcome = progress.settle(&report);
            if report == Report::Succeeded {
                prop_assert_eq!(outcome.succeeded.len(), size);
            }
            settled.extend(outcome.succeeded);
            settled.extend(outcome.discarded.into_iter().flat_map(|discarded| discarded.part.records));
        }
        prop_assert_eq!(settled, (0..count).map(Record).collect::<Vec<_>>());
    }

    /// A poisonous record is shown as often as the retries allow once it is alone, and no other record
    /// is given up.
    #[test]
    fn bisection_gives_up_the_poison_alone(
        retries in 0..4_u32,
        count in 1..20_u32,
        poison in 0..20_u32,
        reports in any::<bool>(),
    ) {
        let poison = poison % count;
        let rules = Rules { bisect: true, maximum_retries: Some(retries), maximum_age: None };
        let mut progress = Progress::new(rules, (0..count).map(Record).collect());
        let (mut alone, mut discarded) = (0, Vec::new());
        while let Some(part) = progress.current() {
            let place = part.records.iter().position(|record| record.0 == poison);
            alone += u32::from(part.records == [Record(poison)]);
            let report = match place {
                None => Report::Succeeded,
                Some(place) if reports => Report::FailedAt(vec![place]),
                Some(_) => Report::Failed,
            };
            let outcome = progress.settle(&report);
            discarded.extend(outcome.discarded.into_iter().flat_map(|discarded| discarded.part.records));
        }
        prop_assert_eq!(discarded, [Record(poison)]);
        prop_assert_eq!(alone, retries + 1);
    }

    /// Without retries' end nothing is given up.
    #[test]
    fn without_limits_nothing_is_given_up(events in events(), bisect in any::<bool>()) {
        let rules = Rules { bisect, maximum_retries: None, maximum_age: None };
        let mut progress = Progress::new(rules, (0..10).map(Record).collect());
        for event in events {
            let report = match event {
                Event::Fails => Report::Failed,
                Event::Reports(_) => Report::FailedAt(vec![0]),
                _ => Report::Succeeded,
            };
            prop_assert_eq!(progress.settle(&report).discarded, None);
        }
    }
}
