//! The binary as Lambda runs it: a process between a Runtime API and DynamoDB, both played by one
//! server here.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// What Lambda sets, with AWS and the Runtime API at `address`.
fn function(address: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_order-api"));
    command.env_clear().stdin(Stdio::null()).envs([
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_LAMBDA_FUNCTION_NAME", "order-api"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ENDPOINT_URL", &format!("http://{address}")),
        ("TABLE_NAME", "orders"),
        ("IDEMPOTENCY_TABLE_NAME", "records"),
        ("TABLE_ALIAS", "known-as"),
    ]);
    command
}

fn lines(output: &Output) -> Vec<Value> {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The server's other end.
struct Cloud {
    address: String,
    /// What the function is to be invoked with.
    events: Sender<Value>,
    /// What the function answers.
    answers: Receiver<Value>,
    /// What was asked of DynamoDB.
    calls: Receiver<Value>,
}

fn cloud() -> Cloud {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (events, to_hand_out) = channel();
    let (answered, answers) = channel();
    let (called, calls) = channel();
    thread::spawn(move || {
        let events = Arc::new(Mutex::new(to_hand_out));
        for stream in listener.incoming() {
            let (events, answered, called) =
                (Arc::clone(&events), answered.clone(), called.clone());
            thread::spawn(move || serve(stream.unwrap(), &events, &answered, &called));
        }
    });
    Cloud { address, events, answers, calls }
}

/// Answers the requests of one connection. `events` are handed out one at a time; then the
/// connection stays open without an answer, as Lambda's does.
fn serve(
    mut stream: TcpStream,
    events: &Mutex<Receiver<Value>>,
    answers: &Sender<Value>,
    calls: &Sender<Value>,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push(line.trim_end().to_lowercase());
        }
        let length = head.iter().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).unwrap();
        let (headers, answer) = if head[0].contains("/invocation/next") {
            let Ok(event) = events.lock().unwrap().recv() else {
                return;
            };
            let headers = "lambda-runtime-aws-request-id: request-1\r\n\
                           lambda-runtime-deadline-ms: 4102444800000\r\n\
                           lambda-runtime-trace-id: Root=1-a-b;Sampled=1\r\n";
            (headers, event)
        } else {
            if head[0].contains("/runtime/invocation/") {
                answers.send(serde_json::from_slice(&body).unwrap()).unwrap();
            } else if head.iter().any(|line| line.starts_with("x-amz-target: ")) {
                calls.send(serde_json::from_slice(&body).unwrap()).unwrap();
            }
            ("", json!({ "Item": { "id": { "S": "a" }, "price": { "N": "78.89" } } }))
        };
        let answer = answer.to_string();
        let head = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", answer.len());
        stream.write_all((head + &answer).as_bytes()).unwrap();
    }
}

#[test]
fn an_invocation_is_answered_measured_and_logged() {
    let cloud = cloud();
    let read = r#"{"operation":"read","tableName":"known-as","payload":{"Key":{"id":"a"}}}"#;
    let foreign = r#"{"operation":"ping","tableName":"secret-table"}"#;
    for body in [read, r#"{"operation":"update","payload":{"Key":{"id":7}}}"#, foreign] {
        cloud.events.send(json!({ "headers": null, "body": body })).unwrap();
    }

    let mut child =
        function(&cloud.address).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let answer = cloud.answers.recv().unwrap();
    assert_eq!(answer["body"], r#"{"Item":{"id":"a","price":78.89}}"#);
    let refusal = cloud.answers.recv().unwrap();
    assert_eq!(refusal["statusCode"], 400);
    assert_eq!(cloud.answers.recv().unwrap()["statusCode"], 403);
    child.kill().unwrap();
    assert_eq!(cloud.calls.recv().unwrap()["TableName"], "orders");

    let lines = lines(&child.wait_with_output().unwrap());
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
    let output = function("127.0.0.1:1")
        .env_remove("TABLE_NAME")
        .env("IDEMPOTENCY_TABLE_NAME", "")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    let expected = "missing or empty in the environment: TABLE_NAME, IDEMPOTENCY_TABLE_NAME";
    assert_eq!((&line["level"], &line["error"]), (&json!("ERROR"), &json!(expected)));
}
