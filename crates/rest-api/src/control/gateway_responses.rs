//! Gateway responses: what API Gateway itself answers, such as an error.

use super::call::{Answer, Call, Reply, show};
use super::error::{Error, constraint};
use super::page::page;
use super::patch::{ENTRIES, Kind, REPLACE, Table, Wording, patched, rule};
use crate::model::{Definition, GatewayResponse, Strings};
use crate::rules::gateway_responses::{TYPES, check, is_type};
use crate::store::Region;

/// The order in which AWS's errors list the types.
const LISTED: &str = "REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, \
    MISSING_AUTHENTICATION_TOKEN, BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, \
    BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, \
    DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, \
    UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN";

const PATCH: Table = Table {
    input: "updateGatewayResponseInput",
    wording: Wording::PathOnly,
    rules: &[
        rule("/statusCode", REPLACE, Kind::Text),
        rule(
            "/responseParameters/{name}",
            ENTRIES,
            Kind::Required("Invalid null or empty value in responseParameters"),
        )
        .or_absent("Invalid parameter name specified"),
        rule(
            "/responseTemplates/{mediaType}",
            ENTRIES,
            Kind::Required("Invalid null or empty value in responseTemplates"),
        )
        .or_absent("Content-Type specified was not found"),
    ],
};

/// `PutGatewayResponse`
pub(super) fn put(call: &Call<'_>, region: &mut Region) -> Answer {
    let kind = response_type(call)?;
    let given: GatewayResponse = call.input()?;
    let default = built_in(kind);
    let response = GatewayResponse {
        response_type: kind.to_owned(),
        status_code: given.status_code.or(default.status_code),
        response_templates: if given.response_templates.is_empty() {
            default.response_templates
        } else {
            given.response_templates
        },
        response_parameters: given.response_parameters,
        default_response: false,
    };
    check(&response).map_err(Error::BadRequest)?;
    let shown = show(&response);
    call.api(region)?.definition.gateway_responses.insert(kind.to_owned(), response);
    shown
}

/// `GetGatewayResponse`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    let kind = response_type(call)?;
    show(&effective(&call.api(region)?.definition, kind))
}

/// `GetGatewayResponses`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let definition = &call.api(region)?.definition;
    page(call, TYPES.iter().map(|(kind, _)| (*kind, effective(definition, kind))))
}

/// `UpdateGatewayResponse`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let kind = response_type(call)?;
    let definition = &mut call.api(region)?.definition;
    let before = definition.gateway_responses.get(kind).cloned();
    let mut changed = patched(call, &PATCH, &before.unwrap_or_else(|| built_in(kind)))?;
    changed.default_response = false;
    check(&changed).map_err(Error::BadRequest)?;
    let shown = show(&changed);
    definition.gateway_responses.insert(kind.to_owned(), changed);
    shown
}

/// `DeleteGatewayResponse`: back to AWS's own.
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let kind = response_type(call)?;
    match call.api(region)?.definition.gateway_responses.remove(kind) {
        Some(_) => Ok(Reply::Nothing),
        None => Err(Error::not_found("Gateway response type not defined on api")),
    }
}

fn response_type<'c>(call: &'c Call<'_>) -> Result<&'c str, Error> {
    let given = call.path("type");
    if is_type(given) {
        return Ok(given);
    }
    let rule = format!("Member must satisfy enum value set: [{LISTED}]");
    Err(Error::Validation(vec![constraint(given, "responseType", &rule)]))
}

/// What AWS answers when nothing is put.
fn built_in(kind: &str) -> GatewayResponse {
    let status = TYPES.iter().find(|(name, _)| *name == kind).and_then(|(_, status)| *status);
    GatewayResponse {
        response_type: kind.to_owned(),
        status_code: status.map(str::to_owned),
        response_parameters: Strings::new(),
        response_templates: Strings::from([(
            "application/json".to_owned(),
            r#"{"message":$context.error.messageString}"#.to_owned(),
        )]),
        default_response: true,
    }
}

/// What is answered: what was put for the type, or else for all of its class, or else AWS's own.
fn effective(definition: &Definition, kind: &str) -> GatewayResponse {
    if let Some(own) = definition.gateway_responses.get(kind) {
        return own.clone();
    }
    let default = built_in(kind);
    let class = match default.status_code.as_deref() {
        Some(status) if status.starts_with('4') => "DEFAULT_4XX",
        Some(_) => "DEFAULT_5XX",
        None => return default,
    };
    match definition.gateway_responses.get(class) {
        Some(of_class) => GatewayResponse {
            status_code: of_class.status_code.clone().or(default.status_code),
            response_type: default.response_type,
            default_response: true,
            ..of_class.clone()
        },
        None => default,
    }
}
