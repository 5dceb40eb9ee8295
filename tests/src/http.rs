//! Plain HTTP: any status is an answer, and bodies are bytes.

use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request};

/// Far more than any test sends, and bounded.
const LARGEST_BODY: u64 = 64_000_000;

/// What a server answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The body, as it came.
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    ///
    /// # Panics
    /// If it is not JSON; the message shows it.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|error| panic!("not JSON ({error}): {}", self.body))
    }

    /// A header's value, empty if the header is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// `GET url`.
pub fn get(url: &str) -> Answer {
    request("GET", url, &[], b"")
}

/// `POST url` with a body of the given content type.
pub fn post(url: &str, content_type: &str, body: &[u8]) -> Answer {
    request("POST", url, &[("Content-Type", content_type)], body)
}

/// Any request. The URL is sent as it is written, right or wrong.
///
/// # Panics
/// If no HTTP answer came.
pub fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .new_agent();
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let outcome = if body.is_empty() {
        agent.run(request.body(()).expect("a valid request"))
    } else {
        agent.run(request.body(body).expect("a valid request"))
    };
    let mut response = outcome.unwrap_or_else(|error| panic!("{method} {url}: {error}"));
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response
            .body_mut()
            .with_config()
            .limit(LARGEST_BODY)
            .read_to_string()
            .expect("a body in UTF-8"),
    }
}
