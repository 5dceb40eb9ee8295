//! Lambda functions that get the request itself, as an event of format 1.0, and say themselves what
//! the client gets.

use std::collections::BTreeMap;

use ::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use ::http::{Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use mapping_template::JsonObject;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::outgoing::Outgoing;
use super::{Endpoint, lambda, uncallable};
use crate::data::Backend;
use crate::data::compiled::CompiledIntegration;
use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::headers;
use crate::data::log::excerpt;
use crate::data::media_type::{JSON, first_accepted};
use crate::data::request::{Pair, TRACE_ID};
use crate::data::response::final_status;
use crate::model::Strings;

/// Calls the function and answers with what it says.
///
/// # Errors
/// 500 for a configuration that cannot work, 502 for a function that cannot be run, fails, or
/// answers in no shape that API Gateway knows.
pub(super) async fn serve(
    backend: &Backend,
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
) -> Result<Response<Bytes>, Failure> {
    Outgoing::check_mappings(exchange, integration)?;
    let (region, function) = match &integration.endpoint {
        Endpoint::Lambda { region, function } => (region, function),
        Endpoint::Unusable { reason } => return Err(Failure::configuration(reason.clone())),
        Endpoint::Mock | Endpoint::Http { .. } => {
            return Err(Failure::configuration("an AWS_PROXY integration calls AWS"));
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
    let sent = lambda::invoke(backend, region, function, headers, event.into()).await;
    let response = sent.map_err(|error| uncallable(&error, 502))?;
    if !response.status().is_success() {
        let denied = response.status() == StatusCode::FORBIDDEN;
        return Err(lambda::refused(function, &response, if denied { 500 } else { 502 }));
    }
    answer(exchange, response.body())
}

/// The event, in the order in which AWS writes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    resource: &'a Json,
    path: &'a str,
    http_method: &'a str,
    headers: Option<BTreeMap<&'a str, &'a str>>,
    multi_value_headers: Option<BTreeMap<&'a str, Vec<&'a str>>>,
    query_string_parameters: Option<BTreeMap<&'a str, &'a str>>,
    multi_value_query_string_parameters: Option<BTreeMap<&'a str, Vec<&'a str>>>,
    path_parameters: Option<BTreeMap<&'a str, &'a str>>,
    stage_variables: Option<&'a Strings>,
    request_context: &'a JsonObject,
    body: Option<String>,
    is_base64_encoded: bool,
}

impl<'a> Event<'a> {
    fn new(exchange: &'a Exchange<'_>) -> Self {
        let request = &exchange.request;
        let is_binary = exchange.is_binary(exchange.media_type());
        let body = match &request.body[..] {
            [] => None,
            binary if is_binary => Some(STANDARD.encode(binary)),
            text => Some(String::from_utf8_lossy(text).into_owned()),
        };
        let path = exchange.path_parameters.iter();
        let variables = &exchange.served.stage.variables;
        Self {
            resource: exchange.context.get("resourcePath").unwrap_or(&Json::Null),
            path: request.normal_path(),
            http_method: &request.verb,
            headers: last_of_each(&request.headers),
            multi_value_headers: all_of_each(&request.headers),
            query_string_parameters: last_of_each(&request.query),
            multi_value_query_string_parameters: all_of_each(&request.query),
            path_parameters: filled(path.map(|found| (&*found.name, &*found.raw)).collect()),
            stage_variables: Some(variables).filter(|variables| !variables.is_empty()),
            request_context: &exchange.context,
            is_base64_encoded: is_binary && body.is_some(),
            body,
        }
    }
}

fn last_of_each(pairs: &[Pair]) -> Option<BTreeMap<&str, &str>> {
    filled(pairs.iter().map(|(name, value)| (&**name, &**value)).collect())
}

fn all_of_each(pairs: &[Pair]) -> Option<BTreeMap<&str, Vec<&str>>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name).or_default().push(value);
    }
    filled(all)
}

/// What is empty is `null` in an event.
fn filled<V>(map: BTreeMap<&str, V>) -> Option<BTreeMap<&str, V>> {
    Some(map).filter(|map| !map.is_empty())
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
        let payload = excerpt(payload);
        let reason = format!("malformed Lambda proxy response: {problem}: {payload}");
        Failure::new(ResponseType::Default5xx).status(502).because(reason)
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
