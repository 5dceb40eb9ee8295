//! The binary as Lambda runs it.

use std::process::Command;

use lambda_kit::testing::{Lambda, log_lines};
use serde_json::{Value, json};

/// A Lambda in whose DynamoDB every item is this one.
fn lambda() -> Lambda {
    Lambda::start(|_| Some(json!({ "Item": { "id": { "S": "a" }, "price": { "N": "78.89" } } })))
}

fn function(lambda: &Lambda) -> Command {
    let mut command = lambda.function(env!("CARGO_BIN_EXE_order-api"), "order-api");
    command.envs([
        ("TABLE_NAME", "orders"),
        ("IDEMPOTENCY_TABLE_NAME", "records"),
        ("TABLE_ALIAS", "known-as"),
    ]);
    command
}

#[test]
fn an_invocation_is_answered_measured_and_logged() {
    let lambda = lambda();
    let read = r#"{"operation":"read","tableName":"known-as","payload":{"Key":{"id":"a"}}}"#;
    let foreign = r#"{"operation":"ping","tableName":"secret-table"}"#;
    for body in [read, r#"{"operation":"update","payload":{"Key":{"id":7}}}"#, foreign] {
        lambda.invoke(json!({ "headers": null, "body": body }));
    }

    let mut child = function(&lambda).spawn().unwrap();
    assert_eq!(lambda.answer().body["body"], r#"{"Item":{"id":"a","price":78.89}}"#);
    assert_eq!(lambda.answer().body["statusCode"], 400);
    assert_eq!(lambda.answer().body["statusCode"], 403);
    child.kill().unwrap();
    assert_eq!(lambda.calls()[0].input["TableName"], "orders");

    let lines = log_lines(&child.wait_with_output().unwrap());
    let [answered, first, refused, second, foreign, _] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((&first["ColdStart"], &first["Service"]), (&json!(1), &json!("order-api")));
    assert_eq!((&second["ColdStart"], &second["RequestsRefused"]), (&Value::Null, &json!(1)));
    for (line, name, value) in [
        (answered, "coldStart", json!(true)),
        (answered, "outcome", json!("answered")),
        (answered, "operation", json!("read")),
        (answered, "status", json!(200)),
        (answered, "replayed", json!(false)),
        (refused, "requestId", json!("request-1")),
        (refused, "coldStart", json!(false)),
        (refused, "xrayTraceId", json!("1-a-b")),
        (refused, "outcome", json!("refused")),
        (refused, "status", json!(400)),
        (refused, "parameters", json!("payload.Key.id,payload.UpdateExpression")),
        (foreign, "outcome", json!("refused")),
        (foreign, "status", json!(403)),
        (foreign, "reason", json!("tableName is another table")),
    ] {
        assert_eq!(line[name], value, "{name} of {line}");
    }
}

#[test]
fn a_function_without_its_settings_says_which_and_ends() {
    let mut function = function(&lambda());
    function.env_remove("TABLE_NAME").env("IDEMPOTENCY_TABLE_NAME", "");
    let output = function.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines = log_lines(&output);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let expected = "missing or empty in the environment: TABLE_NAME, IDEMPOTENCY_TABLE_NAME";
    assert_eq!((&line["level"], &line["error"]), (&json!("ERROR"), &json!(expected)));
}
