//! The mapping templates of the modules, rendered alone, in this process and without a local AWS: the
//! cases that lie beside them, and what holds for any text.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

mod any_text;
mod async_sqs;
mod cases;
mod dynamo_proxy;
