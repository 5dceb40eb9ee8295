//! Builds the tree of a template from its tokens.
//!
//! The grammar is Velocity's; where its generated parser looks further ahead than one token, so does
//! this one, because looking ahead lexes and lexing changes state. What Velocity would only find
//! out while rendering (a `#foreach` without a source) is an error here.

mod expression;
mod help;
mod reference;
mod statement;
mod string;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use crate::ast::{Block, Span, Variable};
use crate::error::{Bound, Error, ErrorKind};
use crate::lexer::Lexer;
use crate::token::{Kind, Token};

/// How deep blocks, parentheses, arguments and strings may nest.
const NESTING: u32 = 100;

/// What parsing a template gives: its statements and the names of its variables.
pub(crate) struct Parsed {
    pub(crate) block: Block,
    pub(crate) variables: Vec<Arc<str>>,
}

pub(crate) fn parse(name: &Arc<str>, source: &str) -> Result<Parsed, Error> {
    let mut shared = Shared::default();
    let result = match u32::try_from(source.len()) {
        Ok(_) => Parser::new(source, Place::Shifted(0), &mut shared).template(),
        Err(_) => Err(Problem::new(
            ErrorKind::UnexpectedEnd("4 GiB"),
            Span::default(),
        )),
    };
    match result {
        Ok(block) => Ok(Parsed {
            block,
            variables: shared.variables,
        }),
        Err(problem) => Err(Error::new(
            problem.kind,
            name,
            source,
            problem.span,
            problem.help,
        )),
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
        Box::new(Problem {
            kind,
            span,
            help: None,
        })
    }
}

type Parse<T> = Result<T, Box<Problem>>;

/// What a template shares with the strings in it, which are templates themselves.
#[derive(Default)]
struct Shared {
    variables: Vec<Arc<str>>,
    slots: HashMap<Arc<str>, u32>,
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
    source: &'s str,
    place: Place,
    lexer: Lexer<'s>,
    ahead: VecDeque<Token>,
    /// The token consumed last.
    last: Span,
    last_kind: Kind,
    /// Backslashes and stray `$` in front of references: where a reference is printed as it is
    /// written, they are not part of the ones inside of it.
    stripped: Vec<std::ops::Range<usize>>,
    /// The images of tokens, while they may have to be printed again.
    record: Vec<Image>,
    recording: u32,
    shared: &'p mut Shared,
}

/// The text of a consumed token.
struct Image {
    kind: Kind,
    start: usize,
    end: usize,
    stray: Option<Box<str>>,
}

impl<'s, 'p> Parser<'s, 'p> {
    fn new(source: &'s str, place: Place, shared: &'p mut Shared) -> Self {
        Parser {
            source,
            place,
            lexer: Lexer::new(source),
            ahead: VecDeque::with_capacity(4),
            last: Span::default(),
            last_kind: Kind::Text,
            stripped: Vec::new(),
            record: Vec::new(),
            recording: 0,
            shared,
        }
    }

    /// The kind of the token `ahead` places from here, lexing as far as that.
    fn peek(&mut self, ahead: usize) -> Parse<Kind> {
        while self.ahead.len() <= ahead {
            match self.lexer.next() {
                Ok(token) => self.ahead.push_back(token),
                Err(error) => {
                    let help = help::lexical(&error.kind, self.source, error.start);
                    let span = self.span(error.start, error.end);
                    return Err(Box::new(Problem {
                        kind: error.kind,
                        span,
                        help,
                    }));
                }
            }
        }
        Ok(self.ahead[ahead].kind)
    }

    fn advance(&mut self) -> Parse<Token> {
        self.peek(0)?;
        let Some(token) = self.ahead.pop_front() else {
            return Err(Problem::new(
                ErrorKind::UnexpectedEnd("the template"),
                self.last,
            ));
        };
        self.last = Span {
            start: token.start as u32,
            end: token.end as u32,
        };
        self.last_kind = token.kind;
        if self.recording > 0 {
            let image = Image {
                kind: token.kind,
                start: token.start,
                end: token.end,
                stray: token.stray.clone(),
            };
            self.record.push(image);
        }
        Ok(token)
    }

    fn expect(&mut self, kind: Kind, expected: &'static str) -> Parse<Token> {
        if self.peek(0)? == kind {
            self.advance()
        } else {
            Err(self.unexpected(expected))
        }
    }

    fn skip(&mut self, kind: Kind) -> Parse<bool> {
        let found = self.peek(0)? == kind;
        if found {
            self.advance()?;
        }
        Ok(found)
    }

    fn blanks(&mut self) -> Parse<()> {
        self.skip(Kind::Whitespace).map(|_| ())
    }

    /// The next token is not what the grammar allows.
    fn unexpected(&mut self, expected: &'static str) -> Box<Problem> {
        let token = match self.peek(0) {
            Ok(_) => self.ahead[0].clone(),
            Err(problem) => return problem,
        };
        let span = self.span(token.start, token.end);
        if token.kind == Kind::EndOfInput {
            return Problem::new(
                ErrorKind::Unexpected {
                    found: "the end of the template".to_owned(),
                    expected,
                },
                span,
            );
        }
        let image = &self.source[token.start..token.end];
        let help = help::unexpected(&token, self.last_kind, self.source, self.last, expected);
        let found = format!("`{}`", shorten(image.trim()));
        Box::new(Problem {
            kind: ErrorKind::Unexpected { found, expected },
            span,
            help,
        })
    }

    /// A range of the parsed text as a range of the template.
    fn span(&self, start: usize, end: usize) -> Span {
        match self.place {
            Place::Shifted(by) => Span {
                start: by + start as u32,
                end: by + end as u32,
            },
            Place::Within(span) => span,
        }
    }

    /// A range of the parsed text without what was stripped from references in it.
    fn without_stripped(&self, start: usize, end: usize, out: &mut String) {
        let mut from = start;
        let first = self.stripped.partition_point(|range| range.start < start);
        for range in self.stripped[first..]
            .iter()
            .take_while(|range| range.end <= end)
        {
            out.push_str(&self.source[from..range.start]);
            from = range.end;
        }
        out.push_str(&self.source[from..end]);
    }

    fn text(&self, span: Span) -> &'s str {
        &self.source[span.start as usize..span.end as usize]
    }

    fn variable(&mut self, name: &str) -> Variable {
        if let Some((name, slot)) = self.shared.slots.get_key_value(name) {
            return Variable {
                name: Arc::clone(name),
                slot: *slot,
            };
        }
        let name: Arc<str> = Arc::from(name);
        let slot = self.shared.variables.len() as u32;
        self.shared.variables.push(Arc::clone(&name));
        self.shared.slots.insert(Arc::clone(&name), slot);
        Variable { name, slot }
    }

    /// Parses something that may contain itself.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.shared.depth >= NESTING {
            let span = self.span(self.last.start as usize, self.last.end as usize);
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
