//! JSON as API Gateway's templates meet it: a lenient reader and a compact printer.
//!
//! Both follow json-smart, the library whose habits show through in what AWS renders. What is read
//! becomes a [`vtl::Document`], of which templates see the values.

mod number;
mod parse;
mod scan;

pub(crate) use parse::parse;
