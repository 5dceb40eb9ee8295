//! What becomes of messages when nothing fails: a user each, once.

use crate::batch::{EMAIL, NAME, good, message, paused, send, sent_back, users};
use crate::faulty::{Fault, Faulty};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use user_writer::Event;
use user_writer::testing::{Memory, contract};

#[test]
fn the_double_keeps_the_contract() {
    paused().block_on(contract(&&Memory::default(), "contract"));
}

/// The id is what it is for ever: with another one a redelivery would make a second user.
#[test]
fn a_message_becomes_a_user_whose_id_is_derived_from_its_own() {
    let memory = Memory::default();
    let message_id = "059f36b4-87a3-44ab-83d2-661975830a7d";
    let answer = send(&[message(message_id, 1, &good())], &memory);
    answer.is(&[], 1, 0);
    assert!(answer.errors().is_empty());
    let [user] = &users(&memory)[..] else { panic!("{:?}", memory.all()) };
    assert_eq!(user.id, "afde53d4-0d51-543e-be4a-afacf91a7a00");
    assert_eq!(user.sqs_message_id, message_id);
    assert_eq!((user.name.as_str(), user.email.as_str()), (NAME, EMAIL));
    let form = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(form(&user.created_at), "0000-00-00T00:00:00.000Z");
}

#[test]
fn a_message_that_comes_again_makes_no_second_user() {
    let memory = Memory::default();
    let first = [message("m-1", 1, &good()), message("m-2", 1, &good())];
    send(&first, &memory).is(&[], 2, 0);
    let before = memory.all();
    send(&[message("m-2", 2, &good()), message("m-3", 1, &good())], &memory).is(&[], 1, 1);
    // Twice in a batch.
    send(&[message("m-4", 1, &good()), message("m-4", 2, &good())], &memory).is(&[], 1, 1);
    assert_eq!(memory.all().len(), 4);
    assert!(before.iter().all(|stored| memory.all().contains(stored)));
}

#[test]
fn a_message_that_was_sent_back_goes_by_the_id_that_it_had() {
    let memory = Memory::default();
    send(&[message("m-1", 1, &good())], &memory).is(&[], 1, 0);
    send(&[sent_back("m-2", "m-1")], &memory).is(&[], 0, 1);
    send(&[sent_back("m-3", "m-0")], &memory).is(&[], 1, 0);
    let ids: BTreeSet<String> = users(&memory).into_iter().map(|u| u.sqs_message_id).collect();
    assert_eq!(ids, ["m-0", "m-1"].map(str::to_owned).into());
}

#[test]
fn an_attribute_that_cannot_be_an_id_is_none() {
    let longest = "x".repeat(100);
    for (original_id, expected) in [
        (longest.as_str(), longest.as_str()),
        (&format!("{longest}x"), "m-1"),
        ("", "m-1"),
        ("m 0", "m-1"),
        ("m_0", "m-1"),
        ("é", "m-1"),
    ] {
        let memory = Memory::default();
        send(&[sent_back("m-1", original_id)], &memory).is(&[], 1, 0);
        assert_eq!(users(&memory)[0].sqs_message_id, expected);
    }
    let mut binary = sent_back("m-1", "m-0");
    binary["messageAttributes"]["OriginalMessageId"] =
        json!({ "binaryValue": "bS0w", "dataType": "Binary" });
    let memory = Memory::default();
    send(&[binary], &memory).is(&[], 1, 0);
    assert_eq!(users(&memory)[0].sqs_message_id, "m-1");
}

#[test]
fn five_users_are_written_at_a_time() {
    let memory = Memory::default();
    let stored = Faulty::new(&memory, &[], Fault::None);
    let batch: Vec<Value> = (0..10).map(|n| message(&format!("m-{n}"), 1, &good())).collect();
    send(&batch, &stored).is(&[], 10, 0);
    assert_eq!((stored.calls.get(), stored.most.get()), (10, 5));
}

#[test]
fn an_empty_batch_is_answered() {
    send(&[], &Memory::default()).is(&[], 0, 0);
}

#[test]
fn what_is_no_batch_of_a_queue_is_refused() {
    let stream = json!({ "Records": [{ "eventID": "e1", "eventName": "INSERT" }] });
    for other in [
        json!({}),
        json!([]),
        json!(null),
        json!({ "Records": null }),
        json!({ "Records": ["m-1"] }),
        json!({ "Records": [{ "body": "{}" }] }),
        stream,
    ] {
        assert!(serde_json::from_value::<Event>(other.clone()).is_err(), "{other}");
    }
}
