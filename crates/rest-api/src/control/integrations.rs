//! Integrations of methods.

use serde_json::Value;

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::expression::{check_request, check_templates};
use super::patch::{ENTRIES, ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use crate::model::{Integration, IntegrationType, Method};
use crate::store::Region;

const TIMEOUT: &str = "Timeout should be between 50 ms and 29000 ms";
const STREAM_TIMEOUT: &str = "Timeout should be between 50 ms and 900000 ms";
const DEFAULT_TIMEOUT: u32 = 29_000;

const PATCH: Table = Table {
    input: "updateIntegrationInput",
    wording: Wording::Plain,
    rules: &[
        rule("/type", REPLACE, Kind::OneOf(&TYPES, "Invalid integration type specified")),
        rule("/httpMethod", REPLACE, Kind::Text),
        rule("/uri", REPLACE, Kind::Text),
        rule("/credentials", REPLACE, Kind::Text),
        rule("/requestTemplates/{mediaType}", ENTRIES, Kind::Verbatim)
            .or_absent("Content-Type specified was not found"),
        rule(
            "/requestParameters/{name}",
            ENTRIES,
            Kind::Required("Invalid null or empty value in requestParameters"),
        )
        .or_absent("Invalid parameter name specified"),
        rule(
            "/passthroughBehavior",
            REPLACE,
            Kind::OneOf(&PASSTHROUGH, "Invalid passthrough behavior specified"),
        ),
        rule(
            "/contentHandling",
            REPLACE,
            Kind::OptionalOneOf(&CONTENT, "Invalid contentHandling specified"),
        ),
        rule(
            "/connectionType",
            REPLACE,
            Kind::OptionalOneOf(&CONNECTION, "Invalid connectionType specified"),
        ),
        rule("/connectionId", REPLACE, Kind::Text),
        rule("/timeoutInMillis", REPLACE, Kind::Number(50, 900_000, TIMEOUT)),
        rule("/cacheNamespace", REPLACE, Kind::Text),
        rule("/cacheKeyParameters/{name}", ENTRIES, Kind::Element),
        rule("/cacheKeyParameters", ITEMS, Kind::Member),
        rule("/tlsConfig/insecureSkipVerification", REPLACE, Kind::Flag),
        rule(
            "/responseTransferMode",
            REPLACE,
            Kind::OptionalOneOf(&TRANSFER, "Invalid responseTransferMode specified"),
        ),
    ],
};

const TYPES: [&str; 5] = ["HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"];
const PASSTHROUGH: [&str; 3] = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];
const CONTENT: [&str; 2] = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];
const CONNECTION: [&str; 2] = ["INTERNET", "VPC_LINK"];
const TRANSFER: [&str; 2] = ["BUFFERED", "STREAM"];

/// `PutIntegration`
pub(super) fn put(call: &Call<'_>, region: &mut Region) -> Answer {
    let body = call.body()?;
    let enums: [(&str, &[&str]); 5] = [
        ("type", &TYPES),
        ("passthroughBehavior", &PASSTHROUGH),
        ("contentHandling", &CONTENT),
        ("connectionType", &CONNECTION),
        ("responseTransferMode", &TRANSFER),
    ];
    if !body.contains_key("type") {
        return Err(Error::Validation(vec![
            "Value null at 'putIntegrationInput.type' failed to satisfy constraint: Member must \
             not be null"
                .to_owned(),
        ]));
    }
    for (member, allowed) in enums {
        if let Some(Value::String(value)) = body.get(member)
            && !allowed.contains(&value.as_str())
        {
            return Err(Error::not_one_of(
                value,
                &format!("putIntegrationInput.{member}"),
                allowed,
            ));
        }
    }
    let mut integration: Integration = call.input()?;
    if !body.contains_key("timeoutInMillis") {
        integration.timeout_in_millis = DEFAULT_TIMEOUT;
    }
    integration.integration_responses.clear();
    let method = call.method(region)?;
    let integration = checked(call, method, integration)?;
    show(method.method_integration.insert(integration))
}

/// `GetIntegration`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(call.integration(region)?)
}

/// `UpdateIntegration`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let changed = patched(call, &PATCH, call.integration(region)?)?;
    let method = call.method(region)?;
    let changed = checked(call, method, changed)?;
    show(method.method_integration.insert(changed))
}

/// `DeleteIntegration`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    call.integration(region)?;
    call.method(region)?.method_integration = None;
    Ok(Reply::Nothing)
}

/// The integration as it is kept, if AWS takes it.
fn checked(
    call: &Call<'_>,
    method: &Method,
    mut integration: Integration,
) -> Result<Integration, Error> {
    check_endpoint(&integration)?;
    let streams = integration.response_transfer_mode.as_deref() == Some("STREAM");
    let (longest, error) =
        if streams { (900_000, STREAM_TIMEOUT) } else { (DEFAULT_TIMEOUT, TIMEOUT) };
    if !(50..=longest).contains(&integration.timeout_in_millis) {
        return Err(Error::bad_request(error));
    }
    if integration.connection_type.as_deref() == Some("VPC_LINK")
        && integration.connection_id.is_none()
    {
        return Err(Error::bad_request("Connection ID must be set for connection type VPC_LINK"));
    }
    check_templates(&integration.request_templates)?;
    check_request(&integration.request_parameters, method)?;
    if integration.cache_namespace.is_empty() {
        call.path("resource").clone_into(&mut integration.cache_namespace);
    }
    if integration.connection_type.is_none()
        && matches!(integration.kind, IntegrationType::Http | IntegrationType::HttpProxy)
    {
        integration.connection_type = Some("INTERNET".to_owned());
    }
    Ok(integration)
}

/// Checks where an integration leads: its URI, the method to call it with, and as whom.
fn check_endpoint(integration: &Integration) -> Result<(), Error> {
    let uri = integration.uri.as_deref().unwrap_or_default();
    if integration.kind == IntegrationType::Mock {
        return Ok(());
    }
    if integration.http_method.as_deref().is_none_or(str::is_empty) {
        return Err(Error::bad_request("Enumeration value for HttpMethod must be non-empty"));
    }
    // A stage variable may stand for any part, so what has one is not looked at further.
    if uri.contains("${stageVariables.") {
        return Ok(());
    }
    match integration.kind {
        IntegrationType::Mock => Ok(()),
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let web = uri.starts_with("http://") || uri.starts_with("https://");
            if web {
                return Ok(());
            }
            Err(Error::bad_request("Invalid HTTP endpoint specified for URI"))
        }
        IntegrationType::AwsProxy if !uri.contains(":lambda:") && !uri.contains(":firehose:") => {
            Err(Error::bad_request(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and \
                 Firehose stream invocations.",
            ))
        }
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            if !uri.starts_with("arn:") {
                return Err(Error::bad_request("Invalid ARN specified in the request"));
            }
            if !uri.contains(":path/") && !uri.contains(":action/") {
                return Err(Error::bad_request(
                    "AWS ARN for integration must contain path or action",
                ));
            }
            // A function may let API Gateway in by its own policy; nothing else can.
            if integration.credentials.is_none() && !uri.contains(":lambda:path/") {
                return Err(Error::bad_request("Role ARN must be specified for AWS integrations"));
            }
            Ok(())
        }
    }
}
