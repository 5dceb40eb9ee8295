//! Lambda: what a function is like, and invoking it.

use aws_call::Call;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::client::{Client, Failure, succeeded};
use crate::mapping::Function;
use crate::report::{self, Report};

const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The largest event of a synchronous invocation.
pub(crate) const LARGEST_EVENT: usize = 6 * 1024 * 1024;

/// What `GetFunctionConfiguration` tells of a function.
pub(crate) struct Configuration {
    pub(crate) function: Function,
    /// The ARN of its execution role.
    pub(crate) role: String,
    pub(crate) timeout_seconds: u64,
}

/// How an invocation ended.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    pub(crate) request_id: String,
    pub(crate) executed_version: String,
    /// `Unhandled` or `Handled`, if the function failed.
    pub(crate) error: Option<String>,
    pub(crate) answer: Bytes,
}

impl Invocation {
    /// What it says of a batch of records with these ids.
    pub(crate) fn report(&self, function_reports: bool, ids: &[&str]) -> Report {
        match (&self.error, function_reports) {
            (Some(_), _) => Report::Failed,
            (None, false) => Report::Succeeded,
            (None, true) => report::read(&self.answer, ids),
        }
    }
}

impl Client {
    /// Looks a function up.
    pub(crate) async fn configuration(
        &self,
        name: &str,
        qualifier: Option<&str>,
    ) -> Result<Configuration, Failure> {
        let path = path(name, "configuration", qualifier);
        let answer = succeeded(self.lambda(Method::GET, &path, Bytes::new()).await?)?;
        let document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
        let member = |name: &str| document[name].as_str().unwrap_or_default().to_owned();
        let mut arn = member("FunctionArn");
        if let Some(qualifier) = qualifier.filter(|_| arn.split(':').count() == 7) {
            arn = format!("{arn}:{qualifier}");
        }
        let function = Function {
            name: member("FunctionName"),
            qualifier: qualifier.map(ToOwned::to_owned),
            arn,
        };
        let timeout_seconds = document["Timeout"].as_u64().unwrap_or(3);
        Ok(Configuration { function, role: member("Role"), timeout_seconds })
    }

    /// Invokes a function and waits for its answer. That it was not invoked at all, because it is
    /// throttled or for any other reason, is a failure; that it failed is not.
    pub(crate) async fn invoke(
        &self,
        function: &Function,
        event: Bytes,
    ) -> Result<Invocation, Failure> {
        let path = path(&function.name, "invocations", function.qualifier.as_deref());
        let answer = succeeded(self.lambda(Method::POST, &path, event).await?)?;
        let header = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
        };
        let new_id = || uuid::Uuid::new_v4().to_string();
        Ok(Invocation {
            request_id: header("x-amzn-requestid").unwrap_or_else(new_id),
            executed_version: header("x-amz-executed-version")
                .unwrap_or_else(|| "$LATEST".to_owned()),
            error: header("x-amz-function-error"),
            answer: answer.into_body(),
        })
    }

    async fn lambda(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<http::Response<Bytes>, Failure> {
        let mut headers = HeaderMap::new();
        if method == Method::POST {
            let kind = HeaderValue::from_static("RequestResponse");
            headers.insert("x-amz-invocation-type", kind);
        }
        let call = Call {
            service: "lambda",
            host: "lambda",
            region: &self.region,
            method,
            path_and_query: path,
            headers,
            body,
            role: None,
        };
        let answer = self.send(call).await?;
        if answer.status() == StatusCode::TOO_MANY_REQUESTS {
            let message = "the function is throttled".to_owned();
            return Err(Failure::Refused { code: "TooManyRequestsException".to_owned(), message });
        }
        Ok(answer)
    }
}

fn path(name: &str, what: &str, qualifier: Option<&str>) -> String {
    let name = utf8_percent_encode(name, IN_PATH);
    let query = qualifier
        .map(|qualifier| format!("?Qualifier={}", utf8_percent_encode(qualifier, IN_PATH)));
    format!("/2015-03-31/functions/{name}/{what}{}", query.unwrap_or_default())
}
