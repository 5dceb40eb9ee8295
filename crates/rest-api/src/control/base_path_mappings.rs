//! Base path mappings: which API and stage a custom domain name serves below a path.

use super::call::{Answer, Call, Reply, show};
use super::domain_names;
use super::error::Error;
use super::page::page;
use super::patch::{Kind, REPLACE, Table, Wording, apply, operations, rule};
use crate::model::BasePathMapping;
use crate::store::Region;

/// What AWS calls the empty base path.
pub(super) const NONE: &str = "(none)";

const API: &str = "Invalid REST API identifier specified";
const STAGE: &str = "Invalid stage identifier specified";
const CONFLICT: &str = "Base path already exists for this domain name";

const PATCH: Table = Table {
    input: "updateBasePathMappingInput",
    wording: Wording::Listed,
    rules: &[
        rule("/basePath", REPLACE, Kind::Verbatim),
        rule("/restapiId", REPLACE, Kind::Required(API)),
        rule("/restApiId", REPLACE, Kind::Required(API)),
        rule("/stage", REPLACE, Kind::Text),
    ],
};

/// `CreateBasePathMapping`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let mapping = checked(region, call.input()?)?;
    let mappings = &mut domain_names::find(call, region)?.base_path_mappings;
    if mappings.contains_key(&mapping.base_path) {
        return Err(Error::conflict(CONFLICT));
    }
    show(mappings.entry(mapping.base_path.clone()).or_insert(mapping))
}

/// `GetBasePathMapping`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(&find(call, region)?)
}

/// `GetBasePathMappings`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let mappings = &domain_names::find(call, region)?.base_path_mappings;
    page(call, mappings.iter().map(|(path, mapping)| (path.as_str(), mapping)))
}

/// `UpdateBasePathMapping`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let before = find(call, region)?;
    let mut operations = operations(call, PATCH.input)?;
    for operation in &mut operations {
        // The path that AWS documents, and Terraform sends, is not spelt as the field is.
        if operation.path == "/restapiId" {
            operation.path = "/restApiId".to_owned();
        }
    }
    let changed = checked(region, apply(&PATCH, &operations, &before)?)?;
    let mappings = &mut domain_names::find(call, region)?.base_path_mappings;
    if changed.base_path != before.base_path && mappings.contains_key(&changed.base_path) {
        return Err(Error::conflict(CONFLICT));
    }
    mappings.remove(&before.base_path);
    show(mappings.entry(changed.base_path.clone()).or_insert(changed))
}

/// `DeleteBasePathMapping`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let path = find(call, region)?.base_path;
    domain_names::find(call, region)?.base_path_mappings.remove(&path);
    Ok(Reply::Nothing)
}

fn find(call: &Call<'_>, region: &mut Region) -> Result<BasePathMapping, Error> {
    let mappings = &domain_names::find(call, region)?.base_path_mappings;
    mappings
        .get(call.path("base"))
        .cloned()
        .ok_or_else(|| Error::not_found("Invalid base path mapping identifier specified"))
}

/// The mapping as it is kept, if what it leads to is there.
fn checked(region: &Region, mut mapping: BasePathMapping) -> Result<BasePathMapping, Error> {
    if mapping.base_path.is_empty() {
        NONE.clone_into(&mut mapping.base_path);
    }
    if mapping.base_path.contains('/') {
        return Err(Error::bad_request(
            "API Gateway V1 doesn't support the slash character (/) in base path mappings. To \
             create a multi-level base path mapping, use API Gateway V2.",
        ));
    }
    mapping.stage = mapping.stage.filter(|stage| !stage.is_empty() && stage != NONE);
    let api = region.apis.get(&mapping.rest_api_id).ok_or_else(|| Error::bad_request(API))?;
    let there = |stage: &String| api.stages.contains_key(stage);
    if mapping.stage.as_ref().is_some_and(|stage| !there(stage)) {
        return Err(Error::bad_request(STAGE));
    }
    Ok(mapping)
}
