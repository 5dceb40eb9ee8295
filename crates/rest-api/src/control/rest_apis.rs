//! REST APIs themselves: create, clone, show, change, delete.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::call::{Answer, Call, Reply, to_value};
use super::error::{Error, constraint};
use super::page::page;
use super::patch::{CLEARABLE, ENTRIES, ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use super::{models, now};
use crate::id;
use crate::model::{Definition, EndpointConfiguration, Resource, RestApi};
use crate::store::{Api, Region};

const COMPRESSION: &str = "Invalid minimum compression size, must be between 0 and 10485760";
const LARGEST_POLICY: usize = 8192;

const PATCH: Table = Table {
    input: "updateRestApiInput",
    wording: Wording::Plain,
    rules: &[
        rule("/name", REPLACE, Kind::Required("API name cannot be empty")),
        rule("/description", CLEARABLE, Kind::Text),
        rule("/version", CLEARABLE, Kind::Text),
        rule("/policy", CLEARABLE, Kind::Text),
        rule("/minimumCompressionSize", REPLACE, Kind::OptionalNumber(0, 10_485_760, COMPRESSION)),
        rule("/binaryMediaTypes/{mediaType}", ENTRIES, Kind::Element),
        rule(
            "/apiKeySource",
            REPLACE,
            Kind::OneOf(
                &["HEADER", "AUTHORIZER"],
                "Invalid apiKeySource specified. Valid options are HEADER,AUTHORIZER",
            ),
        ),
        rule("/disableExecuteApiEndpoint", REPLACE, Kind::Flag),
        rule(
            "/endpointConfiguration/types/{index}",
            REPLACE,
            Kind::OneOf(
                &["EDGE", "REGIONAL", "PRIVATE"],
                "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
            ),
        ),
        rule(
            "/endpointConfiguration/ipAddressType",
            REPLACE,
            Kind::OneOf(&["ipv4", "dualstack"], "ipAddressType must be either ipv4 or dualstack."),
        ),
        rule("/endpointConfiguration/vpcEndpointIds", ITEMS, Kind::Member),
    ],
};

/// `CreateRestApi`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let body = call.body()?;
    check_enums(&body)?;
    let mut api: RestApi = call.input()?;
    if api.description.as_deref() == Some("") {
        return Err(Error::bad_request("Description cannot be an empty string"));
    }
    if api.name.trim().is_empty() {
        return Err(Error::bad_request("No API name specified"));
    }
    let configured = body.get("endpointConfiguration").and_then(|given| given.get("types"));
    if configured.is_none() {
        api.endpoint_configuration.types = vec!["EDGE".to_owned()];
    }
    if api.minimum_compression_size.is_some_and(|size| size > 10_485_760) {
        return Err(Error::bad_request(COMPRESSION));
    }
    api.endpoint_configuration = endpoint_configuration(api.endpoint_configuration)?;
    check_policy(&api)?;
    if api.api_key_source.is_empty() {
        api.api_key_source = "HEADER".to_owned();
    }
    api.id = id::new(id::LONG);
    api.created_date = now();
    api.warnings.clear();

    let definition = match body.get("cloneFrom").and_then(Value::as_str) {
        Some(original) => {
            let original = region.apis.get(original).ok_or_else(|| {
                Error::not_found(format!(
                    "Invalid API identifier specified {}:{original}",
                    call.account_id
                ))
            })?;
            clone(&original.definition, api)
        }
        None => new_definition(api),
    };
    let shown = document(&definition.rest_api);
    let id = definition.rest_api.id.clone();
    region.apis.insert(id, Api { definition, ..Api::default() });
    Ok(Reply::Json(shown))
}

/// What a new API consists of: its root, and the models that AWS gives to each.
fn new_definition(mut rest_api: RestApi) -> Definition {
    let root = Resource { id: id::new(id::LONG), path: "/".to_owned(), ..Resource::default() };
    rest_api.root_resource_id.clone_from(&root.id);
    Definition {
        rest_api,
        resources: BTreeMap::from([(root.id.clone(), root)]),
        models: models::defaults(),
        ..Definition::default()
    }
}

/// The same API again, with ids of its own.
fn clone(original: &Definition, mut rest_api: RestApi) -> Definition {
    let ids: BTreeMap<_, _> =
        original.resources.keys().map(|old| (old.clone(), id::new(id::LONG))).collect();
    let renamed = |old: &String| ids.get(old).unwrap_or(old).clone();
    let mut definition = original.clone();
    definition.resources = original
        .resources
        .values()
        .map(|resource| {
            let mut resource = resource.clone();
            resource.id = renamed(&resource.id);
            resource.parent_id = resource.parent_id.as_ref().map(renamed);
            for method in resource.resource_methods.values_mut() {
                if let Some(integration) = &mut method.method_integration {
                    integration.cache_namespace = renamed(&integration.cache_namespace);
                }
            }
            (resource.id.clone(), resource)
        })
        .collect();
    rest_api.root_resource_id = renamed(&original.rest_api.root_resource_id);
    if rest_api.binary_media_types.is_empty() {
        rest_api.binary_media_types.clone_from(&original.rest_api.binary_media_types);
    }
    definition.rest_api = rest_api;
    definition
}

