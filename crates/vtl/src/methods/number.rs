//! The methods of `Integer`, `Long`, `Double` and `Boolean`. Those that belong to a class are called
//! through any of its values: `$number.parseInt($text)`.

use std::str::FromStr;

use num_bigint::BigInt;

use super::text::between;
use super::{Answer, bits};
use crate::equality;
use crate::error::Fault;
use crate::eval::math::{double_value, float_value, int_value, long_value};
use crate::limits::Meter;
use crate::value::Value;

pub(super) fn call_integer(own: i32, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    use Value::{Bool, Int, String};
    Ok(Some(match (name, arguments) {
        ("parseInt" | "valueOf", [String(text)]) => Int(parse(text, 10)?),
        ("decode", [String(text)]) => Int(decode(text)?),
        ("parseInt" | "valueOf", [String(text), Int(radix)]) => Int(parse(text, *radix)?),
        ("parseInt", [String(text), Int(from), Int(to), Int(radix)]) => {
            Int(parse(&between(text, *from, *to)?, *radix)?)
        }
        ("parseInt" | "decode", [Value::Null]) => {
            return Err(Fault::thrown("NumberFormatException", "Cannot parse null string"));
        }
        ("valueOf", [Int(i)]) => Int(*i),
        ("toString", [Int(i)]) => Value::from(i.to_string()),
        ("toString", [Int(i), Int(radix)]) => Value::from(in_radix(i64::from(*i), *radix)),
        ("toHexString", [Int(i)]) => Value::from(format!("{i:x}")),
        ("toBinaryString", [Int(i)]) => Value::from(format!("{i:b}")),
        ("toOctalString", [Int(i)]) => Value::from(format!("{i:o}")),
        ("max", [Int(left), Int(right)]) => Int(*left.max(right)),
        ("min", [Int(left), Int(right)]) => Int(*left.min(right)),
        ("sum", [Int(left), Int(right)]) => Int(left.wrapping_add(*right)),
        ("compare", [Int(left), Int(right)]) => Int(left.cmp(right) as i32),
        ("compareTo", [Int(other)]) => Int(own.cmp(other) as i32),
        ("signum", [Int(i)]) => Int(i.signum()),
        ("bitCount", [Int(i)]) => Int(i.count_ones() as i32),
        ("hashCode", [Int(i)]) => Int(*i),
        ("toUnsignedLong", [Int(i)]) => Value::Long(i64::from(*i as u32)),
        ("equals", [other]) => Bool(matches!(other, Int(i) if *i == own)),
        _ => {
            let ints: Option<Vec<i32>> = arguments.iter().map(as_integer).collect();
            return match bits::call_integer(name, arguments, ints.as_deref())? {
                None => call_number(&Int(own), name, arguments, meter),
                answer => Ok(answer),
            };
        }
    }))
}

/// What a `long` parameter takes.
pub(super) fn as_long(value: &Value) -> Option<i64> {
    match value {
        Value::Long(i) => Some(*i),
        narrower => narrower.as_int().map(i64::from),
    }
}

fn as_integer(value: &Value) -> Option<i32> {
    match value {
        Value::Int(i) => Some(*i),
        _ => None,
    }
}

pub(super) fn call_long(own: i64, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    use Value::{Int, Long, String};
    let longs: Option<Vec<i64>> = arguments.iter().map(as_long).collect();
    Ok(Some(match (name, arguments, longs.as_deref()) {
        ("parseLong" | "valueOf", [String(text)], _) => Long(parse_long(text, 10)?),
        ("decode", [String(text)], _) => Long(decode(text)?),
        ("parseLong" | "valueOf", [String(text), Int(radix)], _) => Long(parse_long(text, *radix)?),
        ("parseLong", [String(text), Int(from), Int(to), Int(radix)], _) => {
            Long(parse_long(&between(text, *from, *to)?, *radix)?)
        }
        ("compareTo", [Long(other)], _) => Int(own.cmp(other) as i32),
        ("hashCode", _, Some([i])) => Int(equality::scalar_hash(&Long(*i))),
        ("valueOf", _, Some([i])) => Long(*i),
        ("toString", _, Some([i])) => Value::from(i.to_string()),
        ("toString", [_, Int(radix)], Some([i, _])) => Value::from(in_radix(*i, *radix)),
        ("toHexString", _, Some([i])) => Value::from(format!("{i:x}")),
        ("toBinaryString", _, Some([i])) => Value::from(format!("{i:b}")),
        ("toOctalString", _, Some([i])) => Value::from(format!("{i:o}")),
        ("max", _, Some([left, right])) => Long(*left.max(right)),
        ("min", _, Some([left, right])) => Long(*left.min(right)),
        ("sum", _, Some([left, right])) => Long(left.wrapping_add(*right)),
        ("compare", _, Some([left, right])) => Int(left.cmp(right) as i32),
        ("signum", _, Some([i])) => Int(i.signum() as i32),
        ("bitCount", _, Some([i])) => Int(i.count_ones() as i32),
        _ => {
            return match bits::call_long(name, arguments, longs.as_deref())? {
                None => call_number(&Long(own), name, arguments, meter),
                answer => Ok(answer),
            };
        }
    }))
}

