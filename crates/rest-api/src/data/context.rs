//! `$context`: what templates, mappings, gateway responses and the events of functions say of a
//! request. What a request has no value for is there as `null` where events show it so.

use mapping_template::JsonObject;
use serde_json::{Value as Json, json};

use super::request::Request;
use crate::served::Served;

/// The only protocol that clients of REST APIs see.
const PROTOCOL: &str = "HTTP/1.1";

/// The context of a request that has no route yet.
pub(super) fn build(served: &Served, request: &Request) -> JsonObject {
    let mut context = JsonObject::new();
    let Request { domain_name, received, .. } = request;
    let stage = &served.stage.stage_name;
    let members = [
        ("httpMethod", json!(request.verb)),
        ("extendedRequestId", json!(request.extended_id)),
        ("requestTime", json!(received.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string())),
        ("path", json!(format!("/{stage}{}", request.path))),
        ("accountId", json!(served.account_id)),
        ("protocol", json!(PROTOCOL)),
        ("stage", json!(stage)),
        ("domainPrefix", json!(domain_name.split('.').next())),
        ("requestTimeEpoch", json!(received.as_millisecond())),
        ("requestId", json!(request.id)),
        ("identity", identity(request)),
        ("domainName", json!(domain_name)),
        ("deploymentId", json!(served.stage.deployment_id)),
        ("apiId", json!(served.definition.rest_api.id)),
    ];
    context.extend(members.map(|(name, value)| (name.to_owned(), value)));
    context
}

/// Adds what a route says.
pub(super) fn add_resource(context: &mut JsonObject, id: &str, path: &str) {
    context.insert("resourceId".to_owned(), json!(id));
    context.insert("resourcePath".to_owned(), json!(path));
}

/// Adds what a signature or a key says of the caller.
pub(super) fn add_identity<'v>(
    context: &mut JsonObject,
    members: impl IntoIterator<Item = (&'static str, Option<&'v str>)>,
) {
    if let Some(identity) = context.get_mut("identity").and_then(Json::as_object_mut) {
        identity.extend(members.into_iter().map(|(name, value)| (name.to_owned(), json!(value))));
    }
}

fn identity(request: &Request) -> Json {
    json!({
        "cognitoIdentityPoolId": null,
        "accountId": null,
        "cognitoIdentityId": null,
        "caller": null,
        "sourceIp": request.source_ip,
        "principalOrgId": null,
        "accessKey": null,
        "cognitoAuthenticationType": null,
        "cognitoAuthenticationProvider": null,
        "userArn": null,
        "userAgent": request.header("User-Agent"),
        "user": null,
    })
}

/// A member of the context by its dotted name, as text; `None` if it is missing, null or a map.
pub(super) fn lookup(context: &JsonObject, name: &str) -> Option<String> {
    let mut steps = name.split('.');
    let mut value = context.get(steps.next()?)?;
    for step in steps {
        value = value.as_object()?.get(step)?;
    }
    scalar(value)
}

/// A scalar as text.
pub(super) fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(value.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}
