//! The methods of `Integer` and `Long` that see a number as bits, or as one without a sign.

use super::number::{as_long, in_radix, not_a_number, parse_whole};
use super::text::between;
use crate::error::Fault;
use crate::value::Value;

macro_rules! call_bits {
    ($name:ident, $int:ty, $unsigned:ty, $variant:ident, $read:path, $parse:literal, $property:literal) => {
        /// The arguments come twice: as they are, and as numbers of the class if they all are.
        pub(super) fn $name(
            name: &str,
            arguments: &[Value],
            own: Option<&[$int]>,
        ) -> Result<Option<Value>, Fault> {
            use Value::{Int, Null, String};
            let unsigned = |text: &str, radix: i32| {
                parse_whole(text, radix)
                    .filter(|_| !text.starts_with('-'))
                    .and_then(|value| <$unsigned>::try_from(value).ok())
                    .map(|value| Value::$variant(value as $int))
                    .ok_or_else(|| not_a_number(text, radix))
            };
            if let ("divideUnsigned" | "remainderUnsigned", Some([_, 0])) = (name, own) {
                return Err(Fault::thrown("ArithmeticException", "/ by zero"));
            }
            Ok(Some(match (name, arguments, own) {
                ("toUnsignedString", _, Some([i])) => Value::from((*i as $unsigned).to_string()),
                ("toUnsignedString", [_, Int(radix)], Some([i, _])) => {
                    Value::from(in_radix(*i as $unsigned, *radix))
                }
                ($parse, [String(text)], _) => unsigned(text, 10)?,
                ($parse, [String(text), Int(radix)], _) => unsigned(text, *radix)?,
                ($parse, [String(text), Int(from), Int(to), Int(radix)], _) => {
                    unsigned(&between(text, *from, *to)?, *radix)?
                }
                ($parse, [Null], _) | ($parse, [Null, Int(_)], _) => {
                    return Err(Fault::thrown("NumberFormatException", "Cannot parse null string"));
                }
                ("compareUnsigned", _, Some([left, right])) => {
                    Int((*left as $unsigned).cmp(&(*right as $unsigned)) as i32)
                }
                ("divideUnsigned", _, Some([left, right])) => {
                    Value::$variant((*left as $unsigned / *right as $unsigned) as $int)
                }
                ("remainderUnsigned", _, Some([left, right])) => {
                    Value::$variant((*left as $unsigned % *right as $unsigned) as $int)
                }
                ("highestOneBit", _, Some([0])) => Value::$variant(0),
                ("highestOneBit", _, Some([i])) => Value::$variant(
                    ((1 as $unsigned) << (<$int>::BITS - 1 - i.leading_zeros())) as $int,
                ),
                ("lowestOneBit", _, Some([i])) => Value::$variant(i & i.wrapping_neg()),
                ("numberOfLeadingZeros", _, Some([i])) => Int(i.leading_zeros() as i32),
                ("numberOfTrailingZeros", _, Some([i])) => Int(i.trailing_zeros() as i32),
                ("reverse", _, Some([i])) => Value::$variant(i.reverse_bits()),
                ("reverseBytes", _, Some([i])) => Value::$variant(i.swap_bytes()),
                ("rotateLeft", [_, Int(count)], Some([i, _])) => {
                    Value::$variant(i.rotate_left(count.rem_euclid(<$int>::BITS as i32) as u32))
                }
                ("rotateRight", [_, Int(count)], Some([i, _])) => {
                    Value::$variant(i.rotate_right(count.rem_euclid(<$int>::BITS as i32) as u32))
                }
                // No property of the system is a number here.
                ($property, [String(_) | Null], _) => Null,
                ($property, [String(_) | Null, default], _) => match $read(default) {
                    Some(default) => Value::$variant(default),
                    None => return Ok(None),
                },
                _ => return Ok(None),
            }))
        }
    };
}

call_bits!(call_integer, i32, u32, Int, Value::as_int, "parseUnsignedInt", "getInteger");
call_bits!(call_long, i64, u64, Long, as_long, "parseUnsignedLong", "getLong");
