//! An AWS in memory: streams, a queue, a function that is written down, and destinations, on Tokio's
//! clock, which tests pause.

mod queue;
mod services;
mod streams;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::service::EventSources;
use queue::FakeMessage;
use services::Services;
use streams::FakeShard;

pub(super) const REGION: &str = "eu-west-1";
pub(super) const STREAM: &str =
    "arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/2026-11-20T00:00:00.000";
pub(super) const KINESIS: &str = "arn:aws:kinesis:eu-west-1:000000000000:stream/s";
pub(super) const QUEUE: &str = "arn:aws:sqs:eu-west-1:000000000000:q";
pub(super) const FIFO: &str = "arn:aws:sqs:eu-west-1:000000000000:q.fifo";
pub(super) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:000000000000:function:f";
pub(super) const ROLE: &str = "arn:aws:iam::000000000000:role/f";

/// When the world begins.
const EPOCH: Timestamp = Timestamp::constant(1_800_000_000, 0);

/// Longer than anything takes, on a clock that only tests move.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What the function does with an event.
pub(super) enum Reply {
    Answers(Value),
    Fails,
    Throttled,
}

/// Answers after a while of work.
type Behaviour = Box<dyn FnMut(&Value) -> (Duration, Reply) + Send>;

#[derive(Default)]
pub(super) struct State {
    shards: BTreeMap<String, FakeShard>,
    pub(super) messages: Vec<FakeMessage>,
    /// How many messages there have been.
    sent: usize,
    behaviour: Option<Behaviour>,
    /// The events that the function got, in order.
    pub(super) events: Vec<Value>,
    pub(super) times: Vec<Duration>,
    running: usize,
    pub(super) most_running: usize,
    /// What destinations got: their service, where, and what.
    pub(super) delivered: Vec<(String, String, String)>,
    /// Operations that are refused to the role.
    pub(super) denied: BTreeSet<String>,
    /// Operations that are throttled so many times.
    pub(super) throttled: BTreeMap<String, u32>,
    /// What was called, in order, with its input.
    pub(super) calls: Vec<(String, Value)>,
    /// How long `ReceiveMessage` takes, whatever there is.
    pub(super) receiving: Duration,
    /// How often it looks again while it waits.
    pub(super) looks_every: Duration,
    pub(super) down: bool,
    /// Iterators of before this time have ended.
    iterators_from: Duration,
    log: Vec<String>,
}

/// Clones share everything.
#[derive(Clone)]
pub(super) struct World {
    state: Arc<Mutex<State>>,
    began: Instant,
    pub(super) sources: EventSources,
}

impl World {
    /// With one shard, an empty queue and a function that does nothing.
    pub(super) fn new() -> Self {
        let looks_every = Duration::from_millis(20);
        let state = State { looks_every, ..State::default() };
        let state = Arc::new(Mutex::new(state));
        let began = Instant::now();
        let services = Services::new(Arc::clone(&state), began);
        let logged = Arc::clone(&state);
        let log = Arc::new(move |line: &str| logged.lock().unwrap().log.push(line.to_owned()));
        let sources = EventSources::with("000000000000", Arc::new(services), log);
        let world = Self { state, began, sources };
        world.add_shard("shard-1", None);
        world
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What the function does from now on.
    pub(super) fn function(&self, mut act: impl FnMut(&Value) -> Reply + Send + 'static) {
        self.slow_function(move |event| (Duration::ZERO, act(event)));
    }

    pub(super) fn slow_function(
        &self,
        act: impl FnMut(&Value) -> (Duration, Reply) + Send + 'static,
    ) {
        self.state().behaviour = Some(Box::new(act));
    }

    /// A function that does nothing if it may, and fails on events with one of these values.
    pub(super) fn fails_on(&self, poison: &'static [&'static str]) {
        self.function(move |event| {
            let found = values(event).iter().any(|value| poison.contains(&value.as_str()));
            if found { Reply::Fails } else { Reply::Answers(Value::Null) }
        });
    }

    /// Calls the control plane.
    pub(super) async fn call(&self, method: Method, path: &str, body: &Value) -> (u16, Value) {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = Request::builder().method(method).uri(path).body(body).unwrap();
        let (head, body) = request.into_parts();
        assert!(self.sources.owns(&head), "{path}");
        let answer = self.sources.answer(REGION, Request::from_parts(head, body)).await;
        let document = serde_json::from_slice(answer.body()).unwrap_or_default();
        (answer.status().as_u16(), document)
    }

    /// Makes a mapping from a source to the function and waits until it polls.
    pub(super) async fn map(&self, source: &str, settings: Value) -> String {
        let mut input = json!({ "FunctionName": "f", "EventSourceArn": source });
        if !source.contains(":sqs:") {
            input["StartingPosition"] = json!("TRIM_HORIZON");
        }
        input.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
        let path = "/2015-03-31/event-source-mappings";
        let (status, mapping) = self.call(Method::POST, path, &input).await;
        assert_eq!(status, 202, "{mapping}");
        let uuid = mapping["UUID"].as_str().unwrap().to_owned();
        let wanted = if input["Enabled"] == json!(false) { "Disabled" } else { "Enabled" };
        self.reaches(&uuid, wanted).await;
        uuid
    }

    pub(super) async fn update(&self, uuid: &str, input: Value) -> Value {
        let path = format!("/2015-03-31/event-source-mappings/{uuid}");
        let (status, mapping) = self.call(Method::PUT, &path, &input).await;
        assert_eq!(status, 202, "{mapping}");
        mapping
    }

    pub(super) async fn get(&self, uuid: &str) -> Value {
        let path = format!("/2015-03-31/event-source-mappings/{uuid}");
        self.call(Method::GET, &path, &Value::Null).await.1
    }

    pub(super) async fn reaches(&self, uuid: &str, wanted: &str) {
        let began = Instant::now();
        loop {
            let mapping = self.get(uuid).await;
            if mapping["State"] == wanted {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "not {wanted}: {mapping}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until something is so.
    pub(super) async fn until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let began = Instant::now();
        while !is_so(&self.state()) {
            if began.elapsed() > PATIENCE {
                let state = self.state();
                panic!("{what}: {:?} {:?} {:?}", state.batches(), state.delivered, state.log);
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until the function was invoked so often.
    pub(super) async fn invoked(&self, times: usize) {
        self.until("invocations", |state| state.events.len() >= times).await;
    }

    /// Gives everything that is under way the time to show, and says what the function got.
    pub(super) async fn settles(&self) -> Vec<Vec<String>> {
        sleep(Duration::from_secs(120)).await;
        self.state().batches()
    }
}

impl State {
    /// The values in each event, in order.
    pub(super) fn batches(&self) -> Vec<Vec<String>> {
        self.events.iter().map(values).collect()
    }

    /// How often an operation was called.
    pub(super) fn count(&self, operation: &str) -> usize {
        self.calls.iter().filter(|(called, _)| called == operation).count()
    }

    pub(super) fn logged(&self, text: &str) -> bool {
        self.log.iter().any(|line| line.contains(text))
    }
}

/// What was written or sent, of each record of an event.
fn values(event: &Value) -> Vec<String> {
    let of = |record: &Value| {
        let value = [&record["dynamodb"]["NewImage"]["v"]["S"], &record["body"]];
        let value = value.into_iter().find_map(Value::as_str).map(ToOwned::to_owned);
        value.unwrap_or_else(|| record["kinesis"]["partitionKey"].as_str().unwrap().to_owned())
    };
    event["Records"].as_array().unwrap().iter().map(of).collect()
}
