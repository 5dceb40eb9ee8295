//! The methods of `Byte`, `Short` and `Float`, and where their values stand for wider ones.

use super::Answer;
use super::number::{conversions, parse, parse_floating};
use crate::error::Fault;
use crate::eval::math::float_value;
use crate::value::Value;

/// The arguments with every `Byte` and `Short` as an `Integer`; `None` if there is none.
pub(super) fn widened(arguments: &[Value]) -> Option<Vec<Value>> {
    let is_narrow = |value: &Value| matches!(value, Value::Byte(_) | Value::Short(_));
    if !arguments.iter().any(is_narrow) {
        return None;
    }
    let widen = |value: &Value| value.as_int().map_or_else(|| value.clone(), Value::Int);
    Some(arguments.iter().map(widen).collect())
}

macro_rules! call_narrow {
    ($name:ident, $int:ty, $unsigned:ty, $variant:ident, $parse:literal) => {
        pub(super) fn $name(own: $int, name: &str, arguments: &[Value]) -> Answer {
            use Value::{Int, Long, String, $variant};
            let narrowed = |text: &str, radix: i32| {
                let value = parse(text, radix)?;
                <$int>::try_from(value).map($variant).map_err(|_| {
                    let message = format!("Value out of range. Value:\"{text}\" Radix:{radix}");
                    Fault::thrown("NumberFormatException", message)
                })
            };
            Ok(Some(match (name, arguments) {
                ($parse | "valueOf", [String(text)]) => narrowed(text, 10)?,
                ($parse | "valueOf", [String(text), radix]) => match radix.as_int() {
                    Some(radix) => narrowed(text, radix)?,
                    None => return Ok(None),
                },
                ("decode", [String(text)]) => $variant(super::number::decode(text)?),
                ("valueOf", [$variant(i)]) => $variant(*i),
                ("toString", [$variant(i)]) => Value::from(i.to_string()),
                ("hashCode", [$variant(i)]) => Int(i32::from(*i)),
                ("compareTo", [$variant(other)]) => Int(i32::from(own) - i32::from(*other)),
                ("compare", [$variant(left), $variant(right)]) => {
                    Int(i32::from(*left) - i32::from(*right))
                }
                ("compareUnsigned", [$variant(left), $variant(right)]) => {
                    Int(i32::from(*left as $unsigned) - i32::from(*right as $unsigned))
                }
                ("toUnsignedInt", [$variant(i)]) => Int(i32::from(*i as $unsigned)),
                ("toUnsignedLong", [$variant(i)]) => Long(i64::from(*i as $unsigned)),
                _ => return Ok(conversions(&$variant(own), name, arguments)),
            }))
        }
    };
}

call_narrow!(call_byte, i8, u8, Byte, "parseByte");
call_narrow!(call_short_common, i16, u16, Short, "parseShort");

pub(super) fn call_short(own: i16, name: &str, arguments: &[Value]) -> Answer {
    match (name, arguments) {
        ("reverseBytes", [Value::Short(i)]) => Ok(Some(Value::Short(i.swap_bytes()))),
        _ => call_short_common(own, name, arguments),
    }
}

pub(super) fn call_float(own: f32, name: &str, arguments: &[Value]) -> Answer {
    use Value::{Bool, Float, Int, String};
    let floats: Option<Vec<f32>> = arguments
        .iter()
        .map(|value| match value {
            Value::Double(_) | Value::BigInt(_) | Value::Decimal(_) => None,
            _ => float_value(value),
        })
        .collect();
    Ok(Some(match (name, arguments, floats.as_deref()) {
        ("parseFloat" | "valueOf", [String(text)], _) => Float(parse_floating(text)?),
        ("compareTo", [Float(other)], _) => Int(own.total_cmp(other) as i32),
        ("isNaN", [], _) => Bool(own.is_nan()),
        ("isInfinite", [], _) => Bool(own.is_infinite()),
        ("valueOf", _, Some([d])) => Float(*d),
        ("isNaN", _, Some([d])) => Bool(d.is_nan()),
        ("isInfinite", _, Some([d])) => Bool(d.is_infinite()),
        ("isFinite", _, Some([d])) => Bool(d.is_finite()),
        ("max", _, Some([left, right])) => Float(left.max(*right)),
        ("min", _, Some([left, right])) => Float(left.min(*right)),
        ("sum", _, Some([left, right])) => Float(left + right),
        ("compare", _, Some([left, right])) => Int(left.total_cmp(right) as i32),
        ("intBitsToFloat", [bits], _) => match bits.as_int() {
            Some(bits) => Float(f32::from_bits(bits as u32)),
            None => return Ok(None),
        },
        ("hashCode" | "floatToIntBits" | "floatToRawIntBits", _, Some([d])) => {
            Int(d.to_bits() as i32)
        }
        ("toHexString", _, Some([d])) => Value::from(super::number::hexadecimal(f64::from(*d))),
        ("toString", _, Some([d])) => {
            let mut out = std::string::String::new();
            crate::double::print_float(*d, &mut out);
            Value::from(out)
        }
        _ => return Ok(conversions(&Float(own), name, arguments)),
    }))
}
