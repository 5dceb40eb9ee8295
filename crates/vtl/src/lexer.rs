//! Cuts a template into tokens, as Velocity's generated lexer does.
//!
//! In each state the longest match wins, and among equals the token that the grammar declares
//! first. Some matches are only beginnings (`$`, `#`, `#*`): they change the state and the token
//! goes on. The parser reads one token at a time, because it changes the state as well.

use crate::error::ErrorKind;
use crate::scan::{self, Match, Step};
use crate::token::{Kind, State, Token};

/// Where and why lexing stopped.
pub(crate) struct LexError {
    pub(crate) kind: ErrorKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

pub(crate) struct Lexer<'s> {
    strays: Vec<String>,
    source: &'s str,
    pos: usize,
    state: State,
    stack: Vec<Saved>,
    open: u32,
    closed: u32,
    in_comment: bool,
    in_set: bool,
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
            strays: Vec::new(),
            source,
            pos: 0,
            state: State::Default,
            stack: Vec::with_capacity(8),
            open: 0,
            closed: 0,
            in_comment: false,
            in_set: false,
        }
    }

    /// What stood in front of a token and started nothing.
    pub(crate) fn stray(&self, token: Token) -> &str {
        match token.stray.checked_sub(1) {
            Some(at) => &self.strays[at as usize],
            None => "",
        }
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

    /// The next token; at the end of the source, again and again [`Kind::EndOfInput`].
    pub(crate) fn next(&mut self) -> Result<Token, Box<LexError>> {
        let mut stray: Option<String> = None;
        let mut is_comment = false;
        'token: loop {
            let start = self.pos;
            if start == self.source.len() {
                return Ok(self.token(Kind::EndOfInput, start, stray));
            }
            loop {
                let Some(Match { step, length }) = scan::longest(self.source, self.pos, self.state)
                else {
                    return Err(Box::new(self.no_match()));
                };
                self.pos += length;
                match step {
                    Step::Token(kind) => {
                        let end = self.accept(kind, start, length);
                        let start = if kind == Kind::Dot { end - 1 } else { start };
                        let stray = stray.filter(|_| !is_comment);
                        return Ok(Token { end: end as u32, ..self.token(kind, start, stray) });
                    }
                    Step::Skip => continue 'token,
                    Step::Terminator => {
                        self.collect_stray(start, &mut stray);
                        // Velocity takes it for a comment, and all in front of it as well.
                        is_comment = self.source[start..].starts_with("##");
                        self.pos -= length;
                        self.pop();
                        continue 'token;
                    }
                    Step::More(more) => self.go_on(more),
                }
                if self.pos == self.source.len() {
                    return Err(Box::new(self.unfinished(start)));
                }
            }
        }
    }

    fn token(&mut self, kind: Kind, start: usize, stray: Option<String>) -> Token {
        let stray = match stray {
            Some(stray) => {
                self.strays.push(stray);
                self.strays.len() as u32
            }
            None => 0,
        };
        Token { kind, start: start as u32, end: self.pos as u32, stray }
    }

    /// Applies what a token does to the state; returns where its text ends.
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
                self.in_comment = true;
                self.push();
                self.state = State::LineComment;
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
                // The letter behind the dot only proves that a name follows.
                self.pos -= 1;
                self.state = State::Modifier;
            }
            _ => {}
        }
        self.pos
    }

    /// Applies the beginning of a token to the state.
    fn go_on(&mut self, more: scan::More) {
        if self.in_comment {
            return;
        }
        match more {
            scan::More::Dollar => {
                if self.state == State::Reference {
                    self.pop();
                }
                self.push();
                self.state = State::Reference;
            }
            scan::More::Hash => {
                if matches!(self.state, State::Reference | State::Modifier) {
                    self.pop();
                }
                self.push();
                self.state = State::PreDirective;
            }
            scan::More::TextBlock => self.enter_comment(State::TextBlock),
            scan::More::FormalComment(last) => {
                self.pos -= last;
                self.enter_comment(State::FormalComment);
            }
            scan::More::BlockComment => self.enter_comment(State::BlockComment),
            scan::More::Any => {}
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

    /// Keeps the `$`, `#` and backslashes of a beginning that came to nothing.
    fn collect_stray(&self, start: usize, stray: &mut Option<String>) {
        let text = &self.source.as_bytes()[start..self.pos];
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                byte @ (b'#' | b'$') => stray.get_or_insert_default().push(char::from(byte)),
                b'\\' => {
                    let run = text[at..].iter().take_while(|byte| **byte == b'\\').count();
                    if text.get(at + run) == Some(&b'$') {
                        let kept = stray.get_or_insert_default();
                        kept.extend(std::iter::repeat_n('\\', run));
                        kept.push('$');
                        // Velocity steps over the character behind the dollar as well.
                        at += run + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
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
