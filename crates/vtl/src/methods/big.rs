//! The methods of `BigInteger` and `BigDecimal`.

use std::borrow::Cow;
use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use super::string::byte_array;
use super::{Answer, null_pointer, number};
use crate::decimal::Decimal;
use crate::error::{Bound, Fault};
use crate::eval::math::long_value;
use crate::limits::Meter;
use crate::value::Value;

pub(super) fn call_big_integer(
    own: &Arc<BigInt>,
    name: &str,
    arguments: &[Value],
    meter: &Meter,
) -> Answer {
    let big = |value: BigInt| Value::BigInt(Arc::new(value));
    let grows = |bits: u64| {
        let bound = meter.limits().integer_bits;
        if bits > bound {
            Err(Fault::Bound(Bound::Integer(bound)))
        } else {
            meter.spend(1 + bits / 64)
        }
    };
    Ok(Some(match (name, arguments) {
        ("add", [Value::BigInt(other)]) => {
            grows(own.bits().max(other.bits()) + 1)?;
            big(&**own + &**other)
        }
        ("subtract", [Value::BigInt(other)]) => {
            grows(own.bits().max(other.bits()) + 1)?;
            big(&**own - &**other)
        }
        ("multiply", [Value::BigInt(other)]) => {
            grows(own.bits() + other.bits())?;
            big(&**own * &**other)
        }
        ("divide" | "remainder" | "mod", [Value::BigInt(other)]) => {
            if other.sign() == Sign::NoSign {
                return Err(Fault::thrown("ArithmeticException", "BigInteger divide by zero"));
            }
            if name == "divide" {
                return Ok(Some(big(&**own / &**other)));
            }
            let rest = &**own % &**other;
            if name == "mod" && other.sign() == Sign::Minus {
                return Err(Fault::thrown(
                    "ArithmeticException",
                    "BigInteger: modulus not positive",
                ));
            }
            big(if name == "mod" && rest.sign() == Sign::Minus { rest + &**other } else { rest })
        }
        ("pow", [Value::Int(exponent)]) => {
            let Ok(exponent) = u32::try_from(*exponent) else {
                return Err(Fault::thrown("ArithmeticException", "Negative exponent"));
            };
            grows(own.bits().saturating_mul(u64::from(exponent)))?;
            big(own.pow(exponent))
        }
        (
            "add" | "subtract" | "multiply" | "divide" | "remainder" | "mod" | "max" | "min"
            | "and" | "or" | "xor" | "andNot" | "gcd" | "modInverse",
            [Value::Null],
        )
        | (
            "modPow",
            [Value::Null, Value::Null | Value::BigInt(_)] | [Value::BigInt(_), Value::Null],
        ) => {
            return Err(null_pointer(name));
        }
        ("negate", []) => big(-&**own),
        ("abs", []) => big(BigInt::from(own.magnitude().clone())),
        ("signum", []) => Value::Int(signum(own)),
        ("bitLength", []) => Value::Int(beside_sign(own).bits() as i32),
        ("bitCount", []) => Value::Int(beside_sign(own).magnitude().count_ones() as i32),
        ("getLowestSetBit", []) => Value::Int(lowest_set_bit(own)),
        ("compareTo", [Value::BigInt(other)]) => Value::Int(own.cmp(other) as i32),
        ("max", [Value::BigInt(other)]) => Value::BigInt(Arc::clone(own.max(other))),
        ("min", [Value::BigInt(other)]) => Value::BigInt(Arc::clone(own.min(other))),
        ("toString", [Value::Int(radix)]) => {
            meter.spend(own.bits() / 8)?;
            meter.allocate(own.bits() as usize)?;
            Value::from(number::in_radix(BigInt::clone(own), *radix))
        }
        ("valueOf", [value @ (Value::Int(_) | Value::Long(_))]) => {
            big(BigInt::from(long_value(value).unwrap_or_default()))
        }
        ("and", [Value::BigInt(other)]) => big(&**own & &**other),
        ("or", [Value::BigInt(other)]) => big(&**own | &**other),
        ("xor", [Value::BigInt(other)]) => big(&**own ^ &**other),
        ("andNot", [Value::BigInt(other)]) => big(&**own & !&**other),
        ("not", []) => big(!&**own),
        ("shiftLeft" | "shiftRight", [Value::Int(count)]) => {
            let to_the_left = i64::from(*count) * if name == "shiftLeft" { 1 } else { -1 };
            let places = to_the_left.unsigned_abs();
            if to_the_left < 0 {
                big(&**own >> places)
            } else {
                grows(own.bits().saturating_add(places))?;
                big(&**own << places)
            }
        }
        ("testBit" | "setBit" | "clearBit" | "flipBit", [Value::Int(at)]) => {
            let Ok(at) = u64::try_from(*at) else {
                return Err(Fault::thrown("ArithmeticException", "Negative bit address"));
            };
            let (is_set, mut changed) = (own.bit(at), BigInt::clone(own));
            match name {
                "testBit" => return Ok(Some(Value::Bool(is_set))),
                "setBit" if is_set => {}
                "clearBit" if !is_set => {}
                _ => {
                    grows(own.bits().max(at + 1))?;
                    changed.set_bit(at, !is_set);
                }
            }
            big(changed)
        }
        ("gcd", [Value::BigInt(other)]) => big(common_divisor(own, other, meter)?),
        ("sqrt", []) => {
            if own.sign() == Sign::Minus {
                return Err(Fault::thrown("ArithmeticException", "Negative BigInteger"));
            }
            meter.spend(own.bits() * own.bits() / 4096)?;
            big(own.sqrt())
        }
        ("modInverse", [Value::BigInt(modulus)])
        | ("modPow", [Value::BigInt(_), Value::BigInt(modulus)])
            if modulus.sign() != Sign::Plus =>
        {
            return Err(Fault::thrown("ArithmeticException", "BigInteger: modulus not positive"));
        }
        ("modInverse", [Value::BigInt(modulus)]) => big(inverse(own, modulus, meter)?),
        ("modPow", [Value::BigInt(exponent), Value::BigInt(modulus)]) => {
            let words = 1 + (own.bits().max(modulus.bits())) / 64;
            meter.spend(exponent.bits().saturating_mul(words * words))?;
            if exponent.sign() == Sign::Minus {
                big(inverse(own, modulus, meter)?.modpow(&-&**exponent, modulus))
            } else {
                big(own.modpow(exponent, modulus))
            }
        }
        ("toByteArray", []) => byte_array(&own.to_signed_bytes_be(), meter)?,
        ("longValueExact", []) => Value::Long(exactly(own, "long")?),
        ("intValueExact", []) => Value::Int(exactly(own, "int")?),
        ("shortValueExact", []) => Value::Short(exactly(own, "short")?),
        ("byteValueExact", []) => Value::Byte(exactly(own, "byte")?),
        _ => {
            return Ok(number::conversions(&Value::BigInt(Arc::clone(own)), name, arguments));
        }
    }))
}

