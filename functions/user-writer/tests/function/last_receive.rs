//! What becomes of a message that fails at its last receive: its client learns why, and SQS keeps the
//! message.

use crate::batch::{EMAIL, failures, good, message, send, send_until, sent_back, users};
use crate::faulty::{Fault, Faulty};
use serde_json::{Value, json};
use std::time::SystemTime;
use user_writer::testing::Memory;

const LAST: &str = "a message failed at its last receive";
const FOR_NOW: &str = "the user could not be stored for now; nothing is wrong with the request";

fn last() -> [Value; 1] {
    [message("m-1", 5, &good())]
}

/// Of a name that is too short.
fn bad(receives: u32) -> [Value; 1] {
    let body = json!({ "name": "Al", "email": EMAIL }).to_string();
    [message("m-1", receives, &body)]
}

#[test]
fn a_request_that_is_not_valid_fails_for_good_at_the_last_receive_and_not_before() {
    let memory = Memory::default();
    let reason = "name must be 5 to 256 characters long, not 2";
    let error = format!("the request is not valid: {reason}");
    for receives in 1..5 {
        let answer = send(&bad(receives), &memory);
        answer.is(&["m-1"], 0, 0);
        let again = "a message failed and is to be delivered again";
        assert_eq!(answer.errors(), [("m-1", &*error, again)]);
        assert!(memory.all().is_empty());
    }
    // More often than the maximum is last, too: the count is an approximation.
    for receives in [5, 6, 4_000_000_000] {
        let answer = send(&bad(receives), &memory);
        answer.is(&["m-1"], 0, 0);
        assert_eq!(answer.errors(), [("m-1", &*error, LAST)]);
        let [failure] = &failures(&memory)[..] else { panic!("{:?}", memory.all()) };
        assert_eq!((failure.reason.as_str(), failure.sqs_message_id.as_str()), (reason, "m-1"));
        assert_eq!(failure.failed_at.len(), "2026-11-20T09:00:00.001Z".len());
    }
}

#[test]
fn a_good_message_succeeds_at_its_last_receive() {
    let memory = Memory::default();
    send(&last(), &memory).is(&[], 1, 0);
    assert_eq!(users(&memory).len(), 1);
}

#[test]
fn what_could_not_be_written_leaves_a_reason_without_internals() {
    for (fault, calls, reason) in [
        (Fault::Throttled, 4, FOR_NOW),
        (Fault::Service, 4, FOR_NOW),
        (Fault::Never, 1, FOR_NOW),
        (Fault::Refused, 1, "the user cannot be stored as it is"),
    ] {
        let memory = Memory::default();
        let stored = Faulty::new(&memory, &vec![fault; calls], Fault::None);
        let answer = send(&last(), &stored);
        answer.is(&["m-1"], 0, 0);
        assert_eq!(answer.errors().len(), 1);
        let [failure] = &failures(&memory)[..] else { panic!("{fault:?}: {:?}", memory.all()) };
        assert_eq!(failure.reason, reason);
        assert_eq!(stored.calls.get(), calls + 1);
    }
}

#[test]
fn a_failure_that_cannot_be_written_is_reported_and_logged_all_the_same() {
    let memory = Memory::default();
    let stored = Faulty::new(&memory, &[], Fault::Service);
    let answer = send(&bad(5), &stored);
    answer.is(&["m-1"], 0, 0);
    let service = "DynamoDB failed, refused the call or was not reached: not today";
    let request = "the request is not valid: name must be 5 to 256 characters long, not 2";
    let unwritten = "the failure of a message could not be written";
    assert_eq!(answer.errors(), [("m-1", service, unwritten), ("m-1", request, LAST)]);
    assert_eq!((stored.calls.get(), memory.all().len()), (4, 0));

    let stored = Faulty::new(&memory, &[], Fault::Never);
    send(&last(), &stored).is(&["m-1"], 0, 0);
    send_until(SystemTime::now(), &bad(5), &memory).is(&["m-1"], 0, 0);
}

#[test]
fn a_user_that_turns_out_to_be_there_is_no_failure() {
    for fault in [Fault::NeverThoughDone, Fault::LateAnswer] {
        let memory = Memory::default();
        let stored = Faulty::new(&memory, &[fault], Fault::None);
        let answer = send(&last(), &stored);
        answer.is(&[], 0, 1);
        assert!(answer.errors().is_empty());
        assert_eq!((users(&memory).len(), failures(&memory).len()), (1, 0));
    }
}

/// Another message that goes by its id does not unmake a user, and is not lost for that.
#[test]
fn a_request_that_is_not_valid_is_reported_even_if_a_user_is_there() {
    let memory = Memory::default();
    send(&last(), &memory).is(&[], 1, 0);
    send(&bad(5), &memory).is(&["m-1"], 0, 0);
    assert_eq!((users(&memory).len(), failures(&memory).len()), (1, 0));
}

#[test]
fn a_message_that_succeeds_after_it_was_sent_back_is_failed_no_more() {
    let memory = Memory::default();
    let stored = Faulty::new(&memory, &[Fault::Throttled; 4], Fault::None);
    send(&last(), &stored).is(&["m-1"], 0, 0);
    assert_eq!(failures(&memory).len(), 1);
    send(&[sent_back("m-2", "m-1")], &stored).is(&[], 1, 0);
    assert!(failures(&memory).is_empty());
    assert_eq!(users(&memory)[0].sqs_message_id, "m-1");
}
