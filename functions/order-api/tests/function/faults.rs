//! What clients see when the table fails: whose fault it is, and nothing of what is behind.

use crate::call::{Answer, ask, post};
use lambda_kit::CallError;
use order_api::Error;
use order_api::testing::{Failing, Never};
use std::time::SystemTime;

fn source() -> Box<dyn std::error::Error + Send + Sync> {
    "arn:aws:dynamodb:eu-west-1:123456789012:table/shop-orders".into()
}

fn answers(error: impl Fn() -> Error) -> Vec<Answer> {
    let key = r#"{"Key":{"id":"a"}}"#;
    let update = r#"{"Key":{"id":"a"},"UpdateExpression":"REMOVE a"}"#;
    [
        ("create", r#"{"Item":{"id":"a"}}"#),
        ("read", key),
        ("update", update),
        ("delete", key),
        ("list", "{}"),
    ]
    .map(|(operation, payload)| ask(operation, payload).send(Failing(&error)))
    .into()
}

/// How it comes about, its status, its message, when to try again and what counts it.
type Fault = (fn() -> Error, u16, &'static str, Option<&'static str>, &'static str);

#[test]
fn every_fault_has_its_status_and_no_internals() {
    let faults: [Fault; 8] = [
        (
            || Error::Refused { message: "Invalid UpdateExpression: Syntax error".to_owned() },
            400,
            "Invalid UpdateExpression: Syntax error",
            None,
            "RequestsRefused",
        ),
        (
            || Error::ConditionFailed,
            409,
            "ConditionExpression does not hold; nothing was written",
            None,
            "RequestsRefused",
        ),
        (
            || Error::Conflict,
            409,
            "another write of this item, or with this Idempotency-Key, goes on; try again",
            Some("1"),
            "RequestsRefused",
        ),
        (
            || Error::KeyReused,
            422,
            "Idempotency-Key was used for another request; use a new key for a new request",
            None,
            "RequestsRefused",
        ),
        (
            || CallError::Throttled { service: "DynamoDB", source: source() }.into(),
            429,
            "too many requests at the moment; try again shortly",
            Some("1"),
            "RequestsThrottled",
        ),
        (
            || CallError::TimedOut { service: "DynamoDB", source: source() }.into(),
            504,
            "the request was not answered in time; try again",
            None,
            "RequestsFailed",
        ),
        (
            || CallError::Failed { service: "DynamoDB", source: source() }.into(),
            500,
            "the request could not be processed; try again later",
            None,
            "RequestsFailed",
        ),
        (
            || Error::OutOfTime,
            504,
            "the request was not answered in time; try again",
            None,
            "RequestsFailed",
        ),
    ];
    for (fault, status, message, retry_after, metric) in faults {
        for answer in answers(fault) {
            answer.is(status, &serde_json::json!({ "message": message }).to_string());
            assert_eq!(answer.headers.get("Retry-After").map(String::as_str), retry_after);
            assert_eq!(answer.metrics[metric], 1);
        }
    }
}

#[test]
fn a_table_that_does_not_answer_is_not_waited_for_beyond_the_deadline() {
    let answer = ask("list", "{}").send_until(SystemTime::now(), Never);
    answer.is(504, r#"{"message":"the request was not answered in time; try again"}"#);
}

#[test]
fn what_needs_no_table_answers_without_one() {
    post(r#"{"operation":"ping"}"#).send(Never).is(200, "\"pong\"");
    ask("echo", "1").send(Failing(|| Error::OutOfTime)).is(200, "1");
}
