//! Strings as Java counts them: in UTF-16 units.
//!
//! Rust's strings are UTF-8, so places are translated. For ASCII, which is nearly all text that
//! templates handle, both counts are the same.

use std::cmp::Ordering;
use std::rc::Rc;

use crate::error::Fault;
use crate::value::Value;

/// The length in UTF-16 units.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(char::len_utf16).sum() }
}

/// The unit at a place.
pub(super) fn unit_at(text: &str, at: usize) -> Option<u16> {
    if text.is_ascii() {
        text.as_bytes().get(at).map(|byte| u16::from(*byte))
    } else {
        text.encode_utf16().nth(at)
    }
}

/// The byte at which a unit starts; inside of a surrogate pair, the pair's start.
pub(super) fn byte_of(text: &str, at: usize) -> usize {
    if text.is_ascii() {
        return at.min(text.len());
    }
    let mut units = 0;
    for (byte, c) in text.char_indices() {
        units += c.len_utf16();
        if units > at {
            return byte;
        }
    }
    text.len()
}

/// The unit at which a byte starts.
pub(super) fn unit_of(text: &str, byte: usize) -> usize {
    length(&text[..byte])
}

/// A part of a text; what is cut through becomes `?`.
pub(super) fn part(text: &str, from: usize, to: usize) -> Rc<str> {
    if text.is_ascii() {
        return Rc::from(&text[from..to]);
    }
    let units = text.encode_utf16().skip(from).take(to - from);
    Rc::from(char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect::<String>())
}

/// `substring(from, to)` with Java's checks.
pub(super) fn substring(text: &str, from: i32, to: Option<i32>) -> Result<Value, Fault> {
    let length = length(text);
    let end = to.unwrap_or(length as i32);
    match (usize::try_from(from), usize::try_from(end)) {
        (Ok(from), Ok(end)) if from <= end && end <= length => {
            Ok(Value::String(part(text, from, end)))
        }
        _ => {
            let message = match to {
                // substring(int) of Java 17 describes the same mistake in its own words.
                None if from < 0 => format!("begin {from}, end {length}, length {length}"),
                _ => format!("begin {from}, end {end}, length {length}"),
            };
            Err(Fault::thrown("StringIndexOutOfBoundsException", message))
        }
    }
}

/// What Java throws for an index outside of a text.
pub(super) fn out_of_range(text: &str, at: i32) -> Fault {
    let message = format!("index {at}, length {}", length(text));
    Fault::thrown("StringIndexOutOfBoundsException", message)
}

/// What a part from `from` to `to` holds, with the checks of methods that take a `CharSequence`.
pub(super) fn between(text: &str, from: i32, to: i32) -> Result<Rc<str>, Fault> {
    let length = length(text);
    match (usize::try_from(from), usize::try_from(to)) {
        (Ok(from), Ok(to)) if from <= to && to <= length => Ok(part(text, from, to)),
        _ => {
            let message = format!("begin {from}, end {to}, length {length}");
            Err(Fault::thrown("IndexOutOfBoundsException", message))
        }
    }
}

/// `codePointAt(at)`: the character that a place begins, or the half that is there.
pub(super) fn code_point_at(text: &str, at: i32) -> Result<Value, Fault> {
    match usize::try_from(at).ok().and_then(|at| unit_at(text, at)) {
        Some(unit) if (0xdc00..0xe000).contains(&unit) => Ok(Value::Int(i32::from(unit))),
        Some(_) => {
            let c = text[byte_of(text, at as usize)..].chars().next();
            Ok(Value::Int(c.map_or(0, |c| c as i32)))
        }
        None => Err(out_of_range(text, at)),
    }
}

/// `codePointBefore(at)`: the character that a place ends, or the half that is there.
pub(super) fn code_point_before(text: &str, at: i32) -> Result<Value, Fault> {
    let before = usize::try_from(at).ok().filter(|at| (1..=length(text)).contains(at));
    let Some(before) = before.map(|at| at - 1) else {
        return Err(out_of_range(text, at));
    };
    // A character of two units begins one before its second half.
    match unit_at(text, before) {
        Some(unit) if (0xdc00..0xe000).contains(&unit) => code_point_at(text, before as i32 - 1),
        Some(unit) => Ok(Value::Int(i32::from(unit))),
        None => Err(out_of_range(text, at)),
    }
}

