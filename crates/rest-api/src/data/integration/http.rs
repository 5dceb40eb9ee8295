//! HTTP endpoints: placeholders of the URI, the query, and the call.

use ::http::{Method, Request, Uri};
use http_body_util::Full;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::outgoing::Outgoing;
use super::{Reply, text_headers, unreachable};
use crate::data::Backend;
use crate::data::gateway_response::Failure;

/// What may not stand in a URI as it is. The value of a path parameter goes on as the client sent
/// it, so what is encoded already stays.
const ILLEGAL_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');
/// Everything but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Calls an HTTP endpoint.
///
/// # Errors
/// 500 for a URI that cannot be called, 504 for an endpoint that does not answer.
pub(super) async fn call(
    backend: &Backend,
    uri: &str,
    outgoing: Outgoing,
) -> Result<Reply, Failure> {
    let uri = complete(uri, &outgoing)?;
    let method = Method::from_bytes(outgoing.verb.as_bytes())
        .map_err(|error| Failure::configuration(format!("{}: {error}", outgoing.verb)))?;
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
    let mut uri = fill(template, &outgoing.path)?;
    let mut joint = if uri.contains('?') { '&' } else { '?' };
    for (name, value) in &outgoing.query {
        let [name, value] = [name, value].map(|text| utf8_percent_encode(text, RESERVED));
        uri.push_str(&format!("{joint}{name}={value}"));
        joint = '&';
    }
    let is_whole = |uri: &Uri| uri.scheme().is_some() && uri.authority().is_some();
    uri.parse()
        .ok()
        .filter(is_whole)
        .ok_or_else(|| Failure::configuration(format!("{uri:?} is no URI of an HTTP endpoint")))
}

/// Replaces `{name}`, and `{name+}` as well.
fn fill(template: &str, parameters: &[(String, String)]) -> Result<String, Failure> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once('{') {
        let Some((name, behind)) = behind.split_once('}') else {
            break;
        };
        let wanted = name.strip_suffix('+').unwrap_or(name);
        let value = parameters.iter().find(|(name, _)| name == wanted);
        let (_, value) = value.ok_or_else(|| {
            Failure::configuration(format!("nothing is mapped to {{{name}}} of {template}"))
        })?;
        out.push_str(before);
        out.extend(utf8_percent_encode(value, ILLEGAL_IN_PATH));
        rest = behind;
    }
    out.push_str(rest);
    Ok(out)
}
