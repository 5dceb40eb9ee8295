//! The binary as Lambda runs it.

use std::process::Command;

use lambda_kit::testing::{Lambda, log_lines};
use serde_json::{Value, json};

fn lambda() -> Lambda {
    Lambda::start(|_| Some(json!({})))
}

fn function(lambda: &Lambda) -> Command {
    let mut command = lambda.function(env!("CARGO_BIN_EXE_comment-stream"), "comment-stream");
    command.envs([("STATS_TABLE_NAME", "stats"), ("EVENTS_TABLE_NAME", "markers")]);
    command
}

fn insert(number: u32, image: &Value) -> Value {
    json!({
        "eventID": format!("e{number}"),
        "eventName": "INSERT",
        "dynamodb": { "SequenceNumber": number.to_string(), "NewImage": image },
    })
}

#[test]
fn a_batch_is_counted_answered_measured_and_logged() {
    let lambda = lambda();
    let good = json!({
        "pageId": { "S": "a" },
        "message": { "S": "hush" },
        "createdAt": { "S": "2015-04-09T12:34:56.789Z" },
    });
    let poison = json!({ "message": { "S": "hush" } });
    lambda.invoke(json!({ "Records": [insert(111, &good), insert(222, &poison)] }));
    lambda.invoke(json!({ "answer": 42 }));
    lambda.invoke(json!({ "Records": [] }));

    let mut child = function(&lambda).spawn().unwrap();
    let answer = lambda.answer();
    assert!(!answer.is_error, "{answer:?}");
    assert_eq!(answer.body, json!({ "batchItemFailures": [{ "itemIdentifier": "222" }] }));
    let answer = lambda.answer();
    assert!(answer.is_error, "{answer:?}");
    assert_eq!(lambda.answer().body, json!({ "batchItemFailures": [] }));
    child.kill().unwrap();

    let calls = lambda.calls();
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!(call.target, "DynamoDB_20120810.TransactWriteItems");
    let items = &call.input["TransactItems"];
    assert_eq!(items[0]["Put"]["TableName"], "markers");
    assert_eq!(items[1]["Update"]["TableName"], "stats");

    let output = child.wait_with_output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hush"));
    let lines = log_lines(&output);
    let found = |name: &str| lines.iter().find(|line| !line[name].is_null()).unwrap();
    for (line, name, value) in [
        (found("sequenceNumber"), "level", json!("ERROR")),
        (found("sequenceNumber"), "sequenceNumber", json!("222")),
        (found("sequenceNumber"), "eventId", json!("e222")),
        (found("sequenceNumber"), "requestId", json!("request-1")),
        (found("processed"), "processed", json!(1)),
        (found("processed"), "failed", json!(1)),
        (found("ColdStart"), "CommentsProcessed", json!(1)),
        (found("ColdStart"), "CommentsFailed", json!(1)),
        (found("ColdStart"), "Service", json!("comment-stream")),
    ] {
        assert_eq!(line[name], value, "{name} of {line}");
    }
}

#[test]
fn a_function_without_its_settings_says_which_and_ends() {
    let mut function = function(&lambda());
    function.env_remove("STATS_TABLE_NAME").env("EVENTS_TABLE_NAME", "");
    let output = function.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines = log_lines(&output);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let expected = "missing or empty in the environment: STATS_TABLE_NAME, EVENTS_TABLE_NAME";
    assert_eq!((&line["level"], &line["error"]), (&json!("ERROR"), &json!(expected)));
}