/// `codePointCount(from, to)`: characters, where half of one counts as one.
pub(super) fn code_point_count(text: &str, from: i32, to: i32) -> Result<Value, Fault> {
    between(text, from, to).map(|part| Value::Int(part.chars().count() as i32))
}

/// `offsetByCodePoints(at, count)`: the place so many characters further on, or back.
pub(super) fn offset_by_code_points(text: &str, at: i32, count: i32) -> Result<Value, Fault> {
    let (before, after) = (between(text, 0, at)?, between(text, at, length(text) as i32)?);
    let characters = count.unsigned_abs() as usize;
    let passed = if count < 0 {
        units_of(before.chars().rev().take(characters))
    } else {
        units_of(after.chars().take(characters))
    };
    if passed.0 < characters {
        let message = format!("{count} characters from {at}, length {}", length(text));
        return Err(Fault::thrown("IndexOutOfBoundsException", message));
    }
    Ok(Value::Int(if count < 0 { at - passed.1 } else { at + passed.1 }))
}

/// How many characters there are, and units.
fn units_of(characters: impl Iterator<Item = char>) -> (usize, i32) {
    characters.fold((0, 0), |(count, units), c| (count + 1, units + c.len_utf16() as i32))
}

/// `indexOf(needle, from)`; -1 if there is none.
pub(super) fn index_of(text: &str, needle: &str, from: i32) -> i32 {
    let from = from.max(0) as usize;
    if from > length(text) {
        return if needle.is_empty() { length(text) as i32 } else { -1 };
    }
    let start = byte_of(text, from);
    text[start..].find(needle).map_or(-1, |at| unit_of(text, start + at) as i32)
}

/// `lastIndexOf(needle, from)`; -1 if there is none.
pub(super) fn last_index_of(text: &str, needle: &str, from: i32) -> i32 {
    if from < 0 {
        return -1;
    }
    let start = byte_of(text, from as usize);
    let mut end = (start + needle.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    text[..end].rfind(needle).map_or(-1, |at| unit_of(text, at) as i32)
}

/// `compareTo`: the difference of the first units that differ, or of the lengths.
pub(super) fn compare(left: &str, right: &str) -> i32 {
    let differing =
        left.encode_utf16().zip(right.encode_utf16()).find(|(left, right)| left != right);
    match differing {
        Some((left, right)) => i32::from(left) - i32::from(right),
        None => length(left) as i32 - length(right) as i32,
    }
}

/// How `Comparable` orders two values of one class; `None` if it does not.
pub(super) fn compare_values(left: &Value, right: &Value) -> Option<Ordering> {
    Some(match (left, right) {
        (Value::String(left), Value::String(right)) => compare(left, right).cmp(&0),
        (Value::Byte(left), Value::Byte(right)) => left.cmp(right),
        (Value::Short(left), Value::Short(right)) => left.cmp(right),
        (Value::Int(left), Value::Int(right)) => left.cmp(right),
        (Value::Long(left), Value::Long(right)) => left.cmp(right),
        (Value::Float(left), Value::Float(right)) => left.total_cmp(right),
        (Value::Double(left), Value::Double(right)) => left.total_cmp(right),
        (Value::BigInt(left), Value::BigInt(right)) => left.cmp(right),
        (Value::Decimal(left), Value::Decimal(right)) => left.compare(right),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Char(left), Value::Char(right)) => left.cmp(right),
        _ => return None,
    })
}

/// Folds case as Java's case-blind comparisons do: each character alone.
pub(super) fn folded(text: &str) -> String {
    text.chars().map(|c| single(c.to_uppercase(), c)).map(|c| single(c.to_lowercase(), c)).collect()
}

fn single(mut folded: impl Iterator<Item = char>, original: char) -> char {
    match (folded.next(), folded.next()) {
        (Some(c), None) => c,
        _ => original,
    }
}
