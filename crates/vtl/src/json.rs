//! JSON as json-smart 2 writes it: how a `JSONArray` prints and how hosts write values.

use std::fmt::Write as _;

use crate::error::Fault;
use crate::limits::Meter;
use crate::map::Order;
use crate::value::Value;

/// Which characters of strings json-smart escapes besides the ones JSON requires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `toString()`: a slash becomes `\/`.
    Web,
    /// `JSONStyle.LT_COMPRESS`: a slash stays.
    Plain,
}

/// Appends `value` as compact JSON. Keys are printed as strings; what is no JSON value is printed
/// as a string of its `toString()`.
///
/// # Errors
/// When a bound of the meter is reached, and what a host's object raises.
pub fn write(value: &Value, style: Style, out: &mut String, meter: &Meter) -> Result<(), Fault> {
    meter.spend(1)?;
    match value {
        Value::List(list) => {
            meter.enter()?;
            out.push('[');
            let mut at = 0;
            // Printing an element may change the list, so none is borrowed meanwhile.
            while let Some(item) = list.get(at) {
                if at > 0 {
                    out.push(',');
                }
                write(&item, style, out, meter)?;
                at += 1;
            }
            out.push(']');
            meter.leave();
            Ok(())
        }
        Value::Map(map) => {
            meter.enter()?;
            out.push('{');
            let sorted = (map.kind().order == Order::Hash).then(|| map.to_vec());
            let entry = |at| match &sorted {
                Some(entries) => entries.get(at).cloned(),
                None => map.entry(at),
            };
            let mut at = 0;
            while let Some((key, item)) = entry(at) {
                if at > 0 {
                    out.push(',');
                }
                write_string(&key.to_text(meter)?, style, out, meter)?;
                out.push(':');
                write(&item, style, out, meter)?;
                at += 1;
            }
            out.push('}');
            meter.leave();
            Ok(())
        }
        Value::String(text) => write_string(text, style, out, meter),
        Value::Char(_) | Value::Object(_) => {
            write_string(&value.to_text(meter)?, style, out, meter)
        }
        // JSON has no way to write these; json-smart writes null for them, and `NaN` for that.
        Value::Double(d) if d.is_infinite() => {
            out.push_str("null");
            Ok(())
        }
        _ => value.print(out, meter),
    }
}

fn write_string(text: &str, style: Style, out: &mut String, meter: &Meter) -> Result<(), Fault> {
    meter.spend(text.len() as u64 / 64)?;
    out.push('"');
    let mut plain = 0;
    for (at, c) in text.char_indices() {
        let escape = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '/' if style == Style::Web => "\\/",
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2000}'..='\u{20ff}' => "",
            _ => continue,
        };
        out.push_str(&text[plain..at]);
        plain = at + c.len_utf8();
        if escape.is_empty() {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{:04X}", c as u32);
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(&text[plain..]);
    out.push('"');
    let bound = meter.limits().output_bytes;
    if out.len() > bound {
        return Err(Fault::Bound(crate::error::Bound::Output(bound)));
    }
    Ok(())
}
