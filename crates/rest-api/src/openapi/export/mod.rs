//! A stage as an OpenAPI document, in the shape that AWS exports.
//!
//! With the extensions, importing the document gives the definition back, apart from ids. Swagger
//! has less room: one model for all media types of a body, and one list of media types for the
//! models and templates of all responses of an operation. Where a method has more, the first model
//! stands for all, as it does on AWS.

mod extensions;
mod integration;
mod operation;
mod schemas;
mod security;

use serde_json::{Map, Value, json};

use super::document::Version;
use crate::model::{Definition, DocumentationPart, RestApi, Stage};

/// What to export, and how.
#[derive(Clone, Debug)]
pub(crate) struct ExportSettings {
    pub(crate) version: Version,
    pub(crate) extensions: Extensions,
    pub(crate) format: Format,
    /// Where the API is, for its address.
    pub(crate) region: String,
}

/// The extensions that an export has.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Extensions {
    pub(crate) integrations: bool,
    pub(crate) authorizers: bool,
    /// All but the documentation: these two, validators, gateway responses and settings of the API.
    pub(crate) apigateway: bool,
    pub(crate) documentation: bool,
}

/// How a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Yaml,
}

/// Why a definition has no document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    #[error("the schema of the model '{name}' is not JSON")]
    Model {
        name: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("the resource policy is not JSON")]
    Policy(#[source] serde_json::Error),
    #[error("the properties of the documentation part '{id}' are not JSON")]
    DocumentationPart {
        id: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("the document cannot be written as JSON")]
    Json(#[source] serde_json::Error),
    #[error("the document cannot be written as YAML")]
    Yaml(#[source] yaml_serde::Error),
    #[error("the creation date {0} is out of range")]
    Date(i64, #[source] jiff::Error),
}

/// Writes what `stage` serves as a document.
pub(crate) fn export(
    definition: &Definition,
    stage: &Stage,
    documentation: &[DocumentationPart],
    settings: &ExportSettings,
) -> Result<String, ExportError> {
    let mut root = head(&definition.rest_api, stage, settings)?;
    root.insert("paths".to_owned(), paths(definition, settings));
    let schemas = schemas::schemas(definition, settings.version)?;
    let schemes = security::schemes(definition, settings.extensions);
    let shared = match settings.version {
        Version::Swagger => [("securityDefinitions", schemes), ("definitions", schemas)],
        Version::Oas30 => [("schemas", schemas), ("securitySchemes", schemes)],
    };
    let shared: Map<_, _> = shared
        .into_iter()
        .filter(|(_, members)| !members.is_empty())
        .map(|(name, members)| (name.to_owned(), Value::Object(members)))
        .collect();
    match settings.version {
        Version::Swagger => root.extend(shared),
        Version::Oas30 if shared.is_empty() => {}
        Version::Oas30 => drop(root.insert("components".to_owned(), Value::Object(shared))),
    }
    if settings.extensions.apigateway {
        root.extend(extensions::of_api(definition)?);
    }
    if settings.extensions.documentation && !documentation.is_empty() {
        let parts = extensions::documentation(stage, documentation)?;
        root.insert("x-amazon-apigateway-documentation".to_owned(), parts);
    }
    let root = Value::Object(root);
    match settings.format {
        Format::Json => serde_json::to_string_pretty(&root).map_err(ExportError::Json),
        Format::Yaml => yaml_serde::to_string(&root).map_err(ExportError::Yaml),
    }
}

/// What comes before the paths: the version, the API's name, its address.
fn head(
    api: &RestApi,
    stage: &Stage,
    settings: &ExportSettings,
) -> Result<Map<String, Value>, ExportError> {
    let host = format!("{}.execute-api.{}.amazonaws.com", api.id, settings.region);
    let mut info = Map::from_iter([("title".to_owned(), json!(api.name))]);
    if let Some(description) = &api.description {
        info.insert("description".to_owned(), json!(description));
    }
    info.insert("version".to_owned(), json!(version(api)?));
    let endpoint = extensions::endpoint(api).filter(|_| settings.extensions.apigateway);
    let endpoint = endpoint.map(|it| ("x-amazon-apigateway-endpoint-configuration".to_owned(), it));
    Ok(match settings.version {
        Version::Swagger => {
            let mut head = into_map(json!({
                "swagger": "2.0",
                "info": info,
                "host": host,
                "basePath": format!("/{}", stage.stage_name),
                "schemes": ["https"],
            }));
            head.extend(endpoint);
            head
        }
        Version::Oas30 => {
            let mut server = into_map(json!({
                "url": format!("https://{host}/{{basePath}}"),
                "variables": { "basePath": { "default": stage.stage_name } },
            }));
            server.extend(endpoint);
            into_map(json!({ "openapi": "3.0.1", "info": info, "servers": [server] }))
        }
    })
}

/// A document must have a version. AWS writes the creation date if the API has none.
fn version(api: &RestApi) -> Result<String, ExportError> {
    if let Some(version) = &api.version {
        return Ok(version.clone());
    }
    let created = jiff::Timestamp::from_second(api.created_date);
    created.map(|date| date.to_string()).map_err(|error| ExportError::Date(api.created_date, error))
}

fn paths(definition: &Definition, settings: &ExportSettings) -> Value {
    let mut resources: Vec<_> = definition.resources.values().collect();
    resources.sort_by(|one, other| one.path.cmp(&other.path));
    let mut paths = Map::new();
    for resource in resources {
        if resource.resource_methods.is_empty() {
            continue;
        }
        let methods = resource.resource_methods.iter().map(|(http_method, method)| {
            let member = match http_method.as_str() {
                "ANY" => "x-amazon-apigateway-any-method".to_owned(),
                http_method => http_method.to_ascii_lowercase(),
            };
            (member, operation::operation(definition, resource, method, settings))
        });
        paths.insert(resource.path.clone(), Value::Object(methods.collect()));
    }
    Value::Object(paths)
}

/// The members of what was written as an object.
fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
