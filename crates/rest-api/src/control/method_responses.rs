//! Responses that methods declare.

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::methods::check_models;
use super::patch::{ENTRIES, Kind, Table, Wording, patched, rule};
use crate::model::MethodResponse;
use crate::store::Region;

const NOT_FOUND: &str = "Invalid Response status code specified";

const PATCH: Table = Table {
    input: "updateMethodResponseInput",
    wording: Wording::Plain,
    rules: &[
        rule("/responseParameters/{name}", ENTRIES, Kind::Flag)
            .or_absent("Invalid parameter name specified"),
        rule(
            "/responseModels/{mediaType}",
            ENTRIES,
            Kind::Required("Invalid null or empty value in responseModels"),
        )
        .or_absent("Content-Type specified was not found"),
    ],
};

/// `PutMethodResponse`
pub(super) fn put(call: &Call<'_>, region: &mut Region) -> Answer {
    let status_code = call.status_code()?.to_owned();
    call.method(region)?;
    let response = MethodResponse { status_code: status_code.clone(), ..call.input()? };
    check_models(&call.api(region)?.definition, response.response_models.values())?;
    check_parameters(&response)?;
    let responses = &mut call.method(region)?.method_responses;
    if responses.contains_key(&status_code) {
        return Err(Error::conflict("Response already exists for this resource"));
    }
    show(responses.entry(status_code).or_insert(response))
}

/// `GetMethodResponse`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `UpdateMethodResponse`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let changed = patched(call, &PATCH, find(call, region)?)?;
    check_models(&call.api(region)?.definition, changed.response_models.values())?;
    check_parameters(&changed)?;
    let response = find(call, region)?;
    *response = changed;
    show(response)
}

/// `DeleteMethodResponse`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    find(call, region)?;
    call.method(region)?.method_responses.remove(call.path("status"));
    Ok(Reply::Nothing)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut MethodResponse, Error> {
    let status_code = call.status_code()?;
    let responses = &mut call.method(region)?.method_responses;
    responses.get_mut(status_code).ok_or_else(|| Error::not_found(NOT_FOUND))
}

fn check_parameters(response: &MethodResponse) -> Result<(), Error> {
    for parameter in response.response_parameters.keys() {
        let name = parameter.strip_prefix("method.response.header.");
        if name.is_none_or(str::is_empty) {
            return Err(Error::bad_request(format!(
                "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
                 [Invalid mapping expression specified: {parameter}]"
            )));
        }
    }
    Ok(())
}
