//! `spillway rest-api`: an API served from a document, or as a control plane has it, by itself.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{LocalAws, eventually, get, post, request, spillway};
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(20);

/// The command while it serves. It ends with the test.
struct Server {
    child: Child,
    /// What it has written to either output so far.
    said: Arc<Mutex<String>>,
}

impl Server {
    fn start(arguments: &[&str]) -> Self {
        let mut command = spillway(&["rest-api", "--listen", "127.0.0.1:0"]);
        command.args(arguments).envs([("AWS_ACCESS_KEY_ID", "test")]);
        command.envs([("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "us-east-1")]);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("spillway rest-api starts");
        let said = Arc::default();
        collect(child.stdout.take().expect("standard output is piped"), &said);
        collect(child.stderr.take().expect("standard error is piped"), &said);
        Self { child, said }
    }

    /// Waits until it has said something that contains `text`, and returns that line.
    fn line(&self, text: &str) -> String {
        eventually(&format!("{text:?} in what it says"), DEADLINE, || {
            let said = self.said.lock().unwrap();
            said.lines().find(|line| line.contains(text)).map(str::to_owned)
        })
    }

    /// Where it says that an API is.
    fn url(&self) -> String {
        let line = self.line(" at http://");
        line.split_once(" at ").expect("the line has it").1.to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(output: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}

/// A document on disk, whose API greets.
struct Document {
    path: PathBuf,
    _folder: TempDir,
}

impl Document {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let document = Self { path: folder.path().join("api.json"), _folder: folder };
        document.write(text);
        document
    }

    fn write(&self, text: &str) {
        fs::write(&self.path, text).unwrap();
    }

    fn path(&self) -> &str {
        self.path.to_str().unwrap()
    }
}

fn api(greeting: &str) -> Value {
    let template = format!(r#"{{"{greeting}": "$stageVariables.whom$input.params('id')"}}"#);
    json!({
        "openapi": "3.0.1",
        "info": { "title": "greetings", "version": "1" },
        "paths": { "/greetings/{id}": { "get": {
            "parameters": [
                { "name": "id", "in": "path", "required": true, "schema": { "type": "string" } },
            ],
            "responses": { "200": { "description": "fine" } },
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": { "application/json": r#"{"statusCode": 200}"# },
                "responses": { "default": {
                    "statusCode": "200",
                    "responseTemplates": { "application/json": template },
                } },
            },
        } } },
    })
}

#[test]
fn a_document_is_served_at_the_root() {
    let document = Document::new(&api("hello").to_string());
    let server = Server::start(&["--openapi", document.path(), "--variable", "whom=x="]);
    let url = server.url();
    server.line("  GET /greetings/{id}");
    let answer = get(&format!("{url}/greetings/a%2Fb"));
    assert_eq!((answer.status, answer.json()), (200, json!({"hello": "x=a/b"})));
    assert_eq!(get(&url).status, 403);
    let overridden =
        request("PUT", &format!("{url}/greetings/7"), &[("X-HTTP-Method-Override", "get")], b"");
    assert_eq!(overridden.status, 200);
    let large = vec![b' '; 10 * 1024 * 1024 + 1];
    assert_eq!(post(&format!("{url}/greetings/7"), "text/plain", &large).status, 413);
}

#[test]
fn a_changed_document_is_served_anew_and_a_broken_one_is_not() {
    let document = Document::new(&api("first").to_string());
    let server = Server::start(&["--openapi", document.path()]);
    let greeting = format!("{}/greetings/7", server.url());
    assert_eq!(get(&greeting).json(), json!({"first": "7"}));

    document.write("{\"openapi\": ");
    server.line("the document cannot be imported");
    server.line("the document is not valid");
    assert_eq!(get(&greeting).json(), json!({"first": "7"}));

    let mut second = api("second");
    second["paths"]["/nothing"] = json!({"get": {}});
    document.write(&second.to_string());
    server.line("was read again");
    server.line("warning: GET /nothing has no integration, so it answers 500");
    assert_eq!(get(&greeting).json(), json!({"second": "7"}));

    fs::remove_file(&document.path).unwrap();
    server.line("could not read ");
    assert_eq!(get(&greeting).json(), json!({"second": "7"}));
}

#[test]
fn what_cannot_be_served_is_refused_with_a_reason() {
    let document = Document::new(&api("hello").to_string());
    let broken = Document::new("{\"openapi\": \"3.0.1\", \"paths\": {\"a\": {}}}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let (good, bad) = (document.path(), broken.path());
    for (arguments, code, reason) in [
        (vec![], 2, "required"),
        (vec!["--openapi", "/nowhere/api.yaml"], 2, "could not read /nowhere/api.yaml"),
        (vec!["--openapi", bad], 2, "A path must begin with '/'"),
        (vec!["--openapi", good, "--stage", "a/b"], 2, "it must be 1 to 128 of a-zA-Z0-9_-"),
        (vec!["--openapi", good, "--variable", "a"], 2, "it must be NAME=VALUE"),
        (vec!["--openapi", good, "--api", "a"], 2, "cannot be used with"),
        (vec!["--control-plane", "http://127.0.0.1:1", "--stage", "a"], 2, "cannot be used with"),
        (vec!["--control-plane", "localhost:4566"], 2, "is no URL"),
        (vec!["--control-plane", "http://127.0.0.1:1"], 1, "did not answer /restapis"),
        (vec!["--openapi", good, "--listen", &taken], 1, "could not listen on"),
    ] {
        let mut command = spillway(&["rest-api"]);
        command.args(&arguments);
        if !arguments.contains(&"--listen") {
            command.args(["--listen", "127.0.0.1:0"]);
        }
        let assert = assert_cmd::Command::from(command).timeout(DEADLINE).assert().code(code);
        let error = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
        assert!(error.contains(reason), "{arguments:?} was refused with {error}");
    }
}

#[test]
fn what_a_control_plane_has_is_served_alike() {
    let local = LocalAws::shared().endpoint();
    let json = "application/json";
    let imported =
        post(&format!("{local}/restapis?mode=import"), json, api("hi").to_string().as_bytes());
    assert_eq!(imported.status, 201, "{}", imported.body);
    let imported = imported.json();
    let id = imported["id"].as_str().unwrap();
    let stage = json!({"stageName": "live", "variables": {"whom": "Ada-"}}).to_string();
    let deployed = post(&format!("{local}/restapis/{id}/deployments"), json, stage.as_bytes());
    assert_eq!(deployed.status, 201, "{}", deployed.body);

    let server = Server::start(&["--control-plane", &local, "--api", id]);
    let url = server.url();
    assert!(url.ends_with(&format!("/_aws/execute-api/{id}/live")), "{url}");
    let there = format!("{local}/_aws/execute-api/{id}/live");
    for path in ["/greetings/7", "/greetings/%C3%A9?q=1", "/greetings", "/greetings/7/"] {
        let (alone, there) = (get(&format!("{url}{path}")), get(&format!("{there}{path}")));
        assert_eq!((alone.status, &alone.body), (there.status, &there.body), "{path}");
        assert_eq!(alone.header("content-type"), there.header("content-type"), "{path}");
    }
    assert_eq!(get(&format!("{url}/greetings/7")).json(), json!({"hi": "Ada-7"}));
}