/// A number that has the bits which differ from its sign's, and no others.
fn beside_sign(value: &BigInt) -> Cow<'_, BigInt> {
    if value.sign() == Sign::Minus { Cow::Owned(!value) } else { Cow::Borrowed(value) }
}

/// Where the lowest bit is that is set; -1 for zero.
pub(super) fn lowest_set_bit(value: &BigInt) -> i32 {
    value.trailing_zeros().map_or(-1, |zeros| zeros as i32)
}

fn common_divisor(left: &BigInt, right: &BigInt, meter: &Meter) -> Result<BigInt, Fault> {
    let (mut left, mut right) = (left.magnitude().clone(), right.magnitude().clone());
    while right.bits() > 0 {
        meter.spend(1 + left.bits() / 64)?;
        (left, right) = (right.clone(), left % &right);
    }
    Ok(BigInt::from(left))
}

fn inverse(value: &BigInt, modulus: &BigInt, meter: &Meter) -> Result<BigInt, Fault> {
    meter.spend(modulus.bits() * modulus.bits() / 64)?;
    if modulus.bits() == 1 {
        return Ok(BigInt::ZERO);
    }
    let inverse = value.modinv(modulus);
    inverse.ok_or_else(|| Fault::thrown("ArithmeticException", "BigInteger not invertible."))
}

fn exactly<'a, I: TryFrom<&'a BigInt>>(value: &'a BigInt, class: &str) -> Result<I, Fault> {
    let message = || format!("BigInteger out of {class} range");
    I::try_from(value).map_err(|_| Fault::thrown("ArithmeticException", message()))
}

fn signum(value: &BigInt) -> i32 {
    match value.sign() {
        Sign::Minus => -1,
        Sign::NoSign => 0,
        Sign::Plus => 1,
    }
}

pub(super) fn call_decimal(
    own: &Arc<Decimal>,
    name: &str,
    arguments: &[Value],
    meter: &Meter,
) -> Answer {
    let decimal = |value: Decimal| Value::Decimal(Arc::new(value));
    Ok(Some(match (name, arguments) {
        ("add" | "subtract" | "multiply", [Value::Decimal(other)]) => {
            let bound = meter.limits().integer_bits;
            if own.reach() + other.reach() > bound {
                return Err(Fault::Bound(Bound::Integer(bound)));
            }
            decimal(match name {
                "add" => own.add(other),
                "subtract" => own.subtract(other),
                _ => own.multiply(other),
            })
        }
        ("compareTo", [Value::Decimal(other)]) => Value::Int(own.compare(other) as i32),
        ("toPlainString", []) => Value::from(own.to_plain()),
        ("toBigInteger", []) => Value::BigInt(Arc::new(own.to_bigint())),
        _ => {
            return Ok(number::conversions(&Value::Decimal(Arc::clone(own)), name, arguments));
        }
    }))
}
