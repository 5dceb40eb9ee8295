//! Cuts a template into tokens, as Velocity's generated lexer does.
//!
//! In each state the longest match wins, and among equals the token that the grammar declares
//! first. Some matches are only beginnings (`$`, `#`, `#*`): they change the state and the token
//! goes on. The parser changes the state as well, so tokens are read in stretches that end where it
//! may do so.

use crate::error::ErrorKind;
use crate::scan::{self, Match, Step};
use crate::token::{Kind, State, Token};

/// Where and why lexing stopped.
#[derive(Clone)]
pub(crate) struct LexError {
    pub(crate) kind: ErrorKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

pub(crate) struct Lexer<'s> {
    source: &'s str,
    pos: usize,
    state: State,
    stack: Vec<Saved>,
    open: u32,
    closed: u32,
    in_comment: bool,
    in_set: bool,
    /// What stood in front of tokens and started nothing, one behind the other.
    strays: String,
    /// Where each of the strays ends.
    stray_ends: Vec<usize>,
    error: Option<LexError>,
}

/// What is restored when a state ends: the state and its parentheses.
struct Saved {
    state: State,
    open: u32,
    closed: u32,
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        Lexer {
            source,
            pos: 0,
            state: State::Default,
            stack: Vec::with_capacity(8),
            open: 0,
            closed: 0,
            in_comment: false,
            in_set: false,
            strays: String::new(),
            stray_ends: Vec::new(),
            error: None,
        }
    }

    /// What stood in front of a token and started nothing.
    pub(crate) fn stray(&self, token: Token) -> &str {
        match token.stray as usize {
            0 => "",
            1 => &self.strays[..self.stray_ends[0]],
            number => &self.strays[self.stray_ends[number - 2]..self.stray_ends[number - 1]],
        }
    }

    /// Why there is a [`Kind::Bad`].
    pub(crate) fn error(&self) -> Option<&LexError> {
        self.error.as_ref()
    }

    /// The parser has seen that a word is a directive: what follows are its arguments.
    pub(crate) fn enter_arguments(&mut self) {
        self.state = State::Directive;
    }

    /// The parser has seen that a word is no directive with arguments.
    pub(crate) fn leave_directive(&mut self) {
        self.pop();
    }

    /// The parser has seen the end of a `#set`.
    pub(crate) fn leave_set(&mut self) {
        self.in_set = false;
    }

    /// Whether a parenthesis follows, blanks and line ends aside.
    pub(crate) fn at_parenthesis(&self) -> bool {
        let rest = &self.source.as_bytes()[self.pos..];
        rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) == Some(&b'(')
    }

    /// Appends tokens up to one at which the parser may change the state. At the end of the source
    /// there is one [`Kind::EndOfInput`] after the other, and after a mistake one [`Kind::Bad`].
    pub(crate) fn lex(&mut self, tokens: &mut Vec<Token>) {
        loop {
            let token = self.token();
            tokens.push(token);
            if matches!(
                token.kind,
                Kind::Word | Kind::BracedWord | Kind::ParenClose | Kind::EndOfInput | Kind::Bad
            ) {
                return;
            }
        }
    }

    #[inline]
    fn token(&mut self) -> Token {
        let mut start = self.pos;
        let mut is_comment = false;
        loop {
            if self.pos == self.source.len() {
                if start < self.pos {
                    return self.fail(self.unfinished(start));
                }
                return self.accepted(Kind::EndOfInput, start, false);
            }
            let rest = &self.source.as_bytes()[self.pos..];
            let Some(Match { step, length }) = scan::longest(rest, self.state) else {
                return self.fail(self.no_match());
            };
            let length = length as usize;
            self.pos += length;
            match step {
                Step::Token(kind) => {
                    let start = self.accept(kind, start, length);
                    return self.accepted(kind, start, is_comment);
                }
                Step::Skip => start = self.pos,
                Step::Terminator => {
                    // Velocity takes `##` for a comment, and all in front of it as well.
                    is_comment = start < self.pos && self.collect_stray(start);
                    self.pop();
                    start = self.pos;
                }
                beginning => self.go_on(beginning),
            }
        }
    }

    #[inline]
    fn accepted(&mut self, kind: Kind, start: usize, is_comment: bool) -> Token {
        let numbered = self.stray_ends.last().copied().unwrap_or(0);
        let stray = if self.strays.len() > numbered { self.number_stray(is_comment) } else { 0 };
        Token { kind, start: start as u32, end: self.pos as u32, stray }
    }

    #[cold]
    fn number_stray(&mut self, is_comment: bool) -> u32 {
        if is_comment {
            self.strays.truncate(self.stray_ends.last().copied().unwrap_or(0));
            return 0;
        }
        self.stray_ends.push(self.strays.len());
        self.stray_ends.len() as u32
    }

    #[cold]
    fn fail(&mut self, error: LexError) -> Token {
        let error = self.error.get_or_insert(error);
        Token { kind: Kind::Bad, start: error.start as u32, end: error.end as u32, stray: 0 }
    }

    /// Applies what a token does to the state; returns where it starts.
    #[inline]
    fn accept(&mut self, kind: Kind, start: usize, length: usize) -> usize {
        match kind {
            Kind::IndexOpen => {
                self.push();
                self.state = State::Index;
            }
            Kind::IndexClose | Kind::CurlyClose | Kind::End | Kind::Else => {
                self.pop();
            }
            Kind::ParenOpen => {
                if !self.in_comment {
                    self.open += 1;
                }
                if self.state == State::Modifier {
                    self.state = State::Arguments;
                }
            }
            Kind::ParenClose => self.close_parenthesis(),
            Kind::CallClose => self.state = State::Reference,
            Kind::Set if !self.in_comment => {
                self.push();
                self.in_set = true;
                self.state = State::Directive;
                self.open += 1;
            }
            Kind::LineComment if !self.in_comment => {
                if self.state == State::Reference {
                    self.pop();
                }
                self.enter_comment(State::LineComment);
            }
            Kind::LineCommentEnd | Kind::BlockComment | Kind::FormalComment | Kind::TextBlock => {
                self.in_comment = false;
                self.pop();
            }
            Kind::String if self.state == State::Directive && !self.in_set && self.open == 0 => {
                self.pop();
            }
            Kind::If | Kind::ElseIf => self.state = State::Directive,
            Kind::Integer => {
                // `1..5` is a range, not the number `1.`: the dots go back.
                if length > 2 && self.source.as_bytes()[start..self.pos].ends_with(b"..") {
                    self.pos -= 2;
                }
                if self.open == 0
                    && !self.in_set
                    && !matches!(self.state, State::Arguments | State::Index)
                {
                    self.pop();
                }
            }
            Kind::Float if self.open == 0 && !self.in_set && self.state != State::Arguments => {
                self.pop();
            }
            Kind::Dot => {
                self.state = State::Modifier;
                // What the state has read in front of it is no part of it.
                return self.pos - length;
            }
            _ => {}
        }
        start
    }

    /// Applies the beginning of a token to the state.
    fn go_on(&mut self, beginning: Step) {
        if self.in_comment {
            if beginning == Step::FormalComment {
                // What only proves that this is no `#**#` is taken with it inside a comment.
                let next = self.source.as_bytes()[self.pos];
                self.pos += scan::utf8_length(next);
            }
            return;
        }
        match beginning {
            Step::Dollar => {
                if self.state == State::Reference {
                    self.pop();
                }
                self.push();
                self.state = State::Reference;
            }
            Step::Hash => {
                if matches!(self.state, State::Reference | State::Modifier) {
                    self.pop();
                }
                self.push();
                self.state = State::PreDirective;
            }
            Step::TextBlock => self.enter_comment(State::TextBlock),
            Step::FormalComment => self.enter_comment(State::FormalComment),
            Step::BlockComment => self.enter_comment(State::BlockComment),
            _ => {}
        }
    }

    fn enter_comment(&mut self, state: State) {
        self.in_comment = true;
        self.push();
        self.state = state;
    }

    fn push(&mut self) {
        self.stack.push(Saved { state: self.state, open: self.open, closed: self.closed });
        self.open = 0;
    }

    /// Returns whether there was a state to return to.
    fn pop(&mut self) -> bool {
        match self.stack.pop() {
            Some(saved) => {
                (self.state, self.open, self.closed) = (saved.state, saved.open, saved.closed);
                true
            }
            None => {
                self.open = 0;
                self.state = State::Default;
                false
            }
        }
    }

    /// Drops down to the state whose parenthesis this closes.
    fn close_parenthesis(&mut self) {
        if self.in_comment {
            return;
        }
        while self.open == 0 {
            if !self.pop() {
                return;
            }
        }
        if self.open == self.closed + 1 {
            self.pop();
        } else {
            self.closed += 1;
        }
    }

    /// Keeps the `$`, `#` and backslashes of a beginning that came to nothing; returns whether it
    /// was `##`.
    #[cold]
    fn collect_stray(&mut self, start: usize) -> bool {
        let text = &self.source.as_bytes()[start..self.pos];
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                byte @ (b'#' | b'$') => self.strays.push(char::from(byte)),
                b'\\' => {
                    let run = text[at..].iter().take_while(|byte| **byte == b'\\').count();
                    if text.get(at + run) == Some(&b'$') {
                        self.strays.extend(std::iter::repeat_n('\\', run));
                        self.strays.push('$');
                        // Velocity steps over the character behind the dollar as well.
                        at += run + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
        text.starts_with(b"##")
    }

    fn no_match(&self) -> LexError {
        let found = self.source[self.pos..].chars().next().unwrap_or('\u{fffd}');
        let opens_string = matches!(found, '"' | '\'');
        let kind = if opens_string {
            ErrorKind::UnexpectedEnd("a string")
        } else {
            ErrorKind::Character(found)
        };
        LexError { kind, start: self.pos, end: self.pos + found.len_utf8() }
    }

    fn unfinished(&self, start: usize) -> LexError {
        let what = match self.state {
            State::TextBlock => "#[[",
            State::PreDirective => "a directive: `#` is its last character",
            State::LineComment | State::BlockComment | State::FormalComment => {
                "a comment: `$` or `#` is its last character"
            }
            _ => "a reference: `$` is its last character",
        };
        LexError { kind: ErrorKind::UnexpectedEnd(what), start, end: self.pos }
    }
}
