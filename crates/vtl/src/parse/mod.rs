//! Builds the tree of a template from its tokens.
//!
//! The grammar is Velocity's; where its generated parser looks further ahead than one token, so does
//! this one, because looking ahead lexes and lexing changes state. What Velocity would only find
//! out while rendering (a `#foreach` without a source) is an error here.

mod directive;
mod expression;
mod help;
mod names;
mod queue;
mod reference;
mod statement;
mod string;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use self::names::Names;
use self::queue::Queue;
use crate::ast::{Block, Constant, ExprKind, Span, Variable};
use crate::error::{Bound, Error, ErrorKind};
use crate::lexer::Lexer;
use crate::slice::Slice;
use crate::token::{Kind, Token};

/// How deep blocks, parentheses, arguments and strings may nest.
const NESTING: u32 = 100;

/// What parsing a template gives: its statements and the names of its variables.
pub(crate) struct Parsed {
    pub(crate) block: Block,
    pub(crate) variables: Vec<Arc<str>>,
    /// How many different constants there are.
    pub(crate) constants: usize,
}

pub(crate) fn parse(name: &Arc<str>, source: &Arc<str>) -> Result<Parsed, Error> {
    let mut shared = Shared::default();
    let result = match u32::try_from(source.len()) {
        Ok(_) => Parser::new(source, Place::Shifted(0), &mut shared).template(),
        Err(_) => Err(Problem::new(ErrorKind::UnexpectedEnd("4 GiB"), Span::default())),
    };
    match result {
        Ok(block) => {
            let (variables, constants) = (shared.variables.names, shared.constants.names.len());
            Ok(Parsed { block, variables, constants })
        }
        Err(problem) => Err(Error::new(problem.kind, name, source, problem.span, problem.help)),
    }
}

/// A mistake and where it is.
struct Problem {
    kind: ErrorKind,
    span: Span,
    help: Option<&'static str>,
}

impl Problem {
    fn new(kind: ErrorKind, span: Span) -> Box<Self> {
        Box::new(Problem { kind, span, help: None })
    }
}

type Parse<T> = Result<T, Box<Problem>>;

/// What a template shares with the strings in it, which are templates themselves.
#[derive(Default)]
struct Shared {
    variables: Names,
    constants: Names,
    /// Macros defined so far: a backslash in front of their names is an escape.
    macros: HashSet<String>,
    depth: u32,
}

/// Where the text that is parsed stands in the template's source.
#[derive(Clone, Copy)]
enum Place {
    /// It starts at this byte.
    Shifted(u32),
    /// It is the content of a string that was unescaped: all of it counts as being here.
    Within(Span),
}

struct Parser<'s, 'p> {
    source: &'s Arc<str>,
    place: Place,
    lexer: Lexer<'s>,
    ahead: Queue,
    /// The token consumed last.
    last: Token,
    /// Why the lexer could not go on, once there is a [`Kind::Bad`].
    bad: Option<Box<Problem>>,
    /// What Velocity has changed in the tokens it keeps, in order of place: where it prints a
    /// reference or a directive as it is written, it prints this instead.
    changed: Vec<(Range<u32>, Box<str>)>,
    /// The consumed tokens, while they may have to be printed again.
    record: Vec<Token>,
    recording: u32,
    shared: &'p mut Shared,
}

impl<'s, 'p> Parser<'s, 'p> {
    fn new(source: &'s Arc<str>, place: Place, shared: &'p mut Shared) -> Self {
        Parser {
            source,
            place,
            lexer: Lexer::new(source),
            ahead: Queue::new(),
            last: Token { kind: Kind::Text, start: 0, end: 0, stray: 0 },
            bad: None,
            changed: Vec::new(),
            record: Vec::new(),
            recording: 0,
            shared,
        }
    }

    /// The kind of the token `ahead` places from here, lexing as far as that.
    #[inline]
    fn peek(&mut self, ahead: usize) -> Kind {
        match self.ahead.get(ahead) {
            Some(token) => token.kind,
            None => self.lex_until(ahead),
        }
    }

    #[inline(never)]
    fn lex_until(&mut self, ahead: usize) -> Kind {
        while self.ahead.len() <= ahead {
            let token = match self.lexer.next() {
                _ if self.bad.is_some() => Token { kind: Kind::Bad, ..self.last },
                Ok(token) => token,
                Err(error) => {
                    let (start, end) = (error.start as u32, error.end as u32);
                    let help = help::lexical(&error.kind, self.source, error.start);
                    self.bad = Some(Box::new(Problem {
                        kind: error.kind,
                        span: self.span(start, end),
                        help,
                    }));
                    Token { kind: Kind::Bad, start, end, stray: 0 }
                }
            };
            self.ahead.push_back(token);
        }
        self.ahead[ahead].kind
    }

