//! What becomes of messages when DynamoDB fails and they come again: nothing is lost, and nothing is
//! there twice.

use crate::batch::{failures, good, message, send, send_until, users};
use crate::faulty::{Fault, Faulty};
use serde_json::Value;
use std::time::SystemTime;
use user_writer::testing::Memory;

const AGAIN: &str = "a message failed and is to be delivered again";

fn one() -> [Value; 1] {
    [message("m-1", 1, &good())]
}

#[test]
fn what_passes_in_a_moment_is_waited_for_and_not_for_ever() {
    for (fault, error) in [
        (Fault::Throttled, "DynamoDB throttles: not today"),
        (Fault::Service, "DynamoDB failed, refused the call or was not reached: not today"),
    ] {
        let memory = Memory::default();
        let stored = Faulty::new(&memory, &[fault; 3], Fault::None);
        let answer = send(&one(), &stored);
        answer.is(&[], 1, 0);
        assert!(answer.errors().is_empty());
        assert_eq!(stored.calls.get(), 4);

        let stored = Faulty::new(&memory, &[], fault);
        let answer = send(&[message("m-2", 4, &good())], &stored);
        answer.is(&["m-2"], 0, 0);
        assert_eq!(answer.errors(), [("m-2", error, AGAIN)]);
        assert_eq!((stored.calls.get(), failures(&memory).len()), (4, 0));
    }
}

#[test]
fn what_was_written_without_an_answer_is_there_once() {
    let memory = Memory::default();
    let stored = Faulty::new(&memory, &[Fault::LateAnswer], Fault::None);
    send(&one(), &stored).is(&[], 0, 1);
    assert_eq!(users(&memory).len(), 1);
}

#[test]
fn one_message_that_fails_leaves_the_others_alone() {
    let memory = Memory::default();
    let faults = [Fault::None, Fault::Refused, Fault::None];
    let stored = Faulty::new(&memory, &faults, Fault::None);
    let batch = ["m-0", "m-1", "m-2"].map(|id| message(id, 1, &good()));
    let answer = send(&batch, &stored);
    answer.is(&["m-1"], 2, 0);
    assert_eq!(answer.errors(), [("m-1", "DynamoDB refused the item: not today", AGAIN)]);
    assert_eq!(stored.calls.get(), 3, "what is refused is not tried again at once");
    send(&[message("m-1", 2, &good())], &stored).is(&[], 1, 0);
}

#[test]
fn an_invocation_that_runs_out_of_time_reports_what_it_did_not_do() {
    let memory = Memory::default();
    let stored = Faulty::new(&memory, &[Fault::None, Fault::NeverThoughDone], Fault::Never);
    let batch: Vec<Value> = (0..10).map(|n| message(&format!("m-{n}"), 1, &good())).collect();
    let answer = send(&batch, &stored);
    assert_eq!((answer.failed.len(), &answer.metrics["UsersCreated"]), (9, &Value::from(1)));
    let errors = answer.errors();
    assert_eq!(errors.len(), 9, "one for each: {errors:?}");
    assert!(errors.iter().all(|(_, error, _)| *error == "the invocation ran out of time"));
    let stored = Faulty::new(&memory, &[], Fault::None);
    send(&batch, &stored).is(&[], 8, 2);

    let memory = Memory::default();
    let answer = send_until(SystemTime::now(), &one(), &memory);
    answer.is(&["m-1"], 0, 0);
    let left = "a message was left and is to be delivered again";
    assert_eq!(answer.errors(), [("m-1", "the invocation ran out of time", left)]);
    assert!(memory.all().is_empty());
}
