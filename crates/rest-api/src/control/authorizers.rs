//! Authorizers: Lambda functions and Cognito user pools that decide who may call a method.

use serde_json::Value;

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::page::page;
use super::patch::{ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use crate::id;
use crate::model::Authorizer;
use crate::store::Region;

const TYPES: [&str; 4] = ["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"];
const TTL: &str = "Invalid Authorizer TTL: must be between 0 and 3600";
const NAME: &str = "Authorizer name cannot be blank";
const DEFAULT_TTL: u32 = 300;

const PATCH: Table = Table {
    input: "updateAuthorizerInput",
    wording: Wording::Listed,
    rules: &[
        rule("/name", REPLACE, Kind::Required(NAME)),
        rule("/type", REPLACE, Kind::OneOf(&TYPES, "Invalid Authorizer type specified")),
        rule("/authType", REPLACE, Kind::Text),
        rule("/authorizerUri", REPLACE, Kind::Text),
        rule("/authorizerCredentials", REPLACE, Kind::Text),
        rule("/authorizerResultTtlInSeconds", REPLACE, Kind::OptionalNumber(0, 3600, TTL)),
        rule("/identitySource", REPLACE, Kind::Text),
        rule("/identityValidationExpression", REPLACE, Kind::Text),
        rule("/providerARNs", ITEMS, Kind::Member),
    ],
};

/// `CreateAuthorizer`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    if let Some(Value::String(kind)) = call.body()?.get("type")
        && !TYPES.contains(&kind.as_str())
    {
        return Err(Error::not_one_of(kind, "createAuthorizerInput.type", &TYPES));
    }
    // What AWS says of an API that is not there, and nowhere else.
    let api = call.api(region).map_err(|_| {
        Error::conflict(
            "Unable to complete operation due to concurrent modification. Please try again later.",
        )
    })?;
    let mut authorizer: Authorizer = call.input()?;
    authorizer.id = id::new(id::SHORT);
    authorizer.authorizer_result_ttl_in_seconds.get_or_insert(DEFAULT_TTL);
    if authorizer.auth_type.is_none() {
        let pools = authorizer.kind == "COGNITO_USER_POOLS";
        authorizer.auth_type = Some(if pools { "cognito_user_pools" } else { "custom" }.to_owned());
    }
    check(&authorizer)?;
    let authorizers = &mut api.definition.authorizers;
    if authorizers.values().any(|other| other.name == authorizer.name) {
        return Err(Error::bad_request(
            "Authorizer name must be unique. Authorizer already exists",
        ));
    }
    let shown = show(&authorizer);
    authorizers.insert(authorizer.id.clone(), authorizer);
    shown
}

/// `GetAuthorizer`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `GetAuthorizers`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let authorizers = &call.api(region)?.definition.authorizers;
    page(call, authorizers.iter().map(|(id, authorizer)| (id.as_str(), authorizer)))
}

/// `UpdateAuthorizer`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let authorizer = find(call, region)?;
    let changed = patched(call, &PATCH, authorizer)?;
    check(&changed)?;
    *authorizer = changed;
    show(authorizer)
}

/// `DeleteAuthorizer`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let Authorizer { id, name, .. } = find(call, region)?.clone();
    let definition = &mut call.api(region)?.definition;
    let used = |method: &crate::model::Method| method.authorizer_id.as_ref() == Some(&id);
    if let Some(place) = super::place_of_method(definition, used) {
        return Err(Error::conflict(format!(
            "Cannot delete authorizer '{name}', is referenced in method: {place}"
        )));
    }
    definition.authorizers.remove(&id);
    Ok(Reply::Nothing)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut Authorizer, Error> {
    let authorizers = &mut call.api(region)?.definition.authorizers;
    authorizers
        .get_mut(call.path("authorizer"))
        .ok_or_else(|| Error::not_found("Invalid Authorizer identifier specified"))
}

fn check(authorizer: &Authorizer) -> Result<(), Error> {
    if authorizer.name.trim().is_empty() {
        return Err(Error::bad_request(NAME));
    }
    let ttl = authorizer.authorizer_result_ttl_in_seconds.unwrap_or(DEFAULT_TTL);
    if ttl > 3600 {
        return Err(Error::bad_request(TTL));
    }
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    match authorizer.kind.as_str() {
        "JWT" => Err(Error::Unsupported("a JWT authorizer")),
        "COGNITO_USER_POOLS" if authorizer.provider_arns.is_empty() => {
            Err(Error::bad_request("Cognito user pool ARNs must be specified in providerARNs"))
        }
        "COGNITO_USER_POOLS" => Ok(()),
        kind => {
            let uri = authorizer.authorizer_uri.as_deref().unwrap_or_default();
            if !uri.contains("${stageVariables.")
                && (!uri.starts_with("arn:") || !uri.contains(":lambda:path/"))
            {
                return Err(Error::bad_request(format!(
                    "Invalid Authorizer URI: {uri}. Authorizer URI should be a valid API Gateway \
                     ARN that represents a Lambda function invocation."
                )));
            }
            if source.is_empty() && (kind == "TOKEN" || ttl > 0) {
                return Err(Error::bad_request(
                    "Identity source must be specified for this authorizer",
                ));
            }
            Ok(())
        }
    }
}
