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
use crate::model::{Integration, IntegrationResponse, IntegrationType, Method, TlsConfig};

/// What AWS uses when a document says nothing, and the longest time that it allows.
pub(super) const DEFAULT_TIMEOUT_MILLIS: u32 = 29_000;

/// A response that is passed on as it comes may take a quarter of an hour.
const LONGEST_STREAM_MILLIS: u32 = 900_000;

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

/// How a backend is reached about which a document says nothing.
pub(super) fn default_connection_type(kind: IntegrationType) -> Option<&'static str> {
    matches!(kind, IntegrationType::Http | IntegrationType::HttpProxy).then_some("INTERNET")
}

fn problems(integration: &Integration) -> Vec<String> {
    let mut problems = Vec::new();
    if integration.kind != IntegrationType::Mock && integration.http_method.is_none() {
        problems.push("Enumeration value for HttpMethod must be non-empty".to_owned());
    }
    problems.extend(uri_problem(integration).map(str::to_owned));
    let timeout_millis = integration.timeout_in_millis;
    let streams = integration.response_transfer_mode.as_deref() == Some("STREAM");
    let longest_millis = if streams { LONGEST_STREAM_MILLIS } else { DEFAULT_TIMEOUT_MILLIS };
    if !(50..=longest_millis).contains(&timeout_millis) {
        problems.push(format!(
            "Timeout should be between 50 ms and {longest_millis} ms, got {timeout_millis} ms"
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

/// Stage variables may stand for any part of an ARN, so what has one is not looked at further.
fn uri_problem(integration: &Integration) -> Option<&'static str> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    match integration.kind {
        IntegrationType::Mock => None,
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let host = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
            let is_valid = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
            (!is_valid).then_some("Invalid HTTP endpoint specified for URI")
        }
        _ if uri.contains("${stageVariables.") => None,
        kind @ (IntegrationType::Aws | IntegrationType::AwsProxy) => {
            let is_proxy = kind == IntegrationType::AwsProxy;
            arn_problem(uri, is_proxy, integration.credentials.is_some())
        }
    }
}

/// Lambda functions have a policy of their own; whatever else is called needs a role.
fn arn_problem(uri: &str, is_proxy: bool, has_role: bool) -> Option<&'static str> {
    let fields: Vec<&str> = uri.splitn(6, ':').collect();
    let ["arn", _, "apigateway", _, service, target] = fields[..] else {
        return Some("Invalid ARN specified in the request");
    };
    if !target.starts_with("path/") && !target.starts_with("action/") {
        return Some("AWS ARN for integration must contain path or action");
    }
    let service = service.rsplit('.').next().unwrap_or_default();
    if is_proxy && !matches!(service, "lambda" | "firehose") {
        return Some(
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and \
             Firehose stream invocations.",
        );
    }
    let needs_role = service != "lambda";
    (needs_role && !has_role).then_some("Role ARN must be specified for AWS integrations")
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
        check_headers(&object, method, &response, place);
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

/// Only a response with headers needs one of the method, which declares them.
fn check_headers(
    object: &Object<'_>,
    method: &Method,
    response: &IntegrationResponse,
    place: Place<'_>,
) {
    let refuse = |reason: &str| place.refuse(object, "integration response", reason);
    let declared = method.method_responses.get(&response.status_code);
    if declared.is_none() && !response.response_parameters.is_empty() {
        let status_code = &response.status_code;
        let reason = format!("No method response exists for method. ({status_code})");
        return refuse(&mapping::invalid(&reason));
    }
    for (target, source) in &response.response_parameters {
        let checked = declared.map(|declared| mapping::check_response(declared, target, source));
        if let Some(Err(reason)) = checked {
            refuse(&reason);
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
