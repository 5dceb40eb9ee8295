//! Calls the handler with a function URL's event, as AWS sends it.

use lambda_kit::{Handler as _, Invocation, Metrics};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};
use submission_url::{Request, SubmissionFlow, SubmissionUrl, Submissions};

/// A request under construction.
#[derive(Clone)]
pub(crate) struct Call {
    method: &'static str,
    path: &'static str,
    query: String,
    headers: BTreeMap<&'static str, String>,
    body: Option<(String, bool)>,
}

/// What came back: the answer, and what the invocation measured.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) metrics: Value,
}

pub(crate) fn get(query: &str) -> Call {
    Call {
        method: "GET",
        path: "/",
        query: query.to_owned(),
        headers: BTreeMap::from([("host", "abc.lambda-url.eu-west-1.on.aws".to_owned())]),
        body: None,
    }
}

pub(crate) fn post(content_type: &str, body: impl Into<String>) -> Call {
    let mut call = get("").header("content-type", content_type).method("POST");
    call.body = Some((body.into(), false));
    call
}

impl Call {
    pub(crate) fn method(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn path(mut self, path: &'static str) -> Self {
        self.path = path;
        self
    }

    pub(crate) fn query(mut self, query: &str) -> Self {
        self.query = query.to_owned();
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.insert(name, value.to_owned());
        self
    }

    /// A body as AWS sends those it takes for binary.
    pub(crate) fn base64(mut self, encoded: &str) -> Self {
        self.body = Some((encoded.to_owned(), true));
        self
    }

    /// Sends it to a function on these ports.
    pub(crate) fn send(self, flow: impl SubmissionFlow, submissions: impl Submissions) -> Answer {
        let deadline = SystemTime::now() + Duration::from_secs(60);
        self.send_until(deadline, flow, submissions)
    }

    pub(crate) fn send_until(
        self,
        deadline: SystemTime,
        flow: impl SubmissionFlow,
        submissions: impl Submissions,
    ) -> Answer {
        let event: Request = serde_json::from_value(self.event()).unwrap();
        let function = SubmissionUrl::new(flow, submissions, "submissions");
        let invocation = Invocation::new(Metrics::new("submission-url", "request-1"), deadline);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let response = runtime.block_on(function.handle(event, &invocation)).unwrap();
        let response = serde_json::to_value(response).unwrap();
        assert_eq!(response["isBase64Encoded"], false);
        let documents = invocation.metrics().take_documents(SystemTime::now());
        let metrics =
            documents.first().map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
        Answer {
            status: response["statusCode"].as_u64().unwrap().try_into().unwrap(),
            headers: serde_json::from_value(response["headers"].clone()).unwrap(),
            text: response["body"].as_str().unwrap().to_owned(),
            metrics,
        }
    }

    fn event(&self) -> Value {
        let mut event = json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": self.query,
            "headers": self.headers,
            "requestContext": {
                "accountId": "anonymous",
                "apiId": "abc",
                "domainName": "abc.lambda-url.eu-west-1.on.aws",
                "domainPrefix": "abc",
                "http": {
                    "method": self.method,
                    "path": self.path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "198.51.100.7",
                    "userAgent": "curl/8.5.0",
                },
                "requestId": "5f1c7ab6-9a51-4b3e-8a53-a2d9c7b1f0e4",
                "routeKey": "$default",
                "stage": "$default",
                "time": "20/Nov/2026:12:56:07 +0000",
                "timeEpoch": 1_795_179_367_042_u64,
            },
            "isBase64Encoded": self.body.as_ref().is_some_and(|(_, encoded)| *encoded),
        });
        if let Some((body, _)) = &self.body {
            event["body"] = json!(body);
        }
        event
    }
}

impl Answer {
    /// The body as JSON, which its header has to say it is.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.headers["Content-Type"], "application/json");
        serde_json::from_str(&self.text).unwrap()
    }
}
