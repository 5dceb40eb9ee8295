//! The input of `CreateEventSourceMapping` and `UpdateEventSourceMapping`, and what it may hold.

use serde::Deserialize;
use serde_json::Value;

use crate::destination::is_possible;
use crate::error::{Error, constraint};
use crate::filter::Filters;
use crate::mapping::{Kind, Settings, Source, Start, Strings};

/// More than the quota of new accounts, which is 5: as many as AWS grants.
const MOST_FILTERS: usize = 10;

/// What either operation takes. What it does not know is ignored, as on AWS.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Input {
    pub(crate) function_name: Option<String>,
    pub(crate) event_source_arn: Option<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) tags: Option<Strings>,
    batch_size: Option<i64>,
    maximum_batching_window_in_seconds: Option<i64>,
    function_response_types: Option<Vec<String>>,
    filter_criteria: Option<FilterCriteria>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    metrics_config: Option<Value>,
    bisect_batch_on_function_error: Option<bool>,
    maximum_retry_attempts: Option<i64>,
    maximum_record_age_in_seconds: Option<i64>,
    parallelization_factor: Option<i64>,
    tumbling_window_in_seconds: Option<i64>,
    destination_config: Option<DestinationConfig>,
    scaling_config: Option<ScalingConfig>,
    starting_position: Option<String>,
    starting_position_timestamp: Option<f64>,
    provisioned_poller_config: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct FilterCriteria {
    filters: Vec<Filter>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Filter {
    pattern: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DestinationConfig {
    on_failure: Option<OnFailure>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct OnFailure {
    destination: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ScalingConfig {
    maximum_concurrency: Option<i64>,
}

impl Input {
    /// Checks what the service model says of it.
    pub(crate) fn check_model(&self) -> Result<(), Error> {
        let concurrency =
            self.scaling_config.as_ref().and_then(|scaling| scaling.maximum_concurrency);
        let ranges = [
            ("batchSize", self.batch_size, 1, 10_000),
            ("maximumBatchingWindowInSeconds", self.maximum_batching_window_in_seconds, 0, 300),
            ("maximumRetryAttempts", self.maximum_retry_attempts, -1, 10_000),
            ("maximumRecordAgeInSeconds", self.maximum_record_age_in_seconds, -1, 604_800),
            ("parallelizationFactor", self.parallelization_factor, 1, 10),
            ("tumblingWindowInSeconds", self.tumbling_window_in_seconds, 0, 900),
            ("scalingConfig.maximumConcurrency", concurrency, 2, 1000),
        ];
        let mut violations: Vec<String> = ranges
            .into_iter()
            .filter_map(|(member, value, least, most)| {
                let value = value?;
                let (bound, limit) = match value {
                    _ if value < least => ("greater", least),
                    _ if value > most => ("less", most),
                    _ => return None,
                };
                let rule = format!("Member must have value {bound} than or equal to {limit}");
                Some(constraint(&value.to_string(), member, &rule))
            })
            .collect();
        if let Some(position) = &self.starting_position
            && !["LATEST", "AT_TIMESTAMP", "TRIM_HORIZON"].contains(&position.as_str())
        {
            let rule = "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]";
            violations.push(constraint(position, "startingPosition", rule));
        }
        for kind in self.function_response_types.iter().flatten() {
            if kind != "ReportBatchItemFailures" {
                let rule = "Member must satisfy enum value set: [ReportBatchItemFailures]";
                violations.push(constraint(kind, "functionResponseTypes", rule));
            }
        }
        if violations.is_empty() { Ok(()) } else { Err(Error::Validation(violations)) }
    }

    /// Where reading a source begins; nothing for a queue.
    pub(crate) fn start(&self, source: &Source) -> Result<Option<Start>, Error> {
        let position = self.starting_position.as_deref();
        if !source.kind.is_stream() {
            return match position {
                None => Ok(None),
                Some(_) => {
                    Err(Error::invalid("StartingPosition is not valid for SQS event sources."))
                }
            };
        }
        let position = position.ok_or_else(|| {
            let text = "1 validation error detected: Value null at 'startingPosition' failed to \
                        satisfy constraint: Member must not be null.";
            Error::invalid(text)
        })?;
        if position == "AT_TIMESTAMP" {
            if source.kind == Kind::DynamoDb {
                let arn = &source.arn;
                let text = format!("Unsupported starting position for arn type: {arn}");
                return Err(Error::invalid(text));
            }
            let seconds = self.starting_position_timestamp.ok_or_else(|| {
                Error::invalid("StartingPositionTimestamp is required with AT_TIMESTAMP")
            })?;
            let time = jiff::Timestamp::from_millisecond((seconds * 1000.0) as i64);
            let time = time.ok().filter(|_| seconds >= 0.0).ok_or_else(|| {
                Error::invalid(
                    "Received Exception while reading from provided stream. class java.lang.Long \
                     can not be converted to a Timestamp",
                )
            })?;
            return Ok(Some(Start::At(time)));
        }
        if self.starting_position_timestamp.is_some() {
            let text = "Timestamp only valid with StartingPosition AT_TIMESTAMP";
            return Err(Error::invalid(text));
        }
        Ok(Some(if position == "LATEST" { Start::Latest } else { Start::TrimHorizon }))
    }

    /// The settings with what is given. What is not given stays.
    pub(crate) fn apply(self, kind: Kind, mut settings: Settings) -> Result<Settings, Error> {
        self.check_kind(kind)?;
        let size = |value: i64| usize::try_from(value).unwrap_or_default();
        let set_size = |setting: &mut usize, given: Option<i64>| {
            if let Some(given) = given {
                *setting = size(given);
            }
        };
        set_size(&mut settings.batch_size, self.batch_size);
        set_size(&mut settings.parallelization, self.parallelization_factor);
        if let Some(seconds) = self.maximum_batching_window_in_seconds {
            settings.window_seconds = seconds.unsigned_abs();
        }
        if let Some(kinds) = self.function_response_types {
            settings.report_failures = !kinds.is_empty();
        }
        if let Some(criteria) = self.filter_criteria {
            settings.filters = criteria.read(kind)?;
        }
        if let Some(key) = self.kms_key_arn {
            settings.kms_key_arn = Some(key).filter(|key| !key.is_empty());
        }
        if let Some(metrics) = self.metrics_config {
            settings.metrics = metrics["Metrics"].is_array().then_some(metrics);
        }
        if let Some(bisect) = self.bisect_batch_on_function_error {
            settings.bisect = bisect;
        }
        if let Some(retries) = self.maximum_retry_attempts {
            settings.maximum_retries = retries;
        }
        if let Some(seconds) = self.maximum_record_age_in_seconds {
            settings.maximum_age_seconds = seconds;
        }
        if let Some(config) = self.destination_config {
            let destination = config.on_failure.and_then(|on_failure| on_failure.destination);
            settings.on_failure = destination.filter(|arn| !arn.is_empty());
            if let Some(arn) = settings.on_failure.as_ref().filter(|arn| !is_possible(arn)) {
                return Err(Error::invalid(format!(
                    "DestinationConfig.OnFailure.Destination must be the ARN of a standard SQS \
                     queue, a standard SNS topic or an S3 bucket; got {arn}"
                )));
            }
        }
        if let Some(scaling) = self.scaling_config {
            settings.maximum_concurrency = scaling.maximum_concurrency.map(size);
        }
        check_together(kind, &settings)?;
        Ok(settings)
    }

    /// Refuses what this kind of source does not have, and what is not implemented.
    fn check_kind(&self, kind: Kind) -> Result<(), Error> {
        if self.tumbling_window_in_seconds.is_some_and(|seconds| seconds > 0) {
            return Err(Error::invalid(
                "TumblingWindowInSeconds must be 0: tumbling windows are not supported by the \
                 local AWS.",
            ));
        }
        if self
            .provisioned_poller_config
            .as_ref()
            .is_some_and(|config| config.as_object().is_some_and(|config| !config.is_empty()))
        {
            return Err(Error::invalid(
                "ProvisionedPollerConfig is not supported by the local AWS.",
            ));
        }
        let of_streams = [
            ("BisectBatchOnFunctionError", self.bisect_batch_on_function_error.is_some()),
            ("MaximumRetryAttempts", self.maximum_retry_attempts.is_some()),
            ("MaximumRecordAgeInSeconds", self.maximum_record_age_in_seconds.is_some()),
            ("ParallelizationFactor", self.parallelization_factor.is_some()),
            ("DestinationConfig", self.destination_config.is_some()),
        ];
        let of_queues = [("ScalingConfig", self.scaling_config.is_some())];
        let (foreign, sources): (&[_], _) =
            if kind.is_stream() { (&of_queues, "stream") } else { (&of_streams, "SQS") };
        match foreign.iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((name, _)) => {
                Err(Error::invalid(format!("{name} is not supported for {sources} event sources.")))
            }
        }
    }
}

/// What has to hold between settings.
fn check_together(kind: Kind, settings: &Settings) -> Result<(), Error> {
    let Settings { batch_size, window_seconds, maximum_age_seconds, .. } = settings;
    match kind {
        Kind::Queue { fifo: true } if *window_seconds > 0 => {
            Err(Error::invalid("Batching window is not supported for FIFO queues"))
        }
        Kind::Queue { fifo: true } if *batch_size > 10 => Err(Error::invalid(format!(
            "BatchSize must be at most 10 for FIFO queues; got {batch_size}"
        ))),
        Kind::Queue { fifo: false } if *batch_size > 10 && *window_seconds == 0 => {
            Err(Error::invalid(
                "Maximum batch window in seconds must be greater than 0 if maximum batch size is \
                 greater than 10",
            ))
        }
        _ if (0..60).contains(maximum_age_seconds) => Err(Error::invalid(format!(
            "MaximumRecordAgeInSeconds must be -1 or at least 60; got {maximum_age_seconds}"
        ))),
        _ => Ok(()),
    }
}

impl FilterCriteria {
    fn read(self, kind: Kind) -> Result<Filters, Error> {
        if self.filters.len() > MOST_FILTERS {
            return Err(Error::invalid(format!(
                "FilterCriteria must have at most {MOST_FILTERS} filters; got {}",
                self.filters.len()
            )));
        }
        let patterns = self.filters.into_iter().map(|filter| filter.pattern).collect();
        Filters::parse(kind, patterns)
            .ok_or_else(|| Error::invalid("Invalid filter pattern definition."))
    }
}
