//! The methods of `java.util.LinkedHashMap` and `HashMap`.

use std::rc::Rc;

use super::views::{View, ViewKind};
use super::{Answer, null_pointer};
use crate::equality;
use crate::error::Fault;
use crate::limits::Meter;
use crate::map::Map;
use crate::value::Value;

pub(crate) fn call(map: &Map, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    if let ("get" | "containsKey" | "getOrDefault" | "remove" | "replace", [key, ..]) =
        (name, arguments)
    {
        search(map, key, meter)?;
    }
    let view = |kind| Value::Object(Rc::new(View::of_map(map.clone(), kind)));
    Ok(Some(match (name, arguments) {
        ("get", [key]) => map.get_value(key).unwrap_or_default(),
        ("put", [key, value]) => put(map, key, value, meter)?,
        ("size", []) => Value::Int(map.len() as i32),
        ("isEmpty", []) => Value::Bool(map.is_empty()),
        ("containsKey", [key]) => Value::Bool(map.get_value(key).is_some()),
        ("containsValue", [value]) => {
            meter.spend(map.len() as u64)?;
            let mut found = false;
            for (_, other) in map.to_vec() {
                found = found || equality::equals(value, &other, meter)?;
            }
            Value::Bool(found)
        }
        ("keySet", []) => view(ViewKind::Keys),
        ("values", []) => view(ViewKind::Values),
        ("entrySet", []) => view(ViewKind::Entries),
        ("remove", [key]) => remove(map, key, meter)?.unwrap_or_default(),
        ("remove", [key, value]) => {
            let removes = match map.get_value(key) {
                Some(old) => equality::equals(&old, value, meter)?,
                None => false,
            };
            if removes {
                remove(map, key, meter)?;
            }
            Value::Bool(removes)
        }
        ("putAll", [Value::Map(other)]) => {
            for (key, value) in other.to_vec() {
                put(map, &key, &value, meter)?;
            }
            void()
        }
        ("putAll", [Value::Null]) => return Err(null_pointer(name)),
        ("putIfAbsent", [key, value]) => match map.get_value(key) {
            Some(old) if !old.is_null() => old,
            _ => put(map, key, value, meter)?,
        },
        ("getOrDefault", [key, default]) => map.get_value(key).unwrap_or_else(|| default.clone()),
        ("replace", [key, value]) => match map.get_value(key) {
            Some(_) => put(map, key, value, meter)?,
            None => Value::Null,
        },
        ("replace", [key, old, new]) => {
            let replaces = match map.get_value(key) {
                Some(current) => equality::equals(&current, old, meter)?,
                None => false,
            };
            if replaces {
                put(map, key, new, meter)?;
            }
            Value::Bool(replaces)
        }
        ("clear", []) => {
            map.clear();
            void()
        }
        ("clone", []) => {
            meter.allocate(map.len() * 2 * size_of::<Value>())?;
            let copy = Map::new(map.kind());
            for (key, value) in map.to_vec() {
                copy.insert(key, value);
            }
            Value::Map(copy)
        }
        _ => return Ok(None),
    }))
}

/// Counts a search for a key. Only texts are found without looking at every other key, and what holds
/// other values takes long to compare.
pub(crate) fn search(map: &Map, key: &Value, meter: &Meter) -> Result<(), Fault> {
    match key {
        Value::String(_) => Ok(()),
        key if key.is_container() => meter.spend(map.len() as u64 * 32),
        _ => meter.spend(map.len() as u64 / 8),
    }
}

/// Removes a key, which the places of all others change with.
pub(super) fn remove(map: &Map, key: &Value, meter: &Meter) -> Result<Option<Value>, Fault> {
    search(map, key, meter)?;
    meter.spend(map.len() as u64 / 2)?;
    Ok(map.remove(key))
}

/// What a method without a result gives a template: the empty string, in every mode.
pub(super) fn void() -> Value {
    Value::from("")
}

/// Puts a value under a key and returns the one that was there.
pub(crate) fn put(map: &Map, key: &Value, value: &Value, meter: &Meter) -> Result<Value, Fault> {
    search(map, key, meter)?;
    meter.allocate(4 * size_of::<Value>())?;
    Ok(map.insert(key.clone(), value.clone()).unwrap_or_default())
}
