//! The parsed template: what the parser builds, the evaluator runs and a linter may read.
//!
//! Every node carries the bytes of the source it came from, and names what is inside of it by its
//! place in the [`crate::Tree`].
//!
//! Tags take a whole word, because nodes are copied while the tree is built: with smaller ones they
//! are copied in pieces across words, for which the processor waits.

use std::sync::Arc;

use num_bigint::BigInt;

use crate::tree::{Constant, Many, One, Slice, Tree, Variable};
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
pub type Block = Many<Node>;

/// One statement.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
#[non_exhaustive]
pub enum Node {
    /// Text that is printed as it stands: escapes are resolved, comments gone.
    Text(Text),
    /// `$name...` in the text: its value is printed.
    Reference(One<Reference>),
    /// `#set($target = value)`.
    Set(Set),
    /// `#if`, `#elseif`, `#else`.
    If(If),
    /// `#foreach($variable in source)`.
    Foreach(Foreach),
    /// `#define($name)`.
    Define(Define),
    /// `#break`: ends the innermost loop or defined block, or the template outside of one;
    /// `#break($scope)` ends the loop that the scope belongs to.
    Break(Option<One<Expr>>, Span),
    /// `#stop`: ends the template.
    Stop(Span),
    /// A `#foreach` without `$item in`, which Velocity accepts, and at which it fails once it gets
    /// there.
    BadForeach(Span),
}

/// Text that is printed as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// What is printed.
    pub text: Slice,
    /// Where it stands; wider than the text where escapes or comments were removed.
    pub span: Span,
}

/// `#set($target = value)`.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    /// What is assigned.
    pub target: One<Reference>,
    /// The value.
    pub value: One<Expr>,
    /// The whole directive.
    pub span: Span,
}

/// `#if ... #elseif ... #else ... #end`.
#[derive(Clone, Copy, Debug)]
pub struct If {
    /// The conditions in order, each with its block.
    pub branches: Many<Branch>,
    /// The block of `#else`.
    pub otherwise: Option<Block>,
    /// From `#if` to `#end`.
    pub span: Span,
}

impl If {
    /// The blocks of its branches and that of `#else`.
    pub fn blocks(&self, tree: &Tree) -> impl Iterator<Item = Block> {
        tree[self.branches].iter().map(|branch| branch.block).chain(self.otherwise)
    }
}

/// A condition and what is printed if it holds.
#[derive(Clone, Copy, Debug)]
pub struct Branch {
    /// The condition.
    pub condition: One<Expr>,
    /// What is printed.
    pub block: Block,
}

/// `#foreach($variable in source) ... #end`.
#[derive(Clone, Copy, Debug)]
pub struct Foreach {
    /// The variable that takes each element.
    pub variable: Variable,
    /// What is walked.
    pub source: One<Expr>,
    /// What is repeated.
    pub body: Block,
    /// The whole directive.
    pub span: Span,
}

/// `#define($name) ... #end`.
#[derive(Clone, Copy, Debug)]
pub struct Define {
    /// The variable that prints the block.
    pub variable: Variable,
    /// The block.
    pub body: Block,
    /// The whole directive.
    pub span: Span,
}

/// `$name.property.method(arguments)[index]` in any of its forms.
#[derive(Clone, Copy, Debug)]
pub struct Reference {
    /// The variable.
    pub variable: Variable,
    /// What is asked of it, in order.
    pub parts: Many<Part>,
    /// How it is written.
    pub form: Form,
    /// What few references have: characters in front, or something else than its source to print
    /// where a value is missing.
    pub spelling: Option<One<Spelling>>,
    /// From the `$`, without backslashes, to the end.
    pub span: Span,
}

/// What is printed around a reference and in its place.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    /// An odd number of backslashes stands in front: it prints as its own source.
    pub escaped: bool,
    /// What is left of the backslashes in front: one for two.
    pub backslashes: u32,
    /// What is printed between the backslashes and the value: stray `$` signs.
    pub prefix: Slice,
    /// What is printed when the value is missing or the reference escaped; `None` if that is nothing
    /// for a quiet reference, and else its source.
    pub literal: Option<Slice>,
}

/// How a reference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
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
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What is asked.
    pub kind: PartKind,
    /// From the dot or bracket to the end of the step.
    pub span: Span,
}

/// What one step of a reference asks.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum PartKind {
    /// `.name`
    Property(Slice),
    /// `.name(arguments)`
    Call(Slice, Many<Expr>),
    /// `[key]`
    Index(One<Expr>),
}

/// An expression with its place.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
#[non_exhaustive]
pub enum ExprKind {
    /// A number, `true` or `false`.
    Literal(One<Literal>),
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
    Reference(One<Reference>),
    /// `[a, b]`
    List(Many<Expr>),
    /// `{key : value}`
    Map(Many<Entry>),
    /// `[from..to]`
    Range(One<Expr>, One<Expr>),
    /// `!operand`
    Not(One<Expr>),
    /// Operators of one precedence from left to right. A list, so that a long sum is not a deep tree.
    Chain(One<Expr>, Many<Operand>),
}

/// `key : value`
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The key.
    pub key: One<Expr>,
    /// The value.
    pub value: One<Expr>,
}

/// An operator and what stands behind it.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    /// The operator.
    pub operator: Operator,
    /// What it is applied to, together with all in front of it.
    pub expr: One<Expr>,
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
    BigInt(Arc<BigInt>),
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
