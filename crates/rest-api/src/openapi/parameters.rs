//! Parameters of an operation, and what they become: the method's `requestParameters`.
//!
//! REST APIs know a parameter's place, its name and whether it is required. Types and constraints
//! of parameters are not kept, here as on AWS. A parameter in the body is `dialect`'s.

use std::collections::BTreeMap;

use super::dialect::Reader;
use super::node::Object;
use super::place::Place;
use super::reference;
use crate::rules::names::check_parameter_name;

/// The parameters of an operation, those of its path included. An operation's own one stands in
/// for the one of its path that has the same name and place.
pub(super) fn read<'d>(
    reader: &Reader<'d>,
    path_item: &Object<'d>,
    operation: &Object<'d>,
) -> Vec<Object<'d>> {
    let mut parameters: Vec<Object<'d>> = Vec::new();
    let mut indexes = BTreeMap::new();
    for node in path_item.items("parameters").into_iter().chain(operation.items("parameters")) {
        let Some(parameter) = reference::object(&reader.root, node) else { continue };
        match indexes.get(&key(&parameter)) {
            Some(index) => parameters[*index] = parameter,
            None => {
                indexes.insert(key(&parameter), parameters.len());
                parameters.push(parameter);
            }
        }
    }
    parameters
}

/// `method.request.{path,querystring,header}.name`, to whether it is required.
pub(super) fn request_parameters(
    parameters: &[Object<'_>],
    method: Place<'_>,
) -> BTreeMap<String, bool> {
    parameters.iter().filter_map(|parameter| request_parameter(parameter, method)).collect()
}

/// The variables of a path, which are parameters of its methods whether or not a document says so.
pub(super) fn of_path(path: &str) -> impl Iterator<Item = (String, bool)> + use<'_> {
    let variable = |part: &str| {
        let name = part.strip_prefix('{')?.strip_suffix('}')?;
        let name = name.strip_suffix('+').unwrap_or(name);
        Some((format!("method.request.path.{name}"), true))
    };
    path.split('/').filter_map(variable)
}

fn request_parameter(parameter: &Object<'_>, method: Place<'_>) -> Option<(String, bool)> {
    let place = parameter.required("in")?;
    let location = match place.as_str() {
        "path" => "path",
        "query" => "querystring",
        "header" => "header",
        "body" => return None,
        "cookie" | "formData" => {
            parameter.warn(&format!("is in '{place}', which is not supported; it was ignored"));
            return None;
        }
        _ => {
            parameter.error(&format!("is in '{place}'; it must be in path, query, header or body"));
            return None;
        }
    };
    let name = parameter.required("name")?;
    if let Err(reason) = check_parameter_name(&name) {
        method.refuse_method(parameter, &format!("{reason} ('{name}' at '{}')", parameter.place));
        return None;
    }
    let required = parameter.boolean("required").unwrap_or(false) || location == "path";
    Some((format!("method.request.{location}.{name}"), required))
}

fn key<'d>(parameter: &Object<'d>) -> (Option<&'d str>, Option<&'d str>) {
    let text = |name| parameter.map.get(name).and_then(|value| value.as_str());
    (text("in"), text("name"))
}
