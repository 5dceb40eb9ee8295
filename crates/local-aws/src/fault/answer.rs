//! How AWS's services tell that a call was one too many or that they failed, each in its protocol.

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use serde_json::json;

use crate::fault::{Fault, Kind};

/// A service whose calls can fail on purpose.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// As signatures name it.
    pub(crate) name: &'static str,
    /// The operations that can be told apart, where requests name none.
    pub(crate) operations: Option<&'static [&'static str]>,
    /// What stands before the codes of errors in the JSON protocol.
    namespace: &'static str,
    throttled: (u16, &'static str, &'static str),
    /// The code of a failure, whose status is 500.
    failed: &'static str,
}

const TOO_MANY: (u16, &str, &str) = (400, "ThrottlingException", "Rate exceeded");

/// A service that is called by names, in JSON or in forms.
const NAMED: Service = Service {
    name: "",
    operations: None,
    namespace: "",
    throttled: TOO_MANY,
    failed: "InternalFailure",
};

/// The codes are those of the services' API references.
pub(crate) static SERVICES: [Service; 12] = [
    Service {
        name: "dynamodb",
        namespace: "com.amazonaws.dynamodb.v20120810#",
        throttled: (
            400,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded. Consider \
             increasing your provisioning level with the UpdateTable API.",
        ),
        failed: "InternalServerError",
        ..NAMED
    },
    Service { name: "events", failed: "InternalException", ..NAMED },
    Service {
        name: "kinesis",
        throttled: (
            400,
            "ProvisionedThroughputExceededException",
            "Rate exceeded for a shard of the stream.",
        ),
        ..NAMED
    },
    Service { name: "kms", failed: "KMSInternalException", ..NAMED },
    Service {
        name: "lambda",
        operations: Some(&["Invoke"]),
        throttled: (429, "TooManyRequestsException", "Rate Exceeded."),
        failed: "ServiceException",
        ..NAMED
    },
    Service { name: "logs", ..NAMED },
    Service {
        name: "s3",
        operations: Some(&["DeleteObject", "GetObject", "PutObject"]),
        throttled: (503, "SlowDown", "Please reduce your request rate."),
        failed: "InternalError",
        ..NAMED
    },
    Service { name: "secretsmanager", failed: "InternalServiceError", ..NAMED },
    Service {
        name: "sns",
        throttled: (400, "Throttling", "Rate exceeded"),
        failed: "InternalError",
        ..NAMED
    },
    Service {
        name: "sqs",
        namespace: "com.amazonaws.sqs#",
        throttled: (400, "RequestThrottled", "The request was denied due to request throttling."),
        ..NAMED
    },
    Service { name: "ssm", failed: "InternalServerError", ..NAMED },
    Service { name: "states", ..NAMED },
];

/// What every service says of a failure of its own.
const FAILED: &str = "We encountered an internal error. Please try again.";

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// By which a client of SQS that knows the codes of the query protocol finds them in JSON.
const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");

/// The operation of a request to a service whose requests name none.
pub(crate) fn rest_operation(service: &str, head: &Parts) -> Option<&'static str> {
    let mut segments = head.uri.path().trim_start_matches('/').splitn(2, '/');
    let (first, rest) = (segments.next()?, segments.next().unwrap_or_default());
    let is_of_object = !first.is_empty() && !rest.is_empty() && head.uri.query().is_none();
    match (service, &head.method) {
        ("lambda", &Method::POST) if rest.ends_with("/invocations") => Some("Invoke"),
        ("s3", &Method::DELETE) if is_of_object => Some("DeleteObject"),
        ("s3", &Method::GET) if is_of_object => Some("GetObject"),
        ("s3", &Method::PUT) if is_of_object && !head.headers.contains_key("x-amz-copy-source") => {
            Some("PutObject")
        }
        _ => None,
    }
}

impl Fault {
    /// What a request with this head is answered in place of what it asked for.
    pub(crate) fn answer(&self, head: &Parts) -> Response<Bytes> {
        let (status, code, message) = match self.kind {
            Kind::Throttle => self.service.throttled,
            Kind::Error | Kind::Lost => (500, self.service.failed, FAILED),
        };
        let who = if status < 500 { "Sender" } else { "Receiver" };
        let id = uuid::Uuid::new_v4().to_string();
        let mut response = match self.service.name {
            "lambda" => {
                let kind = if status < 500 { "User" } else { "Service" };
                let mut body = json!({"Type": kind, "message": message});
                if let Kind::Throttle = self.kind {
                    body["Reason"] = "CallerRateLimitExceeded".into();
                }
                let mut response = with_body(body.to_string(), "application/json");
                response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(code));
                if let Kind::Throttle = self.kind {
                    response.headers_mut().insert(RETRY_AFTER, 1.into());
                }
                response
            }
            "s3" => with_body(
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code>\
                     <Message>{message}</Message><RequestId>{id}</RequestId></Error>"
                ),
                "application/xml",
            ),
            _ if head.headers.contains_key(TARGET) => {
                let body = json!({"__type": format!("{}{code}", self.service.namespace), "message": message});
                let mut response = with_body(body.to_string(), "application/x-amz-json-1.0");
                if let Some(kind) = head.headers.get(CONTENT_TYPE) {
                    response.headers_mut().insert(CONTENT_TYPE, kind.clone());
                }
                if self.service.name == "sqs" {
                    let value = format!("{code};{who}").parse().expect("codes are plain words");
                    response.headers_mut().insert(QUERY_ERROR, value);
                }
                response
            }
            _ => with_body(
                format!(
                    "<ErrorResponse><Error><Type>{who}</Type><Code>{code}</Code>\
                     <Message>{message}</Message></Error><RequestId>{id}</RequestId></ErrorResponse>"
                ),
                "text/xml",
            ),
        };
        *response.status_mut() = StatusCode::from_u16(status).expect("the statuses are HTTP's");
        response.headers_mut().insert(REQUEST_ID, id.parse().expect("an id is a plain word"));
        response
    }
}

fn with_body(body: String, kind: &'static str) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
