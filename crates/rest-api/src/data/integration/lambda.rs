//! Lambda functions that get what a template makes of a request.

use std::fmt;

use ::http::{HeaderMap, Method, Response, StatusCode};
use aws_call::{Call, Role};
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::outgoing::Outgoing;
use super::{Reply, SESSION, text_headers, uncallable};
use crate::data::Backend;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::trace::Trace;
use mapping_template::find;

/// What may not stand in the path of an invocation.
const ILLEGAL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'?');

/// Says that a function ran and failed.
pub(in crate::data) const FUNCTION_ERROR: &str = "x-amz-function-error";

/// A function, and who calls it.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::data) struct Function {
    arn: String,
    region: String,
    /// None for the gateway itself.
    role: Option<String>,
}

impl Function {
    /// A function of an integration in `region`. The region that the ARN names counts, which may be
    /// another one.
    pub(super) fn new(arn: &str, region: &str, role: Option<String>) -> Self {
        let own = arn.split(':').nth(3).filter(|region| !region.is_empty());
        Self { arn: arn.to_owned(), region: own.unwrap_or(region).to_owned(), role }
    }

    /// Where API Gateway says that it is called.
    fn url(&self) -> impl fmt::Display {
        let (arn, region) = (&self.arn, &self.region);
        fmt::from_fn(move |f| {
            let host = format_args!("https://lambda.{region}.amazonaws.com");
            write!(f, "{host}/2015-03-31/functions/{arn}/invocations")
        })
    }

    /// Asks Lambda to run it.
    ///
    /// # Errors
    /// Why Lambda cannot be asked. Any status is an answer.
    pub(in crate::data) async fn invoke(
        &self,
        backend: &Backend,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Bytes>, aws_call::Error> {
        let name = utf8_percent_encode(&self.arn, ILLEGAL);
        let path = format!("/2015-03-31/functions/{name}/invocations");
        let call = Call {
            service: "lambda",
            host: "lambda",
            region: &self.region,
            method: Method::POST,
            path_and_query: &path,
            headers,
            body,
            role: self.role.as_deref().map(|arn| Role { arn, session: SESSION }),
        };
        backend.aws.call(call).await
    }
}

impl fmt::Display for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

/// Calls a function. What it returns or throws is an answer; a function that cannot be run is not.
///
/// # Errors
/// 500 if Lambda does not run the function.
pub(super) async fn call(
    backend: &Backend,
    trace: &mut Trace,
    function: &Function,
    outgoing: Outgoing,
) -> Result<Reply, Failure> {
    let response = invoke(backend, trace, function, outgoing.headers, outgoing.body, 500).await?;
    if is_refused(response.status()) {
        return Err(refused(function, &response, 500));
    }
    let failed = response.headers().contains_key(FUNCTION_ERROR);
    let headers = text_headers(response.headers());
    let status = response.status().as_u16();
    let body = response.into_body();
    let error = || find(&String::from_utf8_lossy(&body), "$.errorMessage").ok().flatten();
    let selector = if failed { error().unwrap_or_default() } else { String::new() };
    Ok(Reply { status, headers, body, selector })
}

/// Asks Lambda to run a function of an integration.
///
/// # Errors
/// `unreachable` as the status if Lambda cannot be asked, and 500 if the role cannot be assumed.
pub(super) async fn invoke(
    backend: &Backend,
    trace: &mut Trace,
    function: &Function,
    headers: HeaderMap,
    body: Bytes,
    unreachable: u16,
) -> Result<Response<Bytes>, Failure> {
    trace.sending(function.url(), &headers, &body);
    let sent = function.invoke(backend, headers, body).await;
    sent.map_err(|error| {
        uncallable(&error, |reason| {
            Failure::new(ResponseType::Default5xx).status(unreachable).because(reason)
        })
    })
}

/// Whether Lambda did not run the function, other than for a payload that it cannot read, which is
/// the template's work and an answer like any other.
pub(super) fn is_refused(status: StatusCode) -> bool {
    !status.is_success() && status != StatusCode::BAD_REQUEST
}

/// What a client gets when Lambda does not run the function.
pub(super) fn refused(function: &Function, response: &Response<Bytes>, status: u16) -> Failure {
    let reason = format!("Lambda answered {} for {function}", response.status());
    Failure::new(ResponseType::Default5xx).status(status).because(reason).showing(response.body())
}
