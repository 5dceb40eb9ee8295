//! What the tests share: APIs, requests and answers as text.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Method, Response};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

pub(super) use super::stub::{DENIED, Stub, body_json};
use crate::credentials::{Credentials, Environment};
use crate::data::{Backend, DataPlane, Incoming, Log};
use crate::model::{Definition, Model, RequestValidator, Resource, Stage};
use crate::served::Served;
use crate::usage::{Subscription, Subscriptions};

pub(super) const ACCOUNT: &str = "123456789012";
pub(super) const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:pets";

/// An API under test.
pub(super) struct Api {
    definition: Definition,
    stage: Stage,
    endpoint: Option<String>,
    credentials: Arc<dyn Credentials>,
    plans: Arc<Plans>,
    log: Arc<Mutex<Vec<String>>>,
}

/// The usage plans, by the API keys that open the stage with them.
#[derive(Debug, Default)]
struct Plans(Vec<(String, Subscription)>);

impl Subscriptions for Plans {
    fn find(&self, region: &str, api: &str, stage: &str, key: &str) -> Option<Subscription> {
        assert_eq!((region, api, stage), ("eu-west-1", "a1b2c3d4e5", "test"));
        let found = self.0.iter().find(|(value, _)| value == key);
        found.map(|(_, subscription)| subscription.clone())
    }
}

/// An API of methods: `{"/pets": {"GET": {..}}}`.
pub(super) fn api(paths: Json) -> Api {
    let mut definition = Definition::default();
    definition.rest_api.id = "a1b2c3d4e5".to_owned();
    for (number, (path, methods)) in paths.as_object().unwrap().iter().enumerate() {
        let id = format!("res{number}");
        let resource = json!({"id": id, "path": path, "resourceMethods": methods});
        definition.resources.insert(id, serde_json::from_value::<Resource>(resource).unwrap());
    }
    let stage = json!({"stageName": "test", "deploymentId": "d1e2f3"});
    Api {
        definition,
        stage: serde_json::from_value(stage).unwrap(),
        endpoint: None,
        credentials: Arc::new(Environment::new(ACCOUNT, |_| None)),
        plans: Arc::default(),
        log: Arc::default(),
    }
}

/// An API that has one method at `/`, with an integration.
pub(super) fn one(integration: Json) -> Api {
    api(json!({"/": {"ANY": {"methodIntegration": integration}}}))
}

