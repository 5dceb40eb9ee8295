//! An AWS in memory: streams, a queue, a function that is written down, and destinations, on Tokio's
//! clock, which tests pause.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use aws_call::Call;
use bytes::Bytes;
use http::{Method, Request, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::client::{Answer, Cloud};
use crate::service::EventSources;

pub(super) const REGION: &str = "eu-west-1";
pub(super) const STREAM: &str =
    "arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/2026-11-20T00:00:00.000";
pub(super) const KINESIS: &str = "arn:aws:kinesis:eu-west-1:000000000000:stream/s";
pub(super) const QUEUE: &str = "arn:aws:sqs:eu-west-1:000000000000:q";
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
    pub(super) down: bool,
    /// Iterators of before this time have ended.
    iterators_from: Duration,
    log: Vec<String>,
}

#[derive(Default)]
struct FakeShard {
    parent: Option<String>,
    records: Vec<Value>,
    closed: bool,
}

pub(super) struct FakeMessage {
    id: String,
    body: String,
    attributes: Value,
    pub(super) receives: u32,
    visible: Instant,
}

/// Clones share everything.
#[derive(Clone)]
pub(super) struct World {
    state: Arc<Mutex<State>>,
    began: Instant,
    pub(super) sources: EventSources,
}

struct Services {
    state: Arc<Mutex<State>>,
    began: Instant,
}

impl World {
    /// With one shard, an empty queue and a function that does nothing.
    pub(super) fn new() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let began = Instant::now();
        let services = Services { state: Arc::clone(&state), began };
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

    pub(super) fn add_shard(&self, id: &str, parent: Option<&str>) {
        let parent = parent.map(ToOwned::to_owned);
        self.state().shards.insert(id.to_owned(), FakeShard { parent, ..FakeShard::default() });
    }

    pub(super) fn close_shard(&self, id: &str) {
        self.state().shards.get_mut(id).unwrap().closed = true;
    }

