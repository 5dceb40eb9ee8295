//! Lambda functions that get what a template makes of a request.

use ::http::{HeaderMap, Method, Response, StatusCode};
use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::outgoing::Outgoing;
use super::{Reply, text_headers, uncallable};
use crate::aws::{self, Call};
use crate::data::Backend;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::log::excerpt;
use mapping_template::find;

/// What may not stand in the path of an invocation.
const ILLEGAL: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'/').add(b'?');

/// Says that a function ran and failed.
const FUNCTION_ERROR: &str = "x-amz-function-error";

/// Calls a function. What it returns or throws is an answer; a function that cannot be run is not.
///
/// # Errors
/// 500 if Lambda does not run the function.
pub(super) async fn call(
    backend: &Backend,
    region: &str,
    function: &str,
    outgoing: Outgoing,
) -> Result<Reply, Failure> {
    let sent = invoke(backend, region, function, outgoing.headers, outgoing.body).await;
    let response = sent.map_err(|error| uncallable(&error, 500))?;
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

/// Asks Lambda to run a function.
pub(super) async fn invoke(
    backend: &Backend,
    region: &str,
    function: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response<Bytes>, aws::Error> {
    // The region of the function counts, which may be another than the gateway's.
    let region = function.split(':').nth(3).filter(|region| !region.is_empty()).unwrap_or(region);
    let function = utf8_percent_encode(function, ILLEGAL);
    let path = format!("/2015-03-31/functions/{function}/invocations");
    let call = Call {
        service: "lambda",
        region,
        method: Method::POST,
        path_and_query: &path,
        headers,
        body,
    };
    backend.aws.call(call).await
}

/// Whether Lambda did not run the function, other than for a payload that it cannot read, which is
/// the template's work and an answer like any other.
pub(super) fn is_refused(status: StatusCode) -> bool {
    !status.is_success() && status != StatusCode::BAD_REQUEST
}

/// What a client gets when Lambda does not run the function.
pub(super) fn refused(function: &str, response: &Response<Bytes>, status: u16) -> Failure {
    let said = excerpt(response.body());
    let reason = format!("Lambda answered {} for {function}: {said}", response.status());
    Failure::new(ResponseType::Default5xx).status(status).because(reason)
}
