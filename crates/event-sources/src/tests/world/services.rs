//! Who answers the calls.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_call::Call;
use bytes::Bytes;
use http::Response;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{EPOCH, FUNCTION, ROLE, Reply, State};
use crate::client::{Answer, Cloud};

pub(super) struct Services {
    state: Arc<Mutex<State>>,
    began: Instant,
}

impl Services {
    pub(super) fn new(state: Arc<Mutex<State>>, began: Instant) -> Self {
        Self { state, began }
    }

    async fn answer(&self, call: Call<'_>) -> Response<Bytes> {
        let target = call.headers.get("x-amz-target").map(|value| value.to_str().unwrap());
        let operation = target.and_then(|target| target.split('.').nth(1)).unwrap_or_default();
        let input: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        if let Some(refusal) = self.state.lock().unwrap().refused(&call, operation) {
            return refusal;
        }
        if call.service == "lambda" {
            return self.lambda(&call).await;
        }
        let now = self.began.elapsed();
        self.state.lock().unwrap().calls.push((operation.to_owned(), input.clone()));
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
                let takes = state().receiving;
                sleep(takes).await;
                loop {
                    if let Some(received) = state().receive(&input) {
                        return respond(200, &received);
                    }
                    if Instant::now() >= until {
                        return respond(200, &json!({}));
                    }
                    let looks_every = state().looks_every;
                    sleep(looks_every).await;
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

impl State {
    fn refused(&mut self, call: &Call<'_>, operation: &str) -> Option<Response<Bytes>> {
        if self.down {
            return Some(respond(503, &json!({"__type": "ServiceUnavailable"})));
        }
        let key = if operation.is_empty() { call.service } else { operation };
        if let Some(times @ 1..) = self.throttled.get_mut(key) {
            *times -= 1;
            return Some(respond(400, &json!({"__type": "ThrottlingException"})));
        }
        let denied = call.role.is_some() && self.denied.contains(operation);
        denied.then(|| {
            let message = format!("User is not authorized to perform: {operation}");
            respond(400, &json!({"__type": "AccessDeniedException", "message": message}))
        })
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

pub(super) fn respond(status: u16, document: &Value) -> Response<Bytes> {
    Response::builder().status(status).body(document.to_string().into()).unwrap()
}
