//! Requests with an `Idempotency-Key`, through the handler.

use crate::call::{Answer, Call, ask};
use order_api::testing::Memory;

const KEY: &str = "Idempotency-Key";

fn create(id: &str) -> Call {
    let payload =
        format!(r#"{{"Item":{{"id":"{id}"}},"ConditionExpression":"attribute_not_exists(id)"}}"#);
    ask("create", &payload)
}

fn replayed(answer: &Answer) -> bool {
    let header = answer.headers.get("Idempotent-Replayed");
    assert_eq!(header.is_some(), answer.metrics["RequestsReplayed"] == 1);
    header.is_some_and(|value| value == "true")
}

#[test]
fn a_request_sent_again_gets_the_same_answer_and_happens_once() {
    let memory = Memory::default();
    for again in [false, true, true] {
        let answer = create("a").header(KEY, "key-1").send(&memory);
        answer.is(200, "{}");
        assert_eq!(replayed(&answer), again);
    }
    assert_eq!(memory.count(), 1);

    let add = r#"{"Key":{"id":"a"},"UpdateExpression":"ADD n :one",
        "ExpressionAttributeValues":{":one":1},"ReturnValues":"UPDATED_NEW"}"#;
    // The same request: members in another order, blanks and escapes.
    let same = r#"{"ReturnValues":"UPDATED_NEW","ExpressionAttributeValues":{":\u006fne":1},
        "UpdateExpression":"ADD n :one","Key":{ "id":"a" }}"#;
    for (payload, again) in [(add, false), (same, true)] {
        let answer = ask("update", payload).header("idempotency-key", "key-2").send(&memory);
        answer.is(200, r#"{"Attributes":{"n":1}}"#);
        assert_eq!(replayed(&answer), again);
    }
    ask("update", add).send(&memory).is(200, r#"{"Attributes":{"n":2}}"#);
}

#[test]
fn a_key_of_another_request_is_refused() {
    let memory = Memory::default();
    create("a").header(KEY, "key").send(&memory).is(200, "{}");
    let message = r#"{"message":"Idempotency-Key was used for another request; use a new key for a new request"}"#;
    let answer = create("b").header(KEY, "key").send(&memory);
    answer.is(422, message);
    assert_eq!(answer.metrics["RequestsRefused"], 1);
    let update =
        r#"{"Key":{"id":"a"},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":1}}"#;
    ask("update", update).header(KEY, "key").send(&memory).is(422, message);
    assert_eq!(memory.count(), 1);
    create("b").header(KEY, "Key").send(&memory).is(200, "{}");
}

#[test]
fn what_did_not_happen_may_be_tried_again_with_its_key() {
    let memory = Memory::default();
    create("a").send(&memory).is(200, "{}");
    let message = r#"{"message":"ConditionExpression does not hold; nothing was written"}"#;
    create("a").header(KEY, "key").send(&memory).is(409, message);
    ask("delete", r#"{"Key":{"id":"a"}}"#).send(&memory).is(200, "{}");
    let answer = create("a").header(KEY, "key").send(&memory);
    answer.is(200, "{}");
    assert!(!replayed(&answer));
}

#[test]
fn operations_that_may_be_repeated_ignore_the_key() {
    let memory = Memory::default();
    create("a").header(KEY, "key").send(&memory).is(200, "{}");
    for (operation, payload, expected) in [
        ("read", r#"{"Key":{"id":"a"}}"#, r#"{"Item":{"id":"a"}}"#),
        ("list", "{}", r#"{"Count":1,"ScannedCount":1,"Items":[{"id":"a"}]}"#),
        ("delete", r#"{"Key":{"id":"a"}}"#, "{}"),
        ("echo", "1", "1"),
        ("ping", "1", "\"pong\""),
    ] {
        let answer = ask(operation, payload).header(KEY, "key").send(&memory);
        answer.is(200, expected);
        assert!(!replayed(&answer));
    }
}

#[test]
fn the_longest_and_the_oddest_keys_are_taken() {
    let longest = "~".repeat(255);
    for key in ["!", "\"8e03978e-40d5-43dd-bc93-6894a57f9324\"", longest.as_str()] {
        let memory = Memory::default();
        create("a").header(KEY, key).send(&memory).is(200, "{}");
        assert!(replayed(&create("a").header(KEY, key).send(&memory)), "{key}");
    }
}