    /// Lets every iterator end that was given out so far.
    pub(super) fn end_iterators(&self) {
        let now = self.began.elapsed();
        self.state().iterators_from = now + Duration::from_nanos(1);
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

    /// Writes a record for each value to a shard of both streams; the key is what stands before a
    /// slash, or the value.
    pub(super) fn write_to(&self, shard: &str, written: &[&str]) {
        let seconds = EPOCH.as_second() + self.began.elapsed().as_secs() as i64;
        let mut state = self.state();
        for value in written {
            let count = state.shards.values().map(|shard| shard.records.len()).sum::<usize>();
            let number = format!("{}", 1000 + count);
            let key = value.split('/').next().unwrap();
            state.shards.get_mut(shard).unwrap().records.push(json!({
                "eventID": format!("event-{number}"), "eventName": "INSERT",
                "eventVersion": "1.1", "eventSource": "aws:dynamodb", "awsRegion": REGION,
                "dynamodb": {
                    "ApproximateCreationDateTime": seconds,
                    "Keys": {"id": {"S": key}}, "NewImage": {"id": {"S": key}, "v": {"S": value}},
                    "SequenceNumber": number, "SizeBytes": 0,
                    "StreamViewType": "NEW_AND_OLD_IMAGES",
                },
            }));
        }
    }

    pub(super) fn write(&self, values: &[&str]) {
        self.write_to("shard-1", values);
    }

    pub(super) fn send(&self, bodies: &[&str]) {
        for body in bodies {
            self.send_with(body, json!({}));
        }
    }

    pub(super) fn send_with(&self, body: &str, attributes: Value) {
        let mut state = self.state();
        state.sent += 1;
        let id = format!("message-{}", state.sent);
        let (body, visible) = (body.to_owned(), Instant::now());
        state.messages.push(FakeMessage { id, body, attributes, receives: 0, visible });
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
        if source != QUEUE {
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

    pub(super) fn logged(&self, text: &str) -> bool {
        self.log.iter().any(|line| line.contains(text))
    }

    fn refused(&self, call: &Call<'_>, operation: &str) -> Option<Response<Bytes>> {
        if self.down {
            return Some(respond(503, &json!({"__type": "ServiceUnavailable"})));
        }
        let denied = call.role.is_some() && self.denied.contains(operation);
        denied.then(|| {
            let message = format!("User is not authorized to perform: {operation}");
            respond(400, &json!({"__type": "AccessDeniedException", "message": message}))
        })
    }

    fn list_shards(&self) -> Vec<Value> {
        let shards = self.shards.iter().map(|(id, shard)| {
            let mut listed = json!({ "ShardId": id, "SequenceNumberRange": {} });
            if let Some(parent) = &shard.parent {
                listed["ParentShardId"] = json!(parent);
            }
            if shard.closed {
                listed["SequenceNumberRange"]["EndingSequenceNumber"] = json!("9");
            }
            listed
        });
        shards.collect()
    }

    fn iterator(&self, input: &Value, now: Duration) -> Value {
        let id = input["ShardId"].as_str().unwrap();
        let records = &self.shards[id].records;
        let number = |record: &Value| record["dynamodb"]["SequenceNumber"].clone();
        let after = ["SequenceNumber", "StartingSequenceNumber"].map(|name| &input[name]);
        let place = match input["ShardIteratorType"].as_str().unwrap() {
            "LATEST" => records.len(),
            "AFTER_SEQUENCE_NUMBER" => {
                1 + records.iter().position(|record| after.contains(&&number(record))).unwrap()
            }
            "AT_TIMESTAMP" => {
                let from = input["Timestamp"].as_f64().unwrap();
                let is_young = |record: &Value| {
                    record["dynamodb"]["ApproximateCreationDateTime"].as_f64().unwrap() >= from
                };
                records.iter().position(is_young).unwrap_or(records.len())
            }
            _ => 0,
        };
        json!({ "ShardIterator": format!("{id}:{place}:{}", now.as_nanos()) })
    }

    fn records(&self, input: &Value, is_kinesis: bool, now: Duration) -> Response<Bytes> {
        let iterator: Vec<_> = input["ShardIterator"].as_str().unwrap().split(':').collect();
        let [id, place, made] = iterator.as_slice() else { panic!("{iterator:?}") };
        if made.parse::<u128>().unwrap() < self.iterators_from.as_nanos() {
            return respond(400, &json!({"__type": "ExpiredIteratorException"}));
        }
        let (shard, place) = (&self.shards[*id], place.parse::<usize>().unwrap());
        let limit = usize::try_from(input["Limit"].as_u64().unwrap()).unwrap();
        let records = shard.records.iter().skip(place).take(limit);
        let records: Vec<_> = records
            .map(|record| if is_kinesis { as_kinesis(record) } else { record.clone() })
            .collect();
        let next = place + records.len();
        let mut answer = json!({ "Records": records });
        if !shard.closed || next < shard.records.len() {
            answer["NextShardIterator"] = json!(format!("{id}:{next}:{}", now.as_nanos()));
        }
        respond(200, &answer)
    }

    fn receive(&mut self, input: &Value) -> Option<Value> {
        let most = usize::try_from(input["MaxNumberOfMessages"].as_u64().unwrap()).unwrap();
        let now = Instant::now();
        let mut received = Vec::new();
        let visible = self.messages.iter_mut().filter(|message| message.visible <= now);
        for message in visible.take(most) {
            message.receives += 1;
            message.visible = now + Duration::from_secs(30);
            received.push(json!({
                "MessageId": message.id,
                "ReceiptHandle": format!("{}#{}", message.id, message.receives),
                "Body": message.body,
                "MD5OfBody": "digest",
                "Attributes": {"ApproximateReceiveCount": message.receives.to_string()},
                "MessageAttributes": message.attributes,
            }));
        }
        (!received.is_empty()).then(|| json!({ "Messages": received }))
    }

    fn delete(&mut self, input: &Value) {
        for entry in input["Entries"].as_array().unwrap() {
            let handle = entry["ReceiptHandle"].as_str().unwrap();
            self.messages
                .retain(|message| format!("{}#{}", message.id, message.receives) != handle);
        }
    }
}

impl Services {
    async fn answer(&self, call: Call<'_>) -> Response<Bytes> {
        let target = call.headers.get("x-amz-target").map(|value| value.to_str().unwrap());
        let operation = target.and_then(|target| target.split('.').nth(1)).unwrap_or_default();
        if let Some(refusal) = self.state.lock().unwrap().refused(&call, operation) {
            return refusal;
        }
        if call.service == "lambda" {
            return self.lambda(&call).await;
        }
        let now = self.began.elapsed();
        let input: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let text = || String::from_utf8(call.body.to_vec()).unwrap();
        let state = || self.state.lock().unwrap();
        match (call.service, operation) {
            (_, "DescribeStream") => {
                let shards = state().list_shards();
                respond(200, &json!({ "StreamDescription": { "Shards": shards } }))
            }
            (_, "ListShards") => respond(200, &json!({ "Shards": state().list_shards() })),
            (_, "GetShardIterator") => respond(200, &state().iterator(&input, now)),
            (service, "GetRecords") => state().records(&input, service == "kinesis", now),
            (_, "GetQueueAttributes") => {
                respond(200, &json!({ "Attributes": { "VisibilityTimeout": "30" } }))
            }
            (_, "ReceiveMessage") => {
                let wait = Duration::from_secs(input["WaitTimeSeconds"].as_u64().unwrap());
                let until = Instant::now() + wait;
                loop {
                    if let Some(received) = state().receive(&input) {
                        return respond(200, &received);
                    }
                    if Instant::now() >= until {
                        return respond(200, &json!({}));
                    }
                    sleep(Duration::from_millis(20)).await;
                }
            }
            (_, "DeleteMessageBatch") => {
                state().delete(&input);
                respond(200, &json!({ "Successful": [] }))
            }
            (_, "SendMessage") => {
                let queue = input["QueueUrl"].as_str().unwrap().to_owned();
                let body = input["MessageBody"].as_str().unwrap().to_owned();
                state().delivered.push(("sqs".to_owned(), queue, body));
                respond(200, &json!({}))
            }
            ("sns" | "s3", _) => {
                let place = call.path_and_query.to_owned();
                state().delivered.push((call.service.to_owned(), place, text()));
                respond(200, &json!({}))
            }
            other => panic!("nobody answers {other:?}"),
        }
    }

    async fn lambda(&self, call: &Call<'_>) -> Response<Bytes> {
        if call.path_and_query.contains("/configuration") {
            return match call.path_and_query.contains("/f/") {
                true => respond(
                    200,
                    &json!({
                        "FunctionName": "f", "FunctionArn": FUNCTION, "Role": ROLE, "Timeout": 3,
                    }),
                ),
                false => respond(404, &json!({ "Message": "no such function" })),
            };
        }
        let event: Value = serde_json::from_slice(&call.body).unwrap();
        let (work, reply) = {
            let mut state = self.state.lock().unwrap();
            let mut behaviour = state.behaviour.take();
            let outcome = match &mut behaviour {
                Some(act) => act(&event),
                None => (Duration::ZERO, Reply::Answers(Value::Null)),
            };
            state.behaviour = behaviour;
            if let Reply::Throttled = outcome.1 {
                return respond(429, &json!({ "Reason": "ConcurrentInvocationLimitExceeded" }));
            }
            state.events.push(event);
            state.times.push(self.began.elapsed());
            state.running += 1;
            state.most_running = state.most_running.max(state.running);
            outcome
        };
        sleep(work).await;
        self.state.lock().unwrap().running -= 1;
        let Reply::Answers(answer) = reply else {
            let mut answer = respond(200, &json!({ "errorMessage": "no" }));
            answer.headers_mut().insert("x-amz-function-error", "Unhandled".parse().unwrap());
            return answer;
        };
        respond(200, &answer)
    }
}

impl Cloud for Services {
    fn call<'a>(&'a self, call: Call<'a>) -> Answer<'a> {
        Box::pin(async move { Ok(self.answer(call).await) })
    }

    fn now(&self) -> Timestamp {
        EPOCH + SignedDuration::try_from(self.began.elapsed()).unwrap()
    }
}

fn respond(status: u16, document: &Value) -> Response<Bytes> {
    Response::builder().status(status).body(document.to_string().into()).unwrap()
}

/// The same record as Kinesis has it: the value is the data.
fn as_kinesis(record: &Value) -> Value {
    use base64::Engine;
    let change = &record["dynamodb"];
    let value = change["NewImage"]["v"]["S"].as_str().unwrap();
    json!({
        "SequenceNumber": change["SequenceNumber"],
        "PartitionKey": change["Keys"]["id"]["S"],
        "Data": base64::prelude::BASE64_STANDARD.encode(value),
        "ApproximateArrivalTimestamp": change["ApproximateCreationDateTime"].as_f64().unwrap() + 0.5,
    })
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
