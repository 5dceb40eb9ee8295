//! `x-amazon-apigateway-gateway-responses`: what the gateway itself answers when it refuses a
//! request.

use std::collections::BTreeMap;

use super::node::Object;
use crate::model::GatewayResponse;

const TYPES: &[&str] = &[
    "ACCESS_DENIED",
    "API_CONFIGURATION_ERROR",
    "AUTHORIZER_CONFIGURATION_ERROR",
    "AUTHORIZER_FAILURE",
    "BAD_REQUEST_BODY",
    "BAD_REQUEST_PARAMETERS",
    "DEFAULT_4XX",
    "DEFAULT_5XX",
    "EXPIRED_TOKEN",
    "INTEGRATION_FAILURE",
    "INTEGRATION_TIMEOUT",
    "INVALID_API_KEY",
    "INVALID_SIGNATURE",
    "MISSING_AUTHENTICATION_TOKEN",
    "QUOTA_EXCEEDED",
    "REQUEST_TOO_LARGE",
    "RESOURCE_NOT_FOUND",
    "THROTTLED",
    "UNAUTHORIZED",
    "UNSUPPORTED_MEDIA_TYPE",
    "WAF_FILTERED",
];

const FIELDS: &[&str] = &["statusCode", "responseParameters", "responseTemplates"];

pub(super) fn read(root: &Object<'_>) -> BTreeMap<String, GatewayResponse> {
    let Some(all) = root.object("x-amazon-apigateway-gateway-responses") else {
        return BTreeMap::new();
    };
    let mut responses = BTreeMap::new();
    for (response_type, node) in all.entries() {
        let Some(response) = node.object() else { continue };
        if !TYPES.contains(&response_type) {
            node.error("is not a type of gateway response");
            continue;
        }
        response.warn_of_others(FIELDS);
        let response = GatewayResponse {
            response_type: response_type.to_owned(),
            status_code: response.scalar("statusCode"),
            response_parameters: response.string_map("responseParameters"),
            response_templates: response.string_map("responseTemplates"),
            default_response: false,
        };
        responses.insert(response_type.to_owned(), response);
    }
    responses
}
