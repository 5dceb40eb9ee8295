//! Deployments: snapshots of an API, and the stage that one may come with.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Reply, show, to_value};
use super::error::Error;
use super::page::page;
use super::patch::{Kind, REPLACE, Table, Wording, patched, rule};
use super::{now, stages};
use crate::id;
use crate::model::{Definition, Deployment, Stage, Strings};
use crate::store::{Api, Region};

const NOT_FOUND: &str = "Invalid Deployment identifier specified";

const PATCH: Table = Table {
    input: "updateDeploymentInput",
    wording: Wording::Listed,
    rules: &[rule("/description", REPLACE, Kind::Text)],
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Create {
    stage_name: Option<String>,
    stage_description: Option<String>,
    description: Option<String>,
    cache_cluster_enabled: Option<bool>,
    cache_cluster_size: Option<String>,
    variables: Option<Strings>,
    tracing_enabled: Option<bool>,
    canary_settings: Option<Value>,
}

/// `CreateDeployment`: a snapshot, which the stage that is named serves from now on.
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let input: Create = call.input()?;
    if input.canary_settings.is_some() {
        return Err(Error::Unsupported("a canary release"));
    }
    let api = call.api(region)?;
    check(&api.definition)?;
    let deployment = Deployment {
        id: id::new(id::SHORT),
        description: input.description.clone().filter(|text| !text.is_empty()),
        created_date: now(),
        definition: Arc::new(api.definition.clone()),
    };
    let stage = stage_after(api, &deployment.id, input)?;
    let shown = show(&deployment);
    api.deployments.insert(deployment.id.clone(), deployment);
    if let Some(stage) = stage {
        stages::serve(call, api, stage)?;
    }
    shown
}

/// The stage that a new deployment names, new or as it is with the deployment in it.
fn stage_after(api: &Api, deployment_id: &str, input: Create) -> Result<Option<Stage>, Error> {
    let Some(name) = input.stage_name.filter(|name| !name.is_empty()) else { return Ok(None) };
    let mut stage = match api.stages.get(&name) {
        Some(served) => served.stage.clone(),
        None => stages::new(name)?,
    };
    deployment_id.clone_into(&mut stage.deployment_id);
    stage.description = input.stage_description.or(stage.description);
    if let Some(variables) = input.variables {
        stage.variables.extend(variables);
    }
    stage.tracing_enabled = input.tracing_enabled.unwrap_or(stage.tracing_enabled);
    stage.cache_cluster_enabled =
        input.cache_cluster_enabled.unwrap_or(stage.cache_cluster_enabled);
    stage.cache_cluster_size = input.cache_cluster_size.or(stage.cache_cluster_size);
    stages::checked(stage).map(Some)
}

fn check(definition: &Definition) -> Result<(), Error> {
    let mut methods = definition
        .resources
        .values()
        .flat_map(|resource| resource.resource_methods.values())
        .peekable();
    if methods.peek().is_none() {
        return Err(Error::bad_request("The REST API doesn't contain any methods"));
    }
    if methods.any(|method| method.method_integration.is_none()) {
        return Err(Error::bad_request("No integration defined for method"));
    }
    Ok(())
}

/// `GetDeployment`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    let deployment = find(call, region)?;
    let mut shown = to_value(deployment);
    if call.embeds("apisummary") {
        shown["apiSummary"] = summary(&deployment.definition);
    }
    Ok(Reply::Json(shown))
}

/// `GetDeployments`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let deployments = &call.api(region)?.deployments;
    page(call, deployments.iter().map(|(id, deployment)| (id.as_str(), deployment)))
}

/// `UpdateDeployment`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let deployment = find(call, region)?;
    let changed = patched(call, &PATCH, deployment)?;
    deployment.description = changed.description;
    show(deployment)
}

/// `DeleteDeployment`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let id = find(call, region)?.id.clone();
    let api = call.api(region)?;
    if api.stages.values().any(|served| served.stage.deployment_id == id) {
        return Err(Error::bad_request(
            "Active stages pointing to this deployment must be moved or deleted",
        ));
    }
    api.deployments.remove(&id);
    Ok(Reply::Nothing)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut Deployment, Error> {
    let deployments = &mut call.api(region)?.deployments;
    deployments.get_mut(call.path("deployment")).ok_or_else(|| Error::not_found(NOT_FOUND))
}

/// The methods of a snapshot by path.
fn summary(definition: &Definition) -> Value {
    let paths =
        definition.resources.values().filter(|resource| !resource.resource_methods.is_empty());
    let summary: Map<String, Value> = paths
        .map(|resource| {
            let methods: Map<String, Value> = resource
                .resource_methods
                .iter()
                .map(|(name, method)| {
                    let snapshot = json!({
                        "authorizationType": method.authorization_type,
                        "apiKeyRequired": method.api_key_required,
                    });
                    (name.clone(), snapshot)
                })
                .collect();
            (resource.path.clone(), Value::Object(methods))
        })
        .collect();
    Value::Object(summary)
}
