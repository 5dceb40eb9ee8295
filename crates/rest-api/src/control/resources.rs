//! Resources: the tree of paths of an API.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::call::{Answer, Call, Reply, show, to_value};
use super::error::Error;
use super::page::page;
use super::patch::{Kind, REPLACE, Table, Wording, operations, patched, rule};
use crate::id;
use crate::model::{Definition, Resource};
use crate::rules::names::{PATH_PART, below_greedy, check_path_part, is_greedy, is_variable};
use crate::store::Region;

const NOT_FOUND: &str = "Invalid Resource identifier specified";

const PATCH: Table = Table {
    input: "updateResourceInput",
    wording: Wording::Listed,
    rules: &[
        rule("/parentId", REPLACE, Kind::Required(NOT_FOUND)),
        rule("/pathPart", REPLACE, Kind::Required(PATH_PART)),
    ],
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Create {
    path_part: String,
}

/// `CreateResource`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let Create { path_part } = call.input()?;
    let definition = &mut call.api(region)?.definition;
    let parent_id = call.path("resource").to_owned();
    check_place(definition, &parent_id, &path_part, None)?;
    let path = joined(&definition.resources[&parent_id].path, &path_part);
    let resource = Resource {
        id: id::new(id::LONG),
        parent_id: Some(parent_id),
        path_part: Some(path_part),
        path,
        ..Resource::default()
    };
    let shown = show(&resource);
    definition.resources.insert(resource.id.clone(), resource);
    shown
}

/// `GetResource`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    Ok(Reply::Json(document(call.resource(region)?, call.embeds("methods"))))
}

/// `GetResources`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let embedded = call.embeds("methods");
    let mut resources: Vec<_> = call.api(region)?.definition.resources.values().collect();
    resources.sort_by(|one, other| one.path.cmp(&other.path));
    page(
        call,
        resources.iter().map(|resource| (resource.path.as_str(), document(resource, embedded))),
    )
}

/// `UpdateResource`: another path part, another parent, or both.
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let id = call.resource(region)?.id.clone();
    let definition = &mut call.api(region)?.definition;
    let resource = &definition.resources[&id];
    let changed = patched(call, &PATCH, resource)?;
    if resource.parent_id.is_none() {
        let first = operations(call, PATCH.input)?.into_iter().next();
        if let Some(operation) = first {
            let field = operation.path.trim_start_matches('/');
            return Err(Error::bad_request(format!("Root resource cannot update its {field}.")));
        }
        return show(&document(resource, false));
    }
    let parent_id = changed.parent_id.clone().unwrap_or_default();
    let part = changed.path_part.clone().unwrap_or_default();
    if subtree(definition, &id).contains(&parent_id) {
        return Err(Error::bad_request("Resources cannot be cyclical."));
    }
    check_place(definition, &parent_id, &part, Some(&id))?;
    if is_greedy(&part) && subtree(definition, &id).len() > 1 {
        return Err(Error::bad_request(below_greedy(&part)));
    }
    let path = joined(&definition.resources[&parent_id].path, &part);
    definition.resources.insert(id.clone(), Resource { path, ..changed });
    for descendant in subtree(definition, &id).into_iter().skip(1) {
        let resource = &definition.resources[&descendant];
        let (parent, part) = (&resource.parent_id, &resource.path_part);
        let parent = &definition.resources[parent.as_ref().expect("it has an ancestor")];
        let path = joined(&parent.path, part.as_deref().unwrap_or_default());
        if let Some(resource) = definition.resources.get_mut(&descendant) {
            resource.path = path;
        }
    }
    show(&document(&definition.resources[&id], false))
}

/// `DeleteResource`: it and all below it.
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let resource = call.resource(region)?;
    if resource.parent_id.is_none() {
        return Err(Error::bad_request("Root resource cannot be deleted."));
    }
    let id = resource.id.clone();
    let definition = &mut call.api(region)?.definition;
    for id in subtree(definition, &id) {
        definition.resources.remove(&id);
    }
    Ok(Reply::Nothing)
}

/// A resource as AWS shows it: of its methods no more than the names, unless asked for.
fn document(resource: &Resource, embedded: bool) -> Value {
    let mut shown = to_value(resource);
    if !embedded && let Some(Value::Object(methods)) = shown.get_mut("resourceMethods") {
        for method in methods.values_mut() {
            *method = Value::Object(Map::new());
        }
    }
    shown
}

/// A resource's id and those of all below it, parents before their children.
fn subtree(definition: &Definition, id: &str) -> Vec<String> {
    let mut found = vec![id.to_owned()];
    let mut next = 0;
    while let Some(parent) = found.get(next).cloned() {
        let children = definition
            .resources
            .values()
            .filter(|resource| resource.parent_id.as_ref() == Some(&parent));
        found.extend(children.map(|resource| resource.id.clone()));
        next += 1;
    }
    found
}

fn joined(parent: &str, part: &str) -> String {
    format!("{}/{part}", parent.trim_end_matches('/'))
}

/// Whether a path part may stand below a parent; `own` is the resource that is being moved.
fn check_place(
    definition: &Definition,
    parent_id: &str,
    part: &str,
    own: Option<&str>,
) -> Result<(), Error> {
    let parent = definition.resources.get(parent_id).ok_or_else(|| Error::not_found(NOT_FOUND))?;
    let siblings: Vec<&str> = definition
        .resources
        .values()
        .filter(|resource| resource.parent_id.as_deref() == Some(parent_id))
        .filter(|resource| Some(resource.id.as_str()) != own)
        .filter_map(|resource| resource.path_part.as_deref())
        .collect();
    if siblings.contains(&part) {
        return Err(Error::conflict(format!(
            "Another resource with the same parent already has this name: {part}"
        )));
    }
    let variable = siblings.into_iter().find(|sibling| is_variable(sibling));
    check_path_part(part, parent.path_part.as_deref(), variable).map_err(Error::BadRequest)
}
