//! Who asks what of the endpoint: caller, service and operation, read from a request as it passes.
//!
//! Nothing depends on it but the journal and faults on purpose. What AWS's protocols say is used;
//! where they say nothing (REST protocols name no operation), the operation is the method and the
//! path.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use form_urlencoded::parse;
use hyper::body::Frame;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::http::request::Parts;

use crate::scope::Scope;

/// One request, as the journal names it.
pub(crate) struct Call {
    caller: String,
    service: String,
    operation: Arc<OnceLock<String>>,
    method_and_path: String,
}

impl Call {
    /// Reads the head of a request to AWS that is signed for `scope`.
    pub(crate) fn read(head: &Parts, scope: Option<&Scope>) -> Self {
        let target = header(head, "x-amz-target").and_then(|target| target.split_once('.'));
        let service = scope.map(|scope| scope.service.clone()).or_else(|| {
            let (interface, _) = target?;
            Some(interface.split('_').next()?.to_ascii_lowercase())
        });
        let call = Self::of(head, service.as_deref().unwrap_or("-"));
        let query = head.uri.query().unwrap_or_default().as_bytes();
        let named = target.map(|(_, operation)| operation.to_owned()).or_else(|| {
            // `Action` is the query protocol's, `x-id` is what SDKs add to S3's requests.
            let mut pairs = parse(query);
            pairs.find(|(name, _)| name == "Action" || name == "x-id").map(|(_, it)| it.into())
        });
        if let Some(named) = named {
            let _ = call.operation.set(named);
        }
        call
    }

    /// A call of something that the endpoint serves by itself.
    pub(crate) fn of(head: &Parts, service: &str) -> Self {
        Self {
            caller: caller(header(head, USER_AGENT.as_str()).unwrap_or_default()),
            service: service.to_owned(),
            operation: Arc::default(),
            method_and_path: format!("{} {}", head.method, head.uri.path()),
        }
    }

    /// Whether the operation stands in the body: forms begin with `Action=`.
    pub(crate) fn is_named_by_form(&self, head: &Parts) -> bool {
        let kind = header(head, CONTENT_TYPE.as_str()).unwrap_or_default();
        let is_form = kind.starts_with("application/x-www-form-urlencoded");
        is_form && self.operation.get().is_none()
    }

    /// Reads the operation from a form.
    pub(crate) fn read_form(&self, form: &[u8]) {
        read_action(&self.operation, form);
    }

    /// What looks for the operation in a form's frames as they pass.
    pub(crate) fn watch_form(&self) -> impl FnMut(&Frame<Bytes>) + use<> {
        let operation = Arc::clone(&self.operation);
        move |frame: &Frame<Bytes>| {
            read_action(&operation, frame.data_ref().map_or(&[][..], |data| data));
        }
    }

    /// Whether an event source mapping looks for something new.
    pub(crate) fn is_poll(&self) -> bool {
        const POLLS: [&str; 5] =
            ["DescribeStream", "GetRecords", "GetShardIterator", "ListShards", "ReceiveMessage"];
        self.caller == event_sources::CALLER && POLLS.contains(&self.operation().as_str())
    }

    /// Whether API Gateway tells CloudWatch of its requests, which nobody asked for.
    pub(crate) fn is_report(&self) -> bool {
        self.caller == "apigateway"
    }

    pub(crate) fn caller(&self) -> &str {
        &self.caller
    }

    pub(crate) fn service(&self) -> &str {
        &self.service
    }

    /// The operation, if the request names one.
    pub(crate) fn named(&self) -> Option<&str> {
        self.operation.get().map(String::as_str)
    }

    pub(crate) fn operation(&self) -> String {
        self.operation.get().unwrap_or(&self.method_and_path).clone()
    }
}

fn read_action(operation: &OnceLock<String>, form: &[u8]) {
    if let Some((_, action)) = parse(form).find(|(name, _)| name == "Action") {
        let _ = operation.set(action.into_owned());
    }
}

/// A short name for the program behind a user agent: `terraform`, `function`, `aws-cli`, `curl`.
fn caller(user_agent: &str) -> String {
    if user_agent.contains("Terraform/") {
        return "terraform".to_owned();
    }
    if user_agent.contains("exec-env/AWS_Lambda") {
        return "function".to_owned();
    }
    let program = user_agent.split(['/', ' ']).next().unwrap_or_default();
    if program.is_empty() { "-" } else { program }.to_owned()
}

fn header<'a>(head: &'a Parts, name: &str) -> Option<&'a str> {
    head.headers.get(name)?.to_str().ok()
}