pub(super) fn call_double(own: f64, name: &str, arguments: &[Value]) -> Answer {
    use Value::{Bool, Double, Int, String};
    let doubles: Option<Vec<f64>> = arguments
        .iter()
        .map(|value| match value {
            Value::BigInt(_) | Value::Decimal(_) => None,
            _ => double_value(value),
        })
        .collect();
    Ok(Some(match (name, arguments, doubles.as_deref()) {
        ("parseDouble" | "valueOf", [String(text)], _) => Double(parse_floating(text)?),
        ("compareTo", [Double(other)], _) => Int(own.total_cmp(other) as i32),
        ("longBitsToDouble", [bits], _) => match as_long(bits) {
            Some(bits) => Double(f64::from_bits(bits as u64)),
            None => return Ok(None),
        },
        ("hashCode", _, Some([d])) => Int(equality::scalar_hash(&Double(*d))),
        ("doubleToLongBits" | "doubleToRawLongBits", _, Some([d])) => {
            Value::Long(d.to_bits() as i64)
        }
        ("toHexString", _, Some([d])) => Value::from(hexadecimal(*d)),
        ("isNaN", [], _) => Bool(own.is_nan()),
        ("isInfinite", [], _) => Bool(own.is_infinite()),
        ("valueOf", _, Some([d])) => Double(*d),
        ("isNaN", _, Some([d])) => Bool(d.is_nan()),
        ("isInfinite", _, Some([d])) => Bool(d.is_infinite()),
        ("isFinite", _, Some([d])) => Bool(d.is_finite()),
        ("max", _, Some([left, right])) => Double(left.max(*right)),
        ("min", _, Some([left, right])) => Double(left.min(*right)),
        ("sum", _, Some([left, right])) => Double(left + right),
        ("compare", _, Some([left, right])) => Int(left.total_cmp(right) as i32),
        ("toString", _, Some([d])) => {
            let mut out = std::string::String::new();
            crate::double::print(*d, &mut out);
            Value::from(out)
        }
        _ => return Ok(conversions(&Double(own), name, arguments)),
    }))
}

/// `Double.toHexString`: `0x1.8p1` is three.
pub(super) fn hexadecimal(value: f64) -> String {
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if !value.is_finite() {
        return if value.is_nan() { "NaN".to_owned() } else { format!("{sign}Infinity") };
    }
    let fraction = value.to_bits() & ((1 << 52) - 1);
    let exponent = (value.to_bits() >> 52 & 0x7ff) as i32;
    let digits = format!("{fraction:013x}");
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    match (exponent, fraction) {
        (0, 0) => format!("{sign}0x0.0p0"),
        (0, _) => format!("{sign}0x0.{digits}p-1022"),
        _ => format!("{sign}0x1.{digits}p{}", exponent - 1023),
    }
}

fn call_number(own: &Value, name: &str, arguments: &[Value], _meter: &Meter) -> Answer {
    Ok(conversions(own, name, arguments))
}

/// The methods of `Number`, which every number has.
pub(super) fn conversions(own: &Value, name: &str, arguments: &[Value]) -> Option<Value> {
    if !arguments.is_empty() {
        return None;
    }
    Some(match name {
        "intValue" => Value::Int(int_value(own)?),
        "longValue" => Value::Long(long_value(own)?),
        "doubleValue" => Value::Double(double_value(own)?),
        "floatValue" => Value::Float(float_value(own)?),
        "shortValue" => Value::Short(int_value(own)? as i16),
        "byteValue" => Value::Byte(int_value(own)? as i8),
        _ => return None,
    })
}

