//! Filter criteria: which records of a source a function gets to see.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::mapping::Kind;
use crate::pattern::Pattern;

/// Filters, of which one has to match; without any, everything does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    filters: Vec<Filter>,
}

#[derive(Clone, Debug)]
struct Filter {
    text: String,
    pattern: Pattern,
}

impl Filters {
    /// Reads filters for a kind of source; nothing if one of them is not a pattern for it. The data of
    /// a stream's record is JSON, so a pattern for it has to be an object.
    pub(crate) fn parse(kind: Kind, texts: Vec<String>) -> Option<Self> {
        let filters = texts.into_iter().map(|text| {
            let pattern = Pattern::parse(&text)?;
            let is_for_data = match kind {
                Kind::Queue { .. } => true,
                Kind::DynamoDb => !pattern.wants_plain("dynamodb"),
                Kind::Kinesis => !pattern.wants_plain("data"),
            };
            is_for_data.then_some(Filter { text, pattern })
        });
        Some(Self { filters: filters.collect::<Option<_>>()? })
    }

    /// `FilterCriteria`, if there is any filter.
    pub(crate) fn document(&self) -> Option<Value> {
        let filters = self.filters.iter().map(|filter| json!({ "Pattern": filter.text }));
        let filters: Vec<_> = filters.collect();
        (!filters.is_empty()).then(|| json!({ "Filters": filters }))
    }

    /// Whether a function gets to see a record of its event.
    pub(crate) fn accept(&self, kind: Kind, record: &Value) -> bool {
        self.filters.is_empty() || {
            let record = Filterable::of(kind, record);
            self.filters.iter().any(|Filter { pattern, .. }| record.matches(pattern))
        }
    }
}

/// A record as patterns see it.
struct Filterable {
    record: Value,
    /// The member that holds the data, and whether that is JSON. DynamoDB's always is.
    data: Option<(&'static str, bool)>,
}

impl Filterable {
    fn of(kind: Kind, record: &Value) -> Self {
        match kind {
            Kind::DynamoDb => Self { record: record.clone(), data: None },
            Kind::Queue { .. } => Self::with_data(record.clone(), "body", |body| {
                structured(serde_json::from_str(body).ok()?)
            }),
            Kind::Kinesis => {
                // Patterns name what is in `kinesis` without it.
                let mut flat = record.clone();
                if let (Some(flat), Some(inner)) =
                    (flat.as_object_mut(), record["kinesis"].as_object())
                {
                    flat.extend(inner.clone());
                }
                Self::with_data(flat, "data", |data| {
                    structured(serde_json::from_slice(&BASE64_STANDARD.decode(data).ok()?).ok()?)
                })
            }
        }
    }

    fn with_data(
        mut record: Value,
        name: &'static str,
        parse: impl FnOnce(&str) -> Option<Value>,
    ) -> Self {
        let parsed = record[name].as_str().and_then(parse);
        let is_json = parsed.is_some();
        if let Some(parsed) = parsed {
            record[name] = parsed;
        }
        Self { record, data: Some((name, is_json)) }
    }

    /// What is JSON on one side and plain text on the other never matches.
    fn matches(&self, pattern: &Pattern) -> bool {
        let comparable = self.data.is_none_or(|(name, is_json)| {
            !pattern.names(name) || pattern.wants_plain(name) != is_json
        });
        comparable && pattern.matches(&self.record)
    }
}

/// A document; a number or a quoted text alone counts as plain.
fn structured(value: Value) -> Option<Value> {
    (value.is_object() || value.is_array()).then_some(value)
}
