//! The binary as Lambda runs it.

use std::process::Command;

use lambda_kit::testing::{Lambda, log_lines};
use serde_json::{Value, json};

fn lambda() -> Lambda {
    Lambda::start(|_| Some(json!({})))
}

fn function(lambda: &Lambda) -> Command {
    let mut command = lambda.function(env!("CARGO_BIN_EXE_user-writer"), "user-writer");
    command.envs([("USERS_TABLE_NAME", "users"), ("MAXIMUM_RECEIVES", "5")]);
    command
}

fn message(id: &str, receives: u32, body: &Value) -> Value {
    json!({
        "messageId": id,
        "body": body.to_string(),
        "attributes": { "ApproximateReceiveCount": receives.to_string() },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    })
}

#[test]
fn a_batch_is_written_answered_measured_and_logged() {
    let lambda = lambda();
    let good = json!({ "name": "hush hush", "email": "hush@example.com" });
    let bad = json!({ "name": "hush", "email": "hush@example.com" });
    let last = message("m-3", 5, &bad);
    lambda.invoke(json!({ "Records": [message("m-1", 1, &good), message("m-2", 1, &bad), last] }));
    lambda.invoke(json!({ "answer": 42 }));
    lambda.invoke(json!({ "Records": [] }));

    let mut child = function(&lambda).spawn().unwrap();
    let answer = lambda.answer();
    assert!(!answer.is_error, "{answer:?}");
    let failures = json!([{ "itemIdentifier": "m-2" }, { "itemIdentifier": "m-3" }]);
    assert_eq!(answer.body, json!({ "batchItemFailures": failures }));
    let answer = lambda.answer();
    assert!(answer.is_error, "{answer:?}");
    assert_eq!(lambda.answer().body, json!({ "batchItemFailures": [] }));
    child.kill().unwrap();

    let mut calls = lambda.calls();
    calls.sort_by_key(|call| call.input["Item"]["SQSMessageID"]["S"].to_string());
    let [user, failure] = &calls[..] else { panic!("{calls:?}") };
    for (call, attribute, value) in [
        (user, "Name", "hush hush"),
        (user, "SQSMessageID", "m-1"),
        (failure, "Reason", "name must be 5 to 256 characters long, not 4"),
        (failure, "SQSMessageID", "m-3"),
    ] {
        assert_eq!(call.target, "DynamoDB_20120810.PutItem");
        assert_eq!(call.input["TableName"], "users");
        assert_eq!(call.input["Item"][attribute], json!({ "S": value }));
    }

    let output = child.wait_with_output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hush"));
    let lines = log_lines(&output);
    let found = |name: &str| lines.iter().find(|line| !line[name].is_null()).unwrap();
    let of_message = |id: &str| lines.iter().find(|line| line["messageId"] == id).unwrap();
    let error = json!("the request is not valid: name must be 5 to 256 characters long, not 4");
    for (line, name, value) in [
        (of_message("m-2"), "level", json!("ERROR")),
        (of_message("m-2"), "error", error.clone()),
        (of_message("m-2"), "receives", json!(1)),
        (of_message("m-2"), "requestId", json!("request-1")),
        (of_message("m-3"), "error", error),
        (of_message("m-3"), "receives", json!(5)),
        (found("created"), "created", json!(1)),
        (found("created"), "failed", json!(2)),
        (found("ColdStart"), "UsersCreated", json!(1)),
        (found("ColdStart"), "UsersRepeated", json!(0)),
        (found("ColdStart"), "UsersFailed", json!(2)),
        (found("ColdStart"), "Service", json!("user-writer")),
    ] {
        assert_eq!(line[name], value, "{name} of {line}");
    }
}

#[test]
fn a_function_without_good_settings_says_which_and_ends() {
    for (table, receives, expected) in [
        ("", "", "missing or empty in the environment: USERS_TABLE_NAME, MAXIMUM_RECEIVES"),
        ("users", "0", "MAXIMUM_RECEIVES must be a whole number from 1 on; got \"0\""),
        ("users", "five", "MAXIMUM_RECEIVES must be a whole number from 1 on; got \"five\""),
    ] {
        let mut function = function(&lambda());
        function.envs([("USERS_TABLE_NAME", table), ("MAXIMUM_RECEIVES", receives)]);
        let output = function.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let lines = log_lines(&output);
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((&line["level"], &line["error"]), (&json!("ERROR"), &json!(expected)));
    }
}
