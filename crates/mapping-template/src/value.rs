//! Between a request's JSON and the values of templates.

use serde_json::Value as Json;
use vtl::{BigInt, List, Map, Value};

use crate::request::JsonObject;

/// What a list inside `$context` holds: ordinary lists and maps.
pub(crate) fn plain(json: &Json) -> Value {
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

/// A value that holds no others; null for one that does.
pub(crate) fn scalar(json: &Json) -> Value {
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

/// How deep a value is followed on its way back to JSON. Overrides are flat; a template that nests
/// deeper, or puts a map into itself, loses what lies below.
const MAX_DEPTH: u32 = 16;

/// A value as JSON, for what a template hands back.
pub(crate) fn to_json(value: &Value) -> Json {
    json(value, MAX_DEPTH)
}

fn json(value: &Value, depth: u32) -> Json {
    let Some(below) = depth.checked_sub(1) else {
        return Json::Null;
    };
    match value {
        Value::Null | Value::Object(_) => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Char(unit) => Json::String(String::from_utf16_lossy(&[*unit])),
        Value::Byte(number) => Json::from(*number),
        Value::Short(number) => Json::from(*number),
        Value::Int(number) => Json::from(*number),
        Value::Long(number) => Json::from(*number),
        // JSON numbers are doubles to most readers; these two keep their digits as strings.
        Value::BigInt(number) => Json::String(number.to_string()),
        Value::Decimal(number) => Json::String(number.to_string()),
        Value::Float(number) => Json::from(*number),
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
