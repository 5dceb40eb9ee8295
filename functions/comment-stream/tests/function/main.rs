//! The function from outside: batches of a stream in, counts and partial answers out; and its adapter
//! on answers of DynamoDB's.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod adapter;
mod batch;
mod counting;
mod faults;
mod faulty;
mod history;
mod poison;
