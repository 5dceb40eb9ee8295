//! Names, numbers, strings and blanks: what tokens are made of, whatever the state. Lengths are in
//! bytes.

use crate::token::{Kind, State};

/// `$[`, `$![`, `$\![` and `$.`
#[inline]
pub(super) fn empty_index(rest: &[u8]) -> Option<usize> {
    match rest {
        [_, b'[' | b'.', ..] => Some(2),
        [_, b'!', b'[', ..] => Some(3),
        [_, b'\\', b'!', b'[', ..] => Some(4),
        _ => None,
    }
}

/// Blanks, `#set` and the parenthesis behind it.
pub(super) fn set(rest: &[u8]) -> Option<usize> {
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    let name = &rest[blanks..];
    let name_length = if name.starts_with(b"#set") {
        4
    } else if name.starts_with(b"#{set}") {
        6
    } else {
        return None;
    };
    let spaces = count(&name[name_length..], b' ');
    let length = blanks + name_length + spaces;
    (rest.get(length) == Some(&b'(')).then_some(length + 1)
}

/// `\\\$` or `\\\$\\\!`
#[inline]
fn dollar(rest: &[u8]) -> Option<usize> {
    let slashes = count(rest, b'\\');
    if rest.get(slashes) != Some(&b'$') {
        return None;
    }
    let behind = &rest[slashes + 1..];
    let inner = count(behind, b'\\');
    let bang = behind.get(inner) == Some(&b'!');
    Some(slashes + 1 + if bang { inner + 1 } else { 0 })
}

/// `$`, `#` and what begins with them: the state that it begins, and its length.
#[inline]
pub(super) fn beginning(rest: &[u8]) -> Option<(State, usize)> {
    if rest[0] != b'#' {
        return dollar(rest).map(|length| (State::Reference, length));
    }
    Some(match &rest[1..] {
        [b'[', b'[', ..] => (State::TextBlock, 3),
        [b'*', b'*', next, ..] if *next != b'#' => (State::FormalComment, 3),
        [b'*', ..] => (State::BlockComment, 2),
        _ => (State::PreDirective, 1),
    })
}

/// Whether a dot has a letter behind it, and so a name.
#[inline]
pub(super) fn dot(rest: &[u8]) -> bool {
    rest.get(1).is_some_and(u8::is_ascii_alphabetic)
}

/// Whether a byte may stand in a name.
const IN_IDENTIFIER: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x80 {
        table[byte as usize] =
            (byte as u8).is_ascii_alphanumeric() || matches!(byte as u8, b'-' | b'_');
        byte += 1;
    }
    table
};

#[inline]
pub(super) fn identifier(rest: &[u8]) -> (Kind, usize) {
    let length = rest.iter().take_while(|byte| IN_IDENTIFIER[usize::from(**byte)]).count();
    let kind = match &rest[..length] {
        [b't', b'r', b'u', b'e'] => Kind::True,
        [b'f', b'a', b'l', b's', b'e'] => Kind::False,
        _ => Kind::Identifier,
    };
    (kind, length)
}

/// A directive's name with or without braces: whether it has them, and its length with them.
pub(super) fn word(rest: &[u8]) -> Option<(bool, usize)> {
    if let Some(length) = braced_word(rest) {
        return Some((true, length));
    }
    let starts = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@');
    if !rest.first().is_some_and(starts) {
        return None;
    }
    Some((false, name_length(rest)))
}

pub(super) fn braced_word(rest: &[u8]) -> Option<usize> {
    if rest.first() != Some(&b'{')
        || !rest.get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    {
        return None;
    }
    let length = 1 + name_length(&rest[1..]);
    (rest.get(length) == Some(&b'}')).then_some(length + 1)
}

pub(super) fn name_length(rest: &[u8]) -> usize {
    rest.iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@'))
        .count()
}

/// A word that means something in a directive.
pub(super) fn keyword(word: &[u8]) -> Option<Kind> {
    Some(match word {
        b"true" => Kind::True,
        b"false" => Kind::False,
        b"and" => Kind::And,
        b"or" => Kind::Or,
        b"lt" => Kind::Less,
        b"le" => Kind::LessOrEqual,
        b"gt" => Kind::Greater,
        b"ge" => Kind::GreaterOrEqual,
        b"eq" => Kind::Equal,
        b"ne" => Kind::NotEqual,
        b"not" => Kind::Not,
        _ => return None,
    })
}

/// A number, the longer of what an integer and a floating point literal match. `1..5` is a range, not
/// the number `1.`.
pub(super) fn number(rest: &[u8]) -> Option<(Kind, usize)> {
    let sign = usize::from(rest[0] == b'-');
    let digits = |from: usize| {
        rest[from.min(rest.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let exponent = |from: usize| {
        if !matches!(rest.get(from), Some(b'e' | b'E')) {
            return 0;
        }
        let sign = usize::from(matches!(rest.get(from + 1), Some(b'+' | b'-')));
        match digits(from + 1 + sign) {
            0 => 0,
            count => 1 + sign + count,
        }
    };
    let whole = digits(sign);
    let mut end = sign + whole;
    if rest.get(end) == Some(&b'.') {
        if whole > 0 && rest.get(end + 1) == Some(&b'.') {
            return Some((Kind::Integer, end));
        }
        let fraction = digits(end + 1);
        if whole == 0 && fraction == 0 {
            return None;
        }
        end += 1 + fraction;
        return Some((Kind::Float, end + exponent(end)));
    }
    if whole == 0 {
        return None;
    }
    match exponent(end) {
        0 => Some((Kind::Integer, end)),
        length => Some((Kind::Float, end + length)),
    }
}

/// A quoted string, in which a doubled quote stands for one. If no quote closes it properly, it
/// ends at the first of the last pair.
pub(super) fn string(rest: &[u8]) -> Option<usize> {
    let quote = rest[0];
    let mut closed = None;
    let mut at = 1;
    while let Some(length) = rest[at..].iter().position(|byte| *byte == quote) {
        at += length + 1;
        closed = Some(at);
        if rest.get(at) != Some(&quote) {
            break;
        }
        at += 1;
    }
    closed
}

#[inline]
pub(super) fn whitespace(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// How many bytes of blanks and one line end follow; 0 if anything else does.
pub(super) fn line_end(rest: &[u8]) -> usize {
    let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    match rest.get(blanks..) {
        Some([b'\r', b'\n', ..]) => blanks + 2,
        Some([b'\n' | b'\r', ..]) => blanks + 1,
        _ => 0,
    }
}

pub(super) fn count(rest: &[u8], byte: u8) -> usize {
    rest.iter().take_while(|other| **other == byte).count()
}

pub(super) fn utf8_length(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}
