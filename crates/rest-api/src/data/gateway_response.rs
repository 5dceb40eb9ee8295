//! Gateway responses: what clients get when the gateway itself answers instead of a backend.
//!
//! A response type has a status, a message and an error type. An API may replace status, headers
//! and body of a type, or those of all 4xx or 5xx types at once. The body's template is no mapping
//! template: variables are replaced and nothing else happens.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde_json::{Value as Json, json};

use super::context;
use super::exchange::Exchange;
use super::headers;
use super::log::excerpt;
use super::media_type::JSON;
use super::parameters::{Data, Source};
pub(super) use super::response_type::ResponseType;
use super::response_type::Standard;
use crate::model::GatewayResponse;

/// Why a request ends at the gateway: what the client is told, and what the log is.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) kind: ResponseType,
    status: Option<u16>,
    pub(super) message: Option<Cow<'static, str>>,
    error_type: Option<&'static str>,
    pub(super) validation_errors: Option<String>,
    pub(super) reason: Option<String>,
    shown: Option<String>,
}

impl Failure {
    /// The standard response of a type.
    pub(super) fn new(kind: ResponseType) -> Self {
        Self {
            kind,
            status: None,
            message: None,
            error_type: None,
            validation_errors: None,
            reason: None,
            shown: None,
        }
    }

    /// 500 for a definition that cannot work.
    pub(super) fn configuration(reason: impl Into<String>) -> Self {
        Self::new(ResponseType::ApiConfigurationError).because(reason)
    }

    /// 415
    pub(super) fn unsupported_media_type() -> Self {
        Self::new(ResponseType::UnsupportedMediaType)
    }

    /// Another status than the type's own.
    pub(super) fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Another message than the type's own.
    pub(super) fn message(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Another error type than the response type's own.
    pub(super) fn error_type(mut self, error_type: &'static str) -> Self {
        self.error_type = Some(error_type);
        self
    }

    /// What `$context.error.validationErrorString` says.
    pub(super) fn validation_errors(mut self, errors: String) -> Self {
        self.validation_errors = Some(errors);
        self
    }

    /// What the log says, and the client does not learn.
    pub(super) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// The payload that the reason is about. An execution log shows it only where data is traced.
    pub(super) fn showing(mut self, payload: &[u8]) -> Self {
        self.shown = Some(excerpt(payload));
        self
    }

    /// What to log, if the client is not told everything.
    pub(super) fn log_line(&self) -> Option<String> {
        let reason = self.reason.as_ref()?;
        let name = self.kind.standard().name;
        let shown = self.shown.as_ref().map_or_else(String::new, |shown| format!(": {shown}"));
        Some(format!("{name}: {reason}{shown}"))
    }

    /// The response that a client gets. What went wrong is in the context from now on.
    pub(super) fn answer(&self, exchange: &mut Exchange<'_>) -> Response<Bytes> {
        let standard = self.kind.standard();
        let error = self.error(&standard);
        Arc::make_mut(&mut exchange.context).insert("error".to_owned(), error);
        let exchange = &*exchange;
        let mut status = self.status.unwrap_or(standard.status);
        let replacement = self.replacement(exchange, status);
        let replaced = replacement.and_then(|replacement| replacement.status_code.as_ref());
        status = replaced.and_then(|status| status.parse().ok()).unwrap_or(status);

        let template = replacement
            .and_then(|replacement| replacement.response_templates.get(JSON).map(String::as_str));
        let template = template.unwrap_or(match self.kind {
            ResponseType::AccessDenied => r#"{"Message":$context.error.messageString}"#,
            _ => r#"{"message":$context.error.messageString}"#,
        });
        let data = exchange.data();
        let body = substitute(template, &data);

        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        let error_type = self.error_type.unwrap_or(standard.error_type);
        headers.insert("x-amzn-errortype", HeaderValue::from_static(error_type));
        if let Some(replacement) = replacement {
            replace_headers(headers, replacement, &data);
        }
        response
    }

    /// What the API says instead: for the type itself, else for all of its class.
    fn replacement<'a>(
        &self,
        exchange: &'a Exchange<'_>,
        status: u16,
    ) -> Option<&'a GatewayResponse> {
        let replacements = &exchange.served.definition.gateway_responses;
        let class = if status < 500 { ResponseType::Default4xx } else { ResponseType::Default5xx };
        replacements.get(self.kind.key()).or_else(|| replacements.get(class.key()))
    }

    /// `$context.error`
    fn error(&self, standard: &Standard) -> Json {
        let message = self.message.as_deref().or(standard.message);
        let quoted = json!(message).to_string();
        let blank = if standard.has_blank { " " } else { "" };
        json!({
            "message": message,
            "messageString": format!("{blank}{quoted}"),
            "responseType": standard.name,
            "validationErrorString": self.validation_errors.as_deref().map(escaped),
        })
    }
}

