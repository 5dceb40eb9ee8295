//! The methods of `BigInteger` and `BigDecimal`.

use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use super::{Answer, number};
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
        meter.spend(1 + bits / 64)?;
        if bits > bound { Err(Fault::Bound(Bound::Integer(bound))) } else { Ok(()) }
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
        ("negate", []) => big(-&**own),
        ("abs", []) => big(BigInt::from(own.magnitude().clone())),
        ("signum", []) => Value::Int(signum(own)),
        ("bitLength", []) => Value::Int(own.bits() as i32),
        ("compareTo", [Value::BigInt(other)]) => Value::Int(own.cmp(other) as i32),
        ("max", [Value::BigInt(other)]) => Value::BigInt(Arc::clone(own.max(other))),
        ("min", [Value::BigInt(other)]) => Value::BigInt(Arc::clone(own.min(other))),
        ("toString", [Value::Int(radix)]) => {
            let radix = if (2..=36).contains(radix) { *radix as u32 } else { 10 };
            Value::from(own.to_str_radix(radix))
        }
        ("valueOf", [value @ (Value::Int(_) | Value::Long(_))]) => {
            big(BigInt::from(long_value(value).unwrap_or_default()))
        }
        _ => {
            return Ok(number::conversions(&Value::BigInt(Arc::clone(own)), name, arguments));
        }
    }))
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
