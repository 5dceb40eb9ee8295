//! The way back: from a backend's answer to the client's.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use mapping_template::{FindError, Overrides};
use serde_json::Value as Json;
use vtl::{Limits, Meter};

use super::compiled::{CompiledIntegration, CompiledResponse};
use super::context::scalar;
use super::exchange::Exchange;
use super::gateway_response::Failure;
use super::headers;
use super::integration::Reply;
use super::media_type::{self, JSON, Payload};
use super::parameters::{Data, Place};
use super::request::TRACE_ID;
use crate::model::IntegrationType;

/// A proxy's answer goes back as it came, its hop's own headers renamed.
///
/// # Errors
/// 500 if it is no answer.
pub(super) fn proxied(reply: &Reply) -> Result<Response<Bytes>, Failure> {
    let mut response = Response::new(reply.body.clone());
    *response.status_mut() = status(&reply.status.to_string())?;
    for (name, value) in &reply.headers {
        headers::add_to_response(response.headers_mut(), name, value, true)?;
    }
    response.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static(JSON));
    Ok(response)
}

/// What the chosen integration response makes of an answer.
///
/// # Errors
/// 500 for a configuration that cannot work.
pub(super) fn transformed(
    exchange: &Exchange<'_>,
    integration: &CompiledIntegration,
    reply: &Reply,
) -> Result<Response<Bytes>, Failure> {
    let chosen = choose(&integration.responses, &reply.selector)?;
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status(&chosen.status)?;
    let mapped = map_headers(exchange, chosen, reply)?;
    let accept = exchange.request.header("Accept");
    let media_type = reply.headers.iter().find(|(name, _)| &**name == "content-type");
    let payload = media_type::convert_response(
        reply.body.clone(),
        media_type.is_some_and(|(_, media_type)| exchange.is_binary(media_type)),
        exchange.is_binary(media_type::first_accepted(accept)),
        chosen.content_handling,
    )?;
    let template = media_type::response_template(&chosen.templates, accept);
    let mut content_type = JSON;
    let mut overrides =
        Overrides { response: written(exchange, "responseOverride"), ..Overrides::default() };
    let payload = match template.filter(|(_, template)| !template.is_empty()) {
        None => payload,
        Some((media_type, template)) => {
            let rendered = template.render_response(payload, exchange)?;
            content_type = media_type;
            overrides = rendered.overrides;
            Payload::Text(rendered.text)
        }
    };
    *response.body_mut() = payload.into_bytes();
    if let Some(overridden) = overrides.status() {
        *response.status_mut() = status(&overridden.to_string())?;
    }
    let target = response.headers_mut();
    let overridden = header_overrides(&overrides);
    let is_overridden =
        |name: &str| overridden.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
    let kept = mapped.into_iter().filter(|(name, _)| !is_overridden(name));
    for (name, value) in kept.chain(overridden.iter().cloned()) {
        headers::add_to_response(target, &name, &value, false)?;
    }
    let (_, content_type) = headers::header("content-type", content_type)?;
    target.entry(CONTENT_TYPE).or_insert(content_type);
    if integration.kind != IntegrationType::Mock {
        let (name, value) = headers::header(TRACE_ID, &exchange.request.trace_id)?;
        target.insert(name, value);
    }
    Ok(response)
}

/// The first integration response whose pattern matches, else the default one.
fn choose<'a>(
    responses: &'a [CompiledResponse],
    selector: &str,
) -> Result<&'a CompiledResponse, Failure> {
    for response in responses {
        let Some(pattern) = &response.pattern else {
            continue;
        };
        let meter = Meter::new(Limits::default());
        let matches = pattern.matches(selector, &meter).map_err(|fault| {
            Failure::configuration(format!("selection pattern of {}: {fault}", response.status))
        })?;
        if matches {
            return Ok(response);
        }
    }
    responses.iter().find(|response| response.pattern.is_none()).ok_or_else(|| {
        Failure::configuration(format!(
            "no integration response matches {selector:?} and none is the default"
        ))
    })
}

fn map_headers(
    exchange: &Exchange<'_>,
    chosen: &CompiledResponse,
    reply: &Reply,
) -> Result<Vec<(String, String)>, Failure> {
    let data = Data {
        path: &[],
        query: &[],
        headers: &reply.headers,
        body: &reply.body,
        context: &exchange.context,
        stage_variables: &exchange.served.stage.variables,
    };
    let mut mapped = Vec::new();
    for mapping in chosen.parameters.iter().filter(|mapping| mapping.place == Place::Header) {
        let unreadable = |error: FindError| {
            Failure::configuration(format!("{} cannot be mapped: {error}", mapping.name))
        };
        if let Some(values) = mapping.read(&data).map_err(unreadable)? {
            mapped.push((mapping.name.clone(), values.join(",")));
        }
    }
    Ok(mapped)
}

/// What the request template wrote, for a response without a template.
fn written(exchange: &Exchange<'_>, name: &str) -> mapping_template::JsonObject {
    exchange.context.get(name).and_then(Json::as_object).cloned().unwrap_or_default()
}

fn header_overrides(overrides: &Overrides) -> Vec<(String, String)> {
    let headers = overrides.response.get("header").and_then(Json::as_object);
    let pairs = |(name, value): (&String, &Json)| -> Vec<(String, String)> {
        let values: Vec<String> = match value {
            Json::Array(items) => items.iter().filter_map(scalar).collect(),
            one => scalar(one).into_iter().collect(),
        };
        values.into_iter().map(|value| (name.clone(), value)).collect()
    };
    headers.into_iter().flatten().flat_map(pairs).collect()
}

fn status(text: &str) -> Result<StatusCode, Failure> {
    let status = text.parse().ok().and_then(final_status);
    status.ok_or_else(|| Failure::configuration(format!("{text:?} is no status of an answer")))
}

/// A status that may end an exchange. A client goes on waiting behind one below 200.
pub(super) fn final_status(number: u16) -> Option<StatusCode> {
    StatusCode::from_u16(number).ok().filter(|status| (200..600).contains(&status.as_u16()))
}
