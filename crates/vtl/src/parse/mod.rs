//! Builds the tree of a template from its tokens.
//!
//! The grammar is Velocity's; where its generated parser looks further ahead than one token, so does
//! this one, because looking ahead lexes and lexing changes state. What Velocity would only find
//! out while rendering (a `#foreach` without a source) is an error here.

mod directive;
mod expression;
mod growing;
mod help;
mod names;
mod reference;
mod statement;
mod string;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use self::growing::Growing;
use self::names::Names;
use crate::ast::{
    Branch, Entry, Expr, ExprKind, Literal, Node, Operand, Part, Reference, Span, Spelling,
};
use crate::error::{Bound, Error, ErrorKind};
use crate::lexer::Lexer;
use crate::token::{Kind, Token};
use crate::tree::{Constant, Slice, Tree, Variable};

/// How deep blocks, parentheses, arguments and strings may nest.
const NESTING: u32 = 100;

pub(crate) fn parse(name: &Arc<str>, source: &str) -> Result<Tree, Error> {
    let mut shared = Shared::new(source);
    let result = match shared.add_text(source) {
        Ok(text) => Parser::new(source, text.start, Place::Shifted(0), &mut shared).template(),
        Err(problem) => Err(problem),
    };
    match result {
        Ok(block) => Ok(Tree {
            source_length: source.len(),
            block,
            text: shared.text,
            nodes: shared.nodes.into_kept(),
            branches: shared.branches.into_kept(),
            exprs: shared.exprs.into_kept(),
            entries: shared.entries.into_kept(),
            operands: shared.operands.into_kept(),
            references: shared.references.into_kept(),
            parts: shared.parts.into_kept(),
            spellings: shared.spellings.into_kept(),
            literals: shared.literals.into_kept(),
            variables: shared.variables.names,
            constants: shared.constants.names,
        }),
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

/// What a template shares with the strings in it, which are templates themselves: the tree, and what
/// is known so far.
struct Shared {
    text: String,
    nodes: Growing<Node>,
    branches: Growing<Branch>,
    exprs: Growing<Expr>,
    entries: Growing<Entry>,
    operands: Growing<Operand>,
    references: Growing<Reference>,
    parts: Growing<Part>,
    spellings: Growing<Spelling>,
    literals: Growing<Literal>,
    variables: Names,
    constants: Names,
    /// Macros defined so far: a backslash in front of their names is an escape.
    macros: HashSet<String>,
    depth: u32,
}

impl Shared {
    /// With room for what a source of this length usually makes.
    fn new(source: &str) -> Self {
        let length = source.len();
        Shared {
            text: String::with_capacity(length),
            nodes: Growing::with_capacity(length / 24, 24),
            branches: Growing::default(),
            exprs: Growing::with_capacity(length / 24, 8),
            entries: Growing::default(),
            operands: Growing::default(),
            references: Growing::with_capacity(length / 24, 0),
            parts: Growing::with_capacity(length / 24, 0),
            spellings: Growing::default(),
            literals: Growing::default(),
            variables: Names::with_capacity(8),
            constants: Names::with_capacity(8),
            macros: HashSet::new(),
            depth: 0,
        }
    }

    fn name(&self, variable: Variable) -> &str {
        &self.text[self.variables.names[variable.0 as usize].range()]
    }

    /// Adds to the tree's text.
    fn add_text(&mut self, text: &str) -> Parse<Slice> {
        let start = self.text.len();
        match (u32::try_from(start), u32::try_from(start + text.len())) {
            (Ok(start), Ok(end)) => {
                self.text.push_str(text);
                Ok(Slice { start, end })
            }
            _ => Err(Problem::new(ErrorKind::UnexpectedEnd("4 GiB"), Span::default())),
        }
    }
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
    /// Where in the tree's text the source starts.
    base: u32,
    place: Place,
    lexer: Lexer<'s>,
    /// Which of its tokens is next.
    next: usize,
    /// Where the token ends that was consumed last.
    end: u32,
    /// Where the innermost open block begins among the nodes that wait.
    block: usize,
    /// What Velocity has changed in the tokens it keeps, in order of place: where it prints a
    /// reference or a directive as it is written, it prints this instead.
    changed: Vec<(Range<u32>, Box<str>)>,
    shared: &'p mut Shared,
}

impl<'s, 'p> Parser<'s, 'p> {
    /// `base` is where in the tree's text the source starts.
    fn new(source: &'s str, base: u32, place: Place, shared: &'p mut Shared) -> Self {
        Parser {
            source,
            base,
            place,
            lexer: Lexer::new(source),
            next: 1,
            end: 0,
            block: shared.nodes.begin(),
            changed: Vec::new(),
            shared,
        }
    }

    /// The kind of the token `ahead` places from here, lexing as far as that.
    #[inline]
    fn peek(&mut self, ahead: usize) -> Kind {
        match self.lexer.tokens.get(self.next + ahead) {
            Some(token) => token.kind,
            None => self.lexed(ahead).kind,
        }
    }

    /// The next token.
    #[inline]
    fn token(&mut self) -> &Token {
        if self.next == self.lexer.tokens.len() {
            self.lexer.lex();
        }
        &self.lexer.tokens[self.next]
    }

    /// The token `ahead` places from here, which is rarely one that is still to be lexed.
    #[inline(never)]
    fn lexed(&mut self, ahead: usize) -> Token {
        while self.lexer.tokens.len() <= self.next + ahead {
            self.lexer.lex();
        }
        self.lexer.tokens[self.next + ahead]
    }

    /// The token consumed last.
    fn last(&self) -> Token {
        self.lexer.tokens[self.next - 1]
    }

    #[inline]
    fn advance(&mut self) -> Token {
        let token = *self.token();
        if token.start != self.end {
            self.keep_between(token);
        }
        self.next += 1;
        self.end = token.end;
        token
    }

    /// What stands between two tokens started nothing: Velocity keeps less of it, or none.
    #[cold]
    fn keep_between(&mut self, token: Token) {
        let stray = self.lexer.stray(self.next);
        let between = self.end..token.start;
        if between.start < between.end && self.slice(between.start, between.end) != stray {
            self.changed.push((between, Box::from(stray)));
        }
    }

    #[inline]
    fn expect(&mut self, kind: Kind, expected: &'static str) -> Parse<Token> {
        if self.peek(0) == kind { Ok(self.advance()) } else { Err(self.unexpected(expected)) }
    }

    #[inline]
    fn skip(&mut self, kind: Kind) -> bool {
        let found = self.peek(0) == kind;
        if found {
            self.advance();
        }
        found
    }

    #[inline]
    fn blanks(&mut self) {
        self.skip(Kind::Whitespace);
    }

    /// The next token is not what the grammar allows.
    fn unexpected(&mut self, expected: &'static str) -> Box<Problem> {
        self.unexpected_at(0, expected)
    }

    /// The token `ahead` places from here is not what the grammar allows.
    #[cold]
    fn unexpected_at(&mut self, ahead: usize, expected: &'static str) -> Box<Problem> {
        let token = self.lexed(ahead);
        let span = self.span(token.start, token.end);
        if token.kind == Kind::Bad
            && let Some(error) = self.lexer.error()
        {
            let help = help::lexical(&error.kind, self.source, error.start);
            return Box::new(Problem { kind: error.kind.clone(), span, help });
        }
        if token.kind == Kind::EndOfInput {
            let found = "the end of the template".to_owned();
            return Problem::new(ErrorKind::Unexpected { found, expected }, span);
        }
        let last = self.last();
        let help = help::unexpected(token, self.image(token), last, self.image(last), expected);
        let found = format!("`{}`", shorten(self.image(token).trim()));
        Box::new(Problem { kind: ErrorKind::Unexpected { found, expected }, span, help })
    }

    /// A range of the parsed text as a range of the template.
    #[inline]
    fn span(&self, start: u32, end: u32) -> Span {
        match self.place {
            Place::Shifted(by) => Span { start: by + start, end: by + end },
            Place::Within(span) => span,
        }
    }

    /// From a place of the parsed text to the end of what was consumed last.
    #[inline]
    fn since(&self, start: u32) -> Span {
        self.span(start, self.end)
    }

    fn slice(&self, start: u32, end: u32) -> &'s str {
        &self.source[start as usize..end as usize]
    }

    /// A range of the parsed text in the tree's.
    #[inline]
    fn in_tree(&self, start: u32, end: u32) -> Slice {
        Slice { start: self.base + start, end: self.base + end }
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

    fn variable(&mut self, name: Slice) -> Variable {
        Variable(self.shared.variables.number(&self.shared.text, name))
    }

    /// The variable with a name that the source does not have like this.
    fn named(&mut self, name: &str) -> Parse<Variable> {
        let name = self.shared.add_text(name)?;
        Ok(self.variable(name))
    }

    fn constant(&mut self, text: Slice) -> ExprKind {
        ExprKind::String(Constant(self.shared.constants.number(&self.shared.text, text)))
    }

    /// Parses something that may contain itself.
    #[inline(always)]
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        if self.shared.depth >= NESTING {
            let span = self.span(self.last().start, self.last().end);
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
