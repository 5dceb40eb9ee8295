//! The texts that `replaceAll` and `replaceFirst` put in place of a match.

use std::borrow::Cow;

use fancy_regex::{Captures, Regex};

use crate::error::Fault;

/// The text that a replacement is for a pattern without groups, which matched `whole`.
pub(super) fn without_groups<'w>(with: &'w str, whole: &str) -> Result<Cow<'w, str>, Fault> {
    if !with.contains(['\\', '$']) {
        return Ok(Cow::Borrowed(with));
    }
    let mut out = String::new();
    for piece in Replacement::parse(with)?.pieces {
        match piece {
            Piece::Text(text) => out.push_str(&text),
            Piece::Number(digits) if digits.starts_with('0') => {
                out.push_str(whole);
                out.push_str(&digits[1..]);
            }
            Piece::Number(digits) => return Err(no_group(&digits[..1])),
            Piece::Name(name) => return Err(no_name(&name)),
        }
    }
    Ok(Cow::Owned(out))
}

/// A replacement text: `$1` and `${name}` are groups, a backslash takes the next character as it is.
pub(super) struct Replacement {
    pieces: Vec<Piece>,
}

enum Piece {
    Text(String),
    /// The digits behind a `$`; how many of them belong to the number depends on the groups.
    Number(String),
    Name(String),
}

impl Replacement {
    pub(super) fn parse(with: &str) -> Result<Self, Fault> {
        let illegal = |message: &str| Fault::thrown("IllegalArgumentException", message);
        let mut pieces = Vec::new();
        let mut text = String::new();
        let mut chars = with.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '\\' => match chars.next() {
                    Some(c) => text.push(c),
                    None => return Err(illegal("character to be escaped is missing")),
                },
                '$' => {
                    if !text.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut text)));
                    }
                    match chars.peek() {
                        None => {
                            return Err(illegal("Illegal group reference: group index is missing"));
                        }
                        Some('{') => {
                            chars.next();
                            let mut name = String::new();
                            while let Some(c) = chars.next_if(char::is_ascii_alphanumeric) {
                                name.push(c);
                            }
                            if name.is_empty() {
                                return Err(illegal(
                                    "named capturing group is missing trailing '}'",
                                ));
                            }
                            if chars.next() != Some('}') {
                                return Err(illegal(
                                    "named capturing group is missing trailing '}'",
                                ));
                            }
                            pieces.push(Piece::Name(name));
                        }
                        Some(c) if c.is_ascii_digit() => {
                            let mut digits = String::new();
                            while let Some(c) = chars.next_if(char::is_ascii_digit) {
                                digits.push(c);
                            }
                            pieces.push(Piece::Number(digits));
                        }
                        Some(_) => return Err(illegal("Illegal group reference")),
                    }
                }
                c => text.push(c),
            }
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(Replacement { pieces })
    }

    pub(super) fn expand(
        &self,
        regex: &Regex,
        captures: &Captures<'_, str>,
        out: &mut String,
    ) -> Result<(), Fault> {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Name(name) => match captures.name(name) {
                    Some(group) => out.push_str(group.as_str()),
                    // A group that exists but took no part is empty; one that does not exist fails.
                    None if regex.capture_names().flatten().any(|known| known == name) => {}
                    None => return Err(no_name(name)),
                },
                Piece::Number(digits) => {
                    let mut used = 1;
                    let mut number = usize::from(digits.as_bytes()[0] - b'0');
                    if number >= captures.len() {
                        return Err(no_group(&digits[..1]));
                    }
                    for digit in digits.bytes().skip(1) {
                        let longer = number * 10 + usize::from(digit - b'0');
                        if longer >= captures.len() {
                            break;
                        }
                        number = longer;
                        used += 1;
                    }
                    out.push_str(captures.get(number).map_or("", |group| group.as_str()));
                    out.push_str(&digits[used..]);
                }
            }
        }
        Ok(())
    }
}

fn no_group(number: &str) -> Fault {
    Fault::thrown("IndexOutOfBoundsException", format!("No group {number}"))
}

fn no_name(name: &str) -> Fault {
    Fault::thrown("IllegalArgumentException", format!("No group with name {{{name}}}"))
}
