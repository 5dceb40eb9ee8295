//! The HTTP answer of a function behind a function URL or a proxy integration of API Gateway. The
//! request stays each function's own: the two have different forms, and each function reads other
//! parts of it.

use serde::Serialize;
use std::collections::BTreeMap;

/// What Lambda can answer: 6 MB, less what is around the body.
const LARGEST_BODY: usize = 6 * 1024 * 1024 - 8 * 1024;

/// An answer as Lambda takes it: `{"statusCode", "headers", "body", "isBase64Encoded"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// The status.
    pub status_code: u16,
    /// The headers.
    pub headers: BTreeMap<&'static str, String>,
    /// The body, which is text.
    pub body: String,
    /// Always `false`.
    pub is_base64_encoded: bool,
}

impl Response {
    /// An answer that no cache keeps and no browser takes for something else: it holds what people
    /// sent.
    pub fn new(status_code: u16, content_type: &str, body: String) -> Self {
        let headers = BTreeMap::from([
            ("Cache-Control", "no-store".to_owned()),
            ("Content-Type", content_type.to_owned()),
            ("X-Content-Type-Options", "nosniff".to_owned()),
        ]);
        Self { status_code, headers, body, is_base64_encoded: false }
    }

    /// An answer whose body is this JSON text.
    pub fn json(status_code: u16, text: String) -> Self {
        Self::new(status_code, "application/json", text)
    }

    /// `{"message"}`
    pub fn message(status_code: u16, message: &str) -> Self {
        Self::json(status_code, serde_json::json!({ "message": message }).to_string())
    }

    /// It with this header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.insert(name, value.into());
        self
    }

    /// Whether Lambda can carry it, in which the body is a string inside JSON. Of all characters that
    /// are escaped there, JSON itself can hold these.
    pub fn fits(&self) -> bool {
        let is_escaped = |byte: &u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\r' | b'\t');
        self.body.len() <= LARGEST_BODY
            && self.body.len() + self.body.bytes().filter(is_escaped).count() <= LARGEST_BODY
    }
}
