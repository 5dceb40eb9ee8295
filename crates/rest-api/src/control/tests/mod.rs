//! Tests of the control plane through its public entry: HTTP requests in, HTTP responses out.

mod access;
mod domains;
mod errors;
mod imports;
mod life;
mod lists;
mod patches;
mod rules;
mod snapshots;
mod stages;
mod usage;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use super::{ControlPlane, Settings};

const ACCOUNT: &str = "000000000000";
const REGION: &str = "eu-west-1";

/// A control plane, and the API that most tests are about.
struct Cloud {
    plane: ControlPlane,
}

impl Cloud {
    fn new() -> Self {
        Self { plane: ControlPlane::new(Settings { account_id: ACCOUNT.to_owned() }) }
    }

    /// Sends a request, of which `line` is the method and the path.
    fn send(&self, line: &str, body: impl Into<Bytes>) -> (u16, http::HeaderMap, Bytes) {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let request = Request::builder().method(method).uri(path).body(body.into()).unwrap();
        let (head, body) = self.plane.answer(REGION, request).into_parts();
        (head.status.as_u16(), head.headers, body)
    }

    /// The JSON that a request is answered with, which must have this status.
    #[track_caller]
    fn check(&self, status: u16, line: &str, body: Value) -> Value {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let (answered, _, answer) = self.send(line, body);
        let text = String::from_utf8(answer.to_vec()).unwrap();
        assert_eq!(answered, status, "{line} answered {text}");
        if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        self.check(200, &format!("GET {path}"), Value::Null)
    }

    /// Applies operations of the form `op path value`, or `op path`.
    #[track_caller]
    fn patch(&self, status: u16, path: &str, operations: &[&str]) -> Value {
        let operations: Vec<_> = operations.iter().map(|operation| parsed(operation)).collect();
        let body = json!({ "patchOperations": operations });
        self.check(status, &format!("PATCH {path}"), body)
    }

    /// Requires that a request is refused with this error.
    #[track_caller]
    fn refuses(&self, status: u16, error: &str, message: &str, line: &str, body: Value) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let (answered, headers, answer) = self.send(line, text);
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let kind = headers.get("x-amzn-errortype").map(|kind| kind.to_str().unwrap());
        assert_eq!(
            (answered, kind, answer["message"].as_str()),
            (status, Some(error), Some(message)),
            "{line} {body}"
        );
    }

    /// Requires that a patch is refused as a bad request.
    #[track_caller]
    fn refuses_patch(&self, path: &str, operation: &str, message: &str) {
        let body = json!({ "patchOperations": [parsed(operation)] });
        self.refuses(400, "BadRequestException", message, &format!("PATCH {path}"), body);
    }

    /// A new API, as its path.
    fn api(&self) -> String {
        let api = self.check(201, "POST /restapis", json!({ "name": "orders" }));
        format!("/restapis/{}", text(&api["id"]))
    }

    /// A new resource below the root, as its path.
    fn resource(&self, api: &str, part: &str) -> String {
        let root = text(&self.get(api)["rootResourceId"]);
        let line = format!("POST {api}/resources/{root}");
        let resource = self.check(201, &line, json!({ "pathPart": part }));
        format!("{api}/resources/{}", text(&resource["id"]))
    }

    /// A new `GET` method with a mock integration, as its path.
    fn method(&self, resource: &str) -> String {
        let method = format!("{resource}/methods/GET");
        self.check(201, &format!("PUT {method}"), json!({ "authorizationType": "NONE" }));
        self.check(201, &format!("PUT {method}/integration"), json!({ "type": "MOCK" }));
        method
    }

    /// A new API with one method, deployed to the stage `live`: its path.
    fn deployed(&self) -> String {
        let api = self.api();
        self.method(&self.resource(&api, "orders"));
        self.check(201, &format!("POST {api}/deployments"), json!({ "stageName": "live" }));
        api
    }
}

fn parsed(operation: &str) -> Value {
    let mut parts = operation.splitn(3, ' ');
    let mut operation = json!({ "op": parts.next(), "path": parts.next() });
    if let Some(value) = parts.next() {
        operation["value"] = value.into();
    }
    operation
}

/// The text of a JSON string.
#[track_caller]
fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

/// The last part of a path: the id of what it leads to.
fn id(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}
