//! A method as an operation: its parameters, bodies and responses, and what it asks of its caller.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::super::document::Version;
use super::{ExportSettings, integration, schemas, security};
use crate::model::{Definition, Method, MethodResponse, Resource, Strings};

pub(super) fn operation(
    definition: &Definition,
    resource: &Resource,
    method: &Method,
    settings: &ExportSettings,
) -> Value {
    let version = settings.version;
    let mut operation = Map::new();
    let mut put = |name: &str, value: Value| drop(operation.insert(name.to_owned(), value));
    if let Some(name) = &method.operation_name {
        put("operationId", json!(name));
    }
    let mut parameters = parameters(method, version);
    match version {
        Version::Swagger => {
            let (consumed, produced) = media_types(method);
            for (name, types) in [("consumes", consumed), ("produces", produced)] {
                if !types.is_empty() {
                    put(name, json!(types));
                }
            }
            parameters.extend(method.request_models.values().next().map(|model| {
                let schema = schemas::reference(version, model);
                json!({ "in": "body", "name": model, "required": true, "schema": schema })
            }));
        }
        Version::Oas30 if method.request_models.is_empty() => {}
        Version::Oas30 => {
            let content = content(&method.request_models);
            put("requestBody", json!({ "content": content, "required": true }));
        }
    }
    if !parameters.is_empty() {
        put("parameters", Value::Array(parameters));
    }
    put("responses", responses(&method.method_responses, version));
    let requirements = security::requirements(definition, method);
    if !requirements.is_empty() {
        put("security", Value::Array(requirements));
    }
    let extensions = settings.extensions;
    let validator = method.request_validator_id.as_ref();
    let validator = validator.and_then(|id| definition.request_validators.get(id));
    if let Some(validator) = validator.filter(|_| extensions.apigateway) {
        put("x-amazon-apigateway-request-validator", json!(validator.name));
    }
    let with_integration = extensions.integrations || extensions.apigateway;
    if let Some(integration) = method.method_integration.as_ref().filter(|_| with_integration) {
        let integration = integration::integration(integration, &resource.id);
        put("x-amazon-apigateway-integration", integration);
    }
    Value::Object(operation)
}

fn parameters(method: &Method, version: Version) -> Vec<Value> {
    let parameter = |(name, required): (&String, &bool)| {
        let (location, name) = name.strip_prefix("method.request.")?.split_once('.')?;
        let place = if location == "querystring" { "query" } else { location };
        let required = *required || place == "path";
        Some(match version {
            Version::Swagger => {
                json!({ "name": name, "in": place, "required": required, "type": "string" })
            }
            Version::Oas30 if required => json!({
                "name": name, "in": place, "required": true, "schema": { "type": "string" },
            }),
            Version::Oas30 => {
                json!({ "name": name, "in": place, "schema": { "type": "string" } })
            }
        })
    };
    method.request_parameters.iter().filter_map(parameter).collect()
}

/// The media types that a method takes and gives: those of its models and of its templates.
fn media_types(method: &Method) -> (BTreeSet<&String>, BTreeSet<&String>) {
    let mut consumed: BTreeSet<_> = method.request_models.keys().collect();
    let responses = method.method_responses.values();
    let mut produced: BTreeSet<_> = responses.flat_map(|it| it.response_models.keys()).collect();
    if let Some(integration) = &method.method_integration {
        consumed.extend(integration.request_templates.keys());
        let responses = integration.integration_responses.values();
        produced.extend(responses.flat_map(|it| it.response_templates.keys()));
    }
    (consumed, produced)
}

fn responses(responses: &BTreeMap<String, MethodResponse>, version: Version) -> Value {
    let written = responses.iter().map(|(code, it)| (code.clone(), response(it, version)));
    Value::Object(written.collect())
}

fn response(response: &MethodResponse, version: Version) -> Value {
    let mut written = Map::new();
    let description = format!("{} response", response.status_code);
    written.insert("description".to_owned(), json!(description));
    let headers: Map<_, _> = response
        .response_parameters
        .keys()
        .filter_map(|name| name.strip_prefix("method.response.header."))
        .map(|name| (name.to_owned(), header(version)))
        .collect();
    if !headers.is_empty() {
        written.insert("headers".to_owned(), Value::Object(headers));
    }
    match (version, response.response_models.values().next()) {
        (Version::Oas30, _) => {
            written.insert("content".to_owned(), content(&response.response_models));
        }
        (Version::Swagger, Some(model)) => {
            written.insert("schema".to_owned(), schemas::reference(version, model));
        }
        (Version::Swagger, None) => {}
    }
    Value::Object(written)
}

fn header(version: Version) -> Value {
    match version {
        Version::Swagger => json!({ "type": "string" }),
        Version::Oas30 => json!({ "schema": { "type": "string" } }),
    }
}

fn content(models: &Strings) -> Value {
    let schema = |model: &String| json!({ "schema": schemas::reference(Version::Oas30, model) });
    Value::Object(
        models.iter().map(|(media_type, model)| (media_type.clone(), schema(model))).collect(),
    )
}
