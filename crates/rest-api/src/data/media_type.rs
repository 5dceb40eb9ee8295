//! Media types: which template they choose, and whether a payload is text or binary.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::gateway_response::Failure;
use super::template::Template;
use crate::model::{ContentHandling, PassthroughBehavior};

/// What a body is taken for that names no type.
pub(super) const JSON: &str = "application/json";

/// The key of a template or model for every type that has none of its own.
const DEFAULT: &str = "$default";

/// The type itself, without its parameters.
pub(super) fn essence(media_type: &str) -> &str {
    media_type.split(';').next().unwrap_or_default().trim()
}

/// The first type of an `Accept` header, the only one that API Gateway looks at.
pub(super) fn first_accepted(accept: Option<&str>) -> &str {
    let first = accept.and_then(|accept| accept.split(',').next()).map(essence);
    first.filter(|first| !first.is_empty()).unwrap_or(JSON)
}

/// What is kept by media type, for one type: its own, else the one for all others.
pub(super) fn choose<'a, T>(entries: &'a [(String, T)], media_type: &str) -> Option<&'a T> {
    let find =
        |wanted: &str| entries.iter().find(|(key, _)| essence(key).eq_ignore_ascii_case(wanted));
    find(essence(media_type)).or_else(|| find(DEFAULT)).map(|(_, value)| value)
}

/// The request template for a body, or `None` if the body passes through.
///
/// # Errors
/// 415 if it may not.
pub(super) fn request_template<'a>(
    templates: &'a [(String, Template)],
    passthrough: PassthroughBehavior,
    media_type: &str,
) -> Result<Option<&'a Template>, Failure> {
    if let Some(template) = choose(templates, media_type) {
        return Ok(Some(template).filter(|template| !template.is_empty()));
    }
    let passes = match passthrough {
        PassthroughBehavior::WhenNoMatch => true,
        PassthroughBehavior::WhenNoTemplates => templates.is_empty(),
        PassthroughBehavior::Never => false,
    };
    if passes { Ok(None) } else { Err(Failure::unsupported_media_type()) }
}

/// The response template for what a client accepts, with its type: the accepted one, else JSON, else
/// the first there is.
pub(super) fn response_template<'a>(
    templates: &'a [(String, Template)],
    accept: Option<&str>,
) -> Option<(&'a str, &'a Template)> {
    let find =
        |wanted: &str| templates.iter().find(|(key, _)| essence(key).eq_ignore_ascii_case(wanted));
    let chosen = find(first_accepted(accept)).or_else(|| find(JSON)).or(templates.first());
    chosen.map(|(key, template)| {
        let media_type = if key == DEFAULT { JSON } else { essence(key) };
        (media_type, template)
    })
}

/// Whether an API takes a type for binary.
pub(super) fn is_binary(binary_media_types: &[String], media_type: &str) -> bool {
    let media_type = essence(media_type);
    binary_media_types.iter().any(|pattern| {
        let pattern = essence(pattern);
        match pattern.strip_suffix("/*") {
            Some("*") => true,
            Some(family) => media_type
                .split_once('/')
                .is_some_and(|(candidate, _)| candidate.eq_ignore_ascii_case(family)),
            None => pattern.eq_ignore_ascii_case(media_type),
        }
    })
}

/// A payload, as templates and backends take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Payload {
    /// What a template can read.
    Text(String),
    /// What only passes through.
    Binary(Bytes),
}

impl Payload {
    pub(super) fn into_bytes(self) -> Bytes {
        match self {
            Payload::Text(text) => text.into(),
            Payload::Binary(bytes) => bytes,
        }
    }
}

/// A request's payload on its way to the backend.
///
/// # Errors
/// 500 if a text that should become binary is not base64.
pub(super) fn convert_request(
    body: Bytes,
    is_binary: bool,
    handling: Option<ContentHandling>,
) -> Result<Payload, Failure> {
    match (is_binary, handling) {
        (true, Some(ContentHandling::ConvertToText)) => Ok(Payload::Text(STANDARD.encode(body))),
        (true, None | Some(ContentHandling::ConvertToBinary)) => Ok(Payload::Binary(body)),
        (false, Some(ContentHandling::ConvertToBinary)) => decode(&body).map(Payload::Binary),
        (false, None | Some(ContentHandling::ConvertToText)) => Ok(text(&body)),
    }
}

/// A backend's payload on its way to the client, of whom `accepts_binary` is known.
///
/// # Errors
/// 500 if a text that should become binary is not base64.
pub(super) fn convert_response(
    body: Bytes,
    is_binary: bool,
    accepts_binary: bool,
    handling: Option<ContentHandling>,
) -> Result<Payload, Failure> {
    let wants_binary = match handling {
        Some(ContentHandling::ConvertToBinary) => true,
        Some(ContentHandling::ConvertToText) => false,
        None => accepts_binary,
    };
    match (is_binary, wants_binary) {
        (true, true) => Ok(Payload::Binary(body)),
        (true, false) => Ok(Payload::Text(STANDARD.encode(body))),
        (false, true) => decode(&body).map(Payload::Binary),
        (false, false) => Ok(text(&body)),
    }
}

fn text(body: &[u8]) -> Payload {
    Payload::Text(String::from_utf8_lossy(body).into_owned())
}

fn decode(body: &[u8]) -> Result<Bytes, Failure> {
    let decoded = STANDARD.decode(body.trim_ascii());
    decoded.map(Bytes::from).map_err(|error| {
        Failure::configuration(format!("a payload to convert to binary is no base64: {error}"))
    })
}
