//! Checks of parameter mappings and of mapping templates, which integrations and their responses
//! share: what AWS refuses when it is stored. What they mean is the data plane's business.

use super::error::Error;
use crate::model::{Method, Strings};

const LARGEST_TEMPLATE: usize = 300 * 1024;

/// Checks what an integration makes of the parameters of a request.
pub(super) fn check_request(parameters: &Strings, method: &Method) -> Result<(), Error> {
    let places = ["path", "querystring", "header"];
    let mut errors = Vec::new();
    for (target, source) in parameters {
        if !names_one(target, "integration.request.", &places) {
            errors.push(format!("Invalid mapping expression specified: {target}"));
        } else if names_one(source, "method.request.", &places) {
            if !method.request_parameters.contains_key(source) {
                errors.push(format!("Invalid mapping expression parameter specified: {source}"));
            }
        } else if !is_source(source, "method.request.", &MULTI_VALUE) {
            errors.push(format!("Invalid mapping expression specified: {source}"));
        }
    }
    refuse(errors)
}

/// Checks what the response of a status makes of the parameters of an integration's response.
pub(super) fn check_response(
    parameters: &Strings,
    method: &Method,
    status_code: &str,
) -> Result<(), Error> {
    if parameters.is_empty() {
        return Ok(());
    }
    let Some(declared) = method.method_responses.get(status_code) else {
        return refuse(vec!["No method response exists for method.".to_owned()]);
    };
    let mut errors = Vec::new();
    for (target, source) in parameters {
        if !names_one(target, "method.response.", &["header"]) {
            errors.push(format!("Invalid mapping expression specified: {target}"));
        } else if !declared.response_parameters.contains_key(target) {
            errors.push(format!("Invalid mapping expression parameter specified: {target}"));
        } else if !is_source(source, "integration.response.", &["header", "multivalueheader"]) {
            errors.push(format!("Invalid mapping expression specified: {source}"));
        }
    }
    refuse(errors)
}

/// Checks the media types of mapping templates and how large they are.
pub(super) fn check_templates(templates: &Strings) -> Result<(), Error> {
    for (media_type, template) in templates {
        if !media_type.contains('/') && media_type != "$default" {
            return Err(Error::bad_request(format!(
                "Validation Result: warnings : [], errors : \
                 [Invalid content type specified: {media_type}]"
            )));
        }
        if template.len() > LARGEST_TEMPLATE {
            return Err(Error::bad_request(format!(
                "Mapping template for {media_type} exceeds the maximum size of {LARGEST_TEMPLATE} \
                 bytes"
            )));
        }
    }
    Ok(())
}

const MULTI_VALUE: [&str; 2] = ["multivaluequerystring", "multivalueheader"];

fn refuse(errors: Vec<String>) -> Result<(), Error> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(Error::bad_request(format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{}]",
        errors.join(", ")
    )))
}

/// Whether `text` is the prefix, one of the places and a name.
fn names_one(text: &str, prefix: &str, places: &[&str]) -> bool {
    let Some((place, name)) = text.strip_prefix(prefix).and_then(|rest| rest.split_once('.'))
    else {
        return false;
    };
    places.contains(&place) && !name.is_empty()
}

/// Whether `text` is something that a parameter may take its value from.
fn is_source(text: &str, prefix: &str, places: &[&str]) -> bool {
    let quoted = text.len() >= 2 && text.starts_with('\'') && text.ends_with('\'');
    let body = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix("body"));
    quoted
        || names_one(text, prefix, places)
        || body.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        || ["context.", "stageVariables."]
            .iter()
            .any(|from| text.strip_prefix(from).is_some_and(|name| !name.is_empty()))
}
