//! Arithmetic on Java's numbers, by Velocity's rules for mixing them.

use std::cmp::Ordering;
use std::ops::{Add, Div, Mul, Rem, Sub};
use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use crate::ast::Operator;
use crate::decimal::Decimal;
use crate::error::{Bound, Fault};
use crate::limits::Meter;
use crate::value::Value;

/// Two numbers in the type that they are computed in.
enum Operands {
    /// And the narrowest class that the result may have.
    Whole(i64, i64, Width),
    Big(BigInt, BigInt),
    Float(f32, f32),
    Double(f64, f64),
    Decimal(Decimal, Decimal),
}

/// The classes of integers up to 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Width {
    Byte,
    Short,
    Int,
    Long,
}

/// The result of an operator; `Null` if an operand is no number or the divisor is zero.
pub(super) fn compute(
    operator: Operator,
    left: &Value,
    right: &Value,
    meter: &Meter,
) -> Result<Value, Fault> {
    let Some(operands) = operands(left, right)? else {
        return Ok(Value::Null);
    };
    if matches!(operator, Operator::Divide | Operator::Remainder) && is_zero(right) {
        return Ok(Value::Null);
    }
    match operands {
        Operands::Whole(left, right, width) => Ok(whole(operator, left, right, width)),
        Operands::Big(left, right) => big(operator, left, right, meter),
        Operands::Float(left, right) => Ok(Value::Float(floating(operator, left, right))),
        Operands::Double(left, right) => Ok(Value::Double(floating(operator, left, right))),
        Operands::Decimal(left, right) => decimal(operator, &left, &right, meter),
    }
}

/// How two numbers compare; `None` if one of them is none. What compares with NaN is equal to it, in
/// Velocity.
pub(super) fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, Fault> {
    Ok(operands(left, right)?.map(|operands| match operands {
        Operands::Whole(left, right, _) => left.cmp(&right),
        Operands::Big(left, right) => left.cmp(&right),
        Operands::Float(left, right) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        Operands::Double(left, right) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        Operands::Decimal(left, right) => left.compare(&right),
    }))
}

/// Java's `Number.intValue()`.
pub(crate) fn int_value(value: &Value) -> Option<i32> {
    Some(match value {
        Value::Float(d) => *d as i32,
        Value::Double(d) => *d as i32,
        _ => long_value(value)? as i32,
    })
}

/// Java's `Number.longValue()`.
pub(crate) fn long_value(value: &Value) -> Option<i64> {
    Some(match value {
        Value::Byte(i) => i64::from(*i),
        Value::Short(i) => i64::from(*i),
        Value::Int(i) => i64::from(*i),
        Value::Long(i) => *i,
        Value::Float(d) => *d as i64,
        Value::Double(d) => *d as i64,
        Value::BigInt(i) => low_bits(i),
        Value::Decimal(d) => low_bits(&d.to_bigint()),
        _ => return None,
    })
}

/// Java's `Number.doubleValue()`.
pub(crate) fn double_value(value: &Value) -> Option<f64> {
    Some(match value {
        Value::Float(d) => f64::from(*d),
        Value::Double(d) => *d,
        // Too large for one, and long to convert.
        Value::BigInt(i) if i.bits() > 1024 => sign_of(i) * f64::INFINITY,
        Value::BigInt(i) => Decimal::from(&**i).to_f64(),
        Value::Decimal(d) => d.to_f64(),
        _ => long_value(value)? as f64,
    })
}

/// Java's `Number.floatValue()`.
pub(crate) fn float_value(value: &Value) -> Option<f32> {
    Some(match value {
        Value::Float(d) => *d,
        Value::Double(d) => *d as f32,
        Value::BigInt(i) if i.bits() > 128 => sign_of(i) as f32 * f32::INFINITY,
        Value::BigInt(i) => Decimal::from(&**i).to_f32(),
        Value::Decimal(d) => d.to_f32(),
        _ => long_value(value)? as f32,
    })
}

fn sign_of(value: &BigInt) -> f64 {
    if value.sign() == Sign::Minus { -1.0 } else { 1.0 }
}

/// The low 64 bits, as Java narrows.
fn low_bits(value: &BigInt) -> i64 {
    let low = value.magnitude().iter_u64_digits().next().unwrap_or(0);
    if value.sign() == Sign::Minus { low.wrapping_neg() as i64 } else { low as i64 }
}

fn operands(left: &Value, right: &Value) -> Result<Option<Operands>, Fault> {
    use Value::{BigInt, Decimal, Double, Float, Int};
    // What most sums are made of.
    if let (Int(left), Int(right)) = (left, right) {
        return Ok(Some(Operands::Whole(i64::from(*left), i64::from(*right), Width::Int)));
    }
    if !left.is_number() || !right.is_number() {
        return Ok(None);
    }
    let is_floating = |value: &Value| matches!(value, Float(_) | Double(_));
    Ok(Some(match (left, right) {
        (Decimal(_), _) | (_, Decimal(_)) => {
            Operands::Decimal(to_decimal(left)?, to_decimal(right)?)
        }
        (BigInt(_), other) | (other, BigInt(_)) if is_floating(other) => {
            Operands::Decimal(to_decimal(left)?, to_decimal(right)?)
        }
        (BigInt(_), _) | (_, BigInt(_)) => Operands::Big(to_big(left), to_big(right)),
        (Double(_), _) | (_, Double(_)) => {
            return Ok(double_value(left)
                .zip(double_value(right))
                .map(|(left, right)| Operands::Double(left, right)));
        }
        (Float(_), _) | (_, Float(_)) => {
            return Ok(float_value(left)
                .zip(float_value(right))
                .map(|(left, right)| Operands::Float(left, right)));
        }
        _ => {
            let width = width(left).max(width(right));
            return Ok(long_value(left)
                .zip(long_value(right))
                .map(|(left, right)| Operands::Whole(left, right, width)));
        }
    }))
}

