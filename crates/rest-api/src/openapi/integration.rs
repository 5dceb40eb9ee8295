//! `x-amazon-apigateway-integration`: what a method does with a request.
//!
//! Checks what AWS checks when it puts an integration, with its words, so that a document that is
//! taken here is taken there. Whether the backend exists is not checked: AWS does not, either,
//! before it calls it. Enumerations may have any case, as in AWS's own examples.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::mapping;
use super::node::{Node, Object};
use super::place::Place;
use crate::model::{
    Integration, IntegrationResponse, IntegrationType, Method, MethodResponse, TlsConfig,
};

/// What AWS uses when a document says nothing.
const DEFAULT_TIMEOUT_MILLIS: u32 = 29_000;

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
    let is_http = matches!(kind, IntegrationType::Http | IntegrationType::HttpProxy);
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
            .or_else(|| is_http.then(|| "INTERNET".to_owned())),
        connection_id: node.string("connectionId"),
        credentials: node.string("credentials"),
        request_parameters: node.string_map("requestParameters"),
        request_templates: node.string_map("requestTemplates"),
        passthrough_behavior: one_of(node, "passthroughBehavior").unwrap_or_default(),
        content_handling: one_of(node, "contentHandling"),
        timeout_in_millis: node.integer("timeoutInMillis").unwrap_or(DEFAULT_TIMEOUT_MILLIS),
        cache_namespace: node.string("cacheNamespace").unwrap_or_default(),
        cache_key_parameters: node.strings("cacheKeyParameters"),
        integration_responses: responses(node, kind, method, place),
        tls_config: node.object("tlsConfig").map(|tls| TlsConfig {
            insecure_skip_verification: tls.boolean("insecureSkipVerification").unwrap_or(false),
        }),
        response_transfer_mode: node
            .string("responseTransferMode")
            .map(|mode| mode.to_ascii_uppercase()),
    };
    for reason in problems(&integration) {
        refuse(&reason);
    }
    for (target, source) in &integration.request_parameters {
        if let Err(reason) = mapping::check_request(method, target, source) {
            refuse(&reason);
        }
    }
    Some(integration)
}

fn problems(integration: &Integration) -> Vec<String> {
    let mut problems = Vec::new();
    if integration.kind != IntegrationType::Mock && integration.http_method.is_none() {
        problems.push("Enumeration value for HttpMethod must be non-empty".to_owned());
    }
    let uri = integration.uri.as_deref().unwrap_or_default();
    problems.extend(uri_problem(integration.kind, uri).map(str::to_owned));
    let timeout_millis = integration.timeout_in_millis;
    if !(50..=DEFAULT_TIMEOUT_MILLIS).contains(&timeout_millis) {
        problems.push(format!(
            "Timeout should be between 50 ms and {DEFAULT_TIMEOUT_MILLIS} ms, got {timeout_millis} ms"
        ));
    }
    match integration.connection_type.as_deref() {
        Some("VPC_LINK") if integration.connection_id.is_none() => {
            problems.push("connectionId must be set for the connection type VPC_LINK".to_owned());
        }
        None | Some("INTERNET" | "VPC_LINK") => {}
        Some(other) => {
            problems.push(format!("connectionType must be INTERNET or VPC_LINK, got {other}"))
        }
    }
    match integration.response_transfer_mode.as_deref() {
        None | Some("BUFFERED" | "STREAM") => {}
        Some(other) => {
            problems.push(format!("responseTransferMode must be BUFFERED or STREAM, got {other}"));
        }
    }
    problems
}

/// Stage variables may stand for any part of a URI, so what has one is not looked at further.
fn uri_problem(kind: IntegrationType, uri: &str) -> Option<&'static str> {
    let has_variable = uri.contains("${stageVariables.");
    match kind {
        IntegrationType::Mock => None,
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let host = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
            let is_valid = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
            (!is_valid).then_some("Invalid HTTP endpoint specified for URI")
        }
        _ if has_variable => None,
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            let fields: Vec<&str> = uri.splitn(6, ':').collect();
            let ["arn", _, "apigateway", _, service, target] = fields[..] else {
                return Some("Invalid ARN specified in the request");
            };
            if !target.starts_with("path/") && !target.starts_with("action/") {
                return Some("AWS ARN for integration must contain path or action");
            }
            let service = service.rsplit('.').next().unwrap_or_default();
            let is_proxied = matches!(service, "lambda" | "firehose");
            (kind == IntegrationType::AwsProxy && !is_proxied).then_some(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and \
                 Firehose stream invocations.",
            )
        }
    }
}

/// A proxy passes on what the backend says, so AWS keeps the responses of one without using them.
fn responses(
    node: &Object<'_>,
    kind: IntegrationType,
    method: &Method,
    place: Place<'_>,
) -> BTreeMap<String, IntegrationResponse> {
    let is_proxy = matches!(kind, IntegrationType::HttpProxy | IntegrationType::AwsProxy);
    let mut responses = BTreeMap::new();
    for (pattern, node) in node.object("responses").iter().flat_map(|all| all.entries()) {
        let Some(object) = node.object() else { continue };
        let Some(response) = response(&object, pattern) else { continue };
        match method.method_responses.get(&response.status_code) {
            Some(declared) => check_headers(&object, declared, &response, place),
            None if is_proxy => {}
            None => place.refuse(
                &object,
                "integration response",
                &mapping::invalid(&format!(
                    "No method response exists for method. ({})",
                    response.status_code
                )),
            ),
        }
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

fn check_headers(
    object: &Object<'_>,
    declared: &MethodResponse,
    response: &IntegrationResponse,
    place: Place<'_>,
) {
    for (target, source) in &response.response_parameters {
        if let Err(reason) = mapping::check_response(declared, target, source) {
            place.refuse(object, "integration response", &reason);
        }
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
