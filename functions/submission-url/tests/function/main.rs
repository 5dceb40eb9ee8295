//! The function from outside: events in, answers out; and its adapters on answers of AWS's.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod adapters;
mod call;
mod faults;
mod list;
mod parsing;
mod submit;
