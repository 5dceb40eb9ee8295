//! Gateway responses: which types there are, and what may replace one.

use super::mappings;
use crate::model::GatewayResponse;

/// Every type with the status code that AWS gives it, in AWS's order.
pub(crate) const TYPES: [(&str, Option<&str>); 21] = [
    ("ACCESS_DENIED", Some("403")),
    ("API_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_CONFIGURATION_ERROR", Some("500")),
    ("AUTHORIZER_FAILURE", Some("500")),
    ("BAD_REQUEST_BODY", Some("400")),
    ("BAD_REQUEST_PARAMETERS", Some("400")),
    ("DEFAULT_4XX", None),
    ("DEFAULT_5XX", None),
    ("EXPIRED_TOKEN", Some("403")),
    ("INTEGRATION_FAILURE", Some("504")),
    ("INTEGRATION_TIMEOUT", Some("504")),
    ("INVALID_API_KEY", Some("403")),
    ("INVALID_SIGNATURE", Some("403")),
    ("MISSING_AUTHENTICATION_TOKEN", Some("403")),
    ("QUOTA_EXCEEDED", Some("429")),
    ("REQUEST_TOO_LARGE", Some("413")),
    ("RESOURCE_NOT_FOUND", Some("404")),
    ("THROTTLED", Some("429")),
    ("UNAUTHORIZED", Some("401")),
    ("UNSUPPORTED_MEDIA_TYPE", Some("415")),
    ("WAF_FILTERED", Some("403")),
];

/// Whether there is such a type.
pub(crate) fn is_type(name: &str) -> bool {
    TYPES.iter().any(|(kind, _)| *kind == name)
}

/// Checks what is to be answered.
pub(crate) fn check(response: &GatewayResponse) -> Result<(), String> {
    if let Some(status) = &response.status_code
        && !status.parse::<u16>().is_ok_and(|status| (200..600).contains(&status))
    {
        return Err(format!("Invalid status code specified: {status}"));
    }
    mappings::check_gateway_response(&response.response_parameters)
}
