//! What each state of the lexer makes of the bytes in front of it.
//!
//! A function here takes one match: the longest that its state knows, and among equals the one that
//! the grammar declares first. It returns whether lexing goes on without the parser.

use memchr::memchr3;

use super::Lexer;
use super::words::{
    beginning, braced_word, count, dot, empty_index, identifier, keyword, line_end, number, set,
    string, utf8_length, whitespace, word,
};
use crate::token::{Kind, State};

impl Lexer<'_> {
    pub(super) fn in_default(&mut self) -> bool {
        let rest = self.rest();
        match rest[0] {
            b'$' => self.empty_index() || self.begin(),
            b'\\' => self.backslashes(rest),
            b'#' => self.set() || self.line_comment() || self.begin(),
            first => {
                let length = memchr3(b'$', b'#', b'\\', rest).unwrap_or(rest.len());
                // Blanks belong to the `#set` behind them.
                let blanks = matches!(first, b' ' | b'\t') && rest.get(length) == Some(&b'#');
                blanks && self.set() || self.accept(Kind::Text, length)
            }
        }
    }

    /// Backslashes in text: in front of a reference, of a directive, or alone.
    fn backslashes(&mut self, rest: &[u8]) -> bool {
        let slashes = count(rest, b'\\');
        match rest.get(slashes) {
            Some(b'$') => return self.begin(),
            Some(b'#') if slashes % 2 == 1 => {
                if let Some((_, length)) = word(&rest[slashes + 1..]) {
                    return self.accept(Kind::EscapedDirective, slashes + 1 + length);
                }
            }
            _ => {}
        }
        if slashes >= 2 { self.accept(Kind::DoubleEscape, 2) } else { self.accept(Kind::Escape, 1) }
    }

    pub(super) fn in_reference(&mut self) -> bool {
        // Names and dots, of which most references are made, come one after the other.
        let rest = loop {
            let rest = self.rest();
            match rest.first() {
                Some(first) if *first == b'_' || first.is_ascii_alphabetic() => {
                    let (kind, length) = identifier(rest);
                    self.accept(kind, length);
                }
                Some(b'.') if dot(rest) => {
                    self.dot();
                }
                Some(_) => break rest,
                None => return true,
            }
        };
        match rest[0] {
            b'(' if self.state == State::Modifier => self.parenthesis(State::Arguments),
            b'[' => {
                self.enter(State::Index);
                self.accept(Kind::IndexOpen, 1)
            }
            b'{' => self.accept(Kind::CurlyOpen, 1),
            b'}' => {
                self.pop();
                self.accept(Kind::CurlyClose, 1)
            }
            b'#' if self.state == State::Reference => {
                self.set() || self.line_comment() || self.begin()
            }
            b' ' | b'\t' if self.set() => true,
            b'#' => self.set() || self.begin(),
            b'$' if self.state == State::Reference => self.empty_index() || self.begin(),
            b'$' | b'\\' if self.begin() => true,
            _ => self.end_state(),
        }
    }

    #[inline]
    pub(super) fn in_arguments(&mut self) -> bool {
        let rest = self.rest();
        match rest[0] {
            b'[' => self.accept(Kind::BracketOpen, 1),
            b']' => self.accept(Kind::BracketClose, 1),
            b',' => self.accept(Kind::Comma, 1),
            b':' => self.accept(Kind::Colon, 1),
            b'{' => self.accept(Kind::MapOpen, 1),
            b'}' => self.accept(Kind::MapClose, 1),
            b')' => {
                self.state = State::Reference;
                self.accept(Kind::CallClose, 1)
            }
            b'"' | b'\'' => match string(rest) {
                Some(length) => self.accept(Kind::String, length),
                None => self.fail_here(),
            },
            b'.' if rest.get(1) == Some(&b'.') => self.accept(Kind::DoubleDot, 2),
            b'.' if dot(rest) => self.dot(),
            b'.' | b'-' | b'0'..=b'9' => match number(rest) {
                Some((kind, length)) => self.accept(kind, length),
                None => self.fail_here(),
            },
            b' ' | b'\t' if self.set() => true,
            b' ' | b'\t' | b'\n' | b'\r' => self.accept(Kind::Whitespace, whitespace(rest)),
            b'#' if self.set() => true,
            first if first == b'_' || first.is_ascii_alphabetic() => {
                let (kind, length) = identifier(rest);
                self.accept(kind, length)
            }
            _ => self.begin() || self.fail_here(),
        }
    }

    pub(super) fn in_index(&mut self) -> bool {
        let rest = self.rest();
        match rest[0] {
            b']' => {
                self.pop();
                self.accept(Kind::IndexClose, 1)
            }
            b'"' | b'\'' => match string(rest) {
                Some(length) => self.accept(Kind::String, length),
                None => self.fail_here(),
            },
            b'-' | b'.' | b'0'..=b'9' => match number(rest) {
                Some((kind, length)) => {
                    if kind == Kind::Float {
                        self.leave_outside_parentheses();
                    }
                    self.accept(kind, length)
                }
                None => self.fail_here(),
            },
            b' ' | b'\t' | b'\n' | b'\r' => self.accept(Kind::Whitespace, whitespace(rest)),
            b't' if rest.starts_with(b"true") => self.accept(Kind::True, 4),
            b'f' if rest.starts_with(b"false") => self.accept(Kind::False, 5),
            _ => self.begin() || self.fail_here(),
        }
    }

    pub(super) fn in_pre_directive(&mut self) -> bool {
        let rest = self.rest();
        if let Some((braced, length)) = word(rest) {
            let name = if braced { &rest[1..length - 1] } else { &rest[..length] };
            return match name {
                b"end" | b"else" => {
                    self.pop();
                    let kind = if name == b"end" { Kind::End } else { Kind::Else };
                    self.accept(kind, length + line_end(&rest[length..]))
                }
                b"if" | b"elseif" => {
                    self.state = State::Directive;
                    self.accept(if name == b"if" { Kind::If } else { Kind::ElseIf }, length)
                }
                _ => self.stop(if braced { Kind::BracedWord } else { Kind::Word }, length),
            };
        }
        match number(rest) {
            Some((kind, length)) => {
                self.leave_outside_parentheses();
                self.accept(kind, length)
            }
            None => self.line_comment() || self.begin() || self.end_state(),
        }
    }

    pub(super) fn in_directive(&mut self) -> bool {
        let rest = self.rest();
        match rest[0] {
            b' ' | b'\t' | b'\n' | b'\r' => self.accept(Kind::Whitespace, whitespace(rest)),
            b'[' => self.accept(Kind::BracketOpen, 1),
            b']' => self.accept(Kind::BracketClose, 1),
            b',' => self.accept(Kind::Comma, 1),
            b':' => self.accept(Kind::Colon, 1),
            b'{' => match braced_word(rest) {
                Some(length) => self.stop(Kind::BracedWord, length),
                None => self.accept(Kind::MapOpen, 1),
            },
            b'}' => self.accept(Kind::MapClose, 1),
            b'(' => self.parenthesis(State::Directive),
            b')' => {
                self.close_parenthesis();
                self.stop(Kind::ParenClose, 1 + line_end(&rest[1..]))
            }
            b'"' | b'\'' => match string(rest) {
                Some(length) => {
                    self.leave_outside_parentheses();
                    self.accept(Kind::String, length)
                }
                None => self.fail_here(),
            },
            b'-' | b'.' | b'0'..=b'9' => match number(rest) {
                Some((kind, length)) => {
                    self.leave_outside_parentheses();
                    self.accept(kind, length)
                }
                None => self.operator(rest),
            },
            first => match word(rest) {
                Some((_, length)) => match keyword(&rest[..length]) {
                    Some(kind) => self.accept(kind, length),
                    None => self.stop(Kind::Word, length),
                },
                None if matches!(first, b'$' | b'#' | b'\\') => {
                    self.line_comment() || self.begin() || self.fail_here()
                }
                None => self.operator(rest),
            },
        }
    }

    fn operator(&mut self, rest: &[u8]) -> bool {
        let (kind, length) = match rest {
            [b'&', b'&', ..] => (Kind::And, 2),
            [b'|', b'|', ..] => (Kind::Or, 2),
            [b'<', b'=', ..] => (Kind::LessOrEqual, 2),
            [b'>', b'=', ..] => (Kind::GreaterOrEqual, 2),
            [b'=', b'=', ..] => (Kind::Equal, 2),
            [b'!', b'=', ..] => (Kind::NotEqual, 2),
            [b'.', b'.', ..] => (Kind::DoubleDot, 2),
            [b'<', ..] => (Kind::Less, 1),
            [b'>', ..] => (Kind::Greater, 1),
            [b'=', ..] => (Kind::Assign, 1),
            [b'!', ..] => (Kind::Not, 1),
            [b'-', ..] => (Kind::Minus, 1),
            [b'+', ..] => (Kind::Plus, 1),
            [b'*', ..] => (Kind::Multiply, 1),
            [b'/', ..] => (Kind::Divide, 1),
            [b'%', ..] => (Kind::Modulus, 1),
            _ => return self.fail_here(),
        };
        self.accept(kind, length)
    }

    pub(super) fn in_comment(&mut self) -> bool {
        let rest = self.rest();
        match (self.state, rest[0]) {
            (State::TextBlock, b']') if rest.starts_with(b"]]#") => {
                return self.close_comment(Kind::TextBlock, 3);
            }
            (State::BlockComment, b'*') if rest.starts_with(b"*#") => {
                return self.close_comment(Kind::BlockComment, 2);
            }
            (State::FormalComment, b'*') if rest.starts_with(b"*#") => {
                return self.close_comment(Kind::FormalComment, 2);
            }
            (State::LineComment, b'\n' | b'\r') => {
                return self.close_comment(Kind::LineCommentEnd, line_end(rest));
            }
            _ => {}
        }
        if let Some((state, length)) = beginning(rest) {
            // What only proves that this is no `#**#` is taken with it inside of a comment.
            let proof = if state == State::FormalComment { utf8_length(rest[length]) } else { 0 };
            self.pos += length + proof;
            return true;
        }
        // Up to what may mean something, which is never inside of a character.
        let special = |byte: &u8| matches!(byte, b'$' | b'#' | b'\\' | b'*' | b']' | b'\n' | b'\r');
        self.pos += 1 + rest[1..].iter().position(special).unwrap_or(rest.len() - 1);
        if self.state != State::TextBlock {
            self.start = self.pos;
        }
        true
    }

    fn close_comment(&mut self, kind: Kind, length: usize) -> bool {
        self.pop();
        self.accept(kind, length)
    }

    #[inline]
    fn dot(&mut self) -> bool {
        self.state = State::Modifier;
        // What the state has read in front of it is no part of it.
        self.start = self.pos;
        self.accept(Kind::Dot, 1)
    }

    fn parenthesis(&mut self, state: State) -> bool {
        self.open += 1;
        self.state = state;
        self.accept(Kind::ParenOpen, 1)
    }

    /// `#set(`, with the blanks in front of it.
    fn set(&mut self) -> bool {
        let Some(length) = set(self.rest()) else {
            return false;
        };
        self.enter(State::Directive);
        self.in_set = true;
        self.open += 1;
        self.accept(Kind::Set, length)
    }

    /// `$[`, `$.` and the like.
    fn empty_index(&mut self) -> bool {
        match empty_index(self.rest()) {
            Some(length) => self.accept(Kind::EmptyIndex, length),
            None => false,
        }
    }

    /// `##`
    fn line_comment(&mut self) -> bool {
        if !self.rest().starts_with(b"##") {
            return false;
        }
        if self.state == State::Reference {
            self.pop();
        }
        self.enter(State::LineComment);
        self.accept(Kind::LineComment, 2)
    }

    /// `$`, `#` and what begins with them, which every state knows: the token goes on in another
    /// state.
    fn begin(&mut self) -> bool {
        let Some((state, length)) = beginning(self.rest()) else {
            return false;
        };
        let ends = match state {
            State::Reference => self.state == State::Reference,
            State::PreDirective => matches!(self.state, State::Reference | State::Modifier),
            _ => false,
        };
        if ends {
            self.pop();
        }
        self.enter(state);
        self.pos += length;
        true
    }

    /// Nothing that belongs to the state: it ends here.
    fn end_state(&mut self) -> bool {
        if self.start < self.pos || self.has_stray() {
            self.collect_stray();
        }
        self.pop();
        self.start = self.pos;
        true
    }

    /// A value that is not inside of parentheses ends the directive.
    fn leave_outside_parentheses(&mut self) {
        if self.open == 0 && !self.in_set {
            self.pop();
        }
    }
}
