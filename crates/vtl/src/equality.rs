//! Java's `equals` and `hashCode`.
//!
//! Both are called for map keys, where no meter is at hand, so they have one of their own: two
//! structures that are equal as far as that goes count as different.

use std::rc::Rc;

use num_bigint::{BigInt, Sign};

use crate::error::Fault;
use crate::limits::{Limits, Meter};
use crate::list::List;
use crate::methods::{self, views};
use crate::value::Value;

/// How deep a collection that serves as a map key is compared.
const KEY_DEPTH: u32 = 16;
/// How much of it is compared.
const KEY_STEPS: u64 = 500;

/// Whether two map keys are the same key. Collections as keys are compared a few levels deep.
pub(crate) fn same_key(left: &Value, right: &Value) -> bool {
    if let (Value::String(left), Value::String(right)) = (left, right) {
        return left == right;
    }
    if !left.is_container() || !right.is_container() {
        return scalar_equals(left, right);
    }
    equals(left, right, &key_meter()).unwrap_or(false)
}

fn key_meter() -> Meter {
    Meter::new(Limits { depth: KEY_DEPTH, steps: KEY_STEPS, ..Limits::default() })
}

/// Java's `left.equals(right)`: values of different classes differ, whatever they look like.
pub(crate) fn equals(left: &Value, right: &Value, meter: &Meter) -> Result<bool, Fault> {
    if !left.is_container() || !right.is_container() {
        return Ok(scalar_equals(left, right));
    }
    meter.spend(1)?;
    meter.enter()?;
    let result = match (left, right) {
        (Value::List(left), Value::List(right)) => lists_equal(left, right, meter),
        (Value::Map(left), Value::Map(right)) => {
            if left.is_same(right) {
                Ok(true)
            } else if left.len() != right.len() {
                Ok(false)
            } else {
                all(left.to_vec().into_iter(), |(key, value)| {
                    methods::map::search(right, &key, meter)?;
                    match right.get_value(&key) {
                        Some(other) => equals(&value, &other, meter),
                        None => Ok(false),
                    }
                })
            }
        }
        (Value::Object(left), Value::Object(right)) if Rc::ptr_eq(left, right) => Ok(true),
        (Value::Object(object), other) | (other @ Value::List(_), Value::Object(object)) => {
            views::equal(&**object, other, meter)
        }
        _ => Ok(false),
    };
    meter.leave();
    result
}

fn lists_equal(left: &List, right: &List, meter: &Meter) -> Result<bool, Fault> {
    if left.is_same(right) {
        return Ok(true);
    }
    if left.kind().is_array() || right.kind().is_array() || left.len() != right.len() {
        return Ok(false);
    }
    meter.spend(left.len() as u64 / 4)?;
    all(left.to_vec().into_iter().zip(right.to_vec()), |(left, right)| equals(&left, &right, meter))
}

fn all<T>(
    items: impl Iterator<Item = T>,
    test: impl Fn(T) -> Result<bool, Fault>,
) -> Result<bool, Fault> {
    for item in items {
        if !test(item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn scalar_equals(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Char(left), Value::Char(right)) => left == right,
        (Value::Byte(left), Value::Byte(right)) => left == right,
        (Value::Short(left), Value::Short(right)) => left == right,
        (Value::Int(left), Value::Int(right)) => left == right,
        (Value::Long(left), Value::Long(right)) => left == right,
        (Value::BigInt(left), Value::BigInt(right)) => left == right,
        // Double.equals compares bits, so that NaN equals itself and 0.0 differs from -0.0.
        (Value::Double(left), Value::Double(right)) => left.to_bits() == right.to_bits(),
        (Value::Float(left), Value::Float(right)) => left.to_bits() == right.to_bits(),
        (Value::Decimal(left), Value::Decimal(right)) => left == right,
        (Value::String(left), Value::String(right)) => left == right,
        _ => false,
    }
}

/// Java's `hashCode()`; 0 for an object of the host, which has no stable one.
pub(crate) fn hash_code(value: &Value, meter: &Meter) -> Result<i32, Fault> {
    if !value.is_container() {
        return Ok(scalar_hash(value));
    }
    meter.spend(1)?;
    meter.enter()?;
    let mut hash = 0_i32;
    match value {
        Value::List(list) => {
            meter.spend(list.len() as u64 / 4)?;
            hash = 1;
            for item in list.to_vec() {
                hash = hash.wrapping_mul(31).wrapping_add(hash_code(&item, meter)?);
            }
        }
        Value::Map(map) => {
            meter.spend(map.len() as u64 / 4)?;
            for (key, value) in map.to_vec() {
                let entry = hash_code(&key, meter)? ^ hash_code(&value, meter)?;
                hash = hash.wrapping_add(entry);
            }
        }
        Value::Object(object) => hash = views::hash_code(&**object, meter)?,
        _ => {}
    }
    meter.leave();
    Ok(hash)
}

/// The `hashCode()` by which a map files a key.
pub(crate) fn key_hash(key: &Value) -> i32 {
    hash_code(key, &key_meter()).unwrap_or(0)
}

/// The `hashCode()` of what holds no other values.
pub(crate) fn scalar_hash(value: &Value) -> i32 {
    match value {
        Value::Bool(true) => 1231,
        Value::Bool(false) => 1237,
        Value::Char(c) => i32::from(*c),
        Value::Byte(i) => i32::from(*i),
        Value::Short(i) => i32::from(*i),
        Value::Int(i) => *i,
        Value::Long(i) => fold(*i as u64),
        Value::BigInt(i) => big_hash(i),
        Value::Float(d) => d.to_bits() as i32,
        Value::Double(d) => fold(d.to_bits()),
        Value::Decimal(d) => d.hash_code(),
        Value::String(s) => string_hash(s),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Object(_) => 0,
    }
}

/// Java's `String.hashCode()`, over UTF-16 units.
pub(crate) fn string_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

fn fold(bits: u64) -> i32 {
    (bits ^ (bits >> 32)) as i32
}

fn big_hash(value: &BigInt) -> i32 {
    let words = value.magnitude().to_u32_digits();
    let hash = words
        .iter()
        .rev()
        .fold(0i32, |hash, word| hash.wrapping_mul(31).wrapping_add(*word as i32));
    if value.sign() == Sign::Minus { hash.wrapping_neg() } else { hash }
}
