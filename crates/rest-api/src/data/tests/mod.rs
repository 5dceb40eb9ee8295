//! The data plane from outside: an API of JSON documents, a request, and the whole answer as text.

mod access;
mod binary;
mod gateway_responses;
mod harness;
mod http;
mod lambda;
mod lambda_proxy;
mod mock;
mod parameters;
mod routing;
mod templates;
mod validation;
