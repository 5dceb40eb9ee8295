//! `spillway load`: what it counts, and where it does not send.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use assert_cmd::assert::Assert;
use serde_json::{Value, json};
use spillway_tests::{free_port, spillway};

/// A server that answers its first requests with one status and later ones with another.
struct Stub {
    url: String,
    answered: Arc<AtomicUsize>,
}

impl Stub {
    fn start(first: usize, status: &'static str, then: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let answered = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&answered);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let number = count.fetch_add(1, Ordering::SeqCst);
                answer(stream.unwrap(), if number < first { status } else { then });
            }
        });
        Self { url, answered }
    }
}

/// Answers one request without a body.
fn answer(mut stream: TcpStream, status: &str) {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: 4\r\nConnection: close\r\n\r\n");
    stream.write_all(format!("{head}said").as_bytes()).unwrap();
}

fn load(arguments: &[&str]) -> Assert {
    let mut command = spillway(&["load", "function-url-ingest"]);
    command.args(arguments);
    assert_cmd::Command::from(command).assert()
}

fn figures(assert: &Assert) -> Value {
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

fn text(output: &[u8]) -> String {
    String::from_utf8(output.to_vec()).unwrap()
}

#[test]
fn every_request_of_every_round_is_counted() {
    let stub = Stub::start(0, "200 OK", "200 OK");
    let assert = load(&["--url", &stub.url, "--rounds", "3", "--at-once", "4", "--json"]).success();
    let figures = figures(&assert);
    let counted = ["rounds", "requests", "succeeded", "success_percent", "failures"];
    let counted: Vec<_> = counted.iter().map(|name| &figures[name]).collect();
    assert_eq!(json!(counted), json!([3, 12, 12, 100.0, {}]));
    assert_eq!(stub.answered.load(Ordering::SeqCst), 12);
    let ordered = ["p50_ms", "p95_ms", "p99_ms", "total_ms"];
    let ordered: Vec<_> = ordered.iter().map(|name| figures[name].as_f64().unwrap()).collect();
    assert!(ordered.is_sorted(), "{figures}");
}

#[test]
fn a_request_that_fails_is_told_and_fails_the_command() {
    let stub = Stub::start(2, "503 Service Unavailable", "200 OK");
    let assert = load(&["--url", &stub.url, "--rounds", "2", "--at-once", "5", "--json"]).code(1);
    let figures = figures(&assert);
    assert_eq!(figures["failures"], json!({"503 said": 2}));
    assert_eq!(figures["success_percent"], 80.0);
}

#[test]
fn people_read_the_figures_by_name() {
    let stub = Stub::start(1, "500 Internal Server Error", "200 OK");
    let assert = load(&["--url", &stub.url]).code(1);
    let printed = text(&assert.get_output().stdout);
    let names: Vec<_> = printed.lines().filter_map(|line| line.get(..14)).collect();
    let expected = ["success rate", "total time", "average", "per round", "p50", "p95", "p99"];
    for name in expected {
        assert!(names.iter().any(|line| line.trim() == name), "{name} is not in\n{printed}");
    }
    assert!(printed.contains("99.0 % (99 of 100)"), "{printed}");
    assert!(printed.contains("failed: 1 x 500 said"), "{printed}");
}

#[test]
fn rounds_go_on_until_the_seconds_are_over() {
    let stub = Stub::start(0, "200 OK", "200 OK");
    let assert = load(&["--url", &stub.url, "--seconds", "1", "--json"]).success();
    assert!(figures(&assert)["total_ms"].as_f64() >= Some(1000.0));
}

#[test]
fn nobody_answers() {
    let url = format!("http://127.0.0.1:{}/", free_port());
    let assert = load(&["--url", &url, "--rounds", "1", "--at-once", "2", "--json"]).code(1);
    assert_eq!(figures(&assert)["succeeded"], 0);
}

/// Refused before anything is sent, with status and a message in which each of `words` stands.
#[track_caller]
fn assert_refused(arguments: &[&str], status: i32, words: &[&str]) {
    let assert = load(arguments).code(status);
    let error = text(&assert.get_output().stderr);
    for word in words {
        assert!(error.contains(word), "{word:?} is not in {error}");
    }
}

#[test]
fn another_machine_is_asked_only_on_demand() {
    assert_refused(&["--url", "http://192.0.2.1/"], 2, &["http://192.0.2.1/", "--remote"]);
}

#[test]
fn what_is_out_of_bounds_is_named() {
    for arguments in [
        ["--rounds", "0"],
        ["--rounds", "10001"],
        ["--at-once", "257"],
        ["--seconds", "301"],
        ["--url", "https://localhost/"],
    ] {
        assert_refused(&arguments, 2, &arguments);
    }
    assert_refused(&["--rounds", "1", "--seconds", "1"], 2, &["--rounds", "--seconds"]);
}

#[test]
fn a_pattern_that_does_not_run_is_named() {
    let port = free_port().to_string();
    assert_refused(&["--port", &port], 1, &["no local AWS runs on port", &port, "scripts/up"]);
}
