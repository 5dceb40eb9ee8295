//! The longest match at a place of the source, for each state of the lexer.

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
    Some(Match {
        step: Step::Token(kind),
        length,
    })
}

fn more(more: More, length: usize) -> Option<Match> {
    Some(Match {
        step: Step::More(more),
        length,
    })
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
    if rest.starts_with(b"##") {
        token(Kind::LineComment, 2)
    } else {
        anywhere(rest)
    }
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
            let length = rest
                .iter()
                .position(|byte| matches!(byte, b'$' | b'#' | b'\\'))
                .unwrap_or(rest.len());
            match set(rest) {
                Some(set) if set.length > length => Some(set),
                _ => token(Kind::Text, length),
            }
        }
    }
}

fn escape(slashes: usize) -> Option<Match> {
    if slashes >= 2 {
        token(Kind::DoubleEscape, 2)
    } else {
        token(Kind::Escape, 1)
    }
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
    found.or_else(|| {
        Some(Match {
            step: Step::Terminator,
            length: char_length(source, pos),
        })
    })
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
        b'.' => number(rest).or_else(|| {
            if rest.get(1) == Some(&b'.') {
                token(Kind::DoubleDot, 2)
            } else {
                None
            }
        }),
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
        let name = if braced {
            &rest[1..length - 1]
        } else {
            &rest[..length]
        };
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
        .or_else(|| {
            Some(Match {
                step: Step::Terminator,
                length: char_length(source, pos),
            })
        })
}

fn in_comment(source: &str, pos: usize, rest: &[u8], state: State) -> Option<Match> {
    let closed = match (state, rest[0]) {
        (State::TextBlock, b']') if rest.starts_with(b"]]#") => token(Kind::TextBlock, 3),
        (State::BlockComment, b'*') if rest.starts_with(b"*#") => token(Kind::BlockComment, 2),
        (State::FormalComment, b'*') if rest.starts_with(b"*#") => token(Kind::FormalComment, 2),
        (State::LineComment, b'\n') => token(Kind::LineCommentEnd, 1),
        (State::LineComment, b'\r') => token(
            Kind::LineCommentEnd,
            if rest.get(1) == Some(&b'\n') { 2 } else { 1 },
        ),
        _ => anywhere(rest),
    };
    if closed.is_some() {
        return closed;
    }
    let length = char_length(source, pos);
    if state == State::TextBlock {
        more(More::Any, length)
    } else {
        Some(Match {
            step: Step::Skip,
            length,
        })
    }
}

/// `$[`, `$![`, `$\![` and `$.`
fn empty_index(rest: &[u8]) -> Option<Match> {
    let length = [b"$[".as_slice(), b"$![", b"$\\![", b"$."]
        .iter()
        .find(|text| rest.starts_with(text))?
        .len();
    token(Kind::EmptyIndex, length)
}

/// Blanks, `#set` and the parenthesis behind it.
fn set(rest: &[u8]) -> Option<Match> {
    let blanks = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
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
    if rest.get(length) == Some(&b'(') {
        token(Kind::Set, length + 1)
    } else {
        None
    }
}

/// A dot with a letter behind it.
fn dot(rest: &[u8]) -> Option<Match> {
    if rest.get(1).is_some_and(u8::is_ascii_alphabetic) {
        token(Kind::Dot, 2)
    } else {
        None
    }
}

fn identifier(rest: &[u8]) -> Option<Match> {
    let length = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .count();
    let kind = match &rest[..length] {
        b"true" => Kind::True,
        b"false" => Kind::False,
        _ => Kind::Identifier,
    };
    token(kind, length)
}

/// A directive's name with or without braces: whether it has them, and its length with them.
fn word(rest: &[u8]) -> Option<(bool, usize)> {
    if let Some(Match { length, .. }) = braced_word(rest) {
        return Some((true, length));
    }
    let starts = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'@');
    if !rest.first().is_some_and(starts) {
        return None;
    }
    Some((false, name_length(rest)))
}

fn braced_word(rest: &[u8]) -> Option<Match> {
    if rest.first() != Some(&b'{')
        || !rest
            .get(1)
            .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    {
        return None;
    }
    let length = 1 + name_length(&rest[1..]);
    if rest.get(length) == Some(&b'}') {
        token(Kind::BracedWord, length + 1)
    } else {
        None
    }
}

fn name_length(rest: &[u8]) -> usize {
    rest.iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@'))
        .count()
}

/// A number, the longer of what an integer and a floating point literal match.
fn number(rest: &[u8]) -> Option<Match> {
    let sign = usize::from(rest[0] == b'-');
    let digits = |from: usize| {
        rest[from.min(rest.len())..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
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
            return token(Kind::Integer, end + 2);
        }
        let fraction = digits(end + 1);
        if whole == 0 && fraction == 0 {
            return None;
        }
        end += 1 + fraction;
        return token(Kind::Float, end + exponent(end));
    }
    if whole == 0 {
        return None;
    }
    match exponent(end) {
        0 => token(Kind::Integer, end),
        length => token(Kind::Float, end + length),
    }
}

/// A quoted string, in which a doubled quote stands for one. If no quote closes it properly, it
/// ends at the first of the last pair.
fn string(rest: &[u8]) -> Option<Match> {
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
    token(Kind::String, closed?)
}

fn whitespace(rest: &[u8]) -> Option<Match> {
    let length = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
        .count();
    token(Kind::Whitespace, length)
}

/// How many bytes of blanks and one line end follow; 0 if anything else does.
fn line_end(rest: &[u8]) -> usize {
    let blanks = rest
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t'))
        .count();
    match rest.get(blanks..) {
        Some([b'\r', b'\n', ..]) => blanks + 2,
        Some([b'\n' | b'\r', ..]) => blanks + 1,
        _ => 0,
    }
}

fn count(rest: &[u8], byte: u8) -> usize {
    rest.iter().take_while(|other| **other == byte).count()
}

fn char_length(source: &str, pos: usize) -> usize {
    source[pos..].chars().next().map_or(1, char::len_utf8)
}

fn utf8_length(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    }
}
