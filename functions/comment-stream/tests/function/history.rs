//! Random lives of comments, delivered as a stream may deliver them and worse: in any order, more than
//! once, in batches of any size, two at a time, with calls that fail and invocations that die before
//! or behind their effect. In the end every count is exact.

use crate::batch::{comment, event, insert, modify, paused, remove};
use crate::faulty::{Fault, Faulty};
use comment_stream::CommentStream;
use comment_stream::testing::{Memory, Page};
use lambda_kit::testing::failed_identifiers;
use lambda_kit::{Handler as _, Invocation, Metrics};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, SystemTime};

const PAGES: [&str; 4] = ["a", "b", "c", "d"];

/// A comment: when it is made, the pages it is on one after the other, and whether it is removed in the
/// end. The same page twice in a row is an edit.
#[derive(Debug, Clone)]
struct Life {
    minute: u8,
    pages: Vec<usize>,
    removed: bool,
}

/// What a stream has to say, and what is true in the end.
#[derive(Debug, Default)]
struct History {
    records: Vec<Value>,
    /// The ids of the events that change a count.
    counted: BTreeSet<String>,
    pages: BTreeMap<String, Page>,
}

fn life() -> impl Strategy<Value = Life> {
    let pages = prop::collection::vec(0..PAGES.len(), 1..4);
    (0..60_u8, pages, any::<bool>()).prop_map(|(minute, pages, removed)| Life {
        minute,
        pages,
        removed,
    })
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        3 => Just(Fault::None),
        3 => Just(Fault::Conflict),
        1 => Just(Fault::Throttled),
        1 => Just(Fault::Service),
        1 => Just(Fault::LateAnswer),
        1 => Just(Fault::Never),
        1 => Just(Fault::NeverThoughDone),
    ]
}

impl History {
    fn of(lives: &[Life]) -> Self {
        let mut history = Self::default();
        lives.iter().for_each(|life| history.live(life));
        history
    }

    fn live(&mut self, life: &Life) {
        let at = format!("2026-11-20T12:{:02}:07.042Z", life.minute);
        let on = |page: usize| comment(PAGES[page], &at);
        let mut before = None;
        for &page in &life.pages {
            let number = self.records.len() as u32;
            self.records.push(match before {
                None => insert(number, on(page)),
                Some(before) => modify(number, on(before), on(page)),
            });
            if before != Some(page) {
                self.joins(PAGES[page], &at);
                self.counted.insert(format!("e{number}"));
                if let Some(before) = before {
                    self.leaves(PAGES[before]);
                }
            }
            before = Some(page);
        }
        if let (true, Some(page)) = (life.removed, before) {
            let number = self.records.len() as u32;
            self.records.push(remove(number, on(page)));
            self.counted.insert(format!("e{number}"));
            self.leaves(PAGES[page]);
        }
    }

    fn joins(&mut self, page: &str, at: &str) {
        let page = self.pages.entry(page.to_owned()).or_default();
        page.count += 1;
        page.last_comment_at = page.last_comment_at.take().max(Some(at.to_owned()));
    }

    fn leaves(&mut self, page: &str) {
        self.pages.entry(page.to_owned()).or_default().count -= 1;
    }
}

/// Invokes the function, and answers with the part of the batch that Lambda delivers again: from the
/// first failed record on, or everything if the invocation died.
async fn deliver(function: &CommentStream<&Faulty<'_>>, batch: Vec<Value>) -> Vec<Value> {
    let deadline = SystemTime::now() + Duration::from_secs(600);
    let invocation = Invocation::new(Metrics::new("comment-stream", "request-1"), deadline);
    let answer = function.handle(event(&batch), &invocation);
    // Far from the deadline, so that the function does not know that it is about to die.
    let Ok(answer) = tokio::time::timeout(Duration::from_secs(60), answer).await else {
        return batch;
    };
    let failed = failed_identifiers(&serde_json::to_value(answer.unwrap()).unwrap());
    let is_failed =
        |record: &Value| failed.contains(record["dynamodb"]["SequenceNumber"].as_str().unwrap());
    match batch.iter().position(is_failed) {
        Some(first) => batch[first..].to_vec(),
        None => Vec::new(),
    }
}

/// Delivers all that is left until nothing is, two batches at a time.
async fn deliver_all(stats: &Faulty<'_>, records: &[Value], sizes: &[usize]) {
    let function = CommentStream::new(stats);
    let mut sizes = sizes.iter().copied().cycle();
    let mut batches: VecDeque<Vec<Value>> = VecDeque::new();
    let mut rest = records;
    while !rest.is_empty() {
        let (batch, behind) = rest.split_at(sizes.next().unwrap().min(rest.len()));
        batches.push_back(batch.to_vec());
        rest = behind;
    }
    while let Some(batch) = batches.pop_front() {
        let other = batches.pop_front().unwrap_or_default();
        let (again, other) = tokio::join!(deliver(&function, batch), deliver(&function, other));
        for again in [again, other] {
            // Bisected, as the mapping is to do it.
            let (first, second) = again.split_at(again.len() / 2);
            let halves = [first, second].into_iter().filter(|half| !half.is_empty());
            batches.extend(halves.map(<[Value]>::to_vec));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_count_is_exact_in_the_end(
        lives in prop::collection::vec(life(), 1..24),
        again in prop::collection::vec(any::<Index>(), 0..16),
        order in prop::collection::vec(any::<u32>(), 128),
        sizes in prop::collection::vec(1..12_usize, 1..6),
        faults in prop::collection::vec(fault(), 0..40),
    ) {
        let history = History::of(&lives);
        let mut records = history.records.clone();
        records.extend(again.iter().map(|index| index.get(&history.records).clone()));
        let mut shuffled: Vec<(u32, Value)> = order.into_iter().cycle().zip(records).collect();
        shuffled.sort_by_key(|(order, _)| *order);
        let records: Vec<Value> = shuffled.into_iter().map(|(_, record)| record).collect();

        let memory = Memory::default();
        let stats = Faulty::new(&memory, &faults, Fault::None);
        paused().block_on(deliver_all(&stats, &records, &sizes));
        prop_assert_eq!(memory.pages(), history.pages);
        prop_assert_eq!(memory.markers(), history.counted);
    }
}
