//! From a request's JSON to the values of `$context` and `$stageVariables`, and back to overrides.

use serde_json::Value as Json;
use vtl::{BigInt, List, Map, MapKind, Order, Print, Value};

use crate::request::JsonObject;

/// The groups that a template may write below each override.
const OVERRIDES: [(&str, &[&str]); 2] =
    [("requestOverride", &["header", "path", "querystring"]), ("responseOverride", &["header"])];

/// API Gateway's `$context` is made of hash maps, in whose order they are walked, and which print
/// as nothing.
const CONTEXT_MAP: MapKind = MapKind { order: Order::Hash, print: Print::Nothing };

/// `$context`, with the overrides that a template may write to.
pub(crate) fn context(request: &JsonObject) -> Map {
    let context = context_map(request);
    for (name, groups) in OVERRIDES {
        let overrides = match context.get(name) {
            Some(Value::Map(map)) => map,
            _ => {
                let map = Map::new(CONTEXT_MAP);
                context.insert(name, Value::Map(map.clone()));
                map
            }
        };
        for group in groups {
            if overrides.get(group).is_none() {
                overrides.insert(*group, Value::Map(Map::new(CONTEXT_MAP)));
            }
        }
    }
    context
}

fn context_map(object: &JsonObject) -> Map {
    let map = Map::new(CONTEXT_MAP);
    for (name, value) in object {
        let value = match value {
            Json::Object(object) => Value::Map(context_map(object)),
            other => plain(other),
        };
        map.insert(name.as_str(), value);
    }
    map
}

/// What a list inside `$context` holds: ordinary lists and maps.
fn plain(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::List(List::array_list(items.iter().map(plain).collect())),
        Json::Object(object) => Value::Map(linked(object, plain)),
        scalar => self::scalar(scalar),
    }
}

/// A value as a parsed body would hold it: `$stageVariables` and variables of tests.
pub(crate) fn value(json: &Json) -> Value {
    match json {
        Json::Array(items) => Value::List(List::json_array(items.iter().map(value).collect())),
        Json::Object(object) => Value::Map(self::object(object)),
        scalar => self::scalar(scalar),
    }
}

/// An object as a parsed body would hold it.
pub(crate) fn object(object: &JsonObject) -> Map {
    linked(object, value)
}

fn linked(object: &JsonObject, value: fn(&Json) -> Value) -> Map {
    Map::from_entries(object.iter().map(|(name, member)| (name.as_str(), value(member))))
}

fn scalar(json: &Json) -> Value {
    match json {
        Json::Bool(flag) => Value::Bool(*flag),
        Json::String(text) => Value::from(text.as_str()),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(small), _) => i32::try_from(small).map_or(Value::Long(small), Value::Int),
            (None, Some(large)) => Value::from(BigInt::from(large)),
            (None, None) => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::Null | Json::Array(_) | Json::Object(_) => Value::Null,
    }
}

/// What a template wrote below `$context.requestOverride` and `$context.responseOverride`; groups
/// that stayed empty are left out.
///
/// The data plane applies them to the integration request and the method response; a request
/// template's overrides are also visible to the response template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// `requestOverride`: `header`, `path` and `querystring`, each an object, and what else the
    /// template put there.
    pub request: JsonObject,
    /// `responseOverride`: `status`, `header`, and what else the template put there.
    pub response: JsonObject,
}

impl Overrides {
    /// Whether nothing was overridden.
    pub fn is_empty(&self) -> bool {
        self.request.is_empty() && self.response.is_empty()
    }

    /// The status of `responseOverride`, if API Gateway would use it: a whole number from 100 to
    /// 599, which may be spelt as a string.
    pub fn status(&self) -> Option<u16> {
        let status = match self.response.get("status")? {
            Json::Number(number) => u16::try_from(number.as_u64()?).ok()?,
            Json::String(text) => text.parse().ok()?,
            _ => return None,
        };
        (100..=599).contains(&status).then_some(status)
    }

    /// The overrides that a request came with, for a template that cannot have written any.
    pub(crate) fn given(context: &JsonObject) -> Self {
        let given = |name: &str| {
            let overrides = context.get(name).and_then(Json::as_object).cloned();
            let mut overrides = overrides.unwrap_or_default();
            overrides.retain(|_, value| !value.as_object().is_some_and(JsonObject::is_empty));
            overrides
        };
        Overrides { request: given(OVERRIDES[0].0), response: given(OVERRIDES[1].0) }
    }

    pub(crate) fn read(context: &Map) -> Self {
        let written = |name: &str| {
            let overrides = match context.get(name) {
                Some(Value::Map(map)) => map,
                _ => return JsonObject::new(),
            };
            let entries = overrides.to_vec().into_iter();
            let is_written = |value: &Value| !value.as_map().is_some_and(Map::is_empty);
            entries
                .filter(|(_, value)| is_written(value))
                .filter_map(|(key, value)| {
                    Some((key.as_str()?.to_owned(), json(&value, MAX_DEPTH)))
                })
                .collect()
        };
        Overrides { request: written(OVERRIDES[0].0), response: written(OVERRIDES[1].0) }
    }
}

/// Overrides are flat; a template that nests deeper, or puts a map into itself, loses what lies
/// below.
const MAX_DEPTH: u32 = 16;

fn json(value: &Value, depth: u32) -> Json {
    let Some(below) = depth.checked_sub(1) else {
        return Json::Null;
    };
    match value {
        Value::Null | Value::Object(_) => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Char(unit) => Json::String(String::from_utf16_lossy(&[*unit])),
        Value::Int(number) => Json::from(*number),
        Value::Long(number) => Json::from(*number),
        // JSON numbers are doubles to most readers; these two keep their digits as strings.
        Value::BigInt(number) => Json::String(number.to_string()),
        Value::Decimal(number) => Json::String(number.to_string()),
        Value::Double(number) => Json::from(*number),
        Value::String(text) => Json::String(text.to_string()),
        Value::List(list) => list.items().iter().map(|item| json(item, below)).collect(),
        Value::Map(map) => {
            let entries = map.to_vec().into_iter();
            entries
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), json(&value, below))))
                .collect()
        }
    }
}
