//! Authorizers, IAM and API keys as security schemes and requirements.

use serde_json::{Map, Value, json};

use super::Extensions;
use crate::model::{Authorizer, Definition, Method};

/// AWS's names for the schemes of IAM and of API keys.
const IAM: &str = "sigv4";
const API_KEY: &str = "api_key";

/// The schemes of all authorizers, and of what else the methods ask for.
pub(super) fn schemes(definition: &Definition, extensions: Extensions) -> Map<String, Value> {
    let with_authorizers = extensions.authorizers || extensions.apigateway;
    let authorizers = definition.authorizers.values();
    let mut schemes: Map<_, _> = authorizers
        .map(|authorizer| (authorizer.name.clone(), scheme(authorizer, with_authorizers)))
        .collect();
    let methods = || definition.resources.values().flat_map(|it| it.resource_methods.values());
    if methods().any(|method| method.authorization_type == "AWS_IAM") {
        let mut iam = header_scheme("Authorization");
        iam.insert("x-amazon-apigateway-authtype".to_owned(), json!("awsSigv4"));
        schemes.insert(free(definition, IAM), Value::Object(iam));
    }
    if methods().any(|method| method.api_key_required) {
        schemes.insert(free(definition, API_KEY), Value::Object(header_scheme("x-api-key")));
    }
    schemes
}

/// What a method asks for.
pub(super) fn requirements(definition: &Definition, method: &Method) -> Vec<Value> {
    let mut requirements = Vec::new();
    if method.authorization_type == "AWS_IAM" {
        requirements.push(json!({ free(definition, IAM): [] }));
    }
    let authorizer = method.authorizer_id.as_ref().and_then(|id| definition.authorizers.get(id));
    if let Some(authorizer) = authorizer {
        requirements.push(json!({ &authorizer.name: method.authorization_scopes }));
    }
    if method.api_key_required {
        requirements.push(json!({ free(definition, API_KEY): [] }));
    }
    requirements
}

/// `name`, or one like it that no authorizer has.
fn free(definition: &Definition, name: &str) -> String {
    let is_taken = |name: &str| definition.authorizers.values().any(|it| it.name == name);
    let mut name = name.to_owned();
    while is_taken(&name) {
        name.push('_');
    }
    name
}

fn scheme(authorizer: &Authorizer, with_extension: bool) -> Value {
    const HEADER: &str = "method.request.header.";
    let source = authorizer.identity_source.as_deref().unwrap_or_default();
    // The header is part of the scheme only where it is the whole of the identity. AWS writes
    // "Unused" for the authorizers that get the whole request.
    let header = match authorizer.kind.as_str() {
        "REQUEST" => "Unused",
        _ => source.strip_prefix(HEADER).unwrap_or("Authorization"),
    };
    let mut scheme = header_scheme(header);
    if let Some(auth_type) = &authorizer.auth_type {
        scheme.insert("x-amazon-apigateway-authtype".to_owned(), json!(auth_type));
    }
    if with_extension {
        scheme.insert("x-amazon-apigateway-authorizer".to_owned(), extension(authorizer));
    }
    Value::Object(scheme)
}

fn extension(authorizer: &Authorizer) -> Value {
    let mut extension =
        Map::from_iter([("type".to_owned(), json!(authorizer.kind.to_ascii_lowercase()))]);
    let texts = [
        ("authorizerUri", &authorizer.authorizer_uri),
        ("authorizerCredentials", &authorizer.authorizer_credentials),
        ("identitySource", &authorizer.identity_source),
        ("identityValidationExpression", &authorizer.identity_validation_expression),
    ];
    for (name, text) in texts {
        extension.extend(text.as_ref().map(|text| (name.to_owned(), json!(text))));
    }
    if let Some(seconds) = authorizer.authorizer_result_ttl_in_seconds {
        extension.insert("authorizerResultTtlInSeconds".to_owned(), json!(seconds));
    }
    if !authorizer.provider_arns.is_empty() {
        extension.insert("providerARNs".to_owned(), json!(authorizer.provider_arns));
    }
    Value::Object(extension)
}

fn header_scheme(name: &str) -> Map<String, Value> {
    let member = |name: &str, value: &str| (name.to_owned(), json!(value));
    Map::from_iter([member("type", "apiKey"), member("name", name), member("in", "header")])
}
