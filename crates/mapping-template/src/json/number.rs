//! Numbers of a JSON text, in the narrowest Java class that json-smart gives them.

use std::sync::Arc;

use vtl::{BigInt, Decimal, Document, DocumentNode, Value};

use super::parse::{JsonError, Read};
use super::scan::{Cursor, Stop};

/// From this length on json-smart keeps a number with a point or an exponent as a `BigDecimal`.
const LONGEST_DOUBLE: usize = 18;

/// Reads what begins with a digit or a minus sign: a number, or a bare word if something other
/// than an end follows the digits.
pub(super) fn number(
    cursor: &mut Cursor<'_>,
    stop: Stop,
    document: &mut Document,
) -> Read<DocumentNode> {
    let start = cursor.at;
    cursor.at += 1;
    cursor.skip_digits();
    let mut whole = true;
    if cursor.peek() == b'.' {
        whole = false;
        cursor.at += 1;
        cursor.skip_digits();
    }
    if matches!(cursor.peek(), b'e' | b'E') {
        whole = false;
        cursor.at += 1;
        if !matches!(cursor.peek(), b'+' | b'-' | b'0'..=b'9') {
            return Ok(DocumentNode::Text(document.copy(cursor.word_from(start, stop))));
        }
        cursor.at += 1;
        cursor.skip_digits();
    }
    cursor.skip_control();
    // json-smart's table of ends has no room for `~` and beyond, so these end a number too.
    if !stop.at(cursor.peek()) && cursor.peek() < b'~' {
        return Ok(DocumentNode::Text(document.copy(cursor.word_from(start, stop))));
    }
    let text = cursor.trimmed(start);
    Ok(document.value(if whole { integer(text) } else { float(text) }?))
}

fn integer(text: &str) -> Read<Value> {
    if text == "-" {
        return Ok(Value::Int(0));
    }
    if let Ok(value) = text.parse::<i64>() {
        return Ok(i32::try_from(value).map_or(Value::Long(value), Value::Int));
    }
    text.parse::<BigInt>()
        .map(|value| Value::BigInt(Arc::new(value)))
        .map_err(|_| JsonError::Number(text.to_owned()).into())
}

fn float(text: &str) -> Read<Value> {
    let malformed = || JsonError::Number(text.to_owned());
    if text.len() > LONGEST_DOUBLE {
        let value = text.parse::<Decimal>().map_err(|_| malformed())?;
        return Ok(Value::Decimal(Arc::new(value)));
    }
    Ok(Value::Double(text.parse::<f64>().map_err(|_| malformed())?))
}
