//! Mapping expressions and mapping templates.
//!
//! A method must declare what an integration reads or writes: `method.request.path.id` needs the
//! parameter, `method.response.header.Location` the header.

use crate::model::{Method, MethodResponse, Strings};

/// AWS's quota.
const LARGEST_TEMPLATE: usize = 300 * 1024;

/// Checks what an integration makes of the parameters of a request.
pub(crate) fn check_request(parameters: &Strings, method: &Method) -> Result<(), String> {
    const PLACES: &[&str] =
        &["path.", "querystring.", "header.", "multivaluequerystring.", "multivalueheader."];
    listed(parameters.iter().filter_map(|(target, source)| {
        if !has_name(target, "integration.request.", &["path.", "querystring.", "header."]) {
            return Some(unknown_expression(target));
        }
        if is_general(source) || is_body(source, "method.request.body") {
            return None;
        }
        if !has_name(source, "method.request.", PLACES) {
            return Some(unknown_expression(source));
        }
        let declared = source.replacen("request.multivalue", "request.", 1);
        let is_declared = method.request_parameters.contains_key(&declared);
        (!is_declared).then(|| unknown_parameter(source))
    }))
}

/// Checks what an integration response makes of an integration's headers and body. Only one that
/// has mappings needs a method response, which is `declared`.
pub(crate) fn check_response(
    parameters: &Strings,
    declared: Option<&MethodResponse>,
) -> Result<(), String> {
    if parameters.is_empty() {
        return Ok(());
    }
    let Some(declared) = declared else {
        return Err(invalid("No method response exists for method."));
    };
    listed(parameters.iter().filter_map(|(target, source)| {
        if !has_name(target, "method.response.", &["header."]) {
            return Some(unknown_expression(target));
        }
        if !declared.response_parameters.contains_key(target) {
            return Some(unknown_parameter(target));
        }
        let is_known = is_general(source)
            || is_body(source, "integration.response.body")
            || has_name(source, "integration.response.", &["header.", "multivalueheader."]);
        (!is_known).then(|| unknown_expression(source))
    }))
}

/// Checks the headers of a gateway response, which no method declares.
pub(super) fn check_gateway_response(parameters: &Strings) -> Result<(), String> {
    listed(parameters.iter().filter_map(|(target, source)| {
        if !has_name(target, "gatewayresponse.", &["header."]) {
            return Some(unknown_expression(target));
        }
        let is_known = is_general(source)
            || has_name(source, "method.request.", &["path.", "querystring.", "header."]);
        (!is_known).then(|| unknown_expression(source))
    }))
}

/// Checks the media types of mapping templates and how large they are.
pub(crate) fn check_templates(templates: &Strings) -> Result<(), String> {
    for (media_type, template) in templates {
        if !media_type.contains('/') && media_type != "$default" {
            return Err(format!(
                "Validation Result: warnings : [], errors : \
                 [Invalid content type specified: {media_type}]"
            ));
        }
        if template.len() > LARGEST_TEMPLATE {
            return Err(format!(
                "Mapping template for {media_type} exceeds the maximum size of {LARGEST_TEMPLATE} \
                 bytes"
            ));
        }
    }
    Ok(())
}

/// How AWS words what is wrong with parameters and mappings.
pub(crate) fn invalid(error: &str) -> String {
    format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]"
    )
}

/// What AWS says of an expression that is none.
pub(super) fn unknown_expression(expression: &str) -> String {
    format!("Invalid mapping expression specified: {expression}")
}

fn unknown_parameter(parameter: &str) -> String {
    format!("Invalid mapping expression parameter specified: {parameter}")
}

fn listed(errors: impl Iterator<Item = String>) -> Result<(), String> {
    let errors: Vec<String> = errors.collect();
    if errors.is_empty() { Ok(()) } else { Err(invalid(&errors.join(", "))) }
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

/// Whether `text` is the prefix, one of the places and a name.
pub(super) fn has_name(text: &str, prefix: &str, places: &[&str]) -> bool {
    let Some(rest) = text.strip_prefix(prefix) else { return false };
    places.iter().any(|place| rest.strip_prefix(place).is_some_and(|name| !name.is_empty()))
}
