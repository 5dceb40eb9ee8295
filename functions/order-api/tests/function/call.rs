//! Calls the handler with a proxy integration's event, as API Gateway sends it.

use lambda_kit::{Handler as _, Invocation, Metrics};
use order_api::{OrderApi, Orders, Request};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// A request under construction.
#[derive(Clone)]
pub(crate) struct Call {
    headers: Vec<(&'static str, String)>,
    body: Value,
    encoded: bool,
}

/// What came back: the answer, and what the invocation measured.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) metrics: Value,
}

/// `POST /order` with this body.
pub(crate) fn post(body: impl Into<String>) -> Call {
    let headers = vec![("Content-Type", "application/json".to_owned())];
    Call { headers, body: Value::from(body.into()), encoded: false }
}

/// An operation with this payload.
pub(crate) fn ask(operation: &str, payload: &str) -> Call {
    post(format!(r#"{{"operation":"{operation}","payload":{payload}}}"#))
}

impl Call {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// A body as API Gateway sends those it takes for binary.
    pub(crate) fn encoded(mut self) -> Self {
        self.encoded = true;
        self
    }

    pub(crate) fn without_body(mut self) -> Self {
        self.body = Value::Null;
        self
    }

    /// Sends it to a function on this table.
    pub(crate) fn send(self, orders: impl Orders) -> Answer {
        self.send_until(SystemTime::now() + Duration::from_secs(60), orders)
    }

    pub(crate) fn send_until(self, deadline: SystemTime, orders: impl Orders) -> Answer {
        let event: Request = serde_json::from_value(self.event()).unwrap();
        let function = OrderApi::new(orders, Some("order-microservice-db"), "shop-orders");
        let invocation = Invocation::new(Metrics::new("order-api", "request-1"), deadline);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let response = runtime.block_on(function.handle(event, &invocation)).unwrap();
        let response = serde_json::to_value(response).unwrap();
        assert_eq!(response["isBase64Encoded"], false);
        let documents = invocation.metrics().take_documents(SystemTime::now());
        Answer {
            status: response["statusCode"].as_u64().unwrap().try_into().unwrap(),
            headers: serde_json::from_value(response["headers"].clone()).unwrap(),
            text: response["body"].as_str().unwrap().to_owned(),
            metrics: serde_json::from_str(&documents[0]).unwrap(),
        }
    }

    fn event(&self) -> Value {
        let mut single = BTreeMap::new();
        let mut multi: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in &self.headers {
            single.insert(*name, value.as_str());
            multi.entry(name).or_default().push(value);
        }
        json!({
            "resource": "/order",
            "path": "/order",
            "httpMethod": "POST",
            "headers": single,
            "multiValueHeaders": multi,
            "queryStringParameters": null,
            "multiValueQueryStringParameters": null,
            "pathParameters": null,
            "stageVariables": null,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "abc123",
                "httpMethod": "POST",
                "identity": { "sourceIp": "198.51.100.7", "userArn": null },
                "path": "/live/order",
                "protocol": "HTTP/1.1",
                "requestId": "5f1c7ab6-9a51-4b3e-8a53-a2d9c7b1f0e4",
                "requestTimeEpoch": 1_795_179_367_042_u64,
                "resourcePath": "/order",
                "stage": "live",
            },
            "body": self.body,
            "isBase64Encoded": self.encoded,
        })
    }
}

impl Answer {
    /// The body as JSON, which its header has to say it is.
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.headers["Content-Type"], "application/json");
        serde_json::from_str(&self.text).unwrap()
    }

    /// Expects this status and exactly this body.
    #[track_caller]
    pub(crate) fn is(&self, status: u16, text: &str) {
        assert_eq!((self.status, self.text.as_str()), (status, text));
        assert_eq!(self.headers["Content-Type"], "application/json");
    }
}