fn width(value: &Value) -> Width {
    match value {
        Value::Byte(_) => Width::Byte,
        Value::Short(_) => Width::Short,
        Value::Int(_) => Width::Int,
        _ => Width::Long,
    }
}

fn floating<F>(operator: Operator, left: F, right: F) -> F
where
    F: Add<Output = F> + Sub<Output = F> + Mul<Output = F> + Div<Output = F> + Rem<Output = F>,
{
    match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ => left % right,
    }
}

fn to_big(value: &Value) -> BigInt {
    match value {
        Value::BigInt(i) => (**i).clone(),
        _ => BigInt::from(long_value(value).unwrap_or_default()),
    }
}

/// Velocity goes through `double` for everything that is not big already.
fn to_decimal(value: &Value) -> Result<Decimal, Fault> {
    match value {
        Value::Decimal(d) => Ok((**d).clone()),
        Value::BigInt(i) => Ok(Decimal::from(&**i)),
        _ => Decimal::exact(double_value(value).unwrap_or_default())
            .ok_or_else(|| Fault::thrown("NumberFormatException", "Infinite or NaN")),
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Float(d) => *d == 0.0,
        Value::Double(d) => *d == 0.0,
        Value::BigInt(i) => i.sign() == Sign::NoSign,
        Value::Decimal(d) => d.is_zero(),
        _ => long_value(value) == Some(0),
    }
}

/// Integers widen when the result does not fit: `Byte`, `Short`, `Integer`, `Long`, `BigInteger`.
fn whole(operator: Operator, left: i64, right: i64, width: Width) -> Value {
    let result = match operator {
        Operator::Add => left.checked_add(right),
        Operator::Subtract => left.checked_sub(right),
        // Velocity looks for overflow by dividing, and so misses this one.
        Operator::Multiply if left == i64::MIN && right == -1 => Some(i64::MIN),
        Operator::Multiply => left.checked_mul(right),
        Operator::Divide => Some(left.wrapping_div(right)),
        _ => Some(left.wrapping_rem(right)),
    };
    match result {
        Some(result) => narrowest(result, width),
        None => {
            let (left, right) = (BigInt::from(left), BigInt::from(right));
            Value::BigInt(Arc::new(match operator {
                Operator::Add => left + right,
                Operator::Subtract => left - right,
                _ => left * right,
            }))
        }
    }
}

/// The value in the narrowest class that holds it, none narrower than `width`.
fn narrowest(value: i64, width: Width) -> Value {
    if let (Ok(value), Width::Byte) = (i8::try_from(value), width) {
        Value::Byte(value)
    } else if let (Ok(value), Width::Byte | Width::Short) = (i16::try_from(value), width) {
        Value::Short(value)
    } else if let (Ok(value), true) = (i32::try_from(value), width < Width::Long) {
        Value::Int(value)
    } else {
        Value::Long(value)
    }
}

/// What became a `BigInteger` stays one.
fn big(operator: Operator, left: BigInt, right: BigInt, meter: &Meter) -> Result<Value, Fault> {
    let bits = match operator {
        Operator::Multiply => left.bits() + right.bits(),
        _ => left.bits().max(right.bits()) + 1,
    };
    bounded(bits, meter)?;
    Ok(Value::BigInt(Arc::new(match operator {
        Operator::Add => left + right,
        Operator::Subtract => left - right,
        Operator::Multiply => left * right,
        Operator::Divide => left / right,
        _ if right.sign() == Sign::Minus => {
            return Err(Fault::thrown("ArithmeticException", "BigInteger: modulus not positive"));
        }
        _ => {
            let rest = &left % &right;
            if rest.sign() == Sign::Minus { rest + right } else { rest }
        }
    })))
}

fn decimal(
    operator: Operator,
    left: &Decimal,
    right: &Decimal,
    meter: &Meter,
) -> Result<Value, Fault> {
    bounded(left.reach() + right.reach(), meter)?;
    Ok(Value::Decimal(Arc::new(match operator {
        Operator::Add => left.add(right),
        Operator::Subtract => left.subtract(right),
        Operator::Multiply => left.multiply(right),
        Operator::Divide => left.divide(right),
        _ => {
            return Err(Fault::thrown(
                "ArithmeticException",
                "Cannot calculate the modulo of BigDecimals.",
            ));
        }
    })))
}

fn bounded(bits: u64, meter: &Meter) -> Result<(), Fault> {
    let bound = meter.limits().integer_bits;
    if bits > bound { Err(Fault::Bound(Bound::Integer(bound))) } else { meter.spend(1 + bits / 64) }
}
