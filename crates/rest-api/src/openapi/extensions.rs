//! Extensions of the whole document: settings of the API, request validators, and what is no
//! extension of a REST API at all.
//!
//! An extension in a place where nothing reads it gets a warning, be it misspelt, misplaced or one
//! of HTTP APIs: it would otherwise be lost without a word.

use std::collections::BTreeMap;

use serde_json::Value;

use super::dialect::Reader;
use super::ids::Ids;
use super::node::{Node, Object};
use crate::model::{RequestValidator, RestApi};

const PREFIX: &str = "x-amazon-apigateway-";

/// The largest body that compression can be told to leave alone.
const LARGEST_COMPRESSION_SIZE: u32 = 10 * 1024 * 1024;

/// Applies what the document says of the API; what it does not name stays. Merged media types are
/// added to those that are there.
pub(super) fn apply(reader: &Reader<'_>, api: &mut RestApi) {
    let root = &reader.root;
    for media_type in root.strings("x-amazon-apigateway-binary-media-types") {
        if !api.binary_media_types.contains(&media_type) {
            api.binary_media_types.push(media_type);
        }
    }
    if let Some(node) = root.get("x-amazon-apigateway-minimum-compression-size") {
        api.minimum_compression_size = node.integer();
        if api.minimum_compression_size.is_some_and(|size| size > LARGEST_COMPRESSION_SIZE) {
            node.expected::<()>(&format!("at most {LARGEST_COMPRESSION_SIZE}"));
        }
    }
    if let Some(node) = root.get("x-amazon-apigateway-api-key-source") {
        match node.string().map(str::to_ascii_uppercase).as_deref() {
            Some(source @ ("HEADER" | "AUTHORIZER")) => api.api_key_source = source.to_owned(),
            Some(_) => node.expected("HEADER or AUTHORIZER").unwrap_or_default(),
            None => {}
        }
    }
    if let Some(node) = root.get("x-amazon-apigateway-policy") {
        api.policy = policy(&node);
    }
    // Swagger has the endpoint at the root; OpenAPI 3 has servers, to which it belongs.
    for holder in [Some(root.clone()), reader.first_server()].into_iter().flatten() {
        if let Some(endpoint) = holder.object("x-amazon-apigateway-endpoint-configuration") {
            apply_endpoint(&endpoint, api);
        }
    }
}

fn apply_endpoint(endpoint: &Object<'_>, api: &mut RestApi) {
    endpoint.warn_of_others(&["disableExecuteApiEndpoint", "vpcEndpointIds"]);
    if let Some(disabled) = endpoint.boolean("disableExecuteApiEndpoint") {
        api.disable_execute_api_endpoint = disabled;
    }
    if endpoint.get("vpcEndpointIds").is_some() {
        api.endpoint_configuration.vpc_endpoint_ids = endpoint.strings("vpcEndpointIds");
    }
}

/// The policy as text, whether it stands as an object or as the text itself.
fn policy(node: &Node<'_>) -> Option<String> {
    match node.value {
        Value::Object(_) => Some(node.value.to_string()),
        Value::String(text)
            if serde_json::from_str::<Value>(text).is_ok_and(|it| it.is_object()) =>
        {
            Some(text.clone())
        }
        _ => node.expected("a policy document"),
    }
}

/// Request validators by name.
pub(super) fn validators(root: &Object<'_>, ids: &Ids) -> BTreeMap<String, RequestValidator> {
    let Some(all) = root.object("x-amazon-apigateway-request-validators") else {
        return BTreeMap::new();
    };
    let validator = |(name, node): (&str, Node<'_>)| {
        let object = node.object()?;
        object.warn_of_others(&["validateRequestBody", "validateRequestParameters"]);
        let validator = RequestValidator {
            id: ids.validator(name),
            name: name.to_owned(),
            validate_request_body: object.boolean("validateRequestBody").unwrap_or(false),
            validate_request_parameters: object
                .boolean("validateRequestParameters")
                .unwrap_or(false),
        };
        Some((name.to_owned(), validator))
    };
    all.entries().filter_map(validator).collect()
}

/// Warns of every extension that stands where nothing reads it.
pub(super) fn warn_of_unread(root: &Object<'_>) {
    walk(root, &mut Vec::new());
}

fn walk<'d>(object: &Object<'d>, path: &mut Vec<&'d str>) {
    let read_here = read_at(path);
    for (name, node) in object.entries() {
        let extension = name.strip_prefix(PREFIX);
        if extension.is_some_and(|extension| !read_here.contains(&extension)) {
            node.warn("is not supported here and was ignored");
        }
        let is_operation = path.len() == 2 && extension == Some("any-method");
        if (name.starts_with("x-") && !is_operation) || matches!(name, "example" | "examples") {
            continue;
        }
        path.push(name);
        if node.value.is_object() {
            node.object().iter().for_each(|object| walk(object, path));
        } else if node.value.is_array() {
            path.push("*");
            for item in node.items().iter().filter(|item| item.value.is_object()) {
                item.object().iter().for_each(|object| walk(object, path));
            }
            path.pop();
        }
        path.pop();
    }
}

/// The extensions that are read in an object at this path.
fn read_at(path: &[&str]) -> &'static [&'static str] {
    match path {
        [] => &[
            "api-key-source",
            "binary-media-types",
            "documentation",
            "endpoint-configuration",
            "gateway-responses",
            "minimum-compression-size",
            "policy",
            "request-validator",
            "request-validators",
        ],
        ["servers", _] => &["endpoint-configuration"],
        ["paths", _] => &["any-method"],
        ["paths", _, _] => &["auth", "integration", "request-validator"],
        ["components"] => &["integrations"],
        ["components", "securitySchemes", _] | ["securityDefinitions", _] => {
            &["authtype", "authorizer"]
        }
        _ => &[],
    }
}
