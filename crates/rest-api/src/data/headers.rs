//! Which headers go no further, which may not be mapped, and which are renamed on the way back.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::gateway_response::Failure;
use crate::model::IntegrationType;

/// What of a client's request goes no further: neither templates nor functions nor endpoints see it.
const DROPPED_FROM_REQUESTS: [&str; 12] = [
    "connection",
    "content-length",
    "content-md5",
    "expect",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "www-authenticate",
];

/// What no backend gets, even if it is mapped or a template writes it.
const KEPT_FROM_BACKENDS: [&str; 6] =
    ["connection", "content-length", "expect", "proxy-authenticate", "te", "transfer-encoding"];
/// What a proxied endpoint gets only if it is mapped.
const KEPT_FROM_ENDPOINTS: [&str; 2] = ["content-encoding", "host"];

/// What may not be mapped to.
const ILLEGAL: [&str; 4] =
    ["content-length", "transfer-encoding", "x-amzn-apigateway-api-id", "x-amzn-trace-id"];
/// What may not be mapped to where AWS is called, besides.
const ILLEGAL_FOR_AWS: [&str; 5] =
    ["authorization", "connection", "expect", "proxy-authenticate", "te"];

/// What comes back under another name.
const REMAPPED: [&str; 4] = ["connection", "content-length", "date", "server"];
/// What comes back under another name unless the integration is a proxy.
const REMAPPED_UNLESS_PROXY: [&str; 10] = [
    "authorization",
    "content-md5",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
];
/// What names the gateway's own answer, so a proxied one comes back under another name.
const REQUEST_ID: &str = "x-amzn-requestid";

/// Whether a client's header goes no further.
pub(super) fn is_dropped(name: &HeaderName) -> bool {
    DROPPED_FROM_REQUESTS.contains(&name.as_str())
}

/// Whether a backend gets no such header, wherever it comes from.
pub(super) fn is_kept_from_backends(name: &HeaderName, kind: IntegrationType) -> bool {
    let own = match kind {
        IntegrationType::Aws => "referer",
        IntegrationType::Http | IntegrationType::HttpProxy => "via",
        IntegrationType::AwsProxy | IntegrationType::Mock => "",
    };
    KEPT_FROM_BACKENDS.contains(&name.as_str()) || name.as_str() == own
}

/// Whether a proxied endpoint does not get a client's header.
pub(super) fn is_kept_from_endpoints(name: &HeaderName) -> bool {
    KEPT_FROM_ENDPOINTS.contains(&name.as_str())
}

/// Refuses a mapping to a header that only the gateway may set.
///
/// # Errors
/// 500: the configuration is wrong.
pub(super) fn check_mapped(name: &str, kind: IntegrationType) -> Result<(), Failure> {
    let lower = name.to_ascii_lowercase();
    let is_aws = matches!(kind, IntegrationType::Aws | IntegrationType::AwsProxy);
    let is_illegal =
        ILLEGAL.contains(&lower.as_str()) || is_aws && ILLEGAL_FOR_AWS.contains(&lower.as_str());
    if is_illegal {
        return Err(Failure::configuration(format!("header {name} may not be mapped")));
    }
    Ok(())
}

/// Adds a header to a response, under the name that API Gateway gives it. One that describes only
/// the way of the bytes is left out.
///
/// # Errors
/// 500 if it is no header.
pub(super) fn add_to_response(
    headers: &mut HeaderMap,
    name: &str,
    value: &str,
    is_proxy: bool,
) -> Result<(), Failure> {
    let lower = name.to_ascii_lowercase();
    if lower == "transfer-encoding" {
        return Ok(());
    }
    let is_remapped = REMAPPED.contains(&lower.as_str())
        || !is_proxy && REMAPPED_UNLESS_PROXY.contains(&lower.as_str())
        || is_proxy && lower == REQUEST_ID;
    let name = if is_remapped { format!("x-amzn-remapped-{lower}") } else { lower };
    let (name, value) = header(&name, value)?;
    headers.append(name, value);
    Ok(())
}

/// A header from text.
///
/// # Errors
/// 500 if its name or its value is none.
pub(super) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Failure> {
    let wrong = || Failure::configuration(format!("{name:?}: {value:?} is no HTTP header"));
    let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong())?;
    Ok((name, value))
}
