//! HTTP endpoints: placeholders of the URI, the query, and the call.

use ::http::{Method, Request, Uri};
use http_body_util::Full;

use super::outgoing::Outgoing;
use super::uri::{append_query, fill_path};
use super::{Reply, text_headers, unreachable};
use crate::data::Backend;
use crate::data::gateway_response::Failure;
use crate::data::trace::Trace;

/// Calls an HTTP endpoint.
///
/// # Errors
/// 500 for a URI that cannot be called, 504 for an endpoint that does not answer.
pub(super) async fn call(
    backend: &Backend,
    trace: &mut Trace,
    uri: &str,
    outgoing: Outgoing,
) -> Result<Reply, Failure> {
    let uri = complete(uri, &outgoing)?;
    let method = Method::from_bytes(outgoing.verb.as_bytes())
        .map_err(|error| Failure::configuration(format!("{}: {error}", outgoing.verb)))?;
    trace.sending(&uri, &outgoing.headers, &outgoing.body);
    let mut request = Request::new(Full::new(outgoing.body));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = outgoing.headers;
    let response = backend.outbound.send(request).await.map_err(|error| unreachable(&error))?;
    let status = response.status().as_u16();
    let headers = text_headers(response.headers());
    Ok(Reply { status, headers, selector: status.to_string(), body: response.into_body() })
}

fn complete(template: &str, outgoing: &Outgoing) -> Result<Uri, Failure> {
    let mut uri = fill_path(template, &outgoing.path)?;
    append_query(&mut uri, &outgoing.query);
    let is_whole = |uri: &Uri| uri.scheme().is_some() && uri.authority().is_some();
    uri.parse()
        .ok()
        .filter(is_whole)
        .ok_or_else(|| Failure::configuration(format!("{uri:?} is no URI of an HTTP endpoint")))
}
