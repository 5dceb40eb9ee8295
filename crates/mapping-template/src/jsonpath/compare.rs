//! How a filter compares the value it expects with the one it finds.
//!
//! Strings that spell a number compare with numbers, the word `null` with `null`, and strings with
//! booleans by what `Boolean.valueOf` makes of them. Anything else does not compare, and the
//! condition is false.

use std::cmp::Ordering;

use vtl::{Decimal, Fault, JavaPattern, Meter, Value};

/// Compares what is expected with what is found; `None` if their types do not compare.
///
/// # Errors
/// A string that is no number, expected where a number is found, throws as in Java.
pub(super) fn compare(
    expected: &Value,
    found: &Value,
    meter: &Meter,
) -> Result<Option<Ordering>, Fault> {
    match (is_nullish(expected), is_nullish(found)) {
        (true, true) => return Ok(Some(Ordering::Equal)),
        (true, false) => return Ok(Some(Ordering::Less)),
        (false, true) => return Ok(Some(Ordering::Greater)),
        (false, false) => {}
    }
    Ok(match (expected, found) {
        (Value::String(expected), Value::String(found)) => {
            let expected = expected.replace("\\'", "'");
            Some(expected.encode_utf16().cmp(found.encode_utf16()))
        }
        (Value::String(expected), Value::Bool(found)) => {
            Some(expected.eq_ignore_ascii_case("true").cmp(found))
        }
        (Value::Bool(expected), Value::Bool(found)) => Some(expected.cmp(found)),
        (Value::String(expected), found) if found.is_number() => {
            Some(decimal(expected)?.compare(&number(found, meter)?))
        }
        (expected, found) if expected.is_number() && found.is_number() => {
            Some(number(expected, meter)?.compare(&number(found, meter)?))
        }
        (expected, found) => is_same(expected, found).then_some(Ordering::Equal),
    })
}

/// Whether `value` as text matches the Java regular expression from end to end.
pub(super) fn matches(pattern: &JavaPattern, value: &Value, meter: &Meter) -> Result<bool, Fault> {
    if value.is_null() {
        return Ok(false);
    }
    let mut text = String::new();
    value.print(&mut text, meter)?;
    pattern.matches(&text, meter)
}

/// The value of a number, by way of its text, which is how Java compares them.
fn number(value: &Value, meter: &Meter) -> Result<Decimal, Fault> {
    match value {
        Value::Int(value) => Ok(Decimal::from(i64::from(*value))),
        Value::Long(value) => Ok(Decimal::from(*value)),
        Value::BigInt(value) => Ok(Decimal::from(&**value)),
        Value::Decimal(value) => Ok(Decimal::clone(value)),
        other => {
            let mut text = String::new();
            other.print(&mut text, meter)?;
            decimal(&text)
        }
    }
}

fn decimal(text: &str) -> Result<Decimal, Fault> {
    text.parse().map_err(|_| {
        Fault::thrown("NumberFormatException", format!("{text:?} does not compare with a number"))
    })
}

fn is_nullish(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("null")
}

/// Objects and arrays compare with themselves only.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::List(left), Value::List(right)) => left.is_same(right),
        (Value::Map(left), Value::Map(right)) => left.is_same(right),
        _ => false,
    }
}
