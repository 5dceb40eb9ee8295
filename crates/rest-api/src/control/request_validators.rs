//! Request validators: what of a request is checked before its integration sees it.

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::page::page;
use super::patch::{Kind, REPLACE, Table, Wording, patched, rule};
use crate::id;
use crate::model::RequestValidator;
use crate::store::Region;

const BLANK: &str = "Request Validator name cannot be blank";

const PATCH: Table = Table {
    input: "updateRequestValidatorInput",
    wording: Wording::Listed,
    rules: &[
        rule("/name", REPLACE, Kind::Required(BLANK)),
        rule("/validateRequestParameters", REPLACE, Kind::Flag),
        rule("/validateRequestBody", REPLACE, Kind::Flag),
    ],
};

/// `CreateRequestValidator`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let api = call
        .api(region)
        .map_err(|_| Error::bad_request("Invalid REST API identifier specified"))?;
    let given: RequestValidator = call.input()?;
    let validator = RequestValidator { id: id::new(id::SHORT), ..given };
    let shown = show(&validator);
    api.definition.request_validators.insert(validator.id.clone(), validator);
    shown
}

/// `GetRequestValidator`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `GetRequestValidators`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let validators = &call.api(region)?.definition.request_validators;
    page(call, validators.iter().map(|(id, validator)| (id.as_str(), validator)))
}

/// `UpdateRequestValidator`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let validator = find(call, region)?;
    *validator = patched(call, &PATCH, validator)?;
    show(validator)
}

/// `DeleteRequestValidator`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let RequestValidator { id, name, .. } = find(call, region)?.clone();
    let definition = &mut call.api(region)?.definition;
    let used = |method: &crate::model::Method| method.request_validator_id.as_ref() == Some(&id);
    if let Some(place) = super::place_of_method(definition, used) {
        return Err(Error::conflict(format!(
            "Cannot delete request validator '{name}', is referenced in method: {place}"
        )));
    }
    definition.request_validators.remove(&id);
    Ok(Reply::Nothing)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut RequestValidator, Error> {
    region
        .apis
        .get_mut(call.path("api"))
        .and_then(|api| api.definition.request_validators.get_mut(call.path("validator")))
        .ok_or_else(|| Error::not_found("Invalid Request Validator identifier specified"))
}
