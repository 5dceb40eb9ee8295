//! The longest match at a place of the source, for each state of the lexer.

mod words;

pub(crate) use self::words::utf8_length;
use self::words::{
    braced_word, count, dot, empty_index, identifier, line_end, number, set, string, whitespace,
    word,
};
use crate::token::{Kind, State};

/// What stands at a place and how many bytes long it is.
pub(crate) struct Match {
    pub(crate) step: Step,
    pub(crate) length: u32,
}

/// What a match means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The token is complete.
    Token(Kind),
    /// What was read so far is dropped.
    Skip,
    /// Nothing that belongs to the state, which ends here.
    Terminator,
    /// The token goes on behind `$`.
    Dollar,
    /// The token goes on behind `#`.
    Hash,
    /// `#[[`
    TextBlock,
    /// `#**` with something behind it.
    FormalComment,
    /// `#*`
    BlockComment,
    /// The text block goes on.
    Any,
}

#[inline]
fn found(step: Step, length: usize) -> Option<Match> {
    Some(Match { step, length: length as u32 })
}

#[inline]
fn token(kind: Kind, length: usize) -> Option<Match> {
    found(Step::Token(kind), length)
}

/// No character belongs to the end of a state.
#[inline]
fn terminator() -> Option<Match> {
    found(Step::Terminator, 0)
}

/// The longest match at the beginning of `rest`, which is not empty.
#[inline]
pub(crate) fn longest(rest: &[u8], state: State) -> Option<Match> {
    match state {
        State::Default => in_default(rest),
        State::Reference | State::Modifier => in_reference(rest, state),
        State::Arguments => in_arguments(rest),
        State::Index => in_index(rest),
        State::PreDirective => in_pre_directive(rest),
        State::Directive => in_directive(rest),
        State::TextBlock | State::BlockComment | State::FormalComment | State::LineComment => {
            in_comment(rest, state)
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
            Some(b'[') if rest.get(2) == Some(&b'[') => found(Step::TextBlock, 3),
            Some(b'*') => match rest.get(2..) {
                Some([b'*', next, ..]) if *next != b'#' => found(Step::FormalComment, 3),
                _ => found(Step::BlockComment, 2),
            },
            _ => found(Step::Hash, 1),
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
    found(Step::Dollar, slashes + 1 + if bang { inner + 1 } else { 0 })
}

#[inline]
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
            let text = || token(Kind::Text, length);
            if matches!(rest[0], b' ' | b'\t') && rest.get(length) == Some(&b'#') {
                // Blanks belong to the `#set` behind them.
                set(rest).or_else(text)
            } else {
                text()
            }
        }
    }
}

fn escape(slashes: usize) -> Option<Match> {
    if slashes >= 2 { token(Kind::DoubleEscape, 2) } else { token(Kind::Escape, 1) }
}

#[inline]
fn in_reference(rest: &[u8], state: State) -> Option<Match> {
    let own = match rest[0] {
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
    own.or_else(terminator)
}

#[inline]
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

fn in_pre_directive(rest: &[u8]) -> Option<Match> {
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
    number(rest).or_else(|| comment_or_anywhere(rest)).or_else(terminator)
}

fn in_comment(rest: &[u8], state: State) -> Option<Match> {
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
    // Up to what may mean something, which is never inside of a character.
    let special = |byte: &u8| matches!(byte, b'$' | b'#' | b'\\' | b'*' | b']' | b'\n' | b'\r');
    let length = 1 + rest[1..].iter().position(special).unwrap_or(rest.len() - 1);
    if state == State::TextBlock { found(Step::Any, length) } else { found(Step::Skip, length) }
}
