//! The binary as Lambda runs it: a process between a Runtime API and AWS, both played by one server
//! here.
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
    let mut command = Command::new(env!("CARGO_BIN_EXE_submission-url"));
    command.env_clear().stdin(Stdio::null()).envs([
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_LAMBDA_FUNCTION_NAME", "submission-url"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_ENDPOINT_URL", &format!("http://{address}")),
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
        ("STATE_MACHINE_ARN", "arn:machine"),
        ("TABLE_NAME", "submissions"),
    ]);
    command
}

fn lines(output: &Output) -> Vec<Value> {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Answers the requests of one connection. `events` are handed out one at a time; then the
/// connection stays open without an answer, as Lambda's does.
fn serve(
    mut stream: TcpStream,
    events: &Mutex<Receiver<Value>>,
    answers: &Sender<(String, Value)>,
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
                answers.send((head[0].clone(), serde_json::from_slice(&body).unwrap())).unwrap();
            }
            ("", json!({ "Items": [] }))
        };
        let answer = answer.to_string();
        let head = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {}\r\n\r\n", answer.len());
        stream.write_all((head + &answer).as_bytes()).unwrap();
    }
}

#[test]
fn an_invocation_is_answered_measured_and_logged() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (event, events) = channel();
    let (answered, answers) = channel();
    thread::spawn(move || {
        let events = Arc::new(Mutex::new(events));
        for stream in listener.incoming() {
            let (events, answered) = (Arc::clone(&events), answered.clone());
            thread::spawn(move || serve(stream.unwrap(), &events, &answered));
        }
    });
    for query in ["", "user_name=&email=%"] {
        let context = json!({ "http": { "method": "GET" } });
        let request = json!({ "rawPath": "/", "rawQueryString": query, "requestContext": context });
        event.send(request).unwrap();
    }

    let mut child =
        function(&address).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (path, list) = answers.recv().unwrap();
    assert!(path.contains("/invocation/request-1/response"), "{path}");
    assert_eq!((&list["statusCode"], &list["body"]), (&json!(200), &json!("[]")));
    let (_, refusal) = answers.recv().unwrap();
    assert_eq!(refusal["statusCode"], 400);
    child.kill().unwrap();

    let lines = lines(&child.wait_with_output().unwrap());
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
fn a_function_without_its_settings_says_which_and_ends() {
    let output =
        function("127.0.0.1:1").env_remove("STATE_MACHINE_ARN").env("TABLE_NAME", "").output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["error"], "missing or empty in the environment: STATE_MACHINE_ARN, TABLE_NAME");
}