/// `GetRestApi`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    Ok(Reply::Json(document(&call.api(region)?.definition.rest_api)))
}

/// `GetRestApis`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let apis = region.apis.iter();
    page(call, apis.map(|(id, api)| (id.as_str(), document(&api.definition.rest_api))))
}

/// `UpdateRestApi`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let api = &mut call.api(region)?.definition.rest_api;
    let mut changed = patched(call, &PATCH, api)?;
    let before = &api.endpoint_configuration;
    let after = &mut changed.endpoint_configuration;
    let became_private = after.types != before.types && after.types == ["PRIVATE"];
    if became_private && after.ip_address_type == before.ip_address_type {
        "dualstack".clone_into(&mut after.ip_address_type);
    }
    changed.endpoint_configuration = endpoint_configuration(changed.endpoint_configuration)?;
    check_policy(&changed)?;
    *api = changed;
    Ok(Reply::Json(document(api)))
}

/// `DeleteRestApi`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let id = call.api(region)?.definition.rest_api.id.clone();
    let mapped = region
        .domain_names
        .values()
        .any(|domain| domain.base_path_mappings.values().any(|mapping| mapping.rest_api_id == id));
    if mapped {
        return Err(Error::bad_request(
            "Please remove all base path mappings related to the API in your domains",
        ));
    }
    for plan in region.usage_plans.values_mut() {
        plan.api_stages.retain(|stage| stage.api_id != id);
    }
    region.apis.remove(&id);
    Ok(Reply::Nothing)
}

/// An API as AWS shows it: the policy is escaped like the inside of a JSON string, once more than
/// JSON does it anyway. Terraform undoes that.
pub(super) fn document(api: &RestApi) -> Value {
    let mut shown = to_value(api);
    if let Some(policy) = &api.policy {
        let quoted = json!(policy).to_string();
        shown["policy"] = quoted[1..quoted.len() - 1].replace('/', r"\/").into();
    }
    shown
}

/// Enumerations that AWS checks, all of them, before it looks at anything else.
fn check_enums(body: &serde_json::Map<String, Value>) -> Result<(), Error> {
    let mut violations = Vec::new();
    let mut check = |value: Option<&Value>, member: &str, allowed: &[&str]| {
        if let Some(Value::String(value)) = value
            && !allowed.contains(&value.as_str())
        {
            let rule = format!("Member must satisfy enum value set: [{}]", allowed.join(", "));
            violations.push(constraint(value, member, &rule));
        }
    };
    check(body.get("apiKeySource"), "createRestApiInput.apiKeySource", &["AUTHORIZER", "HEADER"]);
    let configuration = body.get("endpointConfiguration");
    check(
        configuration.and_then(|given| given.get("ipAddressType")),
        "createRestApiInput.endpointConfiguration.ipAddressType",
        &["ipv4", "dualstack"],
    );
    let types: Vec<_> = configuration
        .and_then(|given| given.get("types"))
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if types.iter().any(|kind| !["PRIVATE", "EDGE", "REGIONAL"].contains(kind)) {
        violations.insert(
            0,
            constraint(
                &format!("[{}]", types.join(", ")),
                "createRestApiInput.endpointConfiguration.types",
                "Member must satisfy constraint: \
                 [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]",
            ),
        );
    }
    if violations.is_empty() { Ok(()) } else { Err(Error::Validation(violations)) }
}

/// The configuration with what was left out, if it is one that AWS takes.
pub(super) fn endpoint_configuration(
    mut configuration: EndpointConfiguration,
) -> Result<EndpointConfiguration, Error> {
    let private = match configuration.types.as_slice() {
        [] => {
            return Err(Error::bad_request(
                "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
            ));
        }
        [only] => only == "PRIVATE",
        _ => {
            return Err(Error::bad_request("Cannot create an api with multiple Endpoint Types."));
        }
    };
    if configuration.ip_address_type.is_empty() {
        configuration.ip_address_type = if private { "dualstack" } else { "ipv4" }.to_owned();
    }
    if private && configuration.ip_address_type != "dualstack" {
        return Err(Error::bad_request(
            "Only dualstack ipAddressType is supported for Private APIs.",
        ));
    }
    if !private && !configuration.vpc_endpoint_ids.is_empty() {
        return Err(Error::bad_request("VPCEndpoints can only be specified with PRIVATE apis."));
    }
    Ok(configuration)
}

pub(super) fn check_policy(api: &RestApi) -> Result<(), Error> {
    let Some(policy) = &api.policy else { return Ok(()) };
    if policy.len() > LARGEST_POLICY {
        return Err(Error::bad_request(format!(
            "Policy size exceeds the maximum of {LARGEST_POLICY} bytes"
        )));
    }
    let parsed: Result<serde_json::Map<String, Value>, _> = serde_json::from_str(policy);
    if parsed.is_ok_and(|policy| policy.contains_key("Statement")) {
        return Ok(());
    }
    Err(Error::bad_request(
        "Invalid policy document. Please check the policy syntax and ensure that Principals are \
         valid.",
    ))
}
