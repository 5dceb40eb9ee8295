//! The longest match at a place of the source, for each state of the lexer.

mod words;

use self::words::{
    braced_word, char_length, count, dot, empty_index, identifier, line_end, number, set, string,
    utf8_length, whitespace, word,
};
use crate::token::{Kind, State};

/// A match and its length in bytes.
pub(crate) struct Match {
    pub(crate) step: Step,
    pub(crate) length: usize,
}

/// What a match means.
#[derive(Clone, Copy)]
pub(crate) enum Step {
    /// The token is complete.
    Token(Kind),
    /// The token goes on.
    More(More),
    /// What was read so far is dropped.
    Skip,
    /// Nothing that belongs to the state: the state ends in front of this character.
    Terminator,
}

/// A beginning of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    Dollar,
    Hash,
    TextBlock,
    /// `#**`; the length of the character behind it, which was only looked at.
    FormalComment(usize),
    BlockComment,
    /// A character of a text block.
    Any,
}

fn token(kind: Kind, length: usize) -> Option<Match> {
    Some(Match { step: Step::Token(kind), length })
}

fn more(more: More, length: usize) -> Option<Match> {
    Some(Match { step: Step::More(more), length })
}

/// The longest match at `pos`, which is inside the source.
pub(crate) fn longest(source: &str, pos: usize, state: State) -> Option<Match> {
    let rest = &source.as_bytes()[pos..];
    match state {
        State::Default => in_default(rest),
        State::Reference | State::Modifier => in_reference(source, pos, rest, state),
        State::Arguments => in_arguments(rest),
        State::Index => in_index(rest),
        State::PreDirective => in_pre_directive(source, pos, rest),
        State::Directive => in_directive(rest),
        State::TextBlock | State::BlockComment | State::FormalComment | State::LineComment => {
            in_comment(source, pos, rest, state)
        }
    }
}

/// A line comment, and what every state knows.
fn comment_or_anywhere(rest: &[u8]) -> Option<Match> {
    if rest.starts_with(b"##") { token(Kind::LineComment, 2) } else { anywhere(rest) }
}

/// `$`, `#` and what begins with them, which every state knows.
fn anywhere(rest: &[u8]) -> Option<Match> {
    match rest[0] {
        b'$' | b'\\' => dollar(rest),
        b'#' => match rest.get(1) {
            Some(b'[') if rest.get(2) == Some(&b'[') => more(More::TextBlock, 3),
            Some(b'*') => match rest.get(2..) {
                Some([b'*', next, ..]) if *next != b'#' => {
                    let last = utf8_length(*next);
                    more(More::FormalComment(last), 3 + last)
                }
                _ => more(More::BlockComment, 2),
            },
            _ => more(More::Hash, 1),
        },
        _ => None,
    }
}

/// `\\\$` or `\\\$\\\!`
fn dollar(rest: &[u8]) -> Option<Match> {
    let slashes = count(rest, b'\\');
    if rest.get(slashes) != Some(&b'$') {
        return None;
    }
    let behind = &rest[slashes + 1..];
    let inner = count(behind, b'\\');
    let bang = behind.get(inner) == Some(&b'!');
    more(More::Dollar, slashes + 1 + if bang { inner + 1 } else { 0 })
}

fn in_default(rest: &[u8]) -> Option<Match> {
    match rest[0] {
        b'$' => empty_index(rest).or_else(|| dollar(rest)),
        b'\\' => {
            let slashes = count(rest, b'\\');
            match rest.get(slashes) {
                Some(b'$') => dollar(rest),
                Some(b'#') if slashes % 2 == 1 => match word(&rest[slashes + 1..]) {
                    Some((_, length)) => token(Kind::EscapedDirective, slashes + 1 + length),
                    None => escape(slashes),
                },
                _ => escape(slashes),
            }
        }
        b'#' => set(rest).or_else(|| comment_or_anywhere(rest)),
        _ => {
            let length = memchr::memchr3(b'$', b'#', b'\\', rest).unwrap_or(rest.len());
            match set(rest) {
                Some(set) if set.length > length => Some(set),
                _ => token(Kind::Text, length),
            }
        }
    }
}

fn escape(slashes: usize) -> Option<Match> {
    if slashes >= 2 { token(Kind::DoubleEscape, 2) } else { token(Kind::Escape, 1) }
}

fn in_reference(source: &str, pos: usize, rest: &[u8], state: State) -> Option<Match> {
    let found = match rest[0] {
        b'[' => token(Kind::IndexOpen, 1),
        b'(' if state == State::Modifier => token(Kind::ParenOpen, 1),
        b'{' => token(Kind::CurlyOpen, 1),
        b'}' => token(Kind::CurlyClose, 1),
        b'.' => dot(rest),
        b'#' if state == State::Reference => set(rest).or_else(|| comment_or_anywhere(rest)),
        b' ' | b'\t' | b'#' => set(rest).or_else(|| anywhere(rest)),
        b'$' if state == State::Reference => empty_index(rest).or_else(|| dollar(rest)),
        byte if byte == b'_' || byte.is_ascii_alphabetic() => identifier(rest),
        _ => anywhere(rest),
    };
    found.or_else(|| Some(Match { step: Step::Terminator, length: char_length(source, pos) }))
}

