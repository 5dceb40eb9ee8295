//! What can be asked of a value: methods, properties and indexes, as Java's reflection finds them.
//!
//! A call names a method and passes values; which overload Java would choose follows from the
//! classes of the values. `None` means that there is no such method, which is no error: the
//! reference is then missing.

mod bare;
mod big;
mod bits;
mod character;
pub(crate) mod class;
mod entry;
mod format;
mod iterator;
mod list;
pub(crate) mod map;
mod narrow;
mod number;
mod string;
mod text;
pub(crate) mod views;

use std::cell::RefCell;

use crate::equality;
use crate::error::Fault;
use crate::limits::Meter;
use crate::regex::Patterns;
use crate::value::Value;

/// What a method may use besides its arguments.
pub(crate) struct Call<'a> {
    pub(crate) meter: &'a Meter,
    pub(crate) patterns: &'a Patterns,
    /// Where texts are put together, so that a template that replaces much allocates little. Nothing
    /// is kept in it.
    pub(crate) scratch: &'a RefCell<String>,
}

pub(crate) type Answer = Result<Option<Value>, Fault>;

/// `$target.name(arguments)`
pub(crate) fn call(target: &Value, name: &str, arguments: &[Value], call: &Call<'_>) -> Answer {
    match call_own(target, name, arguments, call) {
        Ok(None) => call_otherwise(target, name, arguments, call),
        answer => answer,
    }
}

/// What becomes of a call that fits no method of the target's class. Not inlined, because most fit.
#[inline(never)]
fn call_otherwise(target: &Value, name: &str, arguments: &[Value], call: &Call<'_>) -> Answer {
    // A parameter of a primitive type takes narrower numbers as well.
    if !matches!(name, "compareTo" | "equals")
        && let Some(widened) = narrow::widened(arguments)
        && let Some(own) = call_own(target, name, &widened, call)?
    {
        return Ok(Some(own));
    }
    let common = call_any(target, name, arguments, call.meter)?;
    // Velocity takes a method without parameters for one that fits any arguments, and then fails.
    if common.is_none() && !arguments.is_empty() && bare::exists(target, name) {
        return Err(Fault::thrown("IllegalArgumentException", "wrong number of arguments"));
    }
    Ok(common)
}

/// The methods that belong to the target's class.
#[inline(always)]
fn call_own(target: &Value, name: &str, arguments: &[Value], call: &Call<'_>) -> Answer {
    match target {
        Value::String(text) => string::call(text, name, arguments, call),
        Value::List(list) => list::call(list, name, arguments, call.meter),
        Value::Map(map) => map::call(map, name, arguments, call.meter),
        Value::Object(object) => object.call(name, arguments, call.meter),
        Value::Bool(truth) => Ok(number::call_boolean(*truth, name, arguments)),
        Value::Char(unit) => character::call(*unit, name, arguments, call.meter),
        Value::Byte(i) => narrow::call_byte(*i, name, arguments),
        Value::Short(i) => narrow::call_short(*i, name, arguments),
        Value::Int(i) => number::call_integer(*i, name, arguments, call.meter),
        Value::Long(i) => number::call_long(*i, name, arguments, call.meter),
        Value::Float(d) => narrow::call_float(*d, name, arguments),
        Value::Double(d) => number::call_double(*d, name, arguments),
        Value::BigInt(i) => big::call_big_integer(i, name, arguments, call.meter),
        Value::Decimal(d) => big::call_decimal(d, name, arguments, call.meter),
        Value::Null => Ok(None),
    }
}

/// The methods that every object has.
fn call_any(target: &Value, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    Ok(match (name, arguments) {
        ("toString", []) => Some(Value::String(target.to_text(meter)?)),
        ("equals", [other]) => Some(Value::Bool(equality::equals(target, other, meter)?)),
        ("hashCode", []) => Some(Value::Int(equality::hash_code(target, meter)?)),
        ("getClass", []) => Some(class::of(target)),
        ("compareTo", [Value::Null]) if target.is_comparable() => return Err(null_pointer(name)),
        ("compareTo", [other]) if target.is_comparable() => {
            let (other, own) = (class::class_name(other), class::class_name(target));
            let message = format!("class {other} cannot be cast to class {own}");
            return Err(Fault::thrown("ClassCastException", message));
        }
        _ => None,
    })
}