pub(super) fn parse(text: &str, radix: i32) -> Result<i32, Fault> {
    parse_whole(text, radix)
        .and_then(|value| i32::try_from(value).ok())
        .ok_or_else(|| not_a_number(text, radix))
}

fn parse_long(text: &str, radix: i32) -> Result<i64, Fault> {
    parse_whole(text, radix)
        .and_then(|value| i64::try_from(value).ok())
        .ok_or_else(|| not_a_number(text, radix))
}

/// `decode`: a prefix tells hexadecimal and octal numbers.
pub(super) fn decode<I: TryFrom<i128>>(text: &str) -> Result<I, Fault> {
    let (sign, unsigned) = match text.strip_prefix(['+', '-']) {
        Some(unsigned) if text.starts_with('-') => ("-", unsigned),
        Some(unsigned) => ("", unsigned),
        None => ("", text),
    };
    let hexadecimal = ["0x", "0X", "#"].iter().find_map(|prefix| unsigned.strip_prefix(prefix));
    let (digits, radix) = match (hexadecimal, unsigned.strip_prefix('0')) {
        (Some(digits), _) => (digits, 16),
        (None, Some(digits)) if !digits.is_empty() => (digits, 8),
        _ => (unsigned, 10),
    };
    // A second sign is no digit.
    let value = match digits.starts_with(['+', '-']) {
        true => None,
        false => parse_whole(&format!("{sign}{digits}"), radix),
    };
    value.and_then(|value| I::try_from(value).ok()).ok_or_else(|| not_a_number(text, radix))
}

pub(super) fn parse_whole(text: &str, radix: i32) -> Option<i128> {
    let radix = u32::try_from(radix).ok().filter(|radix| (2..=36).contains(radix))?;
    // Rust accepts no more than Java here: one sign, then digits.
    i128::from_str_radix(text, radix).ok()
}

pub(super) fn not_a_number(text: &str, radix: i32) -> Fault {
    let under = if radix == 10 { String::new() } else { format!(" under radix {radix}") };
    Fault::thrown("NumberFormatException", format!("For input string: \"{text}\"{under}"))
}

/// `Double.parseDouble` and `Float.parseFloat`: blanks around it and a type letter behind it are
/// allowed.
pub(super) fn parse_floating<F: FromStr>(text: &str) -> Result<F, Fault> {
    let trimmed = text.trim_matches(|c| c <= ' ');
    if trimmed.is_empty() {
        return Err(Fault::thrown("NumberFormatException", "empty String"));
    }
    let wrong =
        || Fault::thrown("NumberFormatException", format!("For input string: \"{trimmed}\""));
    let unsigned = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if matches!(unsigned, "NaN" | "Infinity") {
        return trimmed.parse().map_err(|_| wrong());
    }
    let digits = trimmed.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(trimmed);
    if !digits.ends_with(|c: char| c.is_ascii_digit() || c == '.')
        || digits.contains(['n', 'N', 'i', 'I'])
    {
        return Err(wrong());
    }
    digits.parse().map_err(|_| wrong())
}

pub(super) fn in_radix(value: impl Into<BigInt>, radix: i32) -> String {
    let radix = if (2..=36).contains(&radix) { radix as u32 } else { 10 };
    value.into().to_str_radix(radix)
}

pub(super) fn call_boolean(own: bool, name: &str, arguments: &[Value]) -> Option<Value> {
    use Value::{Bool, Int, String};
    Some(match (name, arguments) {
        ("booleanValue", []) => Bool(own),
        ("parseBoolean" | "valueOf", [String(text)]) => Bool(text.eq_ignore_ascii_case("true")),
        ("parseBoolean" | "valueOf", [Value::Null]) => Bool(false),
        ("valueOf", [Bool(b)]) => Bool(*b),
        ("toString", [Bool(b)]) => Value::from(if *b { "true" } else { "false" }),
        ("hashCode", [Bool(b)]) => Int(equality::scalar_hash(&Bool(*b))),
        // No property of the system is true here.
        ("getBoolean", [String(_) | Value::Null]) => Bool(false),
        ("compareTo", [Bool(other)]) => Int(own.cmp(other) as i32),
        ("compare", [Bool(left), Bool(right)]) => Int(left.cmp(right) as i32),
        ("logicalAnd", [Bool(left), Bool(right)]) => Bool(*left && *right),
        ("logicalOr", [Bool(left), Bool(right)]) => Bool(*left || *right),
        ("logicalXor", [Bool(left), Bool(right)]) => Bool(left != right),
        _ => return None,
    })
}
