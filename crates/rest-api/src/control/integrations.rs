//! Integrations of methods.

use serde_json::Value;

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::patch::{ENTRIES, ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use crate::model::{Integration, Method};
use crate::rules::integrations::{
    DEFAULT_TIMEOUT_MILLIS, LONGEST_STREAM_MILLIS, default_connection_type, problems,
};
use crate::store::Region;

/// What a timeout is told that is none for any integration.
const TIMEOUT: &str = "Timeout should be between 50 ms and 29000 ms";

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
        rule("/timeoutInMillis", REPLACE, Kind::Number(50, LONGEST_STREAM_MILLIS as i64, TIMEOUT)),
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
        integration.timeout_in_millis = DEFAULT_TIMEOUT_MILLIS;
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
    if let Some(problem) = problems(&integration, method).into_iter().next() {
        return Err(Error::bad_request(problem));
    }
    if integration.cache_namespace.is_empty() {
        call.path("resource").clone_into(&mut integration.cache_namespace);
    }
    if integration.connection_type.is_none() {
        integration.connection_type = default_connection_type(integration.kind).map(str::to_owned);
    }
    Ok(integration)
}