    fn advance(&mut self) -> Token {
        self.peek(0);
        if let Some(token) = self.ahead.pop_front() {
            if token.start != self.last.end {
                self.keep_between(token);
            }
            self.last = token;
            if self.recording > 0 {
                self.record.push(token);
            }
        }
        self.last
    }

    /// What stands between two tokens started nothing: Velocity keeps less of it, or none.
    #[cold]
    fn keep_between(&mut self, token: Token) {
        let stray = self.lexer.stray(token);
        let between = self.last.end..token.start;
        if between.start < between.end && self.slice(between.start, between.end) != stray {
            self.changed.push((between, Box::from(stray)));
        }
    }

    fn expect(&mut self, kind: Kind, expected: &'static str) -> Parse<Token> {
        if self.peek(0) == kind { Ok(self.advance()) } else { Err(self.unexpected(expected)) }
    }

    fn skip(&mut self, kind: Kind) -> bool {
        let found = self.peek(0) == kind;
        if found {
            self.advance();
        }
        found
    }

    fn blanks(&mut self) {
        self.skip(Kind::Whitespace);
    }

    /// The next token is not what the grammar allows.
    fn unexpected(&mut self, expected: &'static str) -> Box<Problem> {
        self.peek(0);
        let token = self.ahead[0];
        if token.kind == Kind::Bad
            && let Some(problem) = self.bad.take()
        {
            return problem;
        }
        let span = self.span(token.start, token.end);
        if token.kind == Kind::EndOfInput {
            let found = "the end of the template".to_owned();
            return Problem::new(ErrorKind::Unexpected { found, expected }, span);
        }
        let help =
            help::unexpected(token, self.image(token), self.last, self.image(self.last), expected);
        let found = format!("`{}`", shorten(self.image(token).trim()));
        Box::new(Problem { kind: ErrorKind::Unexpected { found, expected }, span, help })
    }

    /// A range of the parsed text as a range of the template.
    fn span(&self, start: u32, end: u32) -> Span {
        match self.place {
            Place::Shifted(by) => Span { start: by + start, end: by + end },
            Place::Within(span) => span,
        }
    }

    /// From a place of the parsed text to the end of what was consumed last.
    fn since(&self, start: u32) -> Span {
        self.span(start, self.last.end)
    }

    fn slice(&self, start: u32, end: u32) -> &'s str {
        &self.source[start as usize..end as usize]
    }

    fn shared(&self, token: Token) -> Slice {
        Slice::new(self.source, token.start, token.end)
    }

    fn image(&self, token: Token) -> &'s str {
        self.slice(token.start, token.end)
    }

    /// Appends a range of the parsed text as Velocity keeps it.
    fn push_kept(&self, start: u32, end: u32, out: &mut String) {
        let mut from = start;
        let first = self.changed.partition_point(|(range, _)| range.start < start);
        for (range, text) in self.changed[first..].iter().take_while(|(range, _)| range.end <= end)
        {
            // Of changes inside each other the outer one holds.
            if range.start >= from {
                out.push_str(self.slice(from, range.start));
                out.push_str(text);
                from = range.end;
            }
        }
        out.push_str(self.slice(from, end));
    }

    fn variable(&mut self, name: &str) -> Variable {
        let (name, slot) = self.shared.variables.number(name);
        Variable { name, slot }
    }

    fn constant(&mut self, text: &str) -> ExprKind {
        let (text, slot) = self.shared.constants.number(text);
        ExprKind::String(Constant { text, slot })
    }

    /// Parses something that may contain itself.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.shared.depth >= NESTING {
            let span = self.span(self.last.start, self.last.end);
            return Err(Problem::new(ErrorKind::Bound(Bound::Depth(NESTING)), span));
        }
        self.shared.depth += 1;
        let result = parse(self);
        self.shared.depth -= 1;
        result
    }
}

/// The first line of a token, of a length that suits a message.
fn shorten(image: &str) -> String {
    let line = image.lines().next().unwrap_or("");
    match line.char_indices().nth(40) {
        Some((at, _)) => format!("{}...", &line[..at]),
        None => line.to_owned(),
    }
}
