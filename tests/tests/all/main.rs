//! Everything that is tested from outside, in one process, so that it shares one local AWS.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

mod access;
mod async_sqs;
mod authorizers;
mod contracts;
mod crud_lambda;
mod dlq;
mod dynamo_proxy;
mod endpoint;
mod event_sources;
mod faults;
mod function_url_ingest;
mod iam;
mod load;
mod modules;
mod render;
mod rest_api;
mod rest_api_alone;
mod service_integrations;
mod up;