/// A mock that answers 200 with a template's text.
pub(super) fn mock(response_template: &str) -> Json {
    json!({
        "type": "MOCK",
        "requestTemplates": {"$default": r#"{"statusCode": 200}"#},
        "integrationResponses": {
            "200": {
                "statusCode": "200",
                "responseTemplates": {"application/json": response_template},
            },
        },
    })
}

impl Api {
    pub(super) fn binary(mut self, types: &[&str]) -> Self {
        self.definition.rest_api.binary_media_types =
            types.iter().map(|one| (*one).to_owned()).collect();
        self
    }

    pub(super) fn variable(mut self, name: &str, value: &str) -> Self {
        self.stage.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn model(mut self, name: &str, schema: &Json) -> Self {
        let model =
            Model { name: name.to_owned(), schema: Some(schema.to_string()), ..Model::default() };
        self.definition.models.insert(name.to_owned(), model);
        self
    }

    /// The validator `v` that checks everything.
    pub(super) fn validator(mut self) -> Self {
        let validator = RequestValidator {
            id: "v".to_owned(),
            validate_request_body: true,
            validate_request_parameters: true,
            ..RequestValidator::default()
        };
        self.definition.request_validators.insert("v".to_owned(), validator);
        self
    }

    pub(super) fn gateway_response(mut self, kind: &str, response: Json) -> Self {
        let response = serde_json::from_value(response).unwrap();
        self.definition.gateway_responses.insert(kind.to_owned(), response);
        self
    }

    pub(super) fn change(mut self, change: impl FnOnce(&mut Definition)) -> Self {
        change(&mut self.definition);
        self
    }

    pub(super) fn change_stage(mut self, change: impl FnOnce(&mut Stage)) -> Self {
        change(&mut self.stage);
        self
    }

    pub(super) fn credentials(mut self, credentials: impl Credentials + 'static) -> Self {
        self.credentials = Arc::new(credentials);
        self
    }

    /// Gives a usage plan to an API key.
    pub(super) fn plan(mut self, key: &str, subscription: Subscription) -> Self {
        let plans = Arc::get_mut(&mut self.plans).unwrap();
        plans.0.push((key.to_owned(), subscription));
        self
    }

    /// AWS is the stub.
    pub(super) fn aws(mut self, stub: &Stub) -> Self {
        self.endpoint = Some(stub.uri.clone());
        self
    }

    pub(super) fn plane(&self) -> DataPlane {
        let lines = Arc::clone(&self.log);
        let log = Log::new(move |line| lines.lock().unwrap().push(line.to_owned()));
        let endpoint = self.endpoint.as_ref().map(|uri| uri.parse().unwrap());
        let subscriptions: Arc<dyn Subscriptions> = Arc::<Plans>::clone(&self.plans);
        DataPlane::new(Backend::new(endpoint, log), Arc::clone(&self.credentials), subscriptions)
    }

    pub(super) fn served(&self) -> Arc<Served> {
        Arc::new(Served {
            account_id: ACCOUNT.to_owned(),
            region: "eu-west-1".to_owned(),
            definition: Arc::new(self.definition.clone()),
            stage: self.stage.clone(),
        })
    }

    pub(super) async fn send(&self, call: Call) -> Response<Bytes> {
        self.plane().answer(&self.served(), call.incoming()).await
    }

    /// The whole answer as text: status, headers but ids, a blank line, the body.
    pub(super) async fn answer(&self, call: Call) -> String {
        show(&self.send(call).await)
    }

    pub(super) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }
}

/// Checks the whole answer, and that the log says why, if a reason is expected.
pub(super) async fn check(api: &Api, call: Call, expected: &str, logged: &str) {
    let sent = format!("{call:?}");
    let answer = api.answer(call).await;
    let log = api.log();
    assert_eq!(answer, expected, "for {sent}, log: {log}");
    assert!(log.contains(logged), "{logged:?} is not in the log: {log:?}");
    assert_eq!(logged.is_empty(), log.is_empty(), "the log says {log:?}");
}

/// A gateway response as text.
pub(super) fn refused(status: u16, error_type: &str, body: &str) -> String {
    format!("{status}\ncontent-type: application/json\nx-amzn-errortype: {error_type}\n\n{body}")
}

pub(super) const INTERNAL: &str = "500\ncontent-type: application/json\n\
     x-amzn-errortype: InternalServerErrorException\n\n{\"message\": \"Internal server error\"}";

/// An answer as JSON has it.
pub(super) fn ok(body: &str) -> String {
    format!("200\ncontent-type: application/json\n\n{body}")
}

/// The same of a backend behind the gateway, which leaves its trace.
pub(super) fn traced(status: u16, body: &str) -> String {
    format!("{status}\ncontent-type: application/json\nx-amzn-trace-id: *\n\n{body}")
}

pub(super) fn show(response: &Response<Bytes>) -> String {
    let headers = response.headers();
    assert!(headers.contains_key("x-amz-apigw-id"), "every answer has its extended id");
    assert!(headers.contains_key("x-amzn-requestid"), "every answer has its id");
    let mut lines: Vec<String> = headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-amz-apigw-id" | "x-amzn-requestid"))
        .map(|(name, value)| match name.as_str() {
            "x-amzn-trace-id" | "x-amzn-remapped-date" => format!("{name}: *"),
            _ => format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())),
        })
        .collect();
    lines.sort();
    let body = match std::str::from_utf8(response.body()) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("{:?}", response.body()),
    };
    format!("{}\n{}\n\n{body}", response.status().as_u16(), lines.join("\n"))
}

/// A request under test.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: Method,
    /// Below the stage.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) received: Timestamp,
}

pub(super) fn call(method: &str, target: &str) -> Call {
    let method = method.parse().unwrap();
    let target = target.to_owned();
    let received = "2015-04-09T12:34:56.789Z".parse().unwrap();
    Call { method, target, headers: HeaderMap::new(), body: Bytes::new(), received }
        .header("host", HOST)
}

pub(super) fn get(target: &str) -> Call {
    call("GET", target)
}

pub(super) fn post(body: impl Into<Bytes>) -> Call {
    call("POST", "/").body(body)
}

pub(super) const HOST: &str = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com:4566";

impl Call {
    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.append(name, value.parse().unwrap());
        self
    }

    /// Received some seconds later.
    pub(super) fn later(mut self, seconds: f64) -> Self {
        self.received += SignedDuration::from_secs_f64(seconds);
        self
    }

    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    pub(super) fn incoming(self) -> Incoming {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        Incoming {
            method: self.method,
            path: path.to_owned(),
            whole_path: format!("/test{path}"),
            query: query.to_owned(),
            headers: self.headers,
            body: self.body,
            source_ip: "203.0.113.7".parse().unwrap(),
            domain_name: HOST.trim_end_matches(":4566").to_owned(),
            received: self.received,
        }
    }
}

/// The URI of an integration with the function.
pub(super) fn function_uri() -> String {
    format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations")
}
