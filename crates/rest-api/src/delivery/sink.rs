//! The calls of a delivery, and what is said of those that fail.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use aws_call::{Aws, Call};
use http::header::{CONTENT_TYPE, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method};
use serde_json::Value as Json;
use tokio::time::timeout;
use uuid::Uuid;

use super::destination::Destination;
use crate::data::{Log, chain};

/// The user agent of deliveries, by which they are told from what APIs call.
const CALLER: HeaderValue = HeaderValue::from_static("apigateway");

/// How long one call may take: what hangs must not hold up all others.
const PATIENCE: Duration = Duration::from_secs(10);

/// An operation of a service with one of the JSON protocols.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    service: &'static str,
    target: &'static str,
    media_type: &'static str,
}

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

const fn operation(
    service: &'static str,
    target: &'static str,
    media_type: &'static str,
) -> Operation {
    Operation { service, target, media_type }
}

pub(super) const CREATE_GROUP: Operation =
    operation("logs", "Logs_20140328.CreateLogGroup", JSON_1_1);
pub(super) const CREATE_STREAM: Operation =
    operation("logs", "Logs_20140328.CreateLogStream", JSON_1_1);
pub(super) const PUT_EVENTS: Operation = operation("logs", "Logs_20140328.PutLogEvents", JSON_1_1);
pub(super) const PUT_RECORDS: Operation =
    operation("firehose", "Firehose_20150804.PutRecordBatch", JSON_1_1);
pub(super) const PUT_METRICS: Operation =
    operation("monitoring", "GraniteServiceVersion20100801.PutMetricData", JSON_1_0);

/// Why a call delivered nothing.
pub(super) struct Undelivered {
    /// The error's code, if the service answered.
    code: String,
    text: String,
}

impl Undelivered {
    pub(super) fn is(&self, code: &str) -> bool {
        self.code == code
    }
}

/// Calls AWS and remembers what is there and what was said.
pub(super) struct Sink {
    aws: Arc<Aws>,
    log: Log,
    life: u64,
    /// The log stream of this gateway, which every group gets one of.
    stream: String,
    /// The groups that have it.
    ready: BTreeSet<Destination>,
    /// What went wrong last, by destination, which is not said again.
    failing: BTreeMap<String, String>,
}

impl Sink {
    pub(super) fn new(aws: Arc<Aws>, log: Log) -> Self {
        let stream = Uuid::new_v4().simple().to_string();
        let (ready, failing) = (BTreeSet::new(), BTreeMap::new());
        Self { aws, log, life: 0, stream, ready, failing }
    }

    /// Forgets what an earlier cloud had.
    pub(super) fn enter(&mut self, life: u64) {
        if self.life != life {
            self.life = life;
            self.ready.clear();
            self.failing.clear();
        }
    }

    pub(super) fn stream(&self) -> &str {
        &self.stream
    }

    pub(super) fn ready(&mut self) -> &mut BTreeSet<Destination> {
        &mut self.ready
    }

    pub(super) async fn call(
        &self,
        operation: Operation,
        region: &str,
        input: &Json,
    ) -> Result<(), Undelivered> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(operation.media_type));
        headers.insert("x-amz-target", HeaderValue::from_static(operation.target));
        headers.insert(USER_AGENT, CALLER);
        let call = Call {
            service: operation.service,
            host: operation.service,
            region,
            method: Method::POST,
            path_and_query: "/",
            headers,
            body: input.to_string().into(),
            role: None,
        };
        let unanswered = |text: String| Undelivered { code: String::new(), text };
        let answer = timeout(PATIENCE, self.aws.call(call)).await;
        let answer = answer.map_err(|_| unanswered(format!("no answer in {PATIENCE:?}")))?;
        let answer = answer.map_err(|error| unanswered(chain(&error)))?;
        if answer.status().is_success() {
            return Ok(());
        }
        let body: Json = serde_json::from_slice(answer.body()).unwrap_or_default();
        let code = body["__type"].as_str().unwrap_or_default();
        // Some services name the model in front of the error.
        let code = code.rsplit('#').next().unwrap_or_default().to_owned();
        let text = format!(
            "{} answered {}: {}",
            operation.target,
            answer.status(),
            String::from_utf8_lossy(answer.body()),
        );
        Err(Undelivered { code, text })
    }

    pub(super) fn say(&self, line: &str) {
        self.log.line(line);
    }

    /// Says why something could not be delivered, unless that was said already.
    pub(super) fn fail(&mut self, destination: &str, cause: &str, lost: usize) {
        if self.failing.get(destination).is_none_or(|known| known != cause) {
            self.failing.insert(destination.to_owned(), cause.to_owned());
            let line =
                format!("API Gateway's logs: {lost} dropped that were for {destination}: {cause}");
            self.say(&line);
        }
    }

    /// The same for the outcome of a call.
    pub(super) fn settle(
        &mut self,
        destination: &str,
        outcome: Result<(), Undelivered>,
        lost: usize,
    ) {
        match outcome {
            Ok(()) => {
                self.failing.remove(destination);
            }
            Err(Undelivered { text, .. }) => self.fail(destination, &text, lost),
        }
    }
}