fn in_arguments(rest: &[u8]) -> Option<Match> {
    match rest[0] {
        b'[' => token(Kind::BracketOpen, 1),
        b']' => token(Kind::BracketClose, 1),
        b',' => token(Kind::Comma, 1),
        b':' => token(Kind::Colon, 1),
        b'{' => token(Kind::MapOpen, 1),
        b'}' => token(Kind::MapClose, 1),
        b')' => token(Kind::CallClose, 1),
        b'"' | b'\'' => string(rest),
        b'.' => match rest.get(1) {
            Some(b'.') => token(Kind::DoubleDot, 2),
            Some(byte) if byte.is_ascii_digit() => number(rest),
            _ => dot(rest),
        },
        b'-' | b'0'..=b'9' => number(rest),
        b' ' | b'\t' => set(rest).or_else(|| whitespace(rest)),
        b'\n' | b'\r' => whitespace(rest),
        b'#' => set(rest).or_else(|| anywhere(rest)),
        byte if byte == b'_' || byte.is_ascii_alphabetic() => identifier(rest),
        _ => anywhere(rest),
    }
}

fn in_index(rest: &[u8]) -> Option<Match> {
    match rest[0] {
        b']' => token(Kind::IndexClose, 1),
        b'"' | b'\'' => string(rest),
        b'-' | b'.' | b'0'..=b'9' => number(rest),
        b' ' | b'\t' | b'\n' | b'\r' => whitespace(rest),
        b't' if rest.starts_with(b"true") => token(Kind::True, 4),
        b'f' if rest.starts_with(b"false") => token(Kind::False, 5),
        _ => anywhere(rest),
    }
}

fn in_directive(rest: &[u8]) -> Option<Match> {
    let two = |second: u8, double: Kind, single: Option<Kind>| {
        if rest.get(1) == Some(&second) {
            token(double, 2)
        } else {
            single.and_then(|kind| token(kind, 1))
        }
    };
    match rest[0] {
        b' ' | b'\t' | b'\n' | b'\r' => whitespace(rest),
        b'[' => token(Kind::BracketOpen, 1),
        b']' => token(Kind::BracketClose, 1),
        b',' => token(Kind::Comma, 1),
        b':' => token(Kind::Colon, 1),
        b'{' => braced_word(rest).or_else(|| token(Kind::MapOpen, 1)),
        b'}' => token(Kind::MapClose, 1),
        b'(' => token(Kind::ParenOpen, 1),
        b')' => token(Kind::ParenClose, 1 + line_end(&rest[1..])),
        b'"' | b'\'' => string(rest),
        b'+' => token(Kind::Plus, 1),
        b'*' => token(Kind::Multiply, 1),
        b'/' => token(Kind::Divide, 1),
        b'%' => token(Kind::Modulus, 1),
        b'&' => two(b'&', Kind::And, None),
        b'|' => two(b'|', Kind::Or, None),
        b'<' => two(b'=', Kind::LessOrEqual, Some(Kind::Less)),
        b'>' => two(b'=', Kind::GreaterOrEqual, Some(Kind::Greater)),
        b'=' => two(b'=', Kind::Equal, Some(Kind::Assign)),
        b'!' => two(b'=', Kind::NotEqual, Some(Kind::Not)),
        b'-' => number(rest).or_else(|| token(Kind::Minus, 1)),
        b'0'..=b'9' => number(rest),
        b'.' => number(rest)
            .or_else(|| if rest.get(1) == Some(&b'.') { token(Kind::DoubleDot, 2) } else { None }),
        _ => match word(rest) {
            Some((_, length)) => token(keyword(&rest[..length]), length),
            None => comment_or_anywhere(rest),
        },
    }
}

fn keyword(word: &[u8]) -> Kind {
    match word {
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
        _ => Kind::Word,
    }
}

fn in_pre_directive(source: &str, pos: usize, rest: &[u8]) -> Option<Match> {
    if let Some((braced, length)) = word(rest) {
        let name = if braced { &rest[1..length - 1] } else { &rest[..length] };
        return match name {
            b"end" => token(Kind::End, length + line_end(&rest[length..])),
            b"else" => token(Kind::Else, length + line_end(&rest[length..])),
            b"if" => token(Kind::If, length),
            b"elseif" => token(Kind::ElseIf, length),
            _ => token(if braced { Kind::BracedWord } else { Kind::Word }, length),
        };
    }
    number(rest)
        .or_else(|| comment_or_anywhere(rest))
        .or_else(|| Some(Match { step: Step::Terminator, length: char_length(source, pos) }))
}

fn in_comment(source: &str, pos: usize, rest: &[u8], state: State) -> Option<Match> {
    let closed = match (state, rest[0]) {
        (State::TextBlock, b']') if rest.starts_with(b"]]#") => token(Kind::TextBlock, 3),
        (State::BlockComment, b'*') if rest.starts_with(b"*#") => token(Kind::BlockComment, 2),
        (State::FormalComment, b'*') if rest.starts_with(b"*#") => token(Kind::FormalComment, 2),
        (State::LineComment, b'\n') => token(Kind::LineCommentEnd, 1),
        (State::LineComment, b'\r') => {
            token(Kind::LineCommentEnd, if rest.get(1) == Some(&b'\n') { 2 } else { 1 })
        }
        _ => anywhere(rest),
    };
    if closed.is_some() {
        return closed;
    }
    let length = char_length(source, pos);
    if state == State::TextBlock {
        more(More::Any, length)
    } else {
        Some(Match { step: Step::Skip, length })
    }
}
