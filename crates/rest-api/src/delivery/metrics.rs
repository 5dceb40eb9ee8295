//! The metrics of `AWS/ApiGateway`: each flush, every metric is one list of values with how often each
//! came, from which CloudWatch computes sums, averages and percentiles alike.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::sink::{PUT_METRICS, Sink};
use crate::served::Served;

const NAMESPACE: &str = "AWS/ApiGateway";

/// The most metrics that a call may hold, and the most values that one of them may.
const MOST_METRICS: usize = 1000;
const MOST_VALUES: usize = 150;

/// What is measured of one request.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) status: u16,
    pub(crate) latency: Duration,
    /// Of the backend, if it was called.
    pub(crate) integration_latency: Option<Duration>,
    /// The resource's path and the method, if it has metrics of its own.
    pub(crate) method: Option<(String, String)>,
}

/// Names and values of dimensions.
type Dimensions = Vec<(&'static str, String)>;

/// How often each value came, by metric.
type Values = BTreeMap<Metric, BTreeMap<u64, u64>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Metric {
    Count,
    ClientErrors,
    ServerErrors,
    Latency,
    IntegrationLatency,
}

impl Metric {
    fn name_and_unit(self) -> (&'static str, &'static str) {
        match self {
            Self::Count => ("Count", "Count"),
            Self::ClientErrors => ("4XXError", "Count"),
            Self::ServerErrors => ("5XXError", "Count"),
            Self::Latency => ("Latency", "Milliseconds"),
            Self::IntegrationLatency => ("IntegrationLatency", "Milliseconds"),
        }
    }
}

/// Samples of one stage, or of one of its methods that has metrics of its own.
struct Group {
    served: Arc<Served>,
    method: Option<(String, String)>,
    values: Values,
}

/// Samples in groups, of which there are few: requests come in crowds.
#[derive(Default)]
pub(super) struct Metrics(Vec<Group>);

impl Metrics {
    pub(super) fn add(&mut self, served: &Arc<Served>, sample: Sample) {
        let is_its =
            |group: &Group| Arc::ptr_eq(&group.served, served) && group.method == sample.method;
        let values = sample.values();
        let at = self.0.iter().position(is_its).unwrap_or_else(|| {
            let (served, values) = (Arc::clone(served), Values::default());
            self.0.push(Group { served, method: sample.method, values });
            self.0.len() - 1
        });
        for (metric, value) in values {
            *self.0[at].values.entry(metric).or_default().entry(value).or_default() += 1;
        }
    }

    /// The values by region and dimensions: those of an API are all its stages', those of a stage
    /// all its methods'.
    fn by_dimensions(self) -> BTreeMap<(String, Dimensions), Values> {
        let mut sums: BTreeMap<(String, Dimensions), Values> = BTreeMap::new();
        for Group { served, method, values } in self.0 {
            let api = ("ApiName", served.definition.rest_api.name.clone());
            let stage = ("Stage", served.stage.stage_name.clone());
            let method = method.map(|(resource, method)| {
                vec![api.clone(), stage.clone(), ("Resource", resource), ("Method", method)]
            });
            let all = [Some(vec![api.clone()]), Some(vec![api, stage]), method];
            for dimensions in all.into_iter().flatten() {
                let sum = sums.entry((served.region.clone(), dimensions)).or_default();
                for (metric, counts) in &values {
                    for (value, count) in counts {
                        *sum.entry(*metric).or_default().entry(*value).or_default() += count;
                    }
                }
            }
        }
        sums
    }

    pub(super) async fn deliver(self, sink: &mut Sink) {
        let mut by_region: BTreeMap<String, Vec<Json>> = BTreeMap::new();
        let now = Timestamp::now().as_second();
        for ((region, dimensions), values) in self.by_dimensions() {
            let dimension = |(name, value)| json!({"Name": name, "Value": value});
            let dimensions: Vec<Json> = dimensions.into_iter().map(dimension).collect();
            let data = values.into_iter().flat_map(|(metric, counts)| {
                let (name, unit) = metric.name_and_unit();
                let counts: Vec<(u64, u64)> = counts.into_iter().collect();
                let datum = |counts: &[(u64, u64)]| {
                    let (values, counts): (Vec<u64>, Vec<u64>) = counts.iter().copied().unzip();
                    json!({
                        "MetricName": name,
                        "Unit": unit,
                        "Timestamp": now,
                        "Dimensions": dimensions,
                        "Values": values,
                        "Counts": counts,
                    })
                };
                counts.chunks(MOST_VALUES).map(datum).collect::<Vec<Json>>()
            });
            by_region.entry(region).or_default().extend(data);
        }
        for (region, data) in by_region {
            for data in data.chunks(MOST_METRICS) {
                let input = json!({"Namespace": NAMESPACE, "MetricData": data});
                let outcome = sink.call(PUT_METRICS, &region, &input).await;
                sink.settle(NAMESPACE, outcome, data.len());
            }
        }
    }
}

impl Sample {
    fn values(&self) -> impl Iterator<Item = (Metric, u64)> + use<> {
        let milliseconds =
            |latency: Duration| u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        let is_class = |class: u16| u64::from(self.status / 100 == class);
        let backend = self.integration_latency.map(milliseconds);
        [
            (Metric::Count, 1),
            (Metric::ClientErrors, is_class(4)),
            (Metric::ServerErrors, is_class(5)),
            (Metric::Latency, milliseconds(self.latency)),
        ]
        .into_iter()
        .chain(backend.map(|latency| (Metric::IntegrationLatency, latency)))
    }
}
