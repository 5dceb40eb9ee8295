//! Apache Velocity 1.7's template language: template text and values in, text out.
//!
//! The language, its quirks included, is Velocity's: its token states, its whitespace, its Java
//! values. What is left out: I/O (`#include`, `#parse`), `#macro` and `#evaluate`, which API Gateway
//! switches off, and everything of AWS.

mod ast;
mod decimal;
mod document;
mod double;
mod equality;
mod error;
mod eval;
mod host;
pub mod json;
mod lexer;
mod limits;
mod list;
mod map;
mod methods;
mod object;
mod parse;
mod print;
mod reclaim;
mod regex;
mod table;
mod template;
mod token;
mod tree;
mod value;

pub use ast::{
    Block, Branch, Define, Entry, Expr, ExprKind, Foreach, Form, If, Literal, Node, Operand,
    Operator, Part, PartKind, Reference, Set, Span, Spelling, Text,
};
pub use decimal::{Decimal, NotDecimal};
pub use document::{
    Document, Node as DocumentNode, Part as DocumentPart, Place as DocumentPlace,
    Text as DocumentText,
};
pub use error::{Bound, Error, ErrorKind, Fault};
pub use host::{JavaPattern, call};
pub use limits::{Limits, Meter};
pub use list::{List, ListKind};
pub use map::{Map, MapKind, Order, Print};
pub use num_bigint::BigInt;
pub use object::Object;
pub use reclaim::Cleanup;
pub use template::{Context, Missing, Settings, Template};
pub use tree::{Constant, Kept, Many, One, Slice, Tree, Variable};
pub use value::Value;
