//! Event and answer of an API Gateway proxy integration (payload format 1.0), as far as this function
//! uses them.
//!
//! The types are its own because they are four fields; `aws_lambda_events` would bring a header map
//! that answers with one of several values, where this function has to see that there are several.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What Lambda can answer: 6 MB, less what is around the body.
const LARGEST_BODY: usize = 6 * 1024 * 1024 - 8 * 1024;

/// A request as Lambda hands it in. API Gateway sends `null` for what is not there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    is_base64_encoded: bool,
}

impl Request {
    /// All values of a header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let of_name = |known: &str| known.eq_ignore_ascii_case(name);
        if let Some(all) = &self.multi_value_headers {
            let found = all.iter().filter(|(known, _)| of_name(known));
            return found.flat_map(|(_, values)| values).map(String::as_str).collect();
        }
        let found = self.headers.iter().flatten().filter(|(known, _)| of_name(known));
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as it was sent: API Gateway encodes those it takes for binary. `None` if it is
    /// marked as encoded and is not.
    pub(crate) fn body(&self) -> Option<Cow<'_, [u8]>> {
        let text = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            STANDARD.decode(text).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(text.as_bytes()))
        }
    }
}

/// An answer as API Gateway takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status.
    pub status_code: u16,
    /// The headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body, which is JSON.
    pub body: String,
    /// Always `false`.
    pub is_base64_encoded: bool,
}

impl Response {
    /// An answer that no cache keeps and no browser takes for something else.
    pub(crate) fn json(status_code: u16, body: String) -> Self {
        let headers = BTreeMap::from([
            ("Cache-Control", "no-store".to_owned()),
            ("Content-Type", "application/json".to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ]);
        Self { status_code, headers, body, is_base64_encoded: false }
    }

    pub(crate) fn message(status_code: u16, message: &str) -> Self {
        Self::json(status_code, serde_json::json!({ "message": message }).to_string())
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.to_owned());
        self
    }

    /// Whether Lambda can carry it, in which the body is a string inside JSON. Of all characters that
    /// are escaped there, JSON itself can hold these.
    pub(crate) fn fits(&self) -> bool {
        let is_escaped = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t');
        self.body.len() <= LARGEST_BODY
            && self.body.len() + self.body.bytes().filter(is_escaped).count() <= LARGEST_BODY
    }
}
