//! Responses of integrations: how what a backend answers becomes what the method answers.

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::patch::{CLEARABLE, ENTRIES, Kind, Table, Wording, patched, rule};
use crate::model::{IntegrationResponse, Method};
use crate::rules::mappings::{check_response, check_templates};
use crate::store::Region;

const CONTENT: [&str; 2] = ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"];

const PATCH: Table = Table {
    input: "updateIntegrationResponseInput",
    wording: Wording::Plain,
    rules: &[
        rule("/selectionPattern", CLEARABLE, Kind::Verbatim),
        rule(
            "/contentHandling",
            CLEARABLE,
            Kind::OptionalOneOf(&CONTENT, "Invalid contentHandling specified"),
        ),
        rule("/responseTemplates/{mediaType}", ENTRIES, Kind::Verbatim)
            .or_absent("Content-Type specified was not found"),
        rule(
            "/responseParameters/{name}",
            ENTRIES,
            Kind::Required("Invalid null or empty value in responseParameters"),
        )
        .or_absent("Invalid parameter name specified"),
    ],
};

/// `PutIntegrationResponse`
pub(super) fn put(call: &Call<'_>, region: &mut Region) -> Answer {
    let status_code = call.status_code()?.to_owned();
    call.integration(region)?;
    if let Some(serde_json::Value::String(value)) = call.body()?.get("contentHandling")
        && !CONTENT.contains(&value.as_str())
    {
        let member = "putIntegrationResponseInput.contentHandling";
        return Err(Error::not_one_of(value, member, &CONTENT));
    }
    let response = IntegrationResponse { status_code: status_code.clone(), ..call.input()? };
    check(call.method(region)?, &response)?;
    let shown = show(&response);
    call.integration(region)?.integration_responses.insert(status_code, response);
    shown
}

/// `GetIntegrationResponse`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `UpdateIntegrationResponse`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let changed = patched(call, &PATCH, find(call, region)?)?;
    check(call.method(region)?, &changed)?;
    let response = find(call, region)?;
    *response = changed;
    show(response)
}

/// `DeleteIntegrationResponse`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let status_code = call.status_code()?;
    // Here, and only here, AWS takes a wrong method for a wrong integration.
    call.resource(region)?;
    let integration = call
        .integration(region)
        .map_err(|_| Error::not_found("Invalid Integration identifier specified"))?;
    match integration.integration_responses.remove(status_code) {
        Some(_) => Ok(Reply::Nothing),
        None => Err(Error::not_found("Invalid Response status code specified")),
    }
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut IntegrationResponse, Error> {
    let status_code = call.status_code()?;
    let responses = &mut call.integration(region)?.integration_responses;
    responses
        .get_mut(status_code)
        .ok_or_else(|| Error::not_found("Invalid Response status code specified"))
}

fn check(method: &Method, response: &IntegrationResponse) -> Result<(), Error> {
    let declared = method.method_responses.get(&response.status_code);
    check_templates(&response.response_templates)
        .and_then(|()| check_response(&response.response_parameters, declared))
        .map_err(Error::BadRequest)
}
