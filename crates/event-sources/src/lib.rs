//! Event source mappings as AWS Lambda runs them: what arrives in DynamoDB Streams, Kinesis streams
//! and SQS queues is handed to functions in batches.
//!
//! [`EventSources`] is the control plane (`CreateEventSourceMapping` and its siblings, and the tags of
//! mappings) and, for each mapping, a task that polls the source and invokes the function. What is
//! accepted is never lost: a record succeeds, is filtered out, is tried again, or goes to the on-failure
//! destination; a message is deleted only then.
//!
//! What Lambda's rules decide is kept apart from calling anybody: `pattern` says what a filter
//! matches, `report` what a function's answer means, `batch` what becomes of a batch after it, and
//! `event` what a function is shown. The pollers ask those, and AWS by the `client`.

mod batch;
mod client;
mod control;
mod destination;
mod error;
mod event;
mod filter;
mod input;
mod invoke;
mod mapping;
mod news;
mod pattern;
mod poller;
mod report;
mod service;
mod store;
#[cfg(test)]
mod tests;

pub use client::CALLER;
pub use service::EventSources;
