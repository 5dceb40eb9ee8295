//! Stages: names under which deployments are served. How a patch changes one is in `stage_patch`.

use serde_json::{Value, json};

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::{now, stage_patch};
use crate::model::Stage;
use crate::store::{Api, Region};

/// The cache sizes that AWS sells, in gigabytes.
pub(super) const CACHE_SIZES: [&str; 8] =
    ["0.5", "1.6", "6.1", "13.5", "28.4", "58.2", "118", "237"];

const LONGEST_NAME: usize = 128;
const MOST_VARIABLES: usize = 100;
const LONGEST_VARIABLE_NAME: usize = 64;
const LONGEST_VARIABLE: usize = 512;

/// A stage that is not there yet, with no deployment.
pub(super) fn new(name: String) -> Result<Stage, Error> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(allowed) {
        return Err(Error::bad_request("Stage name only allows a-zA-Z0-9_-"));
    }
    Ok(Stage { stage_name: name, created_date: now(), ..Stage::default() })
}

/// The stage as it is kept, if AWS takes it.
pub(super) fn checked(mut stage: Stage) -> Result<Stage, Error> {
    if let Some(size) = &stage.cache_cluster_size
        && !CACHE_SIZES.contains(&size.as_str())
    {
        return Err(Error::bad_request(format!("Invalid cache cluster size specified: {size}")));
    }
    if stage.cache_cluster_enabled && stage.cache_cluster_size.is_none() {
        stage.cache_cluster_size = Some(CACHE_SIZES[0].to_owned());
    }
    stage.cache_cluster_status =
        if stage.cache_cluster_enabled { "AVAILABLE" } else { "NOT_AVAILABLE" }.to_owned();
    if stage.variables.len() > MOST_VARIABLES {
        return Err(Error::bad_request(format!(
            "Stage cannot have more than {MOST_VARIABLES} variables"
        )));
    }
    if let Some(id) = &stage.client_certificate_id {
        // None can be generated here, so none is there.
        return Err(Error::bad_request(format!("Invalid client certificate ID specified: {id}")));
    }
    for (name, value) in &stage.variables {
        check_variable(name, value)?;
    }
    stage.last_updated_date = now();
    Ok(stage)
}

fn check_variable(name: &str, value: &str) -> Result<(), Error> {
    let of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || name.len() > LONGEST_VARIABLE_NAME || !name.bytes().all(of_name) {
        return Err(Error::bad_request(format!(
            "Invalid stage variable name: {name}. Please use alphanumeric characters and \
             underscores"
        )));
    }
    let of_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    if value.len() > LONGEST_VARIABLE || !value.bytes().all(of_value) {
        return Err(Error::bad_request(format!(
            "Invalid stage variable value: {value}. Please use values with alphanumeric \
             characters and '-', '.', '_', '~', ':', '/', '?', '#', '&', '=', and ','"
        )));
    }
    Ok(())
}

/// Makes a stage the one that is served under its name.
pub(super) fn serve(call: &Call<'_>, api: &mut Api, stage: Stage) -> Result<(), Error> {
    api.serve(call.account_id, call.region, stage)
        .ok_or_else(|| Error::bad_request("Deployment id does not exist"))
}

/// `CreateStage`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let body = call.body()?;
    if body.contains_key("canarySettings") {
        return Err(Error::Unsupported("a canary release"));
    }
    let given: Stage = call.input()?;
    let api = call.api(region)?;
    let fresh = new(given.stage_name.clone())?;
    if given.deployment_id.is_empty() {
        return Err(Error::bad_request("DeploymentId cannot be empty"));
    }
    if !api.deployments.contains_key(&given.deployment_id) {
        return Err(Error::bad_request("Deployment id does not exist"));
    }
    if api.stages.contains_key(&given.stage_name) {
        return Err(Error::conflict("Stage already exists"));
    }
    if let Some(version) = &given.documentation_version
        && !api.documentation_versions.contains_key(version)
    {
        return Err(Error::not_found("Invalid Documentation version specified"));
    }
    // Only these come with a new stage; the rest is for patches.
    let stage = checked(Stage {
        deployment_id: given.deployment_id,
        description: given.description.filter(|text| !text.is_empty()),
        cache_cluster_enabled: given.cache_cluster_enabled,
        cache_cluster_size: given.cache_cluster_size,
        variables: given.variables,
        documentation_version: given.documentation_version,
        tracing_enabled: given.tracing_enabled,
        tags: given.tags,
        ..fresh
    })?;
    let shown = show(&stage);
    serve(call, api, stage)?;
    shown
}

/// `GetStage`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, call.api(region)?)?)
}

/// `GetStages`: all at once, as AWS does; only those of one deployment if that is asked for.
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let wanted = call.query("deploymentId");
    let stages: Vec<Value> = call
        .api(region)?
        .stages
        .values()
        .filter(|served| wanted.is_none_or(|id| served.stage.deployment_id == id))
        .map(|served| super::call::to_value(&served.stage))
        .collect();
    Ok(Reply::Json(json!({ "item": stages })))
}

/// `UpdateStage`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let api = call.api(region)?;
    let stage = checked(stage_patch::patched(call, find(call, api)?)?)?;
    if let Some(version) = &stage.documentation_version
        && !api.documentation_versions.contains_key(version)
    {
        return Err(Error::not_found("Invalid Documentation version specified"));
    }
    let shown = show(&stage);
    serve(call, api, stage)?;
    shown
}

/// `DeleteStage`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let api = call.api(region)?;
    let name = find(call, api)?.stage_name.clone();
    api.stages.remove(&name);
    let api_id = call.path("api");
    for plan in region.usage_plans.values_mut() {
        plan.api_stages.retain(|stage| stage.api_id != api_id || stage.stage != name);
    }
    Ok(Reply::Nothing)
}

/// `FlushStageCache` and `FlushStageAuthorizersCache`. The data plane keeps what it caches by the
/// stage it was given, so a new one of the same content flushes both.
pub(super) fn flush(call: &Call<'_>, region: &mut Region) -> Answer {
    let api = call.api(region)?;
    let stage = find(call, api)?.clone();
    serve(call, api, stage)?;
    Ok(Reply::Nothing)
}

pub(super) fn find<'a>(call: &Call<'_>, api: &'a Api) -> Result<&'a Stage, Error> {
    match api.stages.get(call.path("stage")) {
        Some(served) => Ok(&served.stage),
        None => Err(Error::not_found("Invalid stage identifier specified")),
    }
}
