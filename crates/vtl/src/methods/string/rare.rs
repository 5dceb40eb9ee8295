//! The methods of `String` that templates rarely call, and those that belong to the class and are
//! called through any of its instances.

use std::rc::Rc;

use super::super::text::{
    code_point_at, code_point_before, code_point_count, compare, length, offset_by_code_points,
    part,
};
use super::super::views::collection_items;
use super::super::{Answer, class, format, null_pointer};
use super::{byte_array, bytes, fold, java_space, made};
use crate::error::Fault;
use crate::limits::Meter;
use crate::list::{List, ListKind};
use crate::value::Value;

pub(super) fn call(text: &Rc<str>, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    Ok(Some(match (name, arguments) {
        ("join" | "format", [Value::Null, ..]) => return Err(null_pointer(name)),
        ("valueOf" | "copyValueOf", []) => Value::from(""),
        // Velocity takes one element for an array of it.
        ("copyValueOf", [unit @ Value::Char(_)]) => Value::String(unit.to_text(meter)?),
        ("valueOf" | "copyValueOf", [Value::List(units)])
            if units.kind() == ListKind::CharArray =>
        {
            of_units(units, 0, units.len() as i32, meter)?
        }
        ("valueOf" | "copyValueOf", [Value::List(units), Value::Int(from), Value::Int(count)])
            if units.kind() == ListKind::CharArray =>
        {
            of_units(units, *from, *count, meter)?
        }
        ("valueOf", [value]) => {
            if value.is_null() {
                return Err(null_pointer(name));
            }
            Value::String(value.to_text(meter)?)
        }
        ("format", [Value::String(pattern), values @ ..]) => {
            Value::from(format::format(pattern, &spread(values), meter)?)
        }
        ("formatted", values) => Value::from(format::format(text, &spread(values), meter)?),
        ("join", [Value::String(between), values @ ..]) => match join(between, values, meter)? {
            Some(joined) => Value::from(joined),
            None => return Ok(None),
        },
        ("regionMatches", [from, other, start, count]) => {
            return region_matches(text, false, [from, other, start, count], meter);
        }
        ("regionMatches", [Value::Bool(is_blind), from, other, start, count]) => {
            return region_matches(text, *is_blind, [from, other, start, count], meter);
        }
        ("compare", [Value::String(left), Value::String(right)]) => {
            Value::Int(compare(left, right))
        }
        (
            "compare",
            [Value::Null, Value::Null | Value::String(_)] | [Value::String(_), Value::Null],
        ) => {
            return Err(null_pointer(name));
        }
        ("codePointAt", [Value::Int(at)]) => code_point_at(text, *at)?,
        ("codePointBefore", [Value::Int(at)]) => code_point_before(text, *at)?,
        ("codePointCount", [Value::Int(from), Value::Int(to)]) => {
            code_point_count(text, *from, *to)?
        }
        ("offsetByCodePoints", [Value::Int(at), Value::Int(count)]) => {
            offset_by_code_points(text, *at, *count)?
        }
        ("getBytes", [Value::String(charset)]) => encoded(text, charset, meter)?,
        ("lines", []) => identity("java.util.stream.ReferencePipeline$Head", text),
        ("chars" | "codePoints", []) => identity("java.util.stream.IntPipeline$Head", text),
        ("stripIndent", []) => made(without_indent(text), meter)?,
        ("translateEscapes", []) => made(unescaped(text)?, meter)?,
        ("indent", [Value::Int(count)]) => made(indented(text, *count, meter)?, meter)?,
        _ => return Ok(None),
    }))
}

/// Whether a part of a text is one of another text. A part that reaches beyond its text is none.
fn region_matches(text: &str, is_blind: bool, arguments: [&Value; 4], meter: &Meter) -> Answer {
    let (from, other, start, count) = match arguments {
        [Value::Int(from), Value::String(other), Value::Int(start), Value::Int(count)] => {
            (*from, other, *start, *count)
        }
        [Value::Int(_), Value::Null, Value::Int(_), Value::Int(_)] => {
            return Err(null_pointer("regionMatches"));
        }
        _ => return Ok(None),
    };
    let region = |text: &str, from: i32| {
        let fits = i64::from(from) <= length(text) as i64 - i64::from(count);
        let (from, count) = (usize::try_from(from).ok()?, usize::try_from(count).unwrap_or(0));
        fits.then(|| if count == 0 { Rc::from("") } else { part(text, from, from + count) })
    };
    let Some((left, right)) = region(text, from).zip(region(other, start)) else {
        return Ok(Some(Value::Bool(false)));
    };
    let are_same = left == right || is_blind && fold(&left, meter)? == fold(&right, meter)?;
    Ok(Some(Value::Bool(are_same)))
}

/// What units of an array spell.
fn of_units(array: &List, from: i32, count: i32, meter: &Meter) -> Result<Value, Fault> {
    let items = array.to_vec();
    let (start, end) = (i64::from(from), i64::from(from) + i64::from(count));
    if from < 0 || count < 0 || end > items.len() as i64 {
        let message = format!("offset {from}, count {count}, length {}", items.len());
        return Err(Fault::thrown("StringIndexOutOfBoundsException", message));
    }
    let unit = |value: &Value| match value {
        Value::Char(unit) => *unit,
        _ => 0,
    };
    let units = items[start as usize..end as usize].iter().map(unit);
    made(char::decode_utf16(units).map(|c| c.unwrap_or('?')).collect::<String>(), meter)
}

