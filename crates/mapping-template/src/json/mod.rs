//! JSON as API Gateway's templates meet it: a lenient reader and a compact printer.
//!
//! Both follow json-smart, the library whose habits show through in what AWS renders. Documents
//! become the template's own values at once; there is no tree of their own in between.

mod number;
mod parse;
mod scan;

pub(crate) use parse::parse;
