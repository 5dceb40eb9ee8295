//! JSON as json-smart 2 writes it: how a `JSONArray` prints and how hosts write values.

use std::fmt::Write as _;

use crate::document::{Seen, SeenBranch};
use crate::error::Fault;
use crate::limits::Meter;
use crate::list::List;
use crate::map::{Map, Order};
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
    Writer { style, meter, out }.write(Seen::Value(value))
}

fn is_infinite(value: &Value) -> bool {
    match value {
        Value::Float(d) => d.is_infinite(),
        Value::Double(d) => d.is_infinite(),
        _ => false,
    }
}

struct Writer<'a> {
    style: Style,
    meter: &'a Meter,
    out: &'a mut String,
}

impl Writer<'_> {
    fn write(&mut self, value: Seen<'_>) -> Result<(), Fault> {
        self.meter.spend(1)?;
        match value {
            Seen::Value(Value::List(list)) => match list.unmade() {
                Some(branch) if branch.is_in_order() => self.items(branch.see()),
                _ => self.list(list),
            },
            Seen::Value(Value::Map(map)) => match map.unmade() {
                Some(branch) if branch.is_in_order() => self.members(branch.see()),
                _ => self.map(map),
            },
            Seen::List(branch) => self.items(branch),
            Seen::Map(branch) => self.members(branch),
            Seen::Text(_, text) => self.string(text),
            Seen::Value(Value::String(text)) => self.string(text),
            Seen::Value(value @ (Value::Char(_) | Value::Object(_))) => {
                self.string(&value.to_text(self.meter)?)
            }
            // JSON has no way to write these; json-smart writes null for them, and `NaN` for that.
            Seen::Value(value) if is_infinite(value) => {
                self.out.push_str("null");
                Ok(())
            }
            Seen::Value(value) => value.print(self.out, self.meter),
        }
    }

    fn list(&mut self, list: &List) -> Result<(), Fault> {
        self.meter.enter()?;
        self.out.push('[');
        let mut at = 0;
        // Printing an element may change the list, so none is borrowed meanwhile.
        while let Some(item) = list.get(at) {
            if at > 0 {
                self.out.push(',');
            }
            self.write(Seen::Value(&item))?;
            at += 1;
        }
        self.out.push(']');
        self.meter.leave();
        Ok(())
    }

    fn map(&mut self, map: &Map) -> Result<(), Fault> {
        self.meter.enter()?;
        self.out.push('{');
        let sorted = (map.kind().order == Order::Hash).then(|| map.to_vec());
        let entry = |at| match &sorted {
            Some(entries) => entries.get(at).cloned(),
            None => map.entry(at),
        };
        let mut at = 0;
        while let Some((key, item)) = entry(at) {
            if at > 0 {
                self.out.push(',');
            }
            self.string(&key.to_text(self.meter)?)?;
            self.out.push(':');
            self.write(Seen::Value(&item))?;
            at += 1;
        }
        self.out.push('}');
        self.meter.leave();
        Ok(())
    }

    /// The elements of a list of a document.
    fn items(&mut self, list: SeenBranch<'_>) -> Result<(), Fault> {
        self.meter.enter()?;
        self.out.push('[');
        for (at, item) in list.items().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.write(item)?;
        }
        self.out.push(']');
        self.meter.leave();
        Ok(())
    }

    /// The members of a map of a document.
    fn members(&mut self, map: SeenBranch<'_>) -> Result<(), Fault> {
        self.meter.enter()?;
        self.out.push('{');
        for (at, (key, value)) in map.members().enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            self.string(key)?;
            self.out.push(':');
            self.write(value)?;
        }
        self.out.push('}');
        self.meter.leave();
        Ok(())
    }

    fn string(&mut self, text: &str) -> Result<(), Fault> {
        self.meter.spend(text.len() as u64 / 64)?;
        self.out.push('"');
        escape(text, self.style, self.out);
        self.out.push('"');
        let bound = self.meter.limits().output_bytes;
        if self.out.len() > bound {
            return Err(Fault::Bound(crate::error::Bound::Output(bound)));
        }
        Ok(())
    }
}

fn escape(text: &str, style: Style, out: &mut String) {
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
}
