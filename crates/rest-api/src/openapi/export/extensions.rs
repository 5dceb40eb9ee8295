//! What belongs to the API as a whole, as extensions of the document.

use serde_json::{Map, Value, json};

use super::{ExportError, into_map};
use crate::model::{Definition, DocumentationPart, GatewayResponse, RestApi, Stage};

/// Request validators, gateway responses and settings.
pub(super) fn of_api(definition: &Definition) -> Result<Map<String, Value>, ExportError> {
    let mut extensions = Map::new();
    let mut put = |name: &str, value: Value| {
        extensions.insert(format!("x-amazon-apigateway-{name}"), value);
    };
    let validators = definition.request_validators.values().map(|validator| {
        let written = json!({
            "validateRequestParameters": validator.validate_request_parameters,
            "validateRequestBody": validator.validate_request_body,
        });
        (validator.name.clone(), written)
    });
    let validators: Map<_, _> = validators.collect();
    if !validators.is_empty() {
        put("request-validators", Value::Object(validators));
    }
    let responses: Map<_, _> = definition
        .gateway_responses
        .values()
        .map(|response| (response.response_type.clone(), gateway_response(response)))
        .collect();
    if !responses.is_empty() {
        put("gateway-responses", Value::Object(responses));
    }
    let api = &definition.rest_api;
    if !api.binary_media_types.is_empty() {
        put("binary-media-types", json!(api.binary_media_types));
    }
    if let Some(size) = api.minimum_compression_size {
        put("minimum-compression-size", json!(size));
    }
    if api.api_key_source == "AUTHORIZER" {
        put("api-key-source", json!("AUTHORIZER"));
    }
    if let Some(policy) = &api.policy {
        put("policy", serde_json::from_str(policy).map_err(ExportError::Policy)?);
    }
    Ok(extensions)
}

/// The documentation parts, under the version that the stage shows.
pub(super) fn documentation(
    stage: &Stage,
    parts: &[DocumentationPart],
) -> Result<Value, ExportError> {
    let part = |part: &DocumentationPart| {
        let properties: Value = serde_json::from_str(&part.properties)
            .map_err(|source| ExportError::DocumentationPart { id: part.id.clone(), source })?;
        Ok(json!({ "location": part.location, "properties": properties }))
    };
    let parts = parts.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    let mut documentation = Map::new();
    if let Some(version) = &stage.documentation_version {
        documentation.insert("version".to_owned(), json!(version));
    }
    documentation.insert("documentationParts".to_owned(), Value::Array(parts));
    Ok(Value::Object(documentation))
}

fn gateway_response(response: &GatewayResponse) -> Value {
    let mut members = into_map(json!(response));
    members.shift_remove("responseType");
    members.shift_remove("defaultResponse");
    Value::Object(members)
}

/// What `x-amazon-apigateway-endpoint-configuration` has to say of an API, if anything.
pub(super) fn endpoint(api: &RestApi) -> Option<Value> {
    let mut endpoint = Map::new();
    if api.disable_execute_api_endpoint {
        endpoint.insert("disableExecuteApiEndpoint".to_owned(), json!(true));
    }
    if !api.endpoint_configuration.vpc_endpoint_ids.is_empty() {
        let ids = json!(api.endpoint_configuration.vpc_endpoint_ids);
        endpoint.insert("vpcEndpointIds".to_owned(), ids);
    }
    (!endpoint.is_empty()).then_some(Value::Object(endpoint))
}
