//! `toString()` of every value.

use std::fmt::Write as _;
use std::rc::Rc;

use crate::double;
use crate::error::Fault;
use crate::json;
use crate::limits::Meter;
use crate::list::ListKind;
use crate::map::{Map, Print};
use crate::value::Value;

impl Value {
    /// Appends what Java's `toString()` gives; `null` prints as `null`.
    ///
    /// # Errors
    /// When a bound of the meter is reached, and what a host's object raises.
    pub fn print(&self, out: &mut String, meter: &Meter) -> Result<(), Fault> {
        match self {
            Value::Null => out.push_str("null"),
            Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Value::Char(unit) => out.push(char::from_u32(u32::from(*unit)).unwrap_or('?')),
            Value::Byte(i) => print_integer(i64::from(*i), out),
            Value::Short(i) => print_integer(i64::from(*i), out),
            Value::Int(i) => print_integer(i64::from(*i), out),
            Value::Long(i) => print_integer(*i, out),
            Value::BigInt(i) => {
                meter.spend(i.bits() / 8)?;
                out.push_str(&i.to_string());
            }
            Value::Float(d) => double::print_float(*d, out),
            Value::Double(d) => double::print(*d, out),
            Value::Decimal(d) => out.push_str(&d.to_string()),
            Value::String(s) => {
                meter.spend(s.len() as u64 / 64)?;
                out.push_str(s);
            }
            Value::List(_) | Value::Map(_) | Value::Object(_) => {
                meter.spend(1)?;
                meter.enter()?;
                let result = self.print_container(out, meter);
                meter.leave();
                return result;
            }
        }
        check_size(out, meter)
    }

    /// What Java's `toString()` gives.
    ///
    /// # Errors
    /// As [`Value::print`].
    pub fn to_text(&self, meter: &Meter) -> Result<Rc<str>, Fault> {
        if let Value::String(text) = self {
            return Ok(Rc::clone(text));
        }
        let mut out = String::new();
        self.print(&mut out, meter)?;
        meter.allocate(out.len())?;
        Ok(Rc::from(out))
    }

    fn print_container(&self, out: &mut String, meter: &Meter) -> Result<(), Fault> {
        match self {
            Value::List(list) => match list.kind() {
                ListKind::ArrayList | ListKind::Immutable => {
                    out.push('[');
                    let mut at = 0;
                    // Printing an element may change the list, so none is borrowed meanwhile.
                    while let Some(item) = list.get(at) {
                        if at > 0 {
                            out.push_str(", ");
                        }
                        match item {
                            Value::List(inner) if inner.is_same(list) => {
                                out.push_str("(this Collection)");
                            }
                            _ => item.print(out, meter)?,
                        }
                        at += 1;
                    }
                    out.push(']');
                    check_size(out, meter)
                }
                ListKind::JsonArray => json::write(self, json::Style::Web, out, meter),
                kind => print_address(out, kind.class_name(), list.address()),
            },
            Value::Map(map) => print_map(map, out, meter),
            Value::Object(object) => {
                object.print(out, meter)?;
                check_size(out, meter)
            }
            _ => Ok(()),
        }
    }
}

fn print_map(map: &Map, out: &mut String, meter: &Meter) -> Result<(), Fault> {
    if map.kind().print == Print::Nothing {
        return Ok(());
    }
    out.push('{');
    for (at, (key, value)) in map.to_vec().iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        for (part, end) in [(key, "="), (value, "")] {
            match part {
                Value::Map(inner) if inner.is_same(map) => out.push_str("(this Map)"),
                _ => part.print(out, meter)?,
            }
            out.push_str(end);
        }
    }
    out.push('}');
    check_size(out, meter)
}

pub(crate) fn print_integer(value: i64, out: &mut String) {
    // Small numbers are the common case in templates and need no formatting machinery.
    if let Ok(digit @ 0..=9) = u8::try_from(value) {
        out.push(char::from(b'0' + digit));
    } else {
        // Writing to a string cannot fail.
        let _ = write!(out, "{value}");
    }
}

/// Java prints an array as its class and an identity hash.
fn print_address(out: &mut String, class: &str, address: usize) -> Result<(), Fault> {
    let _ = write!(out, "{class}@{:x}", (address >> 4) as u32);
    Ok(())
}

fn check_size(out: &str, meter: &Meter) -> Result<(), Fault> {
    let bound = meter.limits().output_bytes;
    if out.len() > bound { Err(Fault::Bound(crate::error::Bound::Output(bound))) } else { Ok(()) }
}
