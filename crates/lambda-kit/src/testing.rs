//! For tests of functions only: a function's binary as Lambda runs it, a process between a Runtime API
//! and AWS, both played by one server; and a service as the client of an SDK meets it.

#[cfg(feature = "dynamodb")]
pub mod idempotency;
mod scripted;

pub use scripted::ScriptedService;

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;

/// How long anything may take before a test fails.
const DEADLINE: Duration = Duration::from_secs(60);

/// A Lambda that runs one function, with an AWS around it.
pub struct Lambda {
    address: String,
    events: Sender<Value>,
    answers: Receiver<Answer>,
    calls: Receiver<Call>,
}

/// What a function answered an invocation with.
#[derive(Debug)]
pub struct Answer {
    /// Whether it reported an error instead.
    pub is_error: bool,
    /// What it said.
    pub body: Value,
}

/// A call of AWS.
#[derive(Debug)]
pub struct Call {
    /// The service and the operation, such as `DynamoDB_20120810.GetItem`.
    pub target: String,
    /// Its input.
    pub input: Value,
}

/// What AWS says to a call. `None` breaks the connection off without an answer.
type Respond = dyn Fn(&Call) -> Option<Value> + Send + Sync;

impl Lambda {
    /// Starts the server. `respond` plays AWS.
    ///
    /// # Panics
    /// If this machine has no free port.
    pub fn start(respond: impl Fn(&Call) -> Option<Value> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound address").to_string();
        let (events, waiting) = channel();
        let (answered, answers) = channel();
        let (called, calls) = channel();
        let respond: Arc<Respond> = Arc::new(respond);
        thread::spawn(move || {
            let events = Arc::new(Mutex::new(waiting));
            for stream in listener.incoming().flatten() {
                let server = Server {
                    events: Arc::clone(&events),
                    answered: answered.clone(),
                    called: called.clone(),
                    respond: Arc::clone(&respond),
                };
                thread::spawn(move || server.serve(stream));
            }
        });
        Self { address, events, answers, calls }
    }

    /// The function's binary in the environment that Lambda gives it, its outputs piped.
    pub fn function(&self, binary: impl AsRef<Path>, name: &str) -> Command {
        let mut command = Command::new(binary.as_ref());
        command.env_clear().envs([
            ("AWS_LAMBDA_RUNTIME_API", self.address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_ENDPOINT_URL", &format!("http://{}", self.address)),
            ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Invokes the function, after what it was invoked with before.
    ///
    /// # Panics
    /// If the server has ended.
    pub fn invoke(&self, event: Value) {
        self.events.send(event).expect("the server runs");
    }

    /// Waits for the next answer of the function.
    ///
    /// # Panics
    /// If there is none in time.
    pub fn answer(&self) -> Answer {
        self.answers.recv_timeout(DEADLINE).expect("the function answers")
    }

    /// What the function has asked of AWS since the last time.
    pub fn calls(&self) -> Vec<Call> {
        self.calls.try_iter().collect()
    }
}

/// The lines that a function logged, each of them JSON.
///
/// # Panics
/// If one is not, or if anything stands on standard error.
pub fn log_lines(output: &Output) -> Vec<Value> {
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "standard error");
    let text = String::from_utf8_lossy(&output.stdout);
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
    text.lines().map(parse).collect()
}

/// The identifiers of a partial answer to a batch, `{"batchItemFailures": [{"itemIdentifier"}]}`.
///
/// # Panics
/// If it has anything else in it, or an identifier twice.
pub fn failed_identifiers(response: &Value) -> BTreeSet<String> {
    let only = |value: &Value, name: &str| {
        let members = value.as_object().filter(|members| members.len() == 1);
        let member = members.and_then(|members| members.get(name));
        member.cloned().unwrap_or_else(|| panic!("not {name} alone: {response}"))
    };
    let failures = only(response, "batchItemFailures");
    let failures = failures.as_array().expect("a list of failures");
    let identifier = |failure| only(failure, "itemIdentifier").as_str().expect("text").to_owned();
    let identifiers: BTreeSet<String> = failures.iter().map(identifier).collect();
    assert_eq!(identifiers.len(), failures.len(), "each once: {response}");
    identifiers
}

struct Server {
    events: Arc<Mutex<Receiver<Value>>>,
    answered: Sender<Answer>,
    called: Sender<Call>,
    respond: Arc<Respond>,
}

impl Server {
    /// Answers the requests of one connection until either side has had enough.
    fn serve(&self, mut stream: TcpStream) {
        let Ok(input) = stream.try_clone() else { return };
        let mut input = BufReader::new(input);
        while let Some((head, body)) = read(&mut input) {
            let Some((headers, answer)) = self.respond(&head, &body) else { return };
            let answer = answer.to_string();
            let length = answer.len();
            let head = format!("HTTP/1.1 200 OK\r\n{headers}content-length: {length}\r\n\r\n");
            if stream.write_all((head + &answer).as_bytes()).is_err() {
                return;
            }
        }
    }

    /// Headers of its own and the body of an answer.
    fn respond(&self, head: &[String], body: &[u8]) -> Option<(&'static str, Value)> {
        let json = || serde_json::from_slice(body).unwrap_or_default();
        if head[0].contains("/invocation/next") {
            // Without an event the connection stays open, as Lambda's does.
            let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
            let headers = "lambda-runtime-aws-request-id: request-1\r\n\
                           lambda-runtime-deadline-ms: 4102444800000\r\n\
                           lambda-runtime-trace-id: Root=1-a-b;Sampled=1\r\n";
            return Some((headers, events.recv().ok()?));
        }
        if head[0].contains("/runtime/invocation/") {
            let is_error = head[0].contains("/error ");
            self.answered.send(Answer { is_error, body: json() }).ok()?;
        }
        let target = head.iter().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("x-amz-target").then(|| value.to_owned())
        });
        let Some(target) = target else { return Some(("", Value::Null)) };
        let call = Call { target, input: json() };
        let answer = (self.respond)(&call);
        self.called.send(call).ok()?;
        Some(("", answer?))
    }
}

/// The lines of a request's head, and its body.
fn read(input: &mut BufReader<TcpStream>) -> Option<(Vec<String>, Vec<u8>)> {
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let length = head.iter().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    input.read_exact(&mut body).ok()?;
    Some((head, body))
}
