//! The methods of `java.lang.String`, as of Java 17.

mod rare;

use std::rc::Rc;

use super::text::{byte_of, compare, folded, index_of, last_index_of, length, substring, unit_at};
use super::{Answer, Call, null_pointer};
use crate::equality;
use crate::error::Fault;
use crate::limits::Meter;
use crate::list::{List, ListKind};
use crate::regex;
use crate::value::Value;

pub(super) fn call(text: &Rc<str>, name: &str, arguments: &[Value], how: &Call<'_>) -> Answer {
    let meter = how.meter;
    meter.spend(1 + text.len() as u64 / 64)?;
    let int = |number: usize| Value::Int(number as i32);
    // This is what templates call most.
    if let ("replaceAll", [Value::String(pattern), Value::String(with)]) = (name, arguments) {
        let replaced = regex::replace(text, pattern, with, usize::MAX, how)?;
        return Ok(Some(Value::String(replaced)));
    }
    for argument in arguments {
        if let Value::String(argument) = argument {
            meter.spend(argument.len() as u64 / 64)?;
        }
    }
    Ok(Some(match (name, arguments) {
        ("length", []) => int(length(text)),
        ("isEmpty", []) => Value::Bool(text.is_empty()),
        ("isBlank", []) => Value::Bool(is_blank(text)),
        ("toString" | "intern" | "strip" | "trim" | "stripLeading" | "stripTrailing", []) => {
            let part = match name {
                "strip" => text.trim_matches(java_space),
                "trim" => text.trim_matches(|c| c <= ' '),
                "stripLeading" => text.trim_start_matches(java_space),
                "stripTrailing" => text.trim_end_matches(java_space),
                _ => text,
            };
            if part.len() == text.len() {
                Value::String(Rc::clone(text))
            } else {
                made(part, meter)?
            }
        }
        ("toUpperCase", []) => made(text.to_uppercase(), meter)?,
        ("toLowerCase", []) => made(text.to_lowercase(), meter)?,
        ("hashCode", []) => Value::Int(equality::string_hash(text)),
        ("charAt", [Value::Int(at)]) => {
            match usize::try_from(*at).ok().and_then(|at| unit_at(text, at)) {
                Some(unit) => Value::Char(unit),
                None => return Err(char_index(text, *at)),
            }
        }
        ("substring", [Value::Int(from)]) => substring(text, *from, None)?,
        ("substring" | "subSequence", [Value::Int(from), Value::Int(to)]) => {
            substring(text, *from, Some(*to))?
        }
        (
            "concat"
            | "startsWith"
            | "endsWith"
            | "matches"
            | "split"
            | "contentEquals"
            | "compareToIgnoreCase",
            [Value::Null],
        )
        | (
            "replaceAll" | "replaceFirst",
            [Value::Null, Value::Null | Value::String(_)] | [Value::String(_), Value::Null],
        )
        | ("split" | "startsWith", [Value::Null, Value::Int(_)]) => return Err(null_pointer(name)),
        ("concat", [Value::String(other)]) => made(format!("{text}{other}"), meter)?,
        ("contains", [Value::String(other)]) => Value::Bool(text.contains(&**other)),
        ("contains", [other]) => return nothing_for(other, name),
        ("startsWith", [Value::String(other)]) => Value::Bool(text.starts_with(&**other)),
        ("startsWith", [Value::String(other), Value::Int(from)]) => {
            let from = usize::try_from(*from).ok().filter(|from| *from <= length(text));
            Value::Bool(from.is_some_and(|from| text[byte_of(text, from)..].starts_with(&**other)))
        }
        ("endsWith", [Value::String(other)]) => Value::Bool(text.ends_with(&**other)),
        ("equalsIgnoreCase", [Value::String(other)]) => {
            let may_be = length(text) == length(other);
            Value::Bool(may_be && fold(text, meter)? == fold(other, meter)?)
        }
        ("equalsIgnoreCase", [Value::Null]) => Value::Bool(false),
        ("contentEquals", [Value::String(other)]) => Value::Bool(text == other),
        ("compareTo", [Value::String(other)]) => Value::Int(compare(text, other)),
        ("compareToIgnoreCase", [Value::String(other)]) => {
            Value::Int(compare(&fold(text, meter)?, &fold(other, meter)?))
        }
        ("indexOf", [needle]) => match needle_of(needle) {
            Some(needle) => Value::Int(index_of(text, &needle, 0)),
            None => return nothing_for(needle, name),
        },
        ("indexOf", [needle, Value::Int(from)]) => match needle_of(needle) {
            Some(needle) => Value::Int(index_of(text, &needle, *from)),
            None => return nothing_for(needle, name),
        },
        ("lastIndexOf", [needle]) => match needle_of(needle) {
            Some(needle) => Value::Int(last_index_of(text, &needle, i32::MAX)),
            None => return nothing_for(needle, name),
        },
        ("lastIndexOf", [needle, Value::Int(from)]) => match needle_of(needle) {
            Some(needle) => Value::Int(last_index_of(text, &needle, *from)),
            None => return nothing_for(needle, name),
        },
        ("replace", [from, to]) => match (from, to) {
            (Value::Char(_), Value::Char(_)) | (Value::String(_), Value::String(_)) => {
                let (from, to) =
                    (sequence(from).unwrap_or_default(), sequence(to).unwrap_or_default());
                bounded_replacement(text, &from, &to, meter)?;
                made(text.replace(&*from, &to), meter)?
            }
            (Value::String(_) | Value::Null, Value::String(_) | Value::Null) => {
                return Err(null_pointer(name));
            }
            _ => return Ok(None),
        },
        ("replaceFirst", [Value::String(pattern), Value::String(with)]) => {
            Value::String(regex::replace(text, pattern, with, 1, how)?)
        }
        ("matches", [Value::String(pattern)]) => {
            Value::Bool(regex::matches(how.patterns, text, pattern, meter)?)
        }
        ("split", [Value::String(pattern)]) => split(text, pattern, 0, how)?,
        ("split", [Value::String(pattern), Value::Int(limit)]) => {
            split(text, pattern, *limit, how)?
        }
        ("repeat", [Value::Int(count)]) => {
            let Ok(count) = usize::try_from(*count) else {
                return Err(Fault::thrown(
                    "IllegalArgumentException",
                    format!("count is negative: {count}"),
                ));
            };
            meter.allocate(text.len().saturating_mul(count))?;
            Value::from(text.repeat(count))
        }
        ("toCharArray", []) => {
            meter.allocate(text.len() * size_of::<Value>())?;
            Value::List(List::new(
                ListKind::CharArray,
                text.encode_utf16().map(Value::Char).collect(),
            ))
        }
        ("getBytes", []) => bytes(text, meter)?,
        _ => return rare::call(text, name, arguments, meter),
    }))
}

