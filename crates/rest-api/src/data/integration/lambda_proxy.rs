//! Lambda functions that get the request itself, as an event of format 1.0, and say themselves what
//! the client gets.

use std::collections::BTreeMap;

use ::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use ::http::{Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::lambda::FUNCTION_ERROR;
use super::outgoing::Outgoing;
use super::{Endpoint, lambda, text_headers};
use crate::data::Backend;
use crate::data::compiled::CompiledIntegration;
use crate::data::event::{Empty, RequestFields};
use crate::data::exchange::Exchange;
use crate::data::execution_log::FUNCTION_FAILED;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::headers;
use crate::data::media_type::{JSON, first_accepted};
use crate::data::request::TRACE_ID;
use crate::data::response::final_status;

/// Calls the function and answers with what it says.
///
/// # Errors
/// 500 for a configuration that cannot work, 502 for a function that cannot be run, fails, or
/// answers in no shape that API Gateway knows.
pub(super) async fn serve(
    backend: &Backend,
    exchange: &mut Exchange<'_>,
    integration: &CompiledIntegration,
) -> Result<Response<Bytes>, Failure> {
    Outgoing::check_mappings(exchange, integration)?;
    let function = match &integration.endpoint {
        Endpoint::Lambda(function) => function,
        Endpoint::Unusable { reason } => return Err(Failure::configuration(reason.clone())),
        Endpoint::Mock | Endpoint::Http { .. } | Endpoint::Service(_) => {
            return Err(Failure::configuration("an AWS_PROXY integration calls a function"));
        }
    };
    if integration.verb.as_deref().unwrap_or(&exchange.request.verb) != "POST" {
        let failure = Failure::new(ResponseType::IntegrationFailure).status(500);
        return Err(failure.because("a function is called with POST, whatever the method"));
    }
    let event = serde_json::to_vec(&Event::new(exchange))
        .map_err(|error| Failure::configuration(format!("the event cannot be written: {error}")))?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    let (name, value) = headers::header(TRACE_ID, &exchange.request.trace_id)?;
    headers.insert(name, value);
    let trace = &mut exchange.trace;
    let response = lambda::invoke(backend, trace, function, headers, event.into(), 502).await?;
    trace.received(response.status().as_u16(), &text_headers(response.headers()), response.body());
    if !response.status().is_success() {
        let denied = response.status() == StatusCode::FORBIDDEN;
        return Err(lambda::refused(function, &response, if denied { 500 } else { 502 }));
    }
    if response.headers().contains_key(FUNCTION_ERROR) {
        return Err(failed(exchange, &response));
    }
    let answer = answer(exchange, response.body())?;
    exchange.trace.function_status = Some(answer.status().as_u16());
    Ok(answer)
}

/// What a client gets of a function that threw.
fn failed(exchange: &Exchange<'_>, response: &Response<Bytes>) -> Failure {
    let thrown: Json = serde_json::from_slice(response.body()).unwrap_or_default();
    let message = thrown["errorMessage"].as_str().unwrap_or_default();
    let id = exchange.trace.integration.request_id.as_deref().unwrap_or_default();
    let status = response.status().as_u16();
    let reason = format!(
        "{FUNCTION_FAILED} with status {status} due to customer function error: {message}. \
         Lambda request id: {id}"
    );
    Failure::new(ResponseType::Default5xx).status(502).because(reason).showing(response.body())
}

/// The event, in the order in which AWS writes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    #[serde(flatten)]
    request: RequestFields<'a>,
    body: Option<String>,
    is_base64_encoded: bool,
}

impl<'a> Event<'a> {
    fn new(exchange: &'a Exchange<'_>) -> Self {
        let is_binary = exchange.is_binary(exchange.media_type());
        let body = match &exchange.request.body[..] {
            [] => None,
            binary if is_binary => Some(STANDARD.encode(binary)),
            text => Some(String::from_utf8_lossy(text).into_owned()),
        };
        Self {
            request: RequestFields::new(exchange, Empty::Null),
            is_base64_encoded: is_binary && body.is_some(),
            body,
        }
    }
}

/// What a function may return: these fields, and no others.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, expecting = "an object was expected")]
struct Answer {
    #[serde(default)]
    status_code: Option<Status>,
    #[serde(default)]
    headers: Option<BTreeMap<String, Scalar>>,
    #[serde(default)]
    multi_value_headers: Option<BTreeMap<String, Vec<Scalar>>>,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: Option<bool>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Status {
    Number(u16),
    Text(String),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Flag(bool),
    Text(String),
}

impl Scalar {
    fn into_text(self) -> String {
        match self {
            Scalar::Flag(flag) => flag.to_string(),
            Scalar::Text(text) => text,
        }
    }
}

impl Answer {
    /// Only an object can be one; a list would be read as one field by field.
    fn read(payload: &[u8]) -> Result<Self, String> {
        let json: Json = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
        if !json.is_object() {
            return Err("it is no object".to_owned());
        }
        serde_json::from_value(json).map_err(|error| error.to_string())
    }

    fn status(&self) -> Option<StatusCode> {
        let status = match &self.status_code {
            None => 200,
            Some(Status::Number(number)) => *number,
            Some(Status::Text(text)) => text.parse().ok()?,
        };
        final_status(status)
    }
}

fn answer(exchange: &Exchange<'_>, payload: &[u8]) -> Result<Response<Bytes>, Failure> {
    let malformed = |problem: &str| {
        let reason = format!("Malformed Lambda proxy response: {problem}");
        Failure::new(ResponseType::Default5xx).status(502).because(reason).showing(payload)
    };
    let answer = Answer::read(payload).map_err(|error| malformed(&error))?;
    let status = answer.status().ok_or_else(|| malformed("statusCode is no status"))?;
    let body = answer.body.unwrap_or_default();
    let accepted = first_accepted(exchange.request.header("Accept"));
    let body = if answer.is_base64_encoded == Some(true) && exchange.is_binary(accepted) {
        Bytes::from(STANDARD.decode(&body).map_err(|error| malformed(&error.to_string()))?)
    } else {
        Bytes::from(body)
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let target = response.headers_mut();
    let single = answer.headers.unwrap_or_default();
    let multiple = answer.multi_value_headers.unwrap_or_default();
    for (name, value) in merge(single, multiple) {
        headers::add_to_response(target, &name, &value, true)
            .map_err(|_| malformed("a header is none"))?;
    }
    target.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(JSON));
    let (name, value) = headers::header(TRACE_ID, &exchange.request.trace_id)?;
    target.insert(name, value);
    Ok(response)
}

/// The values of `multiValueHeaders` and then those of `headers` that are not among them.
fn merge(
    single: BTreeMap<String, Scalar>,
    multiple: BTreeMap<String, Vec<Scalar>>,
) -> Vec<(String, String)> {
    let mut merged = Vec::new();
    for (name, values) in multiple {
        merged.extend(values.into_iter().map(|value| (name.clone(), value.into_text())));
    }
    let many = merged.len();
    for (name, value) in single {
        let value = value.into_text();
        let is_same = |(other, given): &(String, String)| {
            other.eq_ignore_ascii_case(&name) && *given == value
        };
        if !merged[..many].iter().any(is_same) {
            merged.push((name, value));
        }
    }
    merged
}
