//! Models as shared schemas.

use serde_json::{Map, Value, json};

use super::super::document::Version;
use super::super::schemas::{model_url, rewrite_references};
use super::ExportError;
use crate::model::{Definition, Model};

/// All models by name.
pub(super) fn schemas(
    definition: &Definition,
    version: Version,
) -> Result<Map<String, Value>, ExportError> {
    let model_url = model_url(&definition.rest_api.id);
    let schema = |model: &Model| Ok((model.name.clone(), schema(model, &model_url, version)?));
    definition.models.values().map(schema).collect()
}

/// A reference to the model called `name`.
pub(super) fn reference(version: Version, name: &str) -> Value {
    json!({ "$ref": reference_text(version, name) })
}

fn reference_text(version: Version, name: &str) -> String {
    match version {
        Version::Swagger => format!("#/definitions/{name}"),
        Version::Oas30 => format!("#/components/schemas/{name}"),
    }
}

fn schema(model: &Model, model_url: &str, version: Version) -> Result<Value, ExportError> {
    let text = model.schema.as_deref().unwrap_or("{}");
    let mut schema: Value = serde_json::from_str(text)
        .map_err(|source| ExportError::Model { name: model.name.clone(), source })?;
    if let Value::Object(members) = &mut schema {
        // A document says for all of its schemas which dialect they are of.
        members.shift_remove("$schema");
    }
    rewrite_references(&mut schema, &|reference| {
        Some(reference_text(version, reference.strip_prefix(model_url)?))
    });
    Ok(schema)
}