fn split(text: &Rc<str>, pattern: &Rc<str>, limit: i32, how: &Call<'_>) -> Result<Value, Fault> {
    let parts = regex::split(how.patterns, text, pattern, limit, how.meter)?;
    how.meter.allocate((parts.len() + 1) * size_of::<Value>() + text.len())?;
    Ok(Value::List(List::new(ListKind::StringArray, parts.into_iter().map(Value::from).collect())))
}

/// A text with its case folded, which takes long.
fn fold(text: &str, meter: &Meter) -> Result<String, Fault> {
    meter.spend(text.len() as u64 / 4)?;
    Ok(folded(text))
}

/// A text that was made, counted.
fn made(text: impl AsRef<str>, meter: &Meter) -> Result<Value, Fault> {
    meter.allocate(text.as_ref().len())?;
    Ok(Value::from(text.as_ref()))
}

/// Counts a replacement before it is made: replacing nothing by much makes very much.
fn bounded_replacement(text: &str, from: &str, to: &str, meter: &Meter) -> Result<(), Fault> {
    let hits = if from.is_empty() { text.len() + 1 } else { text.len() / from.len() };
    if hits.saturating_mul(to.len()) > 1 << 16 {
        let hits = text.matches(from).count();
        meter.allocate(hits.saturating_mul(to.len()))?;
    }
    Ok(())
}

/// What `indexOf` looks for: a text or the number of a character.
fn needle_of(value: &Value) -> Option<Rc<str>> {
    match value {
        Value::String(text) => Some(Rc::clone(text)),
        Value::Int(code) => {
            let c = u32::try_from(*code).ok().and_then(char::from_u32);
            // A number that is no character is nowhere.
            Some(Rc::from(c.map_or_else(|| "\u{10ffff}\u{10ffff}".to_owned(), String::from)))
        }
        _ => None,
    }
}

/// A `CharSequence` or a character as text.
fn sequence(value: &Value) -> Option<Rc<str>> {
    match value {
        Value::String(text) => Some(Rc::clone(text)),
        Value::Char(unit) => {
            Some(Rc::from(char::from_u32(u32::from(*unit)).unwrap_or('?').to_string()))
        }
        _ => None,
    }
    .filter(|_| !matches!(value, Value::Null))
}

/// Null is accepted as a text and then fails; anything else fits no method.
fn nothing_for(argument: &Value, name: &str) -> Answer {
    if argument.is_null() { Err(null_pointer(name)) } else { Ok(None) }
}

fn char_index(text: &str, at: i32) -> Fault {
    let message = format!("String index out of range: {at}");
    let _ = text;
    Fault::thrown("StringIndexOutOfBoundsException", message)
}

/// `Character.isWhitespace`: Unicode's, but neither no-break spaces nor U+0085.
pub(super) fn java_space(c: char) -> bool {
    match c {
        '\u{1c}'..='\u{1f}' => true,
        '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{85}' => false,
        _ => c.is_whitespace(),
    }
}

pub(super) fn is_blank(text: &str) -> bool {
    text.chars().all(java_space)
}

/// `getBytes()`, in UTF-8.
pub(super) fn bytes(text: &str, meter: &Meter) -> Result<Value, Fault> {
    byte_array(text.as_bytes(), meter)
}

/// A `byte[]`, counted.
pub(super) fn byte_array(bytes: &[u8], meter: &Meter) -> Result<Value, Fault> {
    meter.allocate(bytes.len() * size_of::<Value>())?;
    let bytes = bytes.iter().map(|byte| Value::Byte(*byte as i8)).collect();
    Ok(Value::List(List::new(ListKind::ByteArray, bytes)))
}
