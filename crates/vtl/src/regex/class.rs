//! Character classes and escapes of Java's patterns.

use std::iter::Peekable;
use std::str::CharIndices;

use super::translate::push_literal;
use crate::error::Fault;

type Chars<'p> = Peekable<CharIndices<'p>>;

/// How deep classes may nest.
const NESTING: usize = 50;

/// `\d` and the like, as the inside of a class.
pub(super) fn shorthand(c: char) -> Option<&'static str> {
    Some(match c {
        'd' => "0-9",
        'D' => "^0-9",
        'w' => "a-zA-Z0-9_",
        'W' => "^a-zA-Z0-9_",
        's' => r" \t\n\x0b\f\r",
        'S' => r"^ \t\n\x0b\f\r",
        'h' => r" \t\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}",
        'H' => r"^ \t\x{a0}\x{1680}\x{180e}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}",
        'v' => r"\n\x0b\f\r\x{85}\x{2028}\x{2029}",
        'V' => r"^\n\x0b\f\r\x{85}\x{2028}\x{2029}",
        _ => return None,
    })
}

/// The character that an escape stands for; `None` if Java knows no such escape.
pub(super) fn escaped(c: char, chars: &mut Chars<'_>) -> Option<char> {
    let hex = |count: usize, chars: &mut Chars<'_>| {
        let digits: String = (0..count)
            .map_while(|_| chars.next_if(|(_, c)| c.is_ascii_hexdigit()))
            .map(|(_, c)| c)
            .collect();
        if digits.len() == count { u32::from_str_radix(&digits, 16).ok() } else { None }
    };
    match c {
        't' => Some('\t'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        'f' => Some('\u{c}'),
        'a' => Some('\u{7}'),
        'e' => Some('\u{1b}'),
        '0' => {
            let mut value = 0;
            let mut count = 0;
            while let Some((_, digit)) = chars.next_if(|(_, c)| {
                matches!(c, '0'..='7') && (count < 2 || (count == 2 && value < 0o40))
            }) {
                value = value * 8 + digit.to_digit(8)?;
                count += 1;
            }
            if count == 0 { None } else { char::from_u32(value) }
        }
        'x' if chars.next_if(|(_, c)| *c == '{').is_some() => {
            let mut digits = String::new();
            while let Some((_, c)) = chars.next_if(|(_, c)| c.is_ascii_hexdigit()) {
                digits.push(c);
            }
            chars.next_if(|(_, c)| *c == '}')?;
            char::from_u32(u32::from_str_radix(&digits, 16).ok()?)
        }
        'x' => char::from_u32(hex(2, chars)?),
        'u' => {
            let unit = hex(4, chars)?;
            if (0xd800..0xdc00).contains(&unit) {
                chars.next_if(|(_, c)| *c == '\\')?;
                chars.next_if(|(_, c)| *c == 'u')?;
                let low = hex(4, chars)?;
                return char::decode_utf16([unit as u16, low as u16]).next()?.ok();
            }
            char::from_u32(unit)
        }
        'c' => chars.next().map(|(_, c)| char::from((c as u8) ^ 64)),
        c if !c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    }
}

/// A class whose bracket has been read, as a class of the other engine.
pub(super) fn translate(chars: &mut Chars<'_>, pattern: &str) -> Result<String, Fault> {
    nested(chars, pattern, 0)
}

fn error(problem: &str, pattern: &str) -> Fault {
    Fault::thrown("PatternSyntaxException", format!("{problem} in `{pattern}`"))
}

fn nested(chars: &mut Chars<'_>, pattern: &str, depth: usize) -> Result<String, Fault> {
    if depth > NESTING {
        return Err(error("character classes nested too deep", pattern));
    }
    let mut out = String::from("[");
    if chars.next_if(|(_, c)| *c == '^').is_some() {
        out.push('^');
    }
    let mut first = true;
    loop {
        let Some((_, c)) = chars.next() else {
            return Err(error("Unclosed character class", pattern));
        };
        match c {
            ']' if !first => break,
            '[' => out.push_str(&nested(chars, pattern, depth + 1)?),
            '&' if chars.next_if(|(_, c)| *c == '&').is_some() => {
                while chars.next_if(|(_, c)| *c == '&').is_some() {}
                // An operator without a right side, or without a left one, is none.
                if first || matches!(chars.peek(), Some((_, ']'))) {
                    first = false;
                    continue;
                }
                out.push_str("&&");
            }
            c => item(c, chars, pattern, &mut out)?,
        }
        first = false;
    }
    if matches!(out.as_str(), "[" | "[^") {
        return Err(error("Unclosed character class", pattern));
    }
    out.push(']');
    Ok(out)
}

