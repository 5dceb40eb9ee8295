//! What events change, and in how many transactions.

use crate::batch::{EARLY, LATE, comment, insert, modify, paused, remove, send};
use comment_stream::Event;
use comment_stream::testing::{Memory, Page, contract};
use serde_json::{Value, json};

/// Sends one batch and expects these pages, with count and newest comment, all in one transaction.
#[track_caller]
fn check(records: &[Value], processed: u32, pages: &[(&str, i64, Option<&str>)]) {
    let memory = Memory::default();
    send(records, &memory).is(&[], processed);
    let expected = pages.iter().map(|&(page, count, last)| {
        (page.to_owned(), Page { count, last_comment_at: last.map(str::to_owned) })
    });
    assert_eq!(memory.pages(), expected.collect());
    let transactions = usize::from(processed > 0);
    assert_eq!(memory.written().len(), transactions, "{:?}", memory.written());
}

#[test]
fn the_double_keeps_the_contract() {
    paused().block_on(contract(&&Memory::default(), "contract"));
}

#[test]
fn an_insertion_adds_one_and_a_removal_subtracts_one() {
    check(&[insert(1, comment("a", EARLY))], 1, &[("a", 1, Some(EARLY))]);
    check(&[remove(1, comment("a", EARLY))], 1, &[("a", -1, None)]);
    let both = [insert(1, comment("a", LATE)), remove(2, comment("a", LATE))];
    check(&both, 2, &[("a", 0, Some(LATE))]);
    let unicode = "日本 \"\\\u{0} <b>😀</b>";
    check(&[insert(1, comment(unicode, EARLY))], 1, &[(unicode, 1, Some(EARLY))]);
    let longest = "é".repeat(1_024);
    check(&[insert(1, comment(&longest, EARLY))], 1, &[(&longest, 1, Some(EARLY))]);
}

#[test]
fn a_modification_changes_something_only_if_the_page_is_another() {
    let mut edited = comment("a", LATE);
    edited["message"] = json!({ "S": "edited" });
    check(&[modify(1, comment("a", EARLY), edited)], 0, &[]);
    check(
        &[modify(1, comment("a", LATE), comment("b", LATE))],
        1,
        &[("a", -1, None), ("b", 1, Some(LATE))],
    );
    let there_and_back = [
        modify(1, comment("a", LATE), comment("b", LATE)),
        modify(2, comment("b", LATE), comment("a", LATE)),
    ];
    check(&there_and_back, 2, &[("a", 0, Some(LATE)), ("b", 0, Some(LATE))]);
}

#[test]
fn the_newest_comment_is_the_latest_whatever_the_order() {
    let middle = "2020-02-02T02:02:02.020Z";
    for order in [[EARLY, middle, LATE], [LATE, EARLY, middle], [middle, LATE, EARLY]] {
        let records: Vec<Value> =
            (1..).zip(order).map(|(number, at)| insert(number, comment("a", at))).collect();
        check(&records, 3, &[("a", 3, Some(LATE))]);
        let memory = Memory::default();
        for record in records {
            send(&[record], &memory).is(&[], 1);
        }
        let page = Page { count: 3, last_comment_at: Some(LATE.to_owned()) };
        assert_eq!(memory.pages()["a"], page);
    }
}

/// It would stay the newest for ever, or make the order of texts another one than that of times.
#[test]
fn a_time_that_cannot_be_compared_is_never_the_newest() {
    for at in ["zzz", "", "2999-01-01", "2026-11-20T12:56:07Z", "2026-11-20 12:56:07.042Z"] {
        check(&[insert(1, comment("a", at))], 1, &[("a", 1, None)]);
    }
    let mut without = comment("a", LATE);
    without["createdAt"] = json!({ "N": "4102444800000" });
    check(&[insert(1, without), insert(2, comment("a", EARLY))], 2, &[("a", 2, Some(EARLY))]);
}

#[test]
fn two_copies_of_an_event_in_a_batch_count_once() {
    let record = insert(1, comment("a", EARLY));
    check(&[record.clone(), insert(2, comment("a", EARLY)), record], 2, &[("a", 2, Some(EARLY))]);
}

#[test]
fn an_event_that_comes_again_keeps_no_other_from_being_counted() {
    let memory = Memory::default();
    send(&[insert(1, comment("a", LATE)), insert(2, comment("b", EARLY))], &memory).is(&[], 2);
    let batch = [
        insert(3, comment("a", EARLY)),
        insert(1, comment("a", LATE)),
        insert(2, comment("b", EARLY)),
        remove(4, comment("b", EARLY)),
    ];
    let answer = send(&batch, &memory);
    answer.is(&[], 2);
    assert_eq!(answer.logged("INFO")[0]["repeated"], 2);
    send(&batch, &memory).is(&[], 0);
    let page = |count, last: &str| Page { count, last_comment_at: Some(last.to_owned()) };
    let expected = [("a".to_owned(), page(2, LATE)), ("b".to_owned(), page(0, EARLY))];
    assert_eq!(memory.pages(), expected.into());
}

#[test]
fn a_batch_is_written_in_as_few_transactions_as_hold_it() {
    let hot = |count: u32| (0..count).map(|n| insert(n, comment("hot", EARLY))).collect();
    let own =
        |count: u32| (0..count).map(|n| insert(n, comment(&format!("p{n}"), EARLY))).collect();
    let moves = (0..100)
        .map(|n| modify(n, comment(&format!("p{n}"), EARLY), comment(&format!("q{n}"), EARLY)))
        .collect();
    // A hundred events on three pages that take turns: 100 markers, and 3 changes but for the cut.
    let turns = (0..100).map(|n| insert(n, comment(&format!("p{}", n % 3), EARLY))).collect();
    let sizes: [(Vec<Value>, &[usize]); 6] = [
        (hot(99), &[100]),
        (hot(100), &[100, 2]),
        (own(50), &[100]),
        (own(51), &[100, 2]),
        (turns, &[100, 4]),
        (moves, &[99, 99, 99, 3]),
    ];
    for (records, expected) in sizes {
        let memory = Memory::default();
        send(&records, &memory).is(&[], u32::try_from(records.len()).unwrap());
        let sizes: Vec<usize> = memory
            .written()
            .iter()
            .map(|transaction| transaction.events.len() + transaction.changes.len())
            .collect();
        assert_eq!(sizes, expected);
    }
}

#[test]
fn an_empty_batch_is_answered() {
    check(&[], 0, &[]);
}

#[test]
fn what_is_no_batch_of_a_stream_is_refused() {
    let sqs = json!({ "Records": [{ "messageId": "m", "body": "{}", "eventSource": "aws:sqs" }] });
    let mut unnumbered = insert(1, comment("a", EARLY));
    unnumbered["dynamodb"].as_object_mut().unwrap().remove("SequenceNumber");
    for other in [
        json!({}),
        json!([]),
        json!(null),
        json!({ "Records": null }),
        json!({ "Records": ["e1"] }),
        sqs,
        json!({ "Records": [unnumbered] }),
    ] {
        assert!(serde_json::from_value::<Event>(other.clone()).is_err(), "{other}");
    }
}
