//! `x-amazon-apigateway-integration`: what a method does with a request.
//!
//! Enumerations may have any case, as in AWS's own examples. All other checks are those that AWS
//! makes when an integration is put.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::node::{Node, Object};
use super::place::Place;
use crate::model::{Integration, IntegrationResponse, IntegrationType, Method, TlsConfig};
use crate::rules::integrations::{DEFAULT_TIMEOUT_MILLIS, default_connection_type, problems};
use crate::rules::mappings::{check_response, check_templates};

const FIELDS: &[&str] = &[
    "type",
    "uri",
    "httpMethod",
    "credentials",
    "requestParameters",
    "requestTemplates",
    "passthroughBehavior",
    "contentHandling",
    "timeoutInMillis",
    "cacheNamespace",
    "cacheKeyParameters",
    "connectionType",
    "connectionId",
    "tlsConfig",
    "responseTransferMode",
    "responses",
    // Only HTTP APIs have it, but AWS takes it without a warning, and generators write it.
    "payloadFormatVersion",
];

const RESPONSE_FIELDS: &[&str] =
    &["statusCode", "responseParameters", "responseTemplates", "contentHandling"];

/// Reads the integration of `method`, whose parameters and responses are there already.
pub(super) fn read(node: &Object<'_>, method: &Method, place: Place<'_>) -> Option<Integration> {
    let refuse = |reason: &str| place.refuse(node, "integration", reason);
    node.warn_of_others(FIELDS);
    let Some(kind) = node.string("type").filter(|kind| !kind.is_empty()) else {
        refuse("Enumeration value for type must be non-empty");
        return None;
    };
    let Some(kind) = enumeration::<IntegrationType>(&kind) else {
        refuse(&format!("Invalid integration type specified: {kind}"));
        return None;
    };
    let integration = Integration {
        kind,
        // A mock calls nothing, and AWS forgets the method that a document gives it.
        http_method: node
            .string("httpMethod")
            .filter(|method| kind != IntegrationType::Mock && !method.is_empty())
            .map(|method| method.to_ascii_uppercase()),
        uri: node.string("uri"),
        connection_type: node
            .string("connectionType")
            .map(|connection| connection.to_ascii_uppercase())
            .or_else(|| default_connection_type(kind).map(str::to_owned)),
        connection_id: node.string("connectionId"),
        credentials: node.string("credentials"),
        request_parameters: node.string_map("requestParameters"),
        request_templates: node.string_map("requestTemplates"),
        passthrough_behavior: one_of(node, "passthroughBehavior").unwrap_or_default(),
        content_handling: one_of(node, "contentHandling"),
        timeout_in_millis: node.integer("timeoutInMillis").unwrap_or(DEFAULT_TIMEOUT_MILLIS),
        cache_namespace: node.string("cacheNamespace").unwrap_or_default(),
        cache_key_parameters: node.strings("cacheKeyParameters"),
        integration_responses: responses(node, method, place),
        tls_config: node.object("tlsConfig").map(|tls| TlsConfig {
            insecure_skip_verification: tls.boolean("insecureSkipVerification").unwrap_or(false),
        }),
        response_transfer_mode: node
            .string("responseTransferMode")
            .map(|mode| mode.to_ascii_uppercase()),
    };
    for reason in problems(&integration, method).into_iter().chain(unknown_values(&integration)) {
        refuse(&reason);
    }
    Some(integration)
}

fn unknown_values(integration: &Integration) -> Vec<String> {
    let unknown = |member: &str, value: Option<&str>, allowed: [&str; 2]| {
        let value = value.filter(|value| !allowed.contains(value))?;
        let [one, other] = allowed;
        Some(format!("{member} must be {one} or {other}, got {value}"))
    };
    let connection = integration.connection_type.as_deref();
    let transfer = integration.response_transfer_mode.as_deref();
    let unknown = [
        unknown("connectionType", connection, ["INTERNET", "VPC_LINK"]),
        unknown("responseTransferMode", transfer, ["BUFFERED", "STREAM"]),
    ];
    unknown.into_iter().flatten().collect()
}

fn responses(
    node: &Object<'_>,
    method: &Method,
    place: Place<'_>,
) -> BTreeMap<String, IntegrationResponse> {
    let mut responses = BTreeMap::new();
    for (pattern, node) in node.object("responses").iter().flat_map(|all| all.entries()) {
        let Some(object) = node.object() else { continue };
        let Some(response) = response(&object, pattern) else { continue };
        check(&object, method, &response, place);
        let status_code = response.status_code.clone();
        if responses.insert(status_code.clone(), response).is_some() {
            node.warn(&format!("replaces another response with the status code {status_code}"));
        }
    }
    responses
}

fn response(object: &Object<'_>, pattern: &str) -> Option<IntegrationResponse> {
    object.warn_of_others(RESPONSE_FIELDS);
    Some(IntegrationResponse {
        status_code: object.required("statusCode")?,
        selection_pattern: (!matches!(pattern, "default" | "")).then(|| pattern.to_owned()),
        response_parameters: object.string_map("responseParameters"),
        response_templates: object.string_map("responseTemplates"),
        content_handling: one_of(object, "contentHandling"),
    })
}

/// Checks what AWS checks when it puts a response of an integration.
fn check(object: &Object<'_>, method: &Method, response: &IntegrationResponse, place: Place<'_>) {
    let declared = method.method_responses.get(&response.status_code);
    let checks = [
        check_templates(&response.response_templates),
        check_response(&response.response_parameters, declared),
    ];
    for reason in checks.into_iter().filter_map(Result::err) {
        place.refuse(object, "integration response", &reason);
    }
}

/// A member that is one of an enumeration's values, in any case.
fn one_of<T: DeserializeOwned>(object: &Object<'_>, name: &str) -> Option<T> {
    let node: Node<'_> = object.get(name)?;
    let text = node.string()?;
    let value = enumeration(text);
    if value.is_none() {
        node.error(&format!("has the unknown value '{text}'"));
    }
    value
}

fn enumeration<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_value(Value::String(text.to_ascii_uppercase())).ok()
}
