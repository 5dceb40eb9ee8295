//! The function from outside: events in, answers out; and its adapter on answers of DynamoDB's.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod adapter;
mod bad;
mod call;
mod faults;
mod flood;
mod idempotency;
mod operations;
mod service;