/// `getBytes(charset)`: what a charset lacks becomes `?`.
fn encoded(text: &str, charset: &str, meter: &Meter) -> Result<Value, Fault> {
    let up_to = |last: char| -> Vec<u8> {
        text.chars().map(|c| if c <= last { c as u8 } else { b'?' }).collect()
    };
    let big_endian = || text.encode_utf16().flat_map(u16::to_be_bytes);
    let encoded = match charset.to_ascii_uppercase().as_str() {
        "UTF-8" | "UTF8" => return bytes(text, meter),
        "US-ASCII" | "ASCII" => up_to('\u{7f}'),
        "ISO-8859-1" | "ISO8859_1" | "LATIN1" => up_to('\u{ff}'),
        "UTF-16BE" => big_endian().collect(),
        "UTF-16LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        // An empty text has no mark of its order.
        "UTF-16" if text.is_empty() => Vec::new(),
        "UTF-16" => [0xfe, 0xff].into_iter().chain(big_endian()).collect(),
        _ => return Err(Fault::thrown("UnsupportedEncodingException", charset)),
    };
    byte_array(&encoded, meter)
}

fn indented(text: &str, count: i32, meter: &Meter) -> Result<String, Fault> {
    let width = count.unsigned_abs() as usize;
    if count > 0 {
        meter.allocate(width.saturating_mul(text.lines().count()))?;
    }
    let line = |line: &str| {
        if count >= 0 {
            format!("{}{line}\n", " ".repeat(width))
        } else {
            let blanks = line
                .chars()
                .take_while(|c| java_space(*c))
                .take(width)
                .map(char::len_utf8)
                .sum::<usize>();
            format!("{}\n", &line[blanks..])
        }
    };
    Ok(text.lines().map(line).collect())
}

/// Takes as many blanks from the front of each line as all lines have that hold anything, and all
/// from its end. The last line counts although it is blank, since in Java it holds the closing quotes.
fn without_indent(text: &str) -> String {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let lines: Vec<&str> = unified.lines().collect();
    let indent = |line: &&str| line.chars().take_while(|c| java_space(*c)).count();
    let is_blank = |line: &&str| line.chars().all(java_space);
    let ends_line = unified.ends_with('\n');
    let last = lines.last().filter(|line| is_blank(line)).map(|line| line.chars().count());
    let common = lines.iter().filter(|line| !is_blank(line)).map(indent).chain(last).min();
    let taken = if ends_line { 0 } else { common.unwrap_or(0) };
    let stripped = lines.iter().map(|line| {
        let start =
            line.char_indices().nth(taken.min(indent(line))).map_or(line.len(), |(at, _)| at);
        line[start..].trim_end_matches(java_space)
    });
    let mut joined = stripped.collect::<Vec<_>>().join("\n");
    if ends_line {
        joined.push('\n');
    }
    joined
}

/// What a literal of Java's with these escapes would hold.
fn unescaped(text: &str) -> Result<String, Fault> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(c) = rest.chars().next() else {
            return Err(Fault::thrown("IllegalArgumentException", "a text ends with an escape"));
        };
        let mut length = c.len_utf8();
        match c {
            'b' => out.push('\u{8}'),
            'f' => out.push('\u{c}'),
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            's' => out.push(' '),
            't' => out.push('\t'),
            '\'' | '"' | '\\' => out.push(c),
            '0'..='7' => {
                let longest = if c <= '3' { 3 } else { 2 };
                let octal = |c: &char| c.is_digit(8);
                let digits: String = rest.chars().take_while(octal).take(longest).collect();
                length = digits.len();
                out.extend(u32::from_str_radix(&digits, 8).ok().and_then(char::from_u32));
            }
            '\r' if rest.starts_with("\r\n") => length = 2,
            '\r' | '\n' => {}
            _ => {
                let message = format!("Invalid escape sequence: \\{c}");
                return Err(Fault::thrown("IllegalArgumentException", message));
            }
        }
        rest = &rest[length..];
    }
    out.push_str(rest);
    Ok(out)
}

/// A single array stands for the values in it.
fn spread(values: &[Value]) -> Vec<Value> {
    match values {
        [Value::List(list)] if list.kind().is_array() => list.to_vec(),
        _ => values.to_vec(),
    }
}

/// `String.join`: of texts, or of what a collection or an array holds.
fn join(between: &str, values: &[Value], meter: &Meter) -> Result<Option<String>, Fault> {
    let parts = match values {
        [Value::List(list)] if list.kind() == ListKind::StringArray => list.to_vec(),
        [collection @ (Value::List(_) | Value::Object(_))] => {
            match collection_items(collection, meter)? {
                Some(items) => items,
                None => return Ok(None),
            }
        }
        texts if texts.iter().all(|text| matches!(text, Value::String(_) | Value::Null)) => {
            texts.to_vec()
        }
        _ => return Ok(None),
    };
    let mut joined = String::new();
    for (at, value) in parts.iter().enumerate() {
        if !matches!(value, Value::String(_) | Value::Null) {
            let message = format!(
                "class {} cannot be cast to class java.lang.CharSequence",
                class::class_name(value)
            );
            return Err(Fault::thrown("ClassCastException", message));
        }
        if at > 0 {
            joined.push_str(between);
        }
        value.print(&mut joined, meter)?;
    }
    meter.allocate(joined.len())?;
    Ok(Some(joined))
}

/// Something of which a template sees no more than that it is there.
fn identity(class: &'static str, text: &str) -> Value {
    let mut out = String::new();
    class::print_identity(class, text.as_ptr().addr(), &mut out);
    Value::object(Opaque { class, printed: out })
}

struct Opaque {
    class: &'static str,
    printed: String,
}

impl crate::object::Object for Opaque {
    fn class_name(&self) -> &str {
        self.class
    }

    fn print(&self, out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        out.push_str(&self.printed);
        Ok(())
    }
}
