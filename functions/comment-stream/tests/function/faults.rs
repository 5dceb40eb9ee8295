//! What becomes of a batch when DynamoDB fails: nothing is lost, and nothing is counted twice.

use crate::batch::{EARLY, LATE, comment, insert, remove, send, send_until, sequence_number};
use crate::faulty::{Fault, Faulty};
use comment_stream::testing::{Memory, Page};
use serde_json::Value;
use std::time::SystemTime;

fn batch() -> [Value; 2] {
    [insert(1, comment("a", EARLY)), insert(2, comment("b", LATE))]
}

#[test]
fn what_passes_in_a_moment_is_waited_for_and_not_for_ever() {
    for fault in [Fault::Conflict, Fault::Throttled] {
        let memory = Memory::default();
        let stats = Faulty::new(&memory, &[fault; 6], Fault::None);
        send(&batch(), &stats).is(&[], 2);
        assert_eq!(stats.calls.get(), 7);

        let memory = Memory::default();
        let stats = Faulty::new(&memory, &[], fault);
        send(&batch(), &stats).is(&[1, 2], 0);
        assert_eq!((stats.calls.get(), memory.written().len()), (7, 0));
    }
}

#[test]
fn what_does_not_pass_is_left_to_the_next_delivery() {
    let memory = Memory::default();
    let stats = Faulty::new(&memory, &[Fault::Service], Fault::None);
    let answer = send(&batch(), &stats);
    answer.is(&[1, 2], 0);
    let [line] = answer.logged("ERROR")[..] else { panic!("{:?}", answer.log) };
    assert_eq!(line["error"], "DynamoDB failed, refused the call or was not reached: not today");
    let numbers = [1, 2].map(sequence_number).join(",");
    assert_eq!(line["sequenceNumbers"], numbers);
    send(&batch(), &stats).is(&[], 2);
}

#[test]
fn what_was_written_without_an_answer_is_not_counted_again() {
    let memory = Memory::default();
    let stats = Faulty::new(&memory, &[Fault::LateAnswer], Fault::None);
    send(&batch(), &stats).is(&[1, 2], 0);
    send(&batch(), &stats).is(&[], 0);
    assert_eq!(memory.pages()["a"], Page { count: 1, last_comment_at: Some(EARLY.to_owned()) });
}

#[test]
fn one_transaction_that_fails_leaves_the_others_alone() {
    let memory = Memory::default();
    let stats = Faulty::new(&memory, &[Fault::None, Fault::Service], Fault::None);
    let records: Vec<Value> = (0..120).map(|n| insert(n, comment("a", EARLY))).collect();
    let failed: Vec<u32> = (99..120).collect();
    send(&records, &stats).is(&failed, 99);
    send(&records[99..], &stats).is(&[], 21);
    assert_eq!(memory.pages()["a"].count, 120);
}

#[test]
fn an_invocation_that_runs_out_of_time_reports_what_it_did_not_do() {
    let memory = Memory::default();
    let stats = Faulty::new(&memory, &[Fault::None], Fault::Never);
    let records: Vec<Value> = (0..120).map(|n| insert(n, comment("a", EARLY))).collect();
    let failed: Vec<u32> = (99..120).collect();
    let answer = send(&records, &stats);
    answer.is(&failed, 99);
    assert_eq!(answer.logged("ERROR")[0]["error"], "the invocation ran out of time");

    let stats = Faulty::new(&memory, &[], Fault::Never);
    send_until(SystemTime::now(), &batch(), &stats).is(&[1, 2], 0);
}

#[test]
fn an_event_that_dynamodb_does_not_take_is_found_and_keeps_no_other_from_being_counted() {
    let records: Vec<Value> = (0..60).map(|n| insert(n, comment("a", EARLY))).collect();
    for unacceptable in [0, 37, 59] {
        let memory = Memory::default();
        let mut stats = Faulty::new(&memory, &[], Fault::None);
        stats.unacceptable = Some(format!("e{unacceptable}"));
        let answer = send(&records, &stats);
        answer.is(&[unacceptable], 59);
        let [line] = answer.logged("ERROR")[..] else { panic!("{:?}", answer.log) };
        assert_eq!(line["error"], "DynamoDB refused the transaction: not today");
        assert_eq!(line["sequenceNumber"], sequence_number(unacceptable));
        assert_eq!(line["eventId"], format!("e{unacceptable}"));
        assert!(stats.calls.get() <= 20, "{} calls", stats.calls.get());
    }
}

#[test]
fn a_page_that_cannot_be_changed_keeps_no_other_from_it() {
    let memory = Memory::default();
    let mut stats = Faulty::new(&memory, &[], Fault::None);
    stats.broken.insert("b".to_owned());
    let records = [
        insert(1, comment("a", EARLY)),
        insert(2, comment("b", EARLY)),
        remove(3, comment("b", EARLY)),
        insert(4, comment("c", EARLY)),
    ];
    let answer = send(&records, &stats);
    answer.is(&[2, 3], 2);
    assert_eq!(memory.pages().into_keys().collect::<Vec<_>>(), ["a", "c"]);
    for (line, number) in answer.logged("ERROR").into_iter().zip([2, 3]) {
        assert_eq!(line["error"], "DynamoDB refused to change the page: not today");
        assert_eq!(line["sequenceNumber"], sequence_number(number));
        assert_eq!(line["eventId"], format!("e{number}"));
    }
}
