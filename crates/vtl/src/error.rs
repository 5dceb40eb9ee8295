//! What can go wrong, where it is, and how it reads.
//!
//! `Fault` is what values, methods and host objects raise; they do not know where in a template they
//! are used. The evaluator adds the place and makes an [`Error`] of it. `{error}` is one line;
//! `{error:#}` adds the source line with carets and what to write instead.

use std::fmt;
use std::sync::Arc;

use crate::ast::Span;

/// A bound of [`crate::Limits`] that was reached, with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Bound {
    /// `Limits::steps`.
    #[error("more than {0} steps")]
    Steps(u64),
    /// `Limits::allocated_bytes`.
    #[error("more than {0} bytes of values")]
    Allocation(u64),
    /// `Limits::output_bytes`.
    #[error("more than {0} bytes of output")]
    Output(usize),
    /// `Limits::depth`, or the nesting that the parser accepts.
    #[error("nested more than {0} deep")]
    Depth(u32),
    /// `Limits::regex_backtracks`.
    #[error("a regular expression that goes back more than {0} times")]
    Backtracks(usize),
    /// `Limits::integer_bits`.
    #[error("an integer of more than {0} bits")]
    Integer(u64),
}

/// What a value, a method or a host object raises while a template uses it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// What Java's method would throw; it ends the rendering.
    #[error("{class}: {message}")]
    Thrown {
        /// The simple name of Java's exception, such as `IndexOutOfBoundsException`.
        class: &'static str,
        /// Its message.
        message: String,
    },
    /// A bound of the rendering was reached.
    #[error("{0}")]
    Bound(#[from] Bound),
    /// A block of `#define` that was being printed did not finish; the rendering knows why. Pass it
    /// on.
    #[error("a defined block did not finish")]
    Interrupted,
}

impl Fault {
    /// An exception of the given class.
    pub fn thrown(class: &'static str, message: impl Into<String>) -> Self {
        Fault::Thrown { class, message: message.into() }
    }
}

/// What kind of mistake an [`Error`] is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A character that starts nothing here.
    #[error("unexpected character {0:?}")]
    Character(char),
    /// The template ends inside `$`, `#`, a comment, a string or a block.
    #[error("the template ends inside {0}")]
    UnexpectedEnd(&'static str),
    /// Something other than what the grammar allows here.
    #[error("unexpected {found}, expected {expected}")]
    Unexpected {
        /// What stands there, quoted or named.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A directive with arguments that it does not take.
    #[error("#{directive} {problem}")]
    Directive {
        /// Its name.
        directive: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A method threw an exception; the rendering fails, as it does on API Gateway.
    #[error("{member} failed: {fault}")]
    Failed {
        /// The reference or member that failed.
        member: String,
        /// What it raised.
        fault: Fault,
    },
    /// A list changed while a `#foreach` was walking it.
    #[error("the list changed while #foreach was walking it")]
    ChangedWhileIterating,
    /// A bound was reached.
    #[error("the template needs {0}")]
    Bound(Bound),
}

/// A mistake in a template, found by parsing or rendering it.
#[derive(Clone)]
pub struct Error {
    inner: Box<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    template: Arc<str>,
    span: Span,
    line: u32,
    column: u32,
    source_line: String,
    help: Option<&'static str>,
}

impl Error {
    /// Places a mistake in its source.
    pub(crate) fn new(
        kind: ErrorKind,
        template: &Arc<str>,
        source: &str,
        span: Span,
        help: Option<&'static str>,
    ) -> Self {
        // A string is parsed with a blank behind it, which is not in the source.
        let end = span.end.min(source.len() as u32);
        let span = Span { start: span.start.min(end), end };
        let start = floor_char_boundary(source, span.start as usize);
        let line_start = source[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = source[start..].find(['\n', '\r']).map_or(source.len(), |at| start + at);
        let line = source[..start].matches('\n').count() as u32 + 1;
        let column = source[line_start..start].chars().count() as u32 + 1;
        let inner = Inner {
            kind,
            template: Arc::clone(template),
            span,
            line,
            column,
            source_line: source[line_start..line_end].to_owned(),
            help,
        };
        Error { inner: Box::new(inner) }
    }

    /// What kind of mistake it is.
    pub fn kind(&self) -> &ErrorKind {
        &self.inner.kind
    }

    /// The name the template was parsed under.
    pub fn template(&self) -> &str {
        &self.inner.template
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.inner.line
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> u32 {
        self.inner.column
    }

    /// The bytes of the source that it is about.
    pub fn span(&self) -> Span {
        self.inner.span
    }

    /// What to write instead, if that is known.
    pub fn help(&self) -> Option<&str> {
        self.inner.help
    }
}

fn floor_char_boundary(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, template, line, column, source_line, span, help } = &*self.inner;
        write!(f, "{template}:{line}:{column}: {kind}")?;
        if !f.alternate() {
            return Ok(());
        }
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        // Tabs are kept in front of the carets, so that both lines are indented alike.
        let indent: String = source_line
            .chars()
            .take(*column as usize - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let place: usize = source_line.chars().take(*column as usize - 1).map(char::len_utf8).sum();
        let marked = source_line[place..].char_indices();
        let marked =
            marked.take_while(|(at, _)| *at < (span.end.saturating_sub(span.start)) as usize);
        let carets = "^".repeat(marked.count().max(1));
        write!(f, "\n{margin} |\n{number} | {source_line}\n{margin} | {indent}{carets}")?;
        if let Some(help) = help {
            write!(f, "\n{margin} = help: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl std::error::Error for Error {}
