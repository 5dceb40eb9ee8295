//! What an event source mapping is: its source, its function, its settings and its state, and the
//! document that shows them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::filter::Filters;

/// Tags, and whatever else maps names to text.
pub(crate) type Strings = BTreeMap<String, String>;

/// What kind of source it is, and with it which rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    DynamoDb,
    Kinesis,
    Queue { fifo: bool },
}

impl Kind {
    pub(crate) fn is_stream(self) -> bool {
        !matches!(self, Self::Queue { .. })
    }
}

/// Where events come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) kind: Kind,
    pub(crate) arn: String,
}

impl Source {
    /// The source with this ARN, if Lambda polls such.
    pub(crate) fn parse(arn: &str) -> Option<Self> {
        let mut parts = arn.splitn(6, ':');
        let is_arn = parts.next() == Some("arn") && parts.next().is_some();
        let (service, region, account, resource) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let kind = match service {
            "sqs" => Kind::Queue { fifo: resource.ends_with(".fifo") },
            "dynamodb" if resource.starts_with("table/") && resource.contains("/stream/") => {
                Kind::DynamoDb
            }
            "kinesis" if resource.starts_with("stream/") => Kind::Kinesis,
            _ => return None,
        };
        let complete = ![region, account, resource].contains(&"");
        (is_arn && complete).then(|| Self { kind, arn: arn.to_owned() })
    }

    /// The part of the ARN at a place: 3 is the region, 4 the account, 5 the resource.
    pub(crate) fn part(&self, place: usize) -> &str {
        self.arn.splitn(6, ':').nth(place).unwrap_or_default()
    }

    /// The stream that is read: a consumer's, if the source is one.
    pub(crate) fn stream_arn(&self) -> &str {
        self.arn.split("/consumer/").next().unwrap_or_default()
    }
}

/// The function that is invoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// A version or an alias.
    pub(crate) qualifier: Option<String>,
    /// Its ARN with the qualifier, if there is one.
    pub(crate) arn: String,
}

/// Where in a stream reading begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Start {
    TrimHorizon,
    Latest,
    At(Timestamp),
}

/// Everything about a mapping that can be changed.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) batch_size: usize,
    pub(crate) window_seconds: u64,
    pub(crate) report_failures: bool,
    pub(crate) filters: Filters,
    pub(crate) kms_key_arn: Option<String>,
    pub(crate) metrics: Option<Value>,
    /// Of streams alone.
    pub(crate) bisect: bool,
    /// -1 is without limit.
    pub(crate) maximum_retries: i64,
    /// -1 is without limit.
    pub(crate) maximum_age_seconds: i64,
    pub(crate) parallelization: usize,
    pub(crate) on_failure: Option<String>,
    /// Of queues alone.
    pub(crate) maximum_concurrency: Option<usize>,
}

impl Settings {
    /// What Lambda sets where nothing is given.
    pub(crate) fn default_for(kind: Kind) -> Self {
        Self {
            batch_size: if kind.is_stream() { 100 } else { 10 },
            window_seconds: 0,
            report_failures: false,
            filters: Filters::default(),
            kms_key_arn: None,
            metrics: None,
            bisect: false,
            maximum_retries: -1,
            maximum_age_seconds: -1,
            parallelization: 1,
            on_failure: None,
            maximum_concurrency: None,
        }
    }
}

/// What a mapping does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Creating,
    Enabling,
    Enabled,
    Disabling,
    Disabled,
    Updating,
    Deleting,
}

/// A mapping, as its control plane knows it.
#[derive(Clone, Debug)]
pub(crate) struct Mapping {
    pub(crate) uuid: String,
    pub(crate) arn: String,
    pub(crate) source: Source,
    pub(crate) function: Function,
    /// Of streams alone.
    pub(crate) start: Option<Start>,
    pub(crate) settings: Settings,
    pub(crate) enabled: bool,
    pub(crate) state: State,
    /// Nothing for a queue without a problem: AWS shows it for streams alone.
    pub(crate) last_result: Option<String>,
    pub(crate) last_modified: Timestamp,
    pub(crate) tags: Strings,
}

/// What a stream's mapping shows before its first batch.
pub(crate) const NOTHING_YET: &str = "No records processed";

impl Mapping {
    /// The document of `GetEventSourceMapping`.
    pub(crate) fn document(&self) -> Value {
        let mut document = Map::new();
        let mut set = |name: &str, value: Value| {
            document.insert(name.to_owned(), value);
        };
        let settings = &self.settings;
        set("UUID", json!(self.uuid));
        set("EventSourceMappingArn", json!(self.arn));
        set("EventSourceArn", json!(self.source.arn));
        set("FunctionArn", json!(self.function.arn));
        set("BatchSize", json!(settings.batch_size));
        set("MaximumBatchingWindowInSeconds", json!(settings.window_seconds));
        let response_types: &[&str] =
            if settings.report_failures { &["ReportBatchItemFailures"] } else { &[] };
        set("FunctionResponseTypes", json!(response_types));
        set("State", json!(format!("{:?}", self.state)));
        set("LastModified", json!(self.last_modified.as_millisecond() as f64 / 1000.0));
        if let Some(result) = &self.last_result {
            set("LastProcessingResult", json!(result));
        }
        if let Some(filters) = settings.filters.document() {
            set("FilterCriteria", filters);
        }
        if let Some(key) = &settings.kms_key_arn {
            set("KMSKeyArn", json!(key));
        }
        if let Some(metrics) = &settings.metrics {
            set("MetricsConfig", metrics.clone());
        }
        if let Some(maximum) = settings.maximum_concurrency {
            set("ScalingConfig", json!({ "MaximumConcurrency": maximum }));
        }
        if !self.source.kind.is_stream() {
            set("StateTransitionReason", json!("USER_INITIATED"));
            return Value::Object(document);
        }
        set("StateTransitionReason", json!("User action"));
        set("BisectBatchOnFunctionError", json!(settings.bisect));
        set("MaximumRetryAttempts", json!(settings.maximum_retries));
        set("MaximumRecordAgeInSeconds", json!(settings.maximum_age_seconds));
        set("ParallelizationFactor", json!(settings.parallelization));
        set("TumblingWindowInSeconds", json!(0));
        let on_failure = match &settings.on_failure {
            Some(destination) => json!({ "Destination": destination }),
            None => json!({}),
        };
        set("DestinationConfig", json!({ "OnFailure": on_failure }));
        match self.start {
            Some(Start::TrimHorizon) => set("StartingPosition", json!("TRIM_HORIZON")),
            Some(Start::Latest) => set("StartingPosition", json!("LATEST")),
            Some(Start::At(time)) => {
                set("StartingPosition", json!("AT_TIMESTAMP"));
                let seconds = time.as_millisecond() as f64 / 1000.0;
                set("StartingPositionTimestamp", json!(seconds));
            }
            None => {}
        }
        Value::Object(document)
    }
}