/// A character, a range or a class with a name.
fn item(c: char, chars: &mut Chars<'_>, pattern: &str, out: &mut String) -> Result<(), Fault> {
    let start = if c == '\\' {
        match class_escape(chars, pattern)? {
            Escape::Set(set) => {
                out.push_str(&set);
                return Ok(());
            }
            Escape::Char(c) => c,
            Escape::Quoted(text) => {
                text.chars().for_each(|c| push_literal(c, out));
                return Ok(());
            }
        }
    } else {
        c
    };
    let mut ahead = chars.clone();
    let is_range = ahead.next().is_some_and(|(_, c)| c == '-')
        && ahead.next().is_some_and(|(_, c)| c != ']' && c != '[');
    if !is_range {
        push_literal(start, out);
        return Ok(());
    }
    chars.next();
    let end = match chars.next() {
        Some((_, '\\')) => match class_escape(chars, pattern)? {
            Escape::Char(c) => c,
            _ => return Err(error("Illegal character range", pattern)),
        },
        Some((_, c)) => c,
        None => return Err(error("Unclosed character class", pattern)),
    };
    if end < start {
        return Err(error("Illegal character range", pattern));
    }
    push_literal(start, out);
    out.push('-');
    push_literal(end, out);
    Ok(())
}

enum Escape {
    Char(char),
    Set(String),
    Quoted(String),
}

fn class_escape(chars: &mut Chars<'_>, pattern: &str) -> Result<Escape, Fault> {
    let Some((_, c)) = chars.next() else {
        return Err(error("Unclosed character class", pattern));
    };
    if let Some(set) = shorthand(c) {
        return Ok(Escape::Set(format!("[{set}]")));
    }
    match c {
        'p' | 'P' => property(c == 'P', chars, pattern).map(Escape::Set),
        'Q' => {
            let mut text = String::new();
            for (_, c) in chars.by_ref() {
                text.push(c);
                if text.ends_with("\\E") {
                    text.truncate(text.len() - 2);
                    break;
                }
            }
            Ok(Escape::Quoted(text))
        }
        'E' => Ok(Escape::Quoted(String::new())),
        _ => match escaped(c, chars) {
            Some(c) => Ok(Escape::Char(c)),
            None => Err(error("Illegal/unsupported escape sequence", pattern)),
        },
    }
}

/// `\p{Name}` and `\pL`; the letter has been read.
pub(super) fn property(
    negated: bool,
    chars: &mut Chars<'_>,
    pattern: &str,
) -> Result<String, Fault> {
    let mut name = String::new();
    if chars.next_if(|(_, c)| *c == '{').is_some() {
        loop {
            match chars.next() {
                Some((_, '}')) => break,
                Some((_, c)) => name.push(c),
                None => return Err(error("Unclosed character family", pattern)),
            }
        }
    } else if let Some((_, c)) = chars.next() {
        name.push(c);
    }
    let posix = match name.as_str() {
        "Lower" => "a-z",
        "Upper" => "A-Z",
        "ASCII" => r"\x00-\x7f",
        "Alpha" => "a-zA-Z",
        "Digit" => "0-9",
        "Alnum" => "a-zA-Z0-9",
        "Punct" => r"!-/:-@\[-`\{-~",
        "Graph" => "!-~",
        "Print" => " -~",
        "Blank" => r" \t",
        "Cntrl" => r"\x00-\x1f\x7f",
        "XDigit" => "0-9a-fA-F",
        "Space" => r" \t\n\x0b\f\r",
        "javaLowerCase" => r"\p{Lowercase}",
        "javaUpperCase" => r"\p{Uppercase}",
        "javaWhitespace" => r"\s\x1c-\x1f&&[^\x{a0}\x{2007}\x{202f}\x{85}]",
        "javaLetter" | "javaAlphabetic" => r"\p{L}",
        "javaDigit" => r"\p{Nd}",
        "javaLetterOrDigit" => r"\p{L}\p{Nd}",
        "L1" => r"\x00-\x{ff}",
        "LC" => r"\p{Lu}\p{Ll}\p{Lt}",
        "LD" => r"\p{L}\p{Nd}",
        _ => "",
    };
    let not = if negated { "^" } else { "" };
    if !posix.is_empty() {
        return Ok(format!("[{not}{posix}]"));
    }
    let known = name.strip_prefix("Is").or_else(|| name.strip_prefix("In")).unwrap_or(&name);
    let safe = known
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'=' | b' '));
    if known.is_empty() || !safe {
        return Err(error("Unknown character property name", pattern));
    }
    Ok(format!("[{not}\\p{{{known}}}]"))
}
