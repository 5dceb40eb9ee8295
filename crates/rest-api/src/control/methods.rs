//! Methods of resources.

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::patch::{ENTRIES, ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use crate::model::{Definition, Method};
use crate::rules::names::check_parameters;
use crate::store::Region;

const METHODS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];

const AUTHORIZER: &str = "Invalid authorizer ID specified. Setting the authorization type to CUSTOM \
                          or COGNITO_USER_POOLS requires a valid authorizer.";

const AUTHORIZATION_TYPE: &str = "Invalid authorization type specified. Valid options are NONE,AWS_IAM,CUSTOM,COGNITO_USER_POOLS";

const PATCH: Table = Table {
    input: "updateMethodInput",
    wording: Wording::Plain,
    rules: &[
        rule("/authorizationType", REPLACE, Kind::Required(AUTHORIZATION_TYPE)),
        rule("/authorizerId", REPLACE, Kind::Text),
        rule("/authorizationScopes", ITEMS, Kind::Member),
        rule("/apiKeyRequired", REPLACE, Kind::Flag),
        rule("/operationName", REPLACE, Kind::Text),
        rule("/requestValidatorId", REPLACE, Kind::Text),
        rule("/requestParameters/{name}", ENTRIES, Kind::Flag)
            .or_absent("Invalid parameter name specified"),
        rule(
            "/requestModels/{mediaType}",
            ENTRIES,
            Kind::Required("Invalid null or empty value in requestModels"),
        )
        .or_absent("Content-Type specified was not found"),
    ],
};

/// `PutMethod`
pub(super) fn put(call: &Call<'_>, region: &mut Region) -> Answer {
    call.resource(region)?;
    let name = call.path("method").to_owned();
    if !METHODS.contains(&name.as_str()) {
        return Err(Error::bad_request(format!(
            "Invalid HttpMethod specified. Valid options are {}",
            METHODS.join(",")
        )));
    }
    let given: Method = call.input()?;
    let method = checked(
        &call.api(region)?.definition,
        Method {
            http_method: name.clone(),
            method_responses: Default::default(),
            method_integration: None,
            ..given
        },
    )?;
    let methods = &mut call.resource(region)?.resource_methods;
    if methods.contains_key(&name) {
        return Err(Error::conflict("Method already exists for this resource"));
    }
    show(methods.entry(name).or_insert(method))
}

/// `GetMethod`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(call.method(region)?)
}

/// `UpdateMethod`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let changed = patched(call, &PATCH, call.method(region)?)?;
    let changed = checked(&call.api(region)?.definition, changed)?;
    let method = call.method(region)?;
    *method = changed;
    show(method)
}

/// `DeleteMethod`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    call.method(region)?;
    call.resource(region)?.resource_methods.remove(call.path("method"));
    Ok(Reply::Nothing)
}

/// The method as it is kept, if what it refers to is there.
fn checked(definition: &Definition, mut method: Method) -> Result<Method, Error> {
    method.authorization_type.make_ascii_uppercase();
    match method.authorization_type.as_str() {
        "CUSTOM" | "COGNITO_USER_POOLS" => {
            let known = |id: &String| definition.authorizers.contains_key(id);
            if !method.authorizer_id.as_ref().is_some_and(known) {
                return Err(Error::bad_request(AUTHORIZER));
            }
        }
        // AWS takes an authorizer that nobody asks, and forgets it.
        "NONE" | "AWS_IAM" => method.authorizer_id = None,
        _ => return Err(Error::bad_request(AUTHORIZATION_TYPE)),
    }
    if let Some(id) = &method.request_validator_id
        && !definition.request_validators.contains_key(id)
    {
        return Err(Error::bad_request("Invalid Request Validator identifier specified"));
    }
    check_models(definition, method.request_models.values())?;
    check_parameters(method.request_parameters.keys()).map_err(Error::BadRequest)?;
    Ok(method)
}

/// Whether all these models are there. `Empty` always is.
pub(super) fn check_models<'m>(
    definition: &Definition,
    names: impl Iterator<Item = &'m String>,
) -> Result<(), Error> {
    for name in names {
        if name != "Empty" && !definition.models.contains_key(name) {
            return Err(Error::bad_request(format!("Invalid model identifier specified: {name}")));
        }
    }
    Ok(())
}
