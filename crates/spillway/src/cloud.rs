//! Calls to the services of the local AWS, as its root.

use std::sync::Arc;

use aws_call::{Aws, Call, Outbound};
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};
use local_aws::Instance;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::error::Error;

/// The region of the local stack.
const REGION: &str = "us-east-1";

/// A running local AWS.
pub(crate) struct Cloud {
    aws: Aws,
    runtime: Runtime,
}

impl Cloud {
    /// The cloud of an instance, which has to run.
    pub(crate) fn of(instance: &Instance) -> Result<Self, Error> {
        let record = instance.record()?.ok_or(Error::NotRunning { port: instance.port() })?;
        let endpoint: Uri = record.endpoint.parse().expect("an instance's endpoint is a URL");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::io("start", "a runtime for requests".as_ref()))?;
        Ok(Self { aws: Aws::local(Arc::new(Outbound::new()), endpoint), runtime })
    }

    /// Calls an operation in the JSON protocol, such as `Logs_20140328.FilterLogEvents` of `logs`.
    pub(crate) fn call(
        &self,
        service: &'static str,
        target: &str,
        input: &Value,
    ) -> Result<Value, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
        let target_value = target.parse().expect("an operation's name is a header's value");
        headers.insert(HeaderName::from_static("x-amz-target"), target_value);
        let call = Call {
            service,
            host: service,
            region: REGION,
            method: Method::POST,
            path_and_query: "/",
            headers,
            body: input.to_string().into(),
            role: None,
        };
        let answer = self.runtime.block_on(self.aws.call(call)).map_err(|source| Error::Call {
            target: target.to_owned(),
            source: Box::new(source),
        })?;
        if !answer.status().is_success() {
            return Err(Error::Refused {
                target: target.to_owned(),
                status: answer.status().as_u16(),
                answer: String::from_utf8_lossy(answer.body()).into_owned(),
            });
        }
        serde_json::from_slice(answer.body())
            .map_err(|source| Error::Output { what: "the local AWS", source })
    }
}
