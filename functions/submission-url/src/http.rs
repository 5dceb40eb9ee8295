//! The request of a function URL (payload format 2.0), as far as this function uses it, and its answers.
//!
//! The type is its own because it is six fields; `aws_lambda_events` would bring a parsed query
//! that hides what this function has to see: which field was given twice, and which was no text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lambda_kit::Response;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is wrong, by the name of the field.
pub(crate) type Errors = BTreeMap<String, String>;

/// A request as Lambda hands it in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    raw_path: String,
    raw_query_string: String,
    headers: BTreeMap<String, String>,
    request_context: RequestContext,
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct RequestContext {
    http: Http,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Http {
    method: String,
}

impl Request {
    pub(crate) fn method(&self) -> &str {
        &self.request_context.http.method
    }

    pub(crate) fn path(&self) -> &str {
        if self.raw_path.is_empty() { "/" } else { &self.raw_path }
    }

    pub(crate) fn query(&self) -> &str {
        &self.raw_query_string
    }

    /// A header, by its name in any case. AWS has them in lower case, and several of one name as
    /// one, with commas.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The media type of the body in lower case, without parameters.
    pub(crate) fn content_type(&self) -> String {
        let header = self.header("content-type").unwrap_or_default();
        let media_type = header.split(';').next().unwrap_or_default();
        media_type.trim().to_ascii_lowercase()
    }

    /// The body as it was sent, if there is one: AWS encodes those it takes for binary.
    pub(crate) fn body(&self) -> Result<Option<Cow<'_, [u8]>>, Errors> {
        match self.body.as_deref() {
            None | Some("") => Ok(None),
            Some(text) if self.is_base64_encoded => match STANDARD.decode(text) {
                Ok(bytes) => Ok(Some(Cow::Owned(bytes))),
                Err(_) => {
                    let problem = "is marked as base64 and is not".to_owned();
                    Err(Errors::from([("body".to_owned(), problem)]))
                }
            },
            Some(text) => Ok(Some(Cow::Borrowed(text.as_bytes()))),
        }
    }
}

/// An answer with this body.
pub(crate) fn json(status_code: u16, body: &impl Serialize) -> Response {
    let text = serde_json::to_string(body).expect("bodies are structs and maps of text");
    Response::json(status_code, text)
}

/// The answer to a client that has to mend something.
pub(crate) fn invalid_input(errors: &Errors) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        message: &'static str,
        errors: &'a Errors,
    }
    json(400, &Body { message: "invalid input", errors })
}

/// What breaks a rule, as a client reads it: the rule, then the value as a JSON string, so that
/// no value is taken for part of the message.
pub(crate) fn problem(rule: &str, received: &str) -> String {
    format!("{rule}; received {}", literal(received))
}

/// A value as a JSON string of at most 64 characters and an ellipsis.
pub(crate) fn literal(value: &str) -> String {
    let clipped = match value.char_indices().nth(64) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    };
    serde_json::Value::from(clipped).to_string()
}