/// `$target.name`
pub(crate) fn property(target: &Value, name: &str, meter: &Meter) -> Result<Value, Fault> {
    if let Value::Map(map) = target {
        // Java looks for getters first, and `getClass` is one.
        return Ok(match name {
            _ if is_class(name) => class::of(target),
            _ => map.get(name).unwrap_or_default(),
        });
    }
    if let Value::Object(object) = target
        && let Some(value) = object.property(name, meter)?
    {
        return Ok(value);
    }
    Ok(match (name, target) {
        ("class" | "Class", _) => class::of(target),
        ("empty" | "Empty", Value::String(text)) => Value::Bool(text.is_empty()),
        ("blank" | "Blank", Value::String(text)) => Value::Bool(string::is_blank(text)),
        ("bytes" | "Bytes", Value::String(text)) => string::bytes(text, meter)?,
        ("empty" | "Empty", Value::List(list)) if !list.kind().is_array() => {
            Value::Bool(list.is_empty())
        }
        ("infinite" | "Infinite", Value::Float(d)) => Value::Bool(d.is_infinite()),
        ("infinite" | "Infinite", Value::Double(d)) => Value::Bool(d.is_infinite()),
        ("naN" | "NaN", Value::Float(d)) => Value::Bool(d.is_nan()),
        ("naN" | "NaN", Value::Double(d)) => Value::Bool(d.is_nan()),
        ("lowestSetBit" | "LowestSetBit", Value::BigInt(i)) => Value::Int(big::lowest_set_bit(i)),
        _ => Value::Null,
    })
}

/// Whether a property is the one that every object has, even a map that has such a key.
pub(crate) fn is_class(name: &str) -> bool {
    matches!(name, "class" | "Class")
}

/// `$target[key]`, which is `get(key)`.
pub(crate) fn index(target: &Value, key: &Value, meter: &Meter) -> Result<Value, Fault> {
    Ok(match target {
        Value::Map(map) => {
            map::search(map, key, meter)?;
            map.get_value(key).unwrap_or_default()
        }
        Value::List(list) => list::get(list, key)?.unwrap_or_default(),
        Value::Object(object) => object.index(key, meter)?.unwrap_or_default(),
        _ => Value::Null,
    })
}

/// `#set($target.name = value)`; what cannot be written stays as it is.
pub(crate) fn set_property(
    target: &Value,
    name: &str,
    value: &Value,
    meter: &Meter,
) -> Result<(), Fault> {
    match target {
        Value::Map(map) => {
            map::put(map, &Value::from(name), value, meter)?;
        }
        Value::Object(object) => {
            object.set_property(name, value, meter)?;
        }
        _ => {}
    }
    Ok(())
}

/// `#set($target[key] = value)`, which is `set(key, value)` or `put(key, value)`.
pub(crate) fn set_index(
    target: &Value,
    key: &Value,
    value: &Value,
    how: &Call<'_>,
) -> Result<(), Fault> {
    let arguments = [key.clone(), value.clone()];
    if call(target, "set", &arguments, how)?.is_none()
        && call(target, "put", &arguments, how)?.is_none()
        && let (Value::Object(object), Value::String(name)) = (target, key)
    {
        object.set_property(name, value, how.meter)?;
    }
    Ok(())
}

/// Java's message for an index outside of something.
pub(crate) fn out_of_bounds(index: i64, length: usize) -> Fault {
    Fault::thrown(
        "IndexOutOfBoundsException",
        format!("Index {index} out of bounds for length {length}"),
    )
}

/// What Java throws when a method is called on the null that was passed to it.
pub(crate) fn null_pointer(method: &str) -> Fault {
    Fault::thrown("NullPointerException", format!("{method}() got null"))
}
