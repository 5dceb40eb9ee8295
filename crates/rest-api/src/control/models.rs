//! Models: JSON schemas by name.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::page::page;
use super::patch::{Kind, REPLACE, Table, Wording, patched, rule};
use crate::id;
use crate::model::{Definition, Model};
use crate::store::Region;

const EMPTY_SCHEMA: &str = "Model schema must have at least 1 property or array items defined";
const LARGEST_SCHEMA: usize = 400 * 1024;

const PATCH: Table = Table {
    input: "updateModelInput",
    wording: Wording::Listed,
    rules: &[
        rule("/description", REPLACE, Kind::Text),
        rule("/schema", REPLACE, Kind::Required(EMPTY_SCHEMA)),
    ],
};

/// The models that every new API has.
pub(super) fn defaults() -> BTreeMap<String, Model> {
    let draft = "http://json-schema.org/draft-04/schema#";
    let empty = json!({ "$schema": draft, "title": "Empty Schema", "type": "object" });
    let error = json!({
        "$schema": draft,
        "title": "Error Schema",
        "type": "object",
        "properties": { "message": { "type": "string" } },
    });
    [
        ("Empty", "This is a default empty schema model", empty),
        ("Error", "This is a default error schema model", error),
    ]
    .map(|(name, description, schema)| {
        let model = Model {
            id: id::new(id::SHORT),
            name: name.to_owned(),
            description: Some(description.to_owned()),
            schema: Some(format!("{schema:#}")),
            content_type: "application/json".to_owned(),
        };
        (name.to_owned(), model)
    })
    .into()
}

/// `CreateModel`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let models = &mut call.api(region)?.definition.models;
    let mut model: Model = call.input()?;
    if model.name.is_empty() {
        return Err(Error::bad_request("Model name must be non-empty"));
    }
    if !model.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(Error::bad_request(format!("Model name must be alphanumeric: {}", model.name)));
    }
    if models.contains_key(&model.name) {
        return Err(Error::conflict("Model name already exists for this REST API"));
    }
    if model.content_type.is_empty() {
        return Err(Error::bad_request("No Content Type specified"));
    }
    check_schema(&model)?;
    model.id = id::new(id::SHORT);
    let shown = show(&model);
    models.insert(model.name.clone(), model);
    shown
}

/// `GetModel`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `GetModels`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let models = &call.api(region)?.definition.models;
    page(call, models.iter().map(|(name, model)| (name.as_str(), model)))
}

/// `GetModelTemplate`: the mapping template that AWS suggests, which passes the body through.
pub(super) fn default_template(call: &Call<'_>, region: &mut Region) -> Answer {
    find(call, region)?;
    show(&json!({ "value": "#set($inputRoot = $input.path('$'))\n$input.json('$')" }))
}

/// `UpdateModel`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let model = find(call, region)?;
    let changed = patched(call, &PATCH, model)?;
    check_schema(&changed)?;
    *model = changed;
    show(model)
}

/// `DeleteModel`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let name = find(call, region)?.name.clone();
    let definition = &mut call.api(region)?.definition;
    if let Some(place) = reference(definition, &name) {
        return Err(Error::conflict(format!(
            "Cannot delete model '{name}', is referenced in {place}"
        )));
    }
    definition.models.remove(&name);
    Ok(Reply::Nothing)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut Model, Error> {
    let name = call.path("model");
    region
        .apis
        .get_mut(call.path("api"))
        .and_then(|api| api.definition.models.get_mut(name))
        .ok_or_else(|| Error::not_found(format!("Invalid model name specified: {name}")))
}

/// Where a model is used, worded as AWS words it. The root's path doubles its slash there.
fn reference(definition: &Definition, name: &str) -> Option<String> {
    let mut resources: Vec<_> = definition.resources.values().collect();
    resources.sort_by(|one, other| other.path.cmp(&one.path));
    for resource in resources {
        for (http_method, method) in &resource.resource_methods {
            let place = format!("{}/{http_method}", resource.path);
            if method.request_models.values().any(|model| model == name) {
                return Some(format!("method request: {place}"));
            }
            for (status_code, response) in &method.method_responses {
                if response.response_models.values().any(|model| model == name) {
                    return Some(format!("method response: {place}/{status_code}"));
                }
            }
        }
    }
    None
}

fn check_schema(model: &Model) -> Result<(), Error> {
    let schema = model.schema.as_deref().unwrap_or_default();
    if schema.is_empty() {
        return Err(Error::bad_request(EMPTY_SCHEMA));
    }
    if schema.len() > LARGEST_SCHEMA {
        return Err(Error::bad_request(format!(
            "Model schema exceeds the maximum size of {LARGEST_SCHEMA} bytes"
        )));
    }
    let parsed: Result<Value, _> = serde_json::from_str(schema);
    let is_json = model.content_type.contains("json");
    match parsed {
        Ok(Value::Object(_)) => Ok(()),
        Ok(_) if is_json => Err(Error::bad_request(
            "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model \
             schema specified]",
        )),
        Err(error) if is_json => Err(Error::bad_request(format!(
            "Invalid model specified: Validation Result: warnings : [], errors : [Invalid model \
             schema specified. {error}]"
        ))),
        _ => Ok(()),
    }
}
