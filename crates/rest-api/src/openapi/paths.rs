//! Paths and operations, and what they become: methods.
//!
//! Which resources carry the methods is `resources`'s business. A method without an integration is
//! taken; it cannot be deployed, which the deployment says.

use std::collections::{BTreeMap, BTreeSet};

use super::BasePath;
use super::dialect::Reader;
use super::integration;
use super::node::{Node, Object};
use super::parameters;
use super::place::Place;
use super::reference;
use super::schemas::Models;
use super::security::Security;
use crate::model::{Method, MethodResponse, Strings};
use crate::rules::names::check_parameters;

const OPERATIONS: &[(&str, &str)] = &[
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("x-amazon-apigateway-any-method", "ANY"),
];

const PATH_MEMBERS: &[&str] = &[
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "parameters",
    "summary",
    "description",
    "$ref",
];

/// What operations refer to.
#[derive(Debug)]
pub(super) struct Context<'r, 'd> {
    pub(super) reader: &'r Reader<'d>,
    pub(super) security: &'r Security<'d>,
    /// Ids of request validators by name.
    pub(super) validators: &'r BTreeMap<String, String>,
}

/// The methods of each path, in the order of the document, below the base path if that is asked for.
pub(super) fn read<'d>(
    context: &Context<'_, 'd>,
    models: &mut Models<'_, 'd>,
) -> Vec<(String, BTreeMap<String, Method>)> {
    let reader = context.reader;
    let base = prefix(reader.settings.base_path, reader.base_path());
    let mut paths = Vec::new();
    let mut seen = BTreeSet::new();
    for (path, node) in reader.root.object("paths").iter().flat_map(|all| all.entries()) {
        if path.starts_with("x-") {
            continue;
        }
        let Some(item) = reference::object(&reader.root, node) else { continue };
        item.warn_of_others(PATH_MEMBERS);
        let full = format!("{base}{path}");
        if !seen.insert(full.trim_end_matches('/').to_owned()) {
            item.error("is the same path as another");
        }
        let mut methods = BTreeMap::new();
        for (member, http_method) in OPERATIONS {
            if let Some(operation) = item.object(member) {
                let place = Place { http_method, path: &full };
                let method = method(context, models, &item, &operation, place);
                methods.insert((*http_method).to_owned(), method);
            }
        }
        paths.push((full, methods));
    }
    paths
}

fn prefix(mode: BasePath, base: String) -> String {
    match mode {
        BasePath::Ignore => String::new(),
        BasePath::Prepend => base,
        BasePath::Split => {
            let after_first = base.get(1..).and_then(|rest| rest.split_once('/'));
            after_first.map(|(_, rest)| format!("/{rest}")).unwrap_or_default()
        }
    }
}

fn method<'d>(
    context: &Context<'_, 'd>,
    models: &mut Models<'_, 'd>,
    item: &Object<'d>,
    operation: &Object<'d>,
    place: Place<'_>,
) -> Method {
    let reader = context.reader;
    for member in ["callbacks", "servers"] {
        if let Some(node) = operation.get(member) {
            node.warn("is not supported and was ignored");
        }
    }
    let parameters = parameters::read(reader, item, operation);
    let mut request_parameters = parameters::request_parameters(&parameters, place);
    request_parameters.extend(parameters::of_path(place.path));
    if let Err(reason) = check_parameters(request_parameters.keys()) {
        place.refuse_method(operation, &reason);
    }
    let bodies = reader.request_bodies(operation, &parameters);
    let authorization = context.security.authorization(operation);
    let mut method = Method {
        http_method: place.http_method.to_owned(),
        authorization_type: authorization.kind.unwrap_or("NONE").to_owned(),
        authorizer_id: authorization.authorizer_id,
        api_key_required: authorization.api_key_required,
        request_validator_id: validator(context, operation, place),
        operation_name: operation.string("operationId"),
        request_parameters,
        request_models: model_names(models, &bodies, &format!("body of {place}")),
        method_responses: responses(reader, models, operation, place),
        method_integration: None,
        authorization_scopes: authorization.scopes,
    };
    let integration = operation.get("x-amazon-apigateway-integration");
    let integration = integration.and_then(|node| reference::object(&reader.root, node));
    method.method_integration =
        integration.and_then(|integration| integration::read(&integration, &method, place));
    method
}

fn validator(
    context: &Context<'_, '_>,
    operation: &Object<'_>,
    place: Place<'_>,
) -> Option<String> {
    const MEMBER: &str = "x-amazon-apigateway-request-validator";
    let name = operation.get(MEMBER).or_else(|| context.reader.root.get(MEMBER))?;
    let name = name.string()?;
    let id = context.validators.get(name);
    if id.is_none() {
        let reason = format!("Invalid Request Validator identifier specified: {name}");
        place.refuse_method(operation, &reason);
    }
    id.cloned()
}

fn model_names<'d>(
    models: &mut Models<'_, 'd>,
    bodies: &[(String, Node<'d>)],
    used_in: &str,
) -> Strings {
    let name = |(media_type, schema): &(String, Node<'d>)| {
        Some((media_type.clone(), models.name_of(schema, used_in)?))
    };
    bodies.iter().filter_map(name).collect()
}

fn responses<'d>(
    reader: &Reader<'d>,
    models: &mut Models<'_, 'd>,
    operation: &Object<'d>,
    place: Place<'_>,
) -> BTreeMap<String, MethodResponse> {
    let mut responses = BTreeMap::new();
    for (status_code, node) in operation.object("responses").iter().flat_map(|all| all.entries()) {
        if status_code.starts_with("x-") {
            continue;
        }
        if !is_status_code(status_code) {
            // AWS knows exact status codes only.
            node.warn("is no status code of three digits and was ignored");
            continue;
        }
        let Some(response) = reference::object(&reader.root, node) else { continue };
        if let Some(links) = response.get("links") {
            links.warn("is not supported and was ignored");
        }
        let headers = response.object("headers");
        let bodies = reader.response_bodies(operation, &response);
        let used_in = format!("{status_code} response to {place}");
        let header = |(name, _): (&str, _)| (format!("method.response.header.{name}"), false);
        let response = MethodResponse {
            status_code: status_code.to_owned(),
            response_parameters: headers.iter().flat_map(|all| all.entries()).map(header).collect(),
            response_models: model_names(models, &bodies, &used_in),
        };
        responses.insert(status_code.to_owned(), response);
    }
    responses
}

fn is_status_code(text: &str) -> bool {
    matches!(text.as_bytes(), [b'1'..=b'5', b'0'..=b'9', b'0'..=b'9'])
}
