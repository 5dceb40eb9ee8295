//! The methods of `Character`, which is one UTF-16 unit. Those that belong to the class take a unit, or
//! the number of a character: `$char.isDigit($unit)`.

use super::{Answer, text};
use crate::error::Fault;
use crate::limits::Meter;
use crate::list::{List, ListKind};
use crate::value::Value;

pub(super) fn call(own: u16, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    if let Some(answer) = call_on_text(name, arguments, meter)? {
        return Ok(Some(answer));
    }
    Ok(call_on_unit(own, name, arguments).or_else(|| call_on_number(name, arguments)))
}

fn call_on_unit(own: u16, name: &str, arguments: &[Value]) -> Option<Value> {
    use Value::{Bool, Char, Int};
    let code = match arguments {
        [Char(unit)] | [Char(unit), _] => Some(i32::from(*unit)),
        [value] | [value, _] => value.as_int(),
        _ => None,
    };
    let c = code.map(|code| character(code).unwrap_or('\u{fffd}'));
    // What takes a character gives one; what takes its number gives a number.
    let same_kind = |c: char| match arguments {
        [Char(_)] => Char(c as u16),
        _ => Int(c as i32),
    };
    let single = |mut folded: Box<dyn Iterator<Item = char>>, c| folded.next().unwrap_or(c);
    Some(match (name, arguments, c) {
        ("charValue", [], _) => Char(own),
        ("compareTo", [Char(other)], _) => Int(i32::from(own) - i32::from(*other)),
        ("compare", [Char(left), Char(right)], _) => Int(i32::from(*left) - i32::from(*right)),
        ("hashCode", [Char(unit)], _) => Int(i32::from(*unit)),
        ("reverseBytes", [Char(unit)], _) => Char(unit.swap_bytes()),
        ("valueOf", [Char(unit)], _) => Char(*unit),
        ("toString", [_], Some(c)) => Value::from(c.to_string()),
        ("isDigit", [_], Some(c)) => Bool(c.is_ascii_digit()),
        ("isLetter" | "isAlphabetic", [_], Some(c)) => Bool(c.is_alphabetic()),
        ("isLetterOrDigit", [_], Some(c)) => Bool(c.is_alphabetic() || c.is_numeric()),
        ("isUpperCase", [_], Some(c)) => Bool(c.is_uppercase()),
        ("isLowerCase", [_], Some(c)) => Bool(c.is_lowercase()),
        ("isWhitespace", [_], Some(c)) => Bool(super::string::java_space(c)),
        ("isSpaceChar", [_], Some(c)) => Bool(is_space_character(c)),
        ("isSpace", [Char(unit)], _) => Bool(matches!(unit, 9 | 10 | 12 | 13 | 32)),
        ("isISOControl", [_], Some(c)) => Bool(c.is_control()),
        ("toUpperCase" | "toLowerCase", [Int(code)], _) if character(*code).is_none() => Int(*code),
        ("toUpperCase", [_], Some(c)) => same_kind(single(Box::new(c.to_uppercase()), c)),
        ("toLowerCase", [_], Some(c)) => same_kind(single(Box::new(c.to_lowercase()), c)),
        ("getNumericValue", [_], Some(c)) => Int(c.to_digit(36).map_or(-1, |digit| digit as i32)),
        ("digit", [_, Int(radix)], Some(c)) => {
            let radix = u32::try_from(*radix).ok().filter(|radix| (2..=36).contains(radix));
            Int(radix.and_then(|radix| c.to_digit(radix)).map_or(-1, |digit| digit as i32))
        }
        ("isHighSurrogate", [Char(unit)], _) => Bool(is_high(*unit)),
        ("isLowSurrogate", [Char(unit)], _) => Bool(is_low(*unit)),
        ("isSurrogate", [Char(unit)], _) => Bool(is_high(*unit) || is_low(*unit)),
        ("isSurrogatePair", [Char(high), Char(low)], _) => Bool(is_high(*high) && is_low(*low)),
        ("toCodePoint", [Char(high), Char(low)], _) => {
            let (high, low) = (i32::from(*high), i32::from(*low));
            Int(((high - 0xd800) << 10) + (low - 0xdc00) + 0x10000)
        }
        _ => return None,
    })
}

/// The methods that take numbers of characters, or of digits.
fn call_on_number(name: &str, arguments: &[Value]) -> Option<Value> {
    use Value::{Bool, Char, Int};
    Some(match (name, arguments) {
        ("isValidCodePoint", [Int(code)]) => Bool((0..=0x10_ffff).contains(code)),
        ("isBmpCodePoint", [Int(code)]) => Bool((0..=0xffff).contains(code)),
        ("isSupplementaryCodePoint", [Int(code)]) => Bool((0x1_0000..=0x10_ffff).contains(code)),
        ("charCount", [Int(code)]) => Int(if *code >= 0x1_0000 { 2 } else { 1 }),
        ("highSurrogate", [Int(code)]) => {
            Char((code.cast_unsigned() >> 10).wrapping_add(0xd800 - 0x40) as u16)
        }
        ("lowSurrogate", [Int(code)]) => Char((code & 0x3ff) as u16 + 0xdc00),
        ("forDigit", [Int(digit), Int(radix)]) => {
            let radix = u32::try_from(*radix).ok().filter(|radix| (2..=36).contains(radix));
            let digit = u32::try_from(*digit).ok().filter(|digit| Some(*digit) < radix);
            let c = digit.zip(radix).and_then(|(digit, radix)| char::from_digit(digit, radix));
            Char(c.map_or(0, |c| c as u16))
        }
        _ => return None,
    })
}

/// The methods that look into a text, and the one that makes an array of units.
fn call_on_text(name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    use Value::{Int, String};
    if let [String(text), ..] = arguments {
        meter.spend(text.len() as u64 / 64)?;
    }
    Ok(Some(match (name, arguments) {
        ("codePointAt", [String(own), Int(at)]) => text::code_point_at(own, *at)?,
        ("codePointBefore", [String(own), Int(at)]) => text::code_point_before(own, *at)?,
        ("codePointCount", [String(own), Int(from), Int(to)]) => {
            text::code_point_count(own, *from, *to)?
        }
        ("offsetByCodePoints", [String(own), Int(at), Int(count)]) => {
            text::offset_by_code_points(own, *at, *count)?
        }
        ("toChars", [Int(code)]) => Value::List(List::new(ListKind::CharArray, units(*code)?)),
        _ => return Ok(None),
    }))
}

fn character(code: i32) -> Option<char> {
    u32::try_from(code).ok().and_then(char::from_u32)
}

fn units(code: i32) -> Result<Vec<Value>, Fault> {
    let Some(code) = u32::try_from(code).ok().filter(|code| *code <= 0x10_ffff) else {
        let message = format!("Not a valid Unicode code point: 0x{code:X}");
        return Err(Fault::thrown("IllegalArgumentException", message));
    };
    Ok(match char::from_u32(code) {
        Some(c) => c.encode_utf16(&mut [0; 2]).iter().map(|unit| Value::Char(*unit)).collect(),
        None => vec![Value::Char(code as u16)],
    })
}

fn is_high(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

fn is_low(unit: u16) -> bool {
    (0xdc00..0xe000).contains(&unit)
}

/// A separator to Unicode, no-break spaces included.
fn is_space_character(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}
