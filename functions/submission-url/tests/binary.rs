//! The binary as Lambda runs it: a process between a Runtime API and AWS, both played by one server
//! here.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
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

fn start(cloud: &Cloud) -> Child {
    function(&cloud.address).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn get(query: &str) -> Value {
    let context = json!({ "http": { "method": "GET" } });
    json!({ "rawPath": "/", "rawQueryString": query, "requestContext": context })
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
    /// What the function answers: the request's first line and its body.
    answers: Receiver<(String, Value)>,
    /// What was asked of AWS: each call's `x-amz-target`, in lower case.
    calls: Receiver<String>,
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
/// connection stays open without an answer, as Lambda's does. An execution is asked for in vain:
/// once that call is read whole, the connection closes.
fn serve(
    mut stream: TcpStream,
    events: &Mutex<Receiver<Value>>,
    answers: &Sender<(String, Value)>,
    calls: &Sender<String>,
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
        if let Some(target) = head.iter().find_map(|line| line.strip_prefix("x-amz-target: ")) {
            calls.send(target.to_owned()).unwrap();
            if target.ends_with(".startsyncexecution") {
                return;
            }
        }
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
    let cloud = cloud();
    for query in ["", "user_name=&email=%"] {
        cloud.events.send(get(query)).unwrap();
    }

    let mut child = start(&cloud);
    let (path, list) = cloud.answers.recv().unwrap();
    assert!(path.contains("/invocation/request-1/response"), "{path}");
    assert_eq!((&list["statusCode"], &list["body"]), (&json!(200), &json!("[]")));
    let (_, refusal) = cloud.answers.recv().unwrap();
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
fn an_execution_that_may_have_started_is_not_started_again() {
    let cloud = cloud();
    let submission = "user_name=Ada&email=ada@example.com&pincode=12345";
    cloud.events.send(get(submission)).unwrap();

    let mut child = start(&cloud);
    let (_, answer) = cloud.answers.recv().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(answer["statusCode"], 502);
    let calls: Vec<String> = cloud.calls.try_iter().collect();
    assert_eq!(calls, ["awsstepfunctions.startsyncexecution"]);
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
