//! JSONPath as Jayway's json-path 2.0.0 reads it, which is what `$input.path` and `$input.json` take.
//!
//! Its habits are kept: a missing leaf is "not found" for the whole path unless a wildcard or a scan
//! stands further up, an index into something that is no array fails the rendering, negative
//! indexes count from the end only in slices and `[(@.length-1)]`, and there are no functions
//! (`length()` is a property name). Filters combine comparisons with `&&` and `||`.

mod bracket;
mod compare;
mod compile;
mod eval;
mod filter;

use std::rc::Rc;

use vtl::{Fault, Meter, Value};

pub(crate) use compile::compile;

/// More steps than this no real path has; the bound keeps evaluation off the end of the stack.
const MAX_TOKENS: usize = 100;

/// A path that cannot be read. It fails the rendering, as Java's exception does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PathError {
    #[error("the path is empty")]
    Empty,
    #[error("a path cannot end with a scan: {0}")]
    EndsWithScan(String),
    #[error("the path must go on with '.' or '[' after its root: {0}")]
    Start(String),
    #[error("a blank stands in the path: {0}")]
    Blank(String),
    #[error("the path ends too early: {0}")]
    End(String),
    #[error("cannot read the path component {0}")]
    Component(String),
    #[error("{0:?} is not an index")]
    Index(String),
    #[error("only @.length and @.size() may stand in {0}")]
    Function(String),
    #[error("cannot read the filter {0}")]
    Filter(String),
    #[error("a filter's path must mean one value: {0}")]
    Indefinite(String),
    #[error("the path has more than {MAX_TOKENS} steps")]
    TooLong,
}

impl From<PathError> for Fault {
    fn from(error: PathError) -> Self {
        Fault::thrown("InvalidPathException", error.to_string())
    }
}

/// A compiled path.
#[derive(Debug)]
pub(crate) struct Path {
    tokens: Vec<Token>,
    /// Whether it starts at the document (`$`) or, in a filter, at the element (`@`).
    from_root: bool,
}

#[derive(Debug)]
enum Token {
    /// A second `$` further on, which stays where it is.
    Here,
    /// `.name`, `['name']`, or several names, which select into a new object.
    Property(Vec<Rc<str>>),
    /// `[3]`
    Index(i32),
    /// `[1,2]`
    Indexes(Vec<i32>),
    /// `[(@.length-1)]`
    FromEnd(i32),
    /// `[2:]`
    From(i32),
    /// `[:2]`
    To(i32),
    /// `[1:3]`
    Between(i32, i32),
    /// `.*`, `[*]`
    Wildcard,
    /// `..`
    Scan,
    /// `[?(...)]`
    Filter(filter::Filter),
}

impl Token {
    fn is_definite(&self) -> bool {
        matches!(self, Token::Here | Token::Property(_) | Token::Index(_) | Token::FromEnd(_))
    }
}

impl Path {
    fn is_definite(&self) -> bool {
        self.tokens.iter().all(Token::is_definite)
    }

    /// Reads from a document; `None` if there is nothing at the path.
    ///
    /// # Errors
    /// What Java's evaluation throws other than "not found", and the meter's bounds.
    pub(crate) fn read(&self, document: &Value, meter: &Meter) -> Result<Option<Value>, Fault> {
        eval::read(self, document, document, false, meter)
    }
}
