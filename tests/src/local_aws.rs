//! The local AWS that a test run shares.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU16, Ordering};

use serde_json::Value;
use tempfile::TempDir;

use crate::command::{repository, spillway};

/// A local AWS without a stack, with packaged functions ready to be applied.
pub struct LocalAws {
    port: u16,
    /// Its standard input is the lifeline: it closes when the test process ends, however it ends.
    _supervisor: Child,
}

impl LocalAws {
    /// The one of this test run, started by the first test that needs it.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<LocalAws> = LazyLock::new(LocalAws::start);
        &SHARED
    }

    /// Where it answers.
    pub fn endpoint(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The environment in which terraform and other tools use it, as `spillway env` gives it.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let output = self.command(&["env", "--json"]).assert().success();
        serde_json::from_slice(&output.get_output().stdout).expect("an object of strings")
    }

    /// The `spillway` command for this local AWS.
    pub fn command(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = spillway(arguments);
        command.args(["--port", &self.port.to_string()]);
        command.into()
    }

    /// A new folder that goes with this local AWS, if nobody removes it before.
    pub fn folder(&self) -> TempDir {
        let instance = repository().join(".spillway").join(self.port.to_string());
        tempfile::tempdir_in(instance).expect("a folder in that of a running instance")
    }

    /// Calls a service in AWS's JSON protocol, such as `DynamoDB_20120810.ListTables`.
    pub fn call(&self, target: &str, input: &Value) -> Value {
        let headers = [("X-Amz-Target", target), ("Content-Type", "application/x-amz-json-1.0")];
        let answer =
            crate::request("POST", &self.endpoint(), &headers, input.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{target}: {}", answer.body);
        answer.json()
    }

    /// The requests of late that it answered with an error, a line each.
    pub fn refusals(&self) -> String {
        let journal = crate::get(&format!("{}/_spillway/requests", self.endpoint())).json();
        let requests = journal["requests"].as_array().expect("a list").iter();
        let refused = requests.filter(|request| request["status"].as_u64() >= Some(400));
        refused.map(|request| format!("{request}\n")).collect()
    }

    fn start() -> Self {
        assert_cmd::Command::from(spillway(&["package", "--profile", "local"])).assert().success();
        let port = free_port();
        let mut supervisor = spillway(&["serve", "--port", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("spillway serve starts");
        let output = supervisor.stdout.take().expect("standard output is piped");
        let ready = BufReader::new(output).lines().next();
        assert!(matches!(ready, Some(Ok(ref line)) if line == "ready"), "serve said {ready:?}");
        Self { port, _supervisor: supervisor }
    }
}

/// A port that nothing listened on a moment ago, and another one at each call. It lies below those
/// that systems give to outgoing connections, so that it stays free.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 20_000 + (std::process::id() % 10_000) as u16;
    let mut ports = std::iter::repeat_with(|| first + NEXT.fetch_add(1, Ordering::Relaxed));
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("it goes on for ever")
}
