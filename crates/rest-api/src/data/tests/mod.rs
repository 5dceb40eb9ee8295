//! The data plane from outside: an API of JSON documents, a request, and the whole answer as text.

mod access;
mod access_logs;
mod api_keys;
mod authorizers;
mod binary;
mod gateway_responses;
mod harness;
mod http;
mod iam;
mod lambda;
mod lambda_proxy;
mod logs;
mod metrics;
mod mock;
mod parameters;
mod policy;
mod resource_policy;
mod roles;
mod routing;
mod service_answers;
mod services;
mod stub;
mod templates;
mod throttling;
mod validation;
