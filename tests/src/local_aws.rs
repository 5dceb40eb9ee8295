//! The local AWS that a test run shares, and those that are started otherwise.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, LazyLock};

use aws_call::{Aws, Call, Outbound};
use rustix::process::Pid;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::command::{repository, spillway};

/// Drives the calls of all tests.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(1).enable_all().build().expect("a runtime")
});

/// The signing names of services, by how their targets begin.
const SIGNING_NAMES: [(&str, &str); 9] = [
    ("AmazonSQS", "sqs"),
    ("AmazonSSM", "ssm"),
    ("AWSCognitoIdentityProviderService", "cognito-idp"),
    ("AWSEvents", "events"),
    ("AWSStepFunctions", "states"),
    ("DynamoDB", "dynamodb"),
    ("GraniteServiceVersion20100801", "monitoring"),
    ("Kinesis", "kinesis"),
    ("Logs", "logs"),
];

/// The service of an operation of the JSON protocol, as signatures name it.
fn signing_name(target: &str) -> &'static str {
    let known = SIGNING_NAMES.iter().find(|(prefix, _)| target.starts_with(prefix));
    known.unwrap_or_else(|| panic!("no signing name is known for {target}")).1
}

/// A local AWS without a stack, with packaged functions ready to be applied.
pub struct LocalAws {
    port: u16,
    aws: Aws,
    /// Its standard input is the lifeline: it closes when the test process ends, however it ends.
    _supervisor: Child,
}

impl LocalAws {
    /// The one of this test run, started by the first test that needs it.
    pub fn shared() -> &'static Self {
        static SHARED: LazyLock<LocalAws> = LazyLock::new(|| LocalAws::with(&[]));
        &SHARED
    }

    /// One more, which refuses what policies do not allow.
    pub fn enforcing_iam() -> &'static Self {
        static ENFORCING: LazyLock<LocalAws> = LazyLock::new(|| LocalAws::with(&["--enforce-iam"]));
        &ENFORCING
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

    /// Calls a service in AWS's JSON protocol, such as `DynamoDB_20120810.ListTables`, as the root of
    /// the account.
    ///
    /// # Panics
    /// If the service refuses; the message shows its answer.
    pub fn call(&self, target: &str, input: &Value) -> Value {
        let (status, answer) = self.answer(target, input);
        assert!((200..300).contains(&status), "{target} {input}: {answer}");
        answer
    }

    /// Calls likewise, and gives the status and the answer whatever they are.
    pub fn answer(&self, target: &str, input: &Value) -> (u16, Value) {
        let headers = [("x-amz-target", target), ("content-type", "application/x-amz-json-1.0")];
        let service = signing_name(target);
        let answer = self.send(service, "POST", "/", &headers, &input.to_string());
        let text = String::from_utf8_lossy(answer.body());
        let document =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{target}: {error}: {text}"));
        (answer.status().as_u16(), document)
    }

    /// Calls a service in AWS's query protocol as the root of the account and gives the XML.
    ///
    /// # Panics
    /// If the service refuses; the message shows its answer.
    pub fn query(&self, service: &'static str, form: &[(&str, &str)]) -> String {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.signed(service, "POST", "/", &headers, &form)
    }

    /// Calls a service's REST interface as the root of the account and gives the answer's body.
    ///
    /// # Panics
    /// If the service refuses; the message shows its answer.
    pub fn rest(&self, service: &'static str, method: &str, path: &str, body: &str) -> String {
        self.signed(service, method, path, &[("content-type", "application/json")], body)
    }

    fn signed(
        &self,
        service: &'static str,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> String {
        let answer = self.send(service, method, path, headers, body);
        let text = String::from_utf8_lossy(answer.body()).into_owned();
        assert!(answer.status().is_success(), "{service} {method} {path} {body}: {text}");
        text
    }

    fn send(
        &self,
        service: &'static str,
        method: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> http::Response<Vec<u8>> {
        let value = |value: &str| value.parse().expect("a header's value");
        let header = |(name, text): &(&'static str, &str)| {
            (http::HeaderName::from_static(name), value(text))
        };
        let call = Call {
            service,
            host: service,
            region: "us-east-1",
            method: method.parse().expect("a method"),
            path_and_query: path,
            headers: headers.iter().map(header).collect(),
            body: body.to_owned().into(),
            role: None,
        };
        RUNTIME.block_on(self.aws.call(call)).expect("an answer").map(Into::into)
    }

    /// Every item of a table.
    pub fn scan(&self, table: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut input = json!({ "TableName": table });
        loop {
            let mut page = self.call("DynamoDB_20120810.Scan", &input);
            items.append(page["Items"].as_array_mut().expect("a list"));
            match page["LastEvaluatedKey"].take() {
                Value::Null => return items,
                key => input["ExclusiveStartKey"] = key,
            }
        }
    }

    /// One of the processes that it consists of, as `spillway status` names it.
    pub fn process(&self, name: &str) -> Pid {
        // Its exit status says whether `up` has applied a stack.
        let output = self.command(&["status", "--json"]).output().expect("spillway runs");
        let status: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let mut processes = status["processes"].as_array().expect("a list").iter();
        let process = processes.find(|process| process["name"] == name).expect("a known process");
        let number = process["pid"].as_i64().and_then(|number| number.try_into().ok());
        number.and_then(Pid::from_raw).expect("the number of a process")
    }

    /// The requests of late that it answered with an error, a line each.
    pub fn refusals(&self) -> String {
        let journal = crate::get(&format!("{}/_spillway/requests", self.endpoint())).json();
        let requests = journal["requests"].as_array().expect("a list").iter();
        let refused = requests.filter(|request| request["status"].as_u64() >= Some(400));
        refused.map(|request| format!("{request}\n")).collect()
    }

    /// One of its own, started with these arguments of `spillway up`, such as `--fault`. It ends when it
    /// is dropped; a test that applies stacks to it keeps it in a `static`.
    pub fn with(settings: &[&str]) -> Self {
        assert_cmd::Command::from(spillway(&["package", "--profile", "local"])).assert().success();
        let port = free_port();
        let mut supervisor = spillway(&["serve", "--port", &port.to_string()])
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("spillway serve starts");
        let output = supervisor.stdout.take().expect("standard output is piped");
        let ready = BufReader::new(output).lines().next();
        assert!(matches!(ready, Some(Ok(ref line)) if line == "ready"), "serve said {ready:?}");
        let endpoint = format!("http://localhost:{port}").parse().expect("a URL");
        let aws = Aws::local(Arc::new(Outbound::new()), endpoint);
        Self { port, aws, _supervisor: supervisor }
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
