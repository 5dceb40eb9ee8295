//! The parsed template: what the parser builds, the evaluator runs and a linter may read.
//!
//! Every node carries the bytes of the source it came from. Names are numbered: a template has one
//! table of variables, and a reference holds the place of its variable in it.

use std::sync::Arc;

use crate::slice::Slice;
use crate::value::Value;

/// A range of bytes in the template's source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// The statements of a template or of a block.
pub type Block = Vec<Node>;

/// One statement.
#[derive(Debug)]
#[non_exhaustive]
pub enum Node {
    /// Text that is printed as it stands: escapes are resolved, comments gone.
    Text(Text),
    /// `$name...` in the text: its value is printed.
    Reference(Reference),
    /// `#set($target = value)`.
    Set(Box<Set>),
    /// `#if`, `#elseif`, `#else`.
    If(Box<If>),
    /// `#foreach($variable in source)`.
    Foreach(Box<Foreach>),
    /// `#define($name)`.
    Define(Box<Define>),
    /// `#break`: ends the innermost loop or defined block, or the template outside of one;
    /// `#break($scope)` ends the loop that the scope belongs to.
    Break(Option<Expr>, Span),
    /// `#stop`: ends the template.
    Stop(Span),
    /// A directive that Velocity accepts, and at which it fails once it gets there.
    Invalid(Box<Invalid>),
}

/// A directive that Velocity accepts, and at which it fails once it gets there.
#[derive(Debug)]
pub struct Invalid {
    /// The directive's name.
    pub directive: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
    /// The whole directive.
    pub span: Span,
}

/// Text that is printed as it stands.
#[derive(Debug)]
pub struct Text {
    /// What is printed.
    pub text: Slice,
    /// Where it stands; wider than the text where escapes or comments were removed.
    pub span: Span,
}

/// `#set($target = value)`.
#[derive(Debug)]
pub struct Set {
    /// What is assigned.
    pub target: Reference,
    /// The value.
    pub value: Expr,
    /// The whole directive.
    pub span: Span,
}

/// `#if ... #elseif ... #else ... #end`.
#[derive(Debug)]
pub struct If {
    /// The conditions in order, each with its block.
    pub branches: Vec<(Expr, Block)>,
    /// The block of `#else`.
    pub otherwise: Option<Block>,
    /// From `#if` to `#end`.
    pub span: Span,
}

/// `#foreach($variable in source) ... #end`.
#[derive(Debug)]
pub struct Foreach {
    /// The variable that takes each element.
    pub variable: Variable,
    /// What is walked.
    pub source: Expr,
    /// What is repeated.
    pub body: Block,
    /// The whole directive.
    pub span: Span,
}

/// `#define($name) ... #end`.
#[derive(Debug)]
pub struct Define {
    /// The variable that prints the block.
    pub variable: Variable,
    /// The block, shared with the values made of it.
    pub body: Arc<Block>,
    /// The whole directive.
    pub span: Span,
}

/// A string in the template's table of constants, which a rendering turns into values.
#[derive(Clone, Debug)]
pub struct Constant {
    /// What it says.
    pub text: Arc<str>,
    /// Its place in the table.
    pub slot: u32,
}

/// A name in the template's table of variables.
#[derive(Clone, Debug)]
pub struct Variable {
    /// The name without `$`.
    pub name: Arc<str>,
    /// Its place in [`crate::Template::variables`].
    pub slot: u32,
}

/// `$name.property.method(arguments)[index]` in any of its forms.
#[derive(Debug)]
pub struct Reference {
    /// The variable.
    pub variable: Variable,
    /// What is asked of it, in order.
    pub parts: Vec<Part>,
    /// How it is written.
    pub form: Form,
    /// An odd number of backslashes stands in front: it prints as its own source.
    pub escaped: bool,
    /// What is left of the backslashes in front: one for two.
    pub backslashes: u32,
    /// What is printed between the backslashes and the value: stray `$` signs.
    pub prefix: Option<Box<str>>,
    /// What is printed when the value is missing or the reference escaped; `None` if that is the
    /// source of the reference.
    pub literal: Option<Box<str>>,
    /// From the `$`, without backslashes, to the end.
    pub span: Span,
}

/// How a reference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `$name`
    Plain,
    /// `${name}`
    Braced,
    /// `$!name` and `$!{name}`: a missing value prints as nothing in every mode.
    Quiet,
    /// `$\!name`: not a reference, though it looks like one; as a value it is null.
    Broken,
    /// A name without `$` where a reference may stand, such as `null` among arguments: null.
    Bare,
}

/// One step of a reference.
#[derive(Debug)]
pub struct Part {
    /// What is asked.
    pub kind: PartKind,
    /// From the dot or bracket to the end of the step.
    pub span: Span,
}

/// What one step of a reference asks.
#[derive(Debug)]
pub enum PartKind {
    /// `.name`
    Property(Slice),
    /// `.name(arguments)`
    Call(Slice, Vec<Expr>),
    /// `[key]`
    Index(Box<Expr>),
}

/// An expression with its place.
#[derive(Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Debug)]
#[non_exhaustive]
pub enum ExprKind {
    /// A number, `true` or `false`.
    Literal(Literal),
    /// A string without anything to interpolate.
    String(Constant),
    /// A string in double quotes that holds references or directives.
    Interpolated {
        /// What is rendered.
        block: Block,
        /// The last character of what comes out is dropped. Velocity renders a string with a blank
        /// behind it and takes one character off; a comment that is not closed swallows the blank.
        chopped: bool,
    },
    /// A reference.
    Reference(Reference),
    /// `[a, b]`
    List(Vec<Expr>),
    /// `{key : value}`
    Map(Vec<(Expr, Expr)>),
    /// `[from..to]`
    Range(Box<(Expr, Expr)>),
    /// `!operand`
    Not(Box<Expr>),
    /// Operators of one precedence from left to right. A list, so that a long sum is not a deep tree.
    Chain(Box<Expr>, Vec<(Operator, Expr)>),
}

/// A number or a truth value as it is written. Unlike a `Value` it may be shared between threads.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `true`, `false`
    Bool(bool),
    /// Fits 32 bits.
    Int(i32),
    /// Fits 64 bits.
    Long(i64),
    /// Any larger integer.
    BigInt(Arc<num_bigint::BigInt>),
    /// With a point or an exponent.
    Double(f64),
}

impl Literal {
    /// The value that it evaluates to.
    pub fn value(&self) -> Value {
        match self {
            Literal::Bool(b) => Value::Bool(*b),
            Literal::Int(i) => Value::Int(*i),
            Literal::Long(i) => Value::Long(*i),
            Literal::BigInt(i) => Value::BigInt(Arc::clone(i)),
            Literal::Double(d) => Value::Double(*d),
        }
    }
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}
