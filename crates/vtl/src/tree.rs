//! How a parsed template is kept: in flat tables, one for each type of node.
//!
//! A tree of boxes costs an allocation for most of its nodes, once to build and once to free, and
//! its nodes lie anywhere. Here a node names its children by their place in a table, so nodes are
//! plain values, a template is a handful of allocations, and what is read in order lies in order.

use std::marker::PhantomData;
use std::num::NonZeroU32;
use std::ops::{Index, Range};

use crate::ast::{
    Branch, Entry, Expr, Form, Literal, Node, Operand, Part, Reference, Span, Spelling,
};

/// A parsed template. What its nodes hold is found in it by indexing: `tree[reference.parts]`.
#[derive(Debug)]
pub struct Tree {
    /// The source, and behind it what stands nowhere in it as it is printed.
    pub(crate) text: String,
    pub(crate) source_length: usize,
    pub(crate) block: Many<Node>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) branches: Vec<Branch>,
    pub(crate) exprs: Vec<Expr>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) operands: Vec<Operand>,
    pub(crate) references: Vec<Reference>,
    pub(crate) parts: Vec<Part>,
    pub(crate) spellings: Vec<Spelling>,
    pub(crate) literals: Vec<Literal>,
    pub(crate) variables: Vec<Slice>,
    pub(crate) constants: Vec<Slice>,
}

impl Tree {
    /// The text that the template was parsed from.
    pub fn source(&self) -> &str {
        &self.text[..self.source_length]
    }

    /// The template's statements.
    pub fn block(&self) -> Many<Node> {
        self.block
    }

    /// What is printed for a reference that is escaped or whose value is missing.
    pub fn literal(&self, reference: &Reference) -> &str {
        let spelling = reference.spelling.map(|spelling| self[spelling]);
        match spelling.and_then(|spelling| spelling.literal) {
            Some(literal) => &self[literal],
            None if reference.form == Form::Quiet && !spelling.is_some_and(|s| s.escaped) => "",
            None => self.source_of(reference.span),
        }
    }

    /// A range of the source.
    pub(crate) fn source_of(&self, span: Span) -> &str {
        self.source().get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// The names of the variables that the template mentions, without `$`.
    pub fn variables(&self) -> impl ExactSizeIterator<Item = &str> {
        self.variables.iter().map(|name| &self[*name])
    }
}

/// A part of a tree's text.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Slice {
    pub(crate) fn is_empty(self) -> bool {
        self.start == self.end
    }

    pub(crate) fn len(self) -> usize {
        (self.end - self.start) as usize
    }

    #[inline]
    pub(crate) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A name in a tree's table of variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Variable(pub(crate) u32);

/// A string in a tree's table of constants, which a rendering turns into values.
#[derive(Clone, Copy, Debug)]
pub struct Constant(pub(crate) u32);

/// Any number of neighbours in one of a tree's tables.
#[derive(Clone, Copy, Debug)]
pub struct Many<T> {
    start: u32,
    end: u32,
    of: PhantomData<T>,
}

impl<T> Many<T> {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Many { start: start as u32, end: end as u32, of: PhantomData }
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// How many there are.
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Many { start: 0, end: 0, of: PhantomData }
    }
}

/// One entry of one of a tree's tables.
#[derive(Debug)]
pub struct One<T> {
    /// Its place, counted from 1.
    number: NonZeroU32,
    of: PhantomData<T>,
}

impl<T> Clone for One<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for One<T> {}

impl<T> One<T> {
    pub(crate) fn new(number: NonZeroU32) -> Self {
        One { number, of: PhantomData }
    }

    #[inline]
    pub(crate) fn place(self) -> usize {
        self.number.get() as usize - 1
    }
}

/// What a tree has a table of.
pub trait Kept: Sized {
    #[doc(hidden)]
    fn table(tree: &Tree) -> &[Self];
}

macro_rules! kept {
    ($($node:ty, $table:ident;)*) => {
        $(impl Kept for $node {
            #[inline(always)]
            fn table(tree: &Tree) -> &[Self] {
                &tree.$table
            }
        })*
    };
}

kept! {
    Node, nodes;
    Branch, branches;
    Expr, exprs;
    Entry, entries;
    Operand, operands;
    Reference, references;
    Part, parts;
    Spelling, spellings;
    Literal, literals;
}

impl<T: Kept> Index<Many<T>> for Tree {
    type Output = [T];

    #[inline(always)]
    fn index(&self, many: Many<T>) -> &[T] {
        &T::table(self)[many.start as usize..many.end as usize]
    }
}

impl<T: Kept> Index<One<T>> for Tree {
    type Output = T;

    #[inline(always)]
    fn index(&self, one: One<T>) -> &T {
        &T::table(self)[one.place()]
    }
}

impl Index<Slice> for Tree {
    type Output = str;

    #[inline(always)]
    fn index(&self, slice: Slice) -> &str {
        &self.text[slice.range()]
    }
}

impl Index<Variable> for Tree {
    type Output = str;

    fn index(&self, variable: Variable) -> &str {
        &self[self.variables[variable.0 as usize]]
    }
}

impl Index<Constant> for Tree {
    type Output = str;

    fn index(&self, constant: Constant) -> &str {
        &self[self.constants[constant.0 as usize]]
    }
}
