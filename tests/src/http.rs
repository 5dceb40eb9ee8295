//! Plain HTTP: any status is an answer, and bodies are bytes.

use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Request};

/// Far more than any test sends, and bounded.
const LARGEST_BODY: u64 = 64_000_000;

/// What every answer of a REST API has, or may have. Their values differ from answer to answer.
const OF_REST_APIS: [&str; 4] = ["content-length", "date", "x-amz-apigw-id", "x-amzn-requestid"];

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

    /// Checks the headers of an answer of a REST API: it has its ids, `expected` and no others. A
    /// value of `*` is any.
    ///
    /// # Panics
    /// If it has not; the message names the header.
    #[track_caller]
    pub fn assert_headers(&self, expected: &[(&str, &str)]) {
        for (name, value) in expected {
            assert!(self.headers.contains_key(*name), "{name} is missing: {self:?}");
            assert!(*value == "*" || self.header(name) == *value, "{name}: {self:?}");
        }
        for name in ["x-amz-apigw-id", "x-amzn-requestid"] {
            assert!(!self.header(name).is_empty(), "{name} is missing: {self:?}");
        }
        let names = self.headers.keys().map(|name| name.as_str());
        let unexpected: Vec<_> = names
            .filter(|name| !OF_REST_APIS.contains(name))
            .filter(|name| expected.iter().all(|(expected, _)| expected != name))
            .collect();
        assert_eq!(unexpected, [""; 0], "headers that nobody expects");
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

/// Any request, on a connection of its own. The URL is sent as it is written, right or wrong.
///
/// # Panics
/// If no HTTP answer came.
pub fn request(method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    Client::default().request(method, url, headers, body)
}

/// Keeps its connections, for many requests.
#[derive(Debug)]
pub struct Client(ureq::Agent);

impl Default for Client {
    fn default() -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)))
            .build()
            .new_agent();
        Self(agent)
    }
}

impl Client {
    /// `POST url` with a JSON body.
    pub fn post(&self, url: &str, body: &Value) -> Answer {
        let headers = [("Content-Type", "application/json")];
        self.request("POST", url, &headers, body.to_string().as_bytes())
    }

    fn request(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let outcome = if body.is_empty() {
            self.0.run(request.body(()).expect("a valid request"))
        } else {
            self.0.run(request.body(body).expect("a valid request"))
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
}
