//! Request validation: required parameters, then the body.

use super::compiled::CompiledMethod;
use super::exchange::Exchange;
use super::gateway_response::{Failure, ResponseType};
use super::media_type::choose;
use super::parameters::Source;

/// Checks what the method's validator checks.
///
/// # Errors
/// 400 with what is missing or wrong, 500 for a model that is no schema.
pub(super) fn check(exchange: &Exchange<'_>, method: &CompiledMethod) -> Result<(), Failure> {
    if method.validator.validate_request_parameters {
        check_parameters(exchange, method)?;
    }
    if method.validator.validate_request_body {
        check_body(exchange, method)?;
    }
    Ok(())
}

fn check_parameters(exchange: &Exchange<'_>, method: &CompiledMethod) -> Result<(), Failure> {
    let data = exchange.data();
    let is_missing = |parameter: &str| {
        let values = Source::parse(parameter).read(&data).ok().flatten();
        values.is_none_or(|values| values.iter().all(|value| value.trim().is_empty()))
    };
    let missing: Vec<&str> = method
        .definition
        .request_parameters
        .iter()
        .filter(|(parameter, required)| **required && is_missing(parameter))
        .map(|(parameter, _)| name(parameter))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let message = format!("Missing required request parameters: [{}]", missing.join(", "));
    Err(Failure::new(ResponseType::BadRequestParameters).message(message))
}

/// The name at the end of `method.request.place.name`.
fn name(parameter: &str) -> &str {
    parameter.splitn(4, '.').last().unwrap_or(parameter)
}

fn check_body(exchange: &Exchange<'_>, method: &CompiledMethod) -> Result<(), Failure> {
    let Some(schema) = choose(&method.schemas, exchange.media_type()) else {
        return Ok(());
    };
    let errors = schema.check(&exchange.request.body).map_err(Failure::configuration)?;
    match errors {
        None => Ok(()),
        Some(errors) => Err(Failure::new(ResponseType::BadRequestBody).validation_errors(errors)),
    }
}
