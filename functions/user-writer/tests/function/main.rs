//! The function from outside: batches of a queue in, users, failures and partial answers out; and its
//! adapter on answers of DynamoDB's.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod adapter;
mod batch;
mod faults;
mod faulty;
mod last_receive;
mod redelivery;
mod requests;
mod writing;
