//! Mapping expressions: where the value of a mapped parameter comes from, and whether that exists.
//!
//! A method must declare what an integration reads or writes: `method.request.path.id` needs the
//! parameter, `method.response.header.Location` the header. AWS refuses an import otherwise, with
//! the wording used here. What an expression means is the data plane's.

use crate::model::{Method, MethodResponse};

/// Why a mapping from `source` to `target` is refused.
pub(super) fn check_request(method: &Method, target: &str, source: &str) -> Result<(), String> {
    if !has_name(target, "integration.request.", &["path.", "querystring.", "header."]) {
        return Err(invalid_expression(target));
    }
    if is_general(source) || is_body(source, "method.request.body") {
        return Ok(());
    }
    const PLACES: &[&str] =
        &["path.", "querystring.", "header.", "multivaluequerystring.", "multivalueheader."];
    if !has_name(source, "method.request.", PLACES) {
        return Err(invalid_expression(source));
    }
    let declared = source.replacen("request.multivalue", "request.", 1);
    if method.request_parameters.contains_key(&declared) {
        Ok(())
    } else {
        Err(invalid_parameter(source))
    }
}

/// Why a mapping from `source` to `target` is refused.
pub(super) fn check_response(
    response: &MethodResponse,
    target: &str,
    source: &str,
) -> Result<(), String> {
    if !has_name(target, "method.response.", &["header."]) {
        return Err(invalid_expression(target));
    }
    if !response.response_parameters.contains_key(target) {
        return Err(invalid_parameter(target));
    }
    let is_known = is_general(source)
        || is_body(source, "integration.response.body")
        || has_name(source, "integration.response.", &["header.", "multivalueheader."]);
    if is_known { Ok(()) } else { Err(invalid_expression(source)) }
}

/// A literal, or something of the context or the stage.
fn is_general(source: &str) -> bool {
    let is_literal = source.len() >= 2 && source.starts_with('\'') && source.ends_with('\'');
    is_literal || has_name(source, "", &["context.", "stageVariables."])
}

/// The whole body, or a JSONPath in it.
fn is_body(source: &str, body: &str) -> bool {
    let Some(path) = source.strip_prefix(body) else { return false };
    path.is_empty() || path.starts_with('.') || path.starts_with('[')
}

fn has_name(text: &str, prefix: &str, places: &[&str]) -> bool {
    let Some(rest) = text.strip_prefix(prefix) else { return false };
    places.iter().any(|place| rest.strip_prefix(place).is_some_and(|name| !name.is_empty()))
}

fn invalid_parameter(parameter: &str) -> String {
    invalid(&format!("Invalid mapping expression parameter specified: {parameter}"))
}

fn invalid_expression(expression: &str) -> String {
    invalid(&format!("Invalid mapping expression specified: {expression}"))
}

/// How AWS words what is wrong with parameters and mappings.
pub(super) fn invalid(error: &str) -> String {
    format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]"
    )
}
