//! Cuts a template into tokens, as Velocity's generated lexer does.
//!
//! In each state the longest match wins, and among equals the token that the grammar declares
//! first. Some matches are only beginnings (`$`, `#`, `#*`): they change the state and the token
//! goes on. The parser changes the state as well, so tokens are read in stretches that end where it
//! may do so.

mod states;
mod words;

use crate::error::ErrorKind;
use crate::token::{Kind, State, Token};

/// Where and why lexing stopped.
pub(crate) struct LexError {
    pub(crate) kind: ErrorKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

pub(crate) struct Lexer<'s> {
    source: &'s str,
    /// All tokens so far, behind one that stands for the beginning.
    pub(crate) tokens: Vec<Token>,
    /// Where the token begins that is being read.
    start: usize,
    pos: usize,
    state: State,
    stack: Vec<Saved>,
    open: u32,
    closed: u32,
    in_set: bool,
    /// What stood in front of tokens and started nothing.
    strays: Vec<Stray>,
    error: Option<LexError>,
}

/// What is restored when a state ends: the state and its parentheses.
struct Saved {
    state: State,
    open: u32,
    closed: u32,
}

/// `$` and `#` in front of a token that turned out to start nothing.
struct Stray {
    /// Which token it is.
    token: usize,
    text: String,
    /// It ends with `##`: Velocity takes it for a comment, and all in front of it as well.
    is_comment: bool,
}

impl<'s> Lexer<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        let mut tokens = Vec::with_capacity(source.len() / 4 + 4);
        tokens.push(Token { kind: Kind::Text, start: 0, end: 0 });
        Lexer {
            source,
            tokens,
            start: 0,
            pos: 0,
            state: State::Default,
            stack: Vec::with_capacity(8),
            open: 0,
            closed: 0,
            in_set: false,
            strays: Vec::new(),
            error: None,
        }
    }

    /// What stood in front of a token and started nothing. It is printed with text.
    #[inline]
    pub(crate) fn stray(&self, token: usize) -> &str {
        if self.strays.is_empty() { "" } else { self.find_stray(token) }
    }

    #[cold]
    fn find_stray(&self, token: usize) -> &str {
        match self.strays.binary_search_by_key(&token, |stray| stray.token) {
            Ok(at) if !self.strays[at].is_comment => &self.strays[at].text,
            // Nothing is left of a comment, but at the end of the source.
            Ok(at) if self.tokens[token].kind == Kind::EndOfInput => &self.strays[at].text,
            _ => "",
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

    /// Reads tokens up to one at which the parser may change the state. At the end of the source
    /// there is one [`Kind::EndOfInput`] after the other, and after a mistake one [`Kind::Bad`].
    pub(crate) fn lex(&mut self) {
        let mut goes_on = self.error.is_none() || self.fail();
        while goes_on {
            goes_on = if self.pos == self.source.len() {
                self.end_of_input()
            } else {
                match self.state {
                    State::Default => self.in_default(),
                    State::Reference | State::Modifier => self.in_reference(),
                    State::Arguments => self.in_arguments(),
                    State::Index => self.in_index(),
                    State::PreDirective => self.in_pre_directive(),
                    State::Directive => self.in_directive(),
                    State::TextBlock
                    | State::BlockComment
                    | State::FormalComment
                    | State::LineComment => self.in_comment(),
                }
            };
        }
    }

    fn rest(&self) -> &'s [u8] {
        &self.source.as_bytes()[self.pos..]
    }

    /// A token ends after so many bytes; lexing goes on.
    #[inline]
    fn accept(&mut self, kind: Kind, length: usize) -> bool {
        self.pos += length;
        self.tokens.push(Token { kind, start: self.start as u32, end: self.pos as u32 });
        self.start = self.pos;
        true
    }

    /// A token ends after so many bytes; the parser may change the state behind it.
    fn stop(&mut self, kind: Kind, length: usize) -> bool {
        self.accept(kind, length);
        false
    }

    fn end_of_input(&mut self) -> bool {
        if self.start == self.pos {
            return self.stop(Kind::EndOfInput, 0);
        }
        let what = match self.state {
            State::TextBlock => "#[[",
            State::PreDirective => "a directive: `#` is its last character",
            State::LineComment | State::BlockComment | State::FormalComment => {
                "a comment: `$` or `#` is its last character"
            }
            _ => "a reference: `$` is its last character",
        };
        let kind = ErrorKind::UnexpectedEnd(what);
        self.error = Some(LexError { kind, start: self.start, end: self.pos });
        self.fail()
    }

    /// Nothing begins with the character here.
    #[cold]
    fn fail_here(&mut self) -> bool {
        let found = self.source[self.pos..].chars().next().unwrap_or('\u{fffd}');
        let opens_string = matches!(found, '"' | '\'');
        let kind = if opens_string {
            ErrorKind::UnexpectedEnd("a string")
        } else {
            ErrorKind::Character(found)
        };
        let end = self.pos + found.len_utf8();
        self.error = Some(LexError { kind, start: self.pos, end });
        self.fail()
    }

    #[cold]
    fn fail(&mut self) -> bool {
        if let Some(error) = &self.error {
            let (start, end) = (error.start as u32, error.end as u32);
            self.tokens.push(Token { kind: Kind::Bad, start, end });
        }
        false
    }

    /// Goes into a state, from which the one that is left is come back to.
    #[inline]
    fn enter(&mut self, state: State) {
        self.stack.push(Saved { state: self.state, open: self.open, closed: self.closed });
        self.open = 0;
        self.state = state;
    }

    /// Returns whether there was a state to return to.
    #[inline]
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

    /// Whether anything stood in front of the token that is being read.
    fn has_stray(&self) -> bool {
        self.strays.last().is_some_and(|stray| stray.token == self.tokens.len())
    }

    /// Keeps the `$`, `#` and backslashes of a beginning that came to nothing.
    #[cold]
    fn collect_stray(&mut self) {
        let text = &self.source.as_bytes()[self.start..self.pos];
        if !self.has_stray() {
            let token = self.tokens.len();
            self.strays.push(Stray { token, text: String::new(), is_comment: false });
        }
        let Some(stray) = self.strays.last_mut() else {
            return;
        };
        stray.is_comment = text.starts_with(b"##");
        let mut at = 0;
        while at < text.len() {
            match text[at] {
                byte @ (b'#' | b'$') => stray.text.push(char::from(byte)),
                b'\\' => {
                    let run = text[at..].iter().take_while(|byte| **byte == b'\\').count();
                    if text.get(at + run) == Some(&b'$') {
                        stray.text.extend(std::iter::repeat_n('\\', run));
                        stray.text.push('$');
                        // Velocity steps over the character behind the dollar as well.
                        at += run + 1;
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}
