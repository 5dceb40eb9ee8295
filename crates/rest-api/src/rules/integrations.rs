//! Integrations: where they lead, how long they may take, and what they say of themselves. Whether
//! the backend exists is not asked: AWS does not ask, either, before it calls it.

use super::mappings;
use crate::model::{Integration, IntegrationType, Method};

/// What AWS uses when a definition says nothing, and the longest time that it allows.
pub(crate) const DEFAULT_TIMEOUT_MILLIS: u32 = 29_000;

/// A response that is passed on as it comes may take a quarter of an hour.
pub(crate) const LONGEST_STREAM_MILLIS: u32 = 900_000;

const STAGE_VARIABLE: &str = "${stageVariables.";

/// How a backend is reached about which a definition says nothing.
pub(crate) fn default_connection_type(kind: IntegrationType) -> Option<&'static str> {
    matches!(kind, IntegrationType::Http | IntegrationType::HttpProxy).then_some("INTERNET")
}

/// What is wrong with an integration of `method`, the first thing first.
pub(crate) fn problems(integration: &Integration, method: &Method) -> Vec<String> {
    let mut problems = Vec::new();
    let is_mock = integration.kind == IntegrationType::Mock;
    if !is_mock && integration.http_method.as_deref().is_none_or(str::is_empty) {
        problems.push("Enumeration value for HttpMethod must be non-empty".to_owned());
    }
    problems.extend(uri_problem(integration).map(str::to_owned));
    let streams = integration.response_transfer_mode.as_deref() == Some("STREAM");
    let longest = if streams { LONGEST_STREAM_MILLIS } else { DEFAULT_TIMEOUT_MILLIS };
    if !(50..=longest).contains(&integration.timeout_in_millis) {
        problems.push(format!("Timeout should be between 50 ms and {longest} ms"));
    }
    let is_link = integration.connection_type.as_deref() == Some("VPC_LINK");
    if is_link && integration.connection_id.as_deref().is_none_or(str::is_empty) {
        problems.push("Connection ID must be set for connection type VPC_LINK".to_owned());
    }
    problems.extend(mappings::check_templates(&integration.request_templates).err());
    problems.extend(mappings::check_request(&integration.request_parameters, method).err());
    problems
}

/// A stage variable may stand for any part of an ARN and for the beginning of a URL, so what has one
/// there is not looked at further.
fn uri_problem(integration: &Integration) -> Option<&'static str> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    match integration.kind {
        IntegrationType::Mock => None,
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let host = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
            let is_valid = host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'));
            let is_valid = is_valid || uri.starts_with(STAGE_VARIABLE);
            (!is_valid).then_some("Invalid HTTP endpoint specified for URI")
        }
        _ if uri.contains(STAGE_VARIABLE) => None,
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
