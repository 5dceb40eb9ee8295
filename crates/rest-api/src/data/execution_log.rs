//! The lines of execution logs, as API Gateway words them in CloudWatch.
//!
//! What the parties behind the gateway do is noted where they are called ([`super::trace`]); here is
//! what the gateway says of itself. Without data tracing, lines hold no parameters, headers or bodies.

use std::borrow::Cow;

use bytes::Bytes;
use http::Response;

use super::compiled::CompiledMethod;
use super::exchange::Exchange;
use super::gateway_response::{Failure, ResponseType};
use super::trace::{HeaderLines, Masked, Pairs, Text};
use crate::served::Served;

/// How the reason begins if it is a function's own failure, for which AWS has words of its own.
pub(super) const FUNCTION_FAILED: &str = "Lambda execution failed";

/// Before an authorizer is asked.
pub(super) fn starting_authorizer(exchange: &mut Exchange<'_>, method: &CompiledMethod) {
    let authorizer = method.definition.authorizer_id.as_deref().unwrap_or_default();
    let Exchange { trace, request, .. } = exchange;
    trace.line(format_args!("Starting authorizer: {authorizer} for request: {}", request.id));
}

/// After an authorizer has let the caller through.
pub(super) fn authorized(exchange: &mut Exchange<'_>) {
    exchange.trace.line("Successfully completed authorizer execution");
}

/// Before it is checked whether the caller's key may call.
pub(super) fn verifying_usage_plan(exchange: &mut Exchange<'_>) {
    let Exchange { trace, request, served, .. } = exchange;
    let (id, key, stage) = (&request.id, Masked(request.api_key()), StageName(served));
    trace.line(format_args!(
        "Verifying Usage Plan for request: {id}. API Key: {key} API Stage: {stage}"
    ));
}

/// After it was found that the caller may.
pub(super) fn verified_usage_plan(exchange: &mut Exchange<'_>, is_key_required: bool) {
    let resource = exchange.resource_path.to_owned();
    let Exchange { trace, request, served, .. } = exchange;
    let (key, verb, stage) = (Masked(request.api_key()), &request.verb, StageName(served));
    if !is_key_required {
        trace.line(format_args!(
            "API Key {key} authorized because method '{verb} {resource}' does not require API Key. \
             Request will not contribute to throttle or quota limits"
        ));
    }
    trace.line(format_args!("Usage Plan check succeeded for API Key {key} and API Stage {stage}"));
}

/// What came from the client, once it may call.
pub(super) fn started(exchange: &mut Exchange<'_>) {
    let Exchange { trace, request, parameters, .. } = exchange;
    trace.line(format_args!("Starting execution for request: {}", request.id));
    let (verb, path) = (&request.verb, request.normal_path());
    trace.line(format_args!("HTTP Method: {verb}, Resource Path: {path}"));
    trace.data(format_args!("Method request path: {}", Pairs(&parameters.path)));
    trace.data(format_args!("Method request query string: {}", Pairs(&request.query)));
    trace.data(format_args!("Method request headers: {}", Pairs(&request.headers)));
    trace.data(format_args!("Method request body before transformations: {}", Text(&request.body)));
}

/// What goes to the client after all went well.
pub(super) fn succeeded(exchange: &mut Exchange<'_>, response: &Response<Bytes>) {
    let Exchange { trace, .. } = exchange;
    let (headers, body) = (HeaderLines(response.headers()), Text(response.body()));
    trace.data(format_args!("Method response body after transformations: {body}"));
    trace.data(format_args!("Method response headers: {headers}"));
    trace.line("Successfully completed execution");
}

/// Why a request fails, and what goes to the client instead.
pub(super) fn failed(exchange: &mut Exchange<'_>, failure: &Failure, response: &Response<Bytes>) {
    let line = reason(exchange, failure).into_owned();
    let Exchange { trace, .. } = exchange;
    trace.failed(&line);
    let (kind, status) = (failure.kind.key(), response.status().as_u16());
    trace.error(format_args!("Gateway response type: {kind} with status code: {status}"));
    trace.data(format_args!("Gateway response body: {}", Text(response.body())));
    trace.data(format_args!("Gateway response headers: {}", HeaderLines(response.headers())));
}

/// The end of every log.
pub(super) fn completed(exchange: &mut Exchange<'_>, status: u16) {
    let Exchange { trace, request, served, .. } = exchange;
    trace.line(format_args!("Method completed with status: {status}"));
    if let Some(id) = trace.integration.request_id.clone() {
        trace.line(format_args!("AWS Integration Endpoint RequestId : {id}"));
    }
    if served.stage.tracing_enabled {
        trace.line(format_args!("X-ray Tracing ID : Root={}", request.xray_id()));
    }
}

fn reason<'a>(exchange: &Exchange<'_>, failure: &'a Failure) -> Cow<'a, str> {
    let told = failure.message.as_deref().unwrap_or(failure.kind.key());
    let reason = failure.reason.as_deref().unwrap_or(told);
    match failure.kind {
        ResponseType::Unauthorized => {
            format!("Unauthorized request: {}", exchange.request.id).into()
        }
        ResponseType::AccessDenied => {
            "The client is not authorized to perform this operation.".into()
        }
        ResponseType::BadRequestBody => {
            let media_type = exchange.media_type();
            let errors = failure.validation_errors.as_deref().unwrap_or_default();
            let what = "Request body does not match model schema for content type";
            format!("{what} {media_type}: {errors}").into()
        }
        ResponseType::IntegrationTimeout => "Execution failed due to a timeout error".into(),
        ResponseType::IntegrationFailure => {
            "Execution failed due to a network error communicating with endpoint".into()
        }
        ResponseType::Default5xx if reason.starts_with(FUNCTION_FAILED) => reason.into(),
        ResponseType::ApiConfigurationError
        | ResponseType::AuthorizerConfigurationError
        | ResponseType::AuthorizerFailure
        | ResponseType::Default5xx => {
            format!("Execution failed due to configuration error: {reason}").into()
        }
        _ => reason.into(),
    }
}

/// `{api}/{stage}`
struct StageName<'a>(&'a Served);

impl std::fmt::Display for StageName<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.0.definition.rest_api.id, self.0.stage.stage_name)
    }
}
