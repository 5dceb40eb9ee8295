//! CloudWatch metrics in the embedded metric format: JSON lines on stdout, which CloudWatch turns
//! into metrics without a call and without a permission.
//!
//! Counts and milliseconds are all there is, in one namespace with one dimension, because each
//! further dimension multiplies what CloudWatch charges for. It is our own because it is small:
//! `metrics_cloudwatch_embedded` puts a global recorder and `metrics` between the function and
//! one JSON line, `metrique` (0.1) brings about a hundred crates with it.

use serde_json::{Map, Value, json};
use std::cell::RefCell;
use std::time::{Duration, SystemTime};

/// The namespace of every metric.
const NAMESPACE: &str = "Spillway";
/// The dimension of every metric; its value is the function's name.
const DIMENSION: &str = "Service";
/// How many metrics one document may define, and how many values one metric may have in it
/// (CloudWatch's embedded metric format specification).
const LIMIT: usize = 100;

/// What one invocation measures. Nothing is written until it ends.
#[derive(Debug)]
pub struct Metrics {
    service: String,
    request_id: String,
    recorded: RefCell<Vec<Metric>>,
}

#[derive(Debug)]
struct Metric {
    name: &'static str,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Count(u64),
    Milliseconds(Vec<f64>),
}

impl Metrics {
    /// Metrics of the function `service` for one invocation.
    pub fn new(service: impl Into<String>, request_id: impl Into<String>) -> Self {
        Self {
            service: service.into(),
            request_id: request_id.into(),
            recorded: RefCell::default(),
        }
    }

    /// Adds `amount` to the count `name`. Recorded with 0 it shows as a zero, which is not the
    /// same as not recorded: alarms tell them apart.
    pub fn count(&self, name: &'static str, amount: u64) {
        let mut recorded = self.recorded.borrow_mut();
        for metric in recorded.iter_mut() {
            if let (true, Values::Count(sum)) = (metric.name == name, &mut metric.values) {
                *sum = sum.saturating_add(amount);
                return;
            }
        }
        let values = Values::Count(amount);
        recorded.push(Metric { name, values });
    }

    /// Records one duration under `name`, in milliseconds with three decimals.
    pub fn milliseconds(&self, name: &'static str, duration: Duration) {
        let value = duration.as_micros() as f64 / 1000.0;
        let mut recorded = self.recorded.borrow_mut();
        for metric in recorded.iter_mut() {
            if let (true, Values::Milliseconds(all)) = (metric.name == name, &mut metric.values)
                && all.len() < LIMIT
            {
                all.push(value);
                return;
            }
        }
        let values = Values::Milliseconds(vec![value]);
        recorded.push(Metric { name, values });
    }

    /// Takes what was recorded as JSON documents of one line each: none if nothing was recorded,
    /// one nearly always, more if there are more than 100 metrics or values of one metric.
    pub fn take_documents(&self, now: SystemTime) -> Vec<String> {
        let mut rest = self.recorded.take();
        let mut documents = Vec::new();
        while !rest.is_empty() {
            let (document, left) = self.document(rest, now);
            documents.push(document);
            rest = left;
        }
        documents
    }

    /// One document of as many metrics as fit, and those that are left. A name is a key of the
    /// document, so the same name again has to wait for the next one.
    fn document(&self, metrics: Vec<Metric>, now: SystemTime) -> (String, Vec<Metric>) {
        let mut definitions = Vec::new();
        let mut values = Map::new();
        let mut left = Vec::new();
        for metric in metrics {
            if definitions.len() == LIMIT || values.contains_key(metric.name) {
                left.push(metric);
                continue;
            }
            let (unit, value) = match metric.values {
                Values::Count(sum) => ("Count", json!(sum)),
                Values::Milliseconds(all) if all.len() == 1 => ("Milliseconds", json!(all[0])),
                Values::Milliseconds(all) => ("Milliseconds", json!(all)),
            };
            definitions.push(json!({ "Name": metric.name, "Unit": unit }));
            values.insert(metric.name.to_owned(), value);
        }
        let timestamp = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
        let metadata = json!({
            "Timestamp": u64::try_from(timestamp).unwrap_or(u64::MAX),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [[DIMENSION]],
                "Metrics": definitions,
            }],
        });
        values.insert("_aws".to_owned(), metadata);
        values.insert(DIMENSION.to_owned(), json!(self.service));
        values.insert("requestId".to_owned(), json!(self.request_id));
        (Value::Object(values).to_string(), left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(record: impl Fn(&Metrics)) -> Vec<Value> {
        let metrics = Metrics::new("order-api", "request-1");
        record(&metrics);
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        let documents = metrics.take_documents(now);
        assert!(metrics.take_documents(now).is_empty(), "taken twice");
        documents
            .iter()
            .map(|line| {
                assert!(!line.contains('\n'));
                serde_json::from_str(line).unwrap()
            })
            .collect()
    }

    #[test]
    fn an_invocation_that_records_nothing_writes_nothing() {
        assert_eq!(documents(|_| ()), Vec::<Value>::new());
    }

    #[test]
    fn counts_are_summed_and_durations_listed() {
        let written = documents(|metrics| {
            metrics.count("Accepted", 2);
            metrics.count("Accepted", 3);
            metrics.milliseconds("Duration", Duration::from_micros(1500));
            metrics.milliseconds("Wait", Duration::ZERO);
            metrics.milliseconds("Wait", Duration::from_secs(1));
        });
        let expected = json!({
            "_aws": {
                "Timestamp": 1_700_000_000_123_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "Spillway",
                    "Dimensions": [["Service"]],
                    "Metrics": [
                        { "Name": "Accepted", "Unit": "Count" },
                        { "Name": "Duration", "Unit": "Milliseconds" },
                        { "Name": "Wait", "Unit": "Milliseconds" },
                    ],
                }],
            },
            "Service": "order-api",
            "requestId": "request-1",
            "Accepted": 5,
            "Duration": 1.5,
            "Wait": [0.0, 1000.0],
        });
        assert_eq!(written, [expected]);
    }

    #[test]
    fn no_document_defines_more_than_100_metrics_and_none_is_lost() {
        let names: Vec<&'static str> = (0..250).map(|n| &*format!("Metric{n}").leak()).collect();
        let written = documents(|metrics| names.iter().for_each(|name| metrics.count(name, 1)));
        let sizes: Vec<usize> = written
            .iter()
            .map(|document| {
                document["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap().len()
            })
            .collect();
        assert_eq!(sizes, [100, 100, 50]);
        for name in names {
            assert!(written.iter().any(|document| document[name] == json!(1)), "{name}");
        }
    }

    #[test]
    fn no_metric_has_more_than_100_values_in_a_document() {
        let written = documents(|metrics| {
            (0..201).for_each(|n| metrics.milliseconds("Wait", Duration::from_millis(n)));
        });
        let lengths: Vec<usize> = written
            .iter()
            .map(|document| document["Wait"].as_array().map_or(1, Vec::len))
            .collect();
        assert_eq!(lengths, [100, 100, 1]);
    }

    #[test]
    fn a_name_used_with_two_units_is_written_as_two_documents() {
        let written = documents(|metrics| {
            metrics.count("Same", 1);
            metrics.milliseconds("Same", Duration::from_millis(2));
        });
        assert_eq!(written.len(), 2);
        assert_eq!(written[0]["Same"], json!(1));
        assert_eq!(written[1]["Same"], json!(2.0));
    }
}