/// A text as it stands between the quotes of a JSON string. The validator's messages are given out
/// like this, whether or not a template puts them between quotes.
fn escaped(text: &str) -> String {
    let quoted = json!(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// 413, which comes before anything that an API could configure.
pub(super) fn request_too_large() -> Response<Bytes> {
    let text = "HTTP content length exceeded 10485760 bytes.";
    fixed(ResponseType::RequestTooLarge, "text/plain", text)
}

/// 431, which comes before anything that an API could configure, too.
pub(super) fn headers_too_large() -> Response<Bytes> {
    let mut response =
        Response::new(Bytes::from_static(b"HTTP header is larger than 10240 bytes."));
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    response
}

/// 403, where there is no API that could configure anything.
pub(super) fn forbidden() -> Response<Bytes> {
    fixed(ResponseType::InvalidApiKey, JSON, r#"{"message":"Forbidden"}"#)
}

fn fixed(kind: ResponseType, media_type: &'static str, body: &'static str) -> Response<Bytes> {
    let standard = kind.standard();
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() =
        StatusCode::from_u16(standard.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert("x-amzn-errortype", HeaderValue::from_static(standard.error_type));
    response
}

/// A header that cannot be written is left out: there is no better answer left than this one.
fn replace_headers(headers: &mut HeaderMap, replacement: &GatewayResponse, data: &Data<'_>) {
    for (target, source) in &replacement.response_parameters {
        let name = target.strip_prefix("gatewayresponse.header.");
        let value = Source::parse(source).read(data).ok().flatten();
        if let Some((name, value)) = name.zip(value)
            && let Ok((name, value)) = headers::header(name, &value.join(","))
        {
            headers.insert(name, value);
        }
    }
}

/// Replaces `$context.name`, `${context.name}`, and the same of `stageVariables` and
/// `method.request`. What has no value becomes nothing.
fn substitute(template: &str, data: &Data<'_>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let (name, behind) = variable(&rest[at + 1..]);
        match name.and_then(|name| value(name, data)) {
            Some(value) => {
                out.push_str(&value);
                rest = behind;
            }
            None => {
                out.push('$');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The name behind a dollar sign, and what follows it.
fn variable(text: &str) -> (Option<&str>, &str) {
    if let Some(braced) = text.strip_prefix('{') {
        return match braced.split_once('}') {
            Some((name, behind)) => (Some(name), behind),
            None => (None, text),
        };
    }
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let end = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let name = text[..end].trim_end_matches('.');
    (Some(name), &text[name.len()..])
}

/// A variable's value, empty if it has none; `None` if no variable has this name.
fn value(name: &str, data: &Data<'_>) -> Option<String> {
    if let Some(name) = name.strip_prefix("context.") {
        return Some(context::lookup(data.context, name).unwrap_or_default());
    }
    match Source::parse(name) {
        Source::Unknown | Source::Static(_) => None,
        source => {
            let values = source.read(data).ok().flatten();
            Some(values.map(|values| values.join(",")).unwrap_or_default())
        }
    }
}
