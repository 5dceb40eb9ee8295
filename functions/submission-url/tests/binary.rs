//! The binary as Lambda runs it.

use std::process::Command;

use lambda_kit::testing::{Lambda, log_lines};
use serde_json::{Value, json};

/// A Lambda in whose AWS every table is empty, and an execution is asked for in vain: the connection
/// breaks off.
fn lambda() -> Lambda {
    Lambda::start(|call| {
        (!call.target.ends_with(".StartSyncExecution")).then(|| json!({ "Items": [] }))
    })
}

fn function(lambda: &Lambda) -> Command {
    let mut command = lambda.function(env!("CARGO_BIN_EXE_submission-url"), "submission-url");
    command.envs([("STATE_MACHINE_ARN", "arn:machine"), ("TABLE_NAME", "submissions")]);
    command
}

fn get(query: &str) -> Value {
    let context = json!({ "http": { "method": "GET" } });
    json!({ "rawPath": "/", "rawQueryString": query, "requestContext": context })
}

#[test]
fn an_invocation_is_answered_measured_and_logged() {
    let lambda = lambda();
    for query in ["", "user_name=&email=%"] {
        lambda.invoke(get(query));
    }

    let mut child = function(&lambda).spawn().unwrap();
    let list = lambda.answer();
    assert!(!list.is_error, "{list:?}");
    assert_eq!((&list.body["statusCode"], &list.body["body"]), (&json!(200), &json!("[]")));
    assert_eq!(lambda.answer().body["statusCode"], 400);
    child.kill().unwrap();

    let lines = log_lines(&child.wait_with_output().unwrap());
    let [first, outcome, second] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&first["ColdStart"], &first["Service"]), (&json!(1), &json!("submission-url")));
    assert_eq!((&second["ColdStart"], &second["SubmissionsRejected"]), (&Value::Null, &json!(1)));
    for (name, value) in [
        ("requestId", json!("request-1")),
        ("functionName", json!("submission-url")),
        ("coldStart", json!(false)),
        ("xrayTraceId", json!("1-a-b")),
        ("outcome", json!("rejected")),
        ("fields", json!("email,pincode,user_name")),
    ] {
        assert_eq!(outcome[name], value, "{name}");
    }
}

#[test]
fn an_execution_that_may_have_started_is_not_started_again() {
    let lambda = lambda();
    lambda.invoke(get("user_name=Ada&email=ada@example.com&pincode=12345"));

    let mut child = function(&lambda).spawn().unwrap();
    let answer = lambda.answer();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(answer.body["statusCode"], 502);
    let calls: Vec<_> = lambda.calls().into_iter().map(|call| call.target).collect();
    assert_eq!(calls, ["AWSStepFunctions.StartSyncExecution"]);
}

#[test]
fn a_function_without_its_settings_says_which_and_ends() {
    let mut function = function(&lambda());
    let output = function.env_remove("STATE_MACHINE_ARN").env("TABLE_NAME", "").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines = log_lines(&output);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["error"], "missing or empty in the environment: STATE_MACHINE_ARN, TABLE_NAME");
}
