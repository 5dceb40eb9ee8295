//! Documents in, definitions out, and back.
//!
//! [`plain`] shows a definition without its ids: what refers to something by id refers to it by path
//! or name instead. So definitions can be compared that were made separately.

mod aws_words;
mod documents;
mod exports;
mod methods;
mod models;
mod refusals;
mod robustness;
mod updates;

use serde_json::{Map, Value, json};

use super::{ImportError, ImportSettings, Imported, Mode, import};
use crate::model::{Definition, Integration, Method};

const PATTERNS: &str = include_str!("fixtures/patterns.yaml");
const PATTERNS_SWAGGER: &str = include_str!("fixtures/patterns.swagger.yaml");
const EVERYTHING: &str = include_str!("fixtures/everything.yaml");

fn settings() -> ImportSettings {
    ImportSettings {
        account_id: "000000000000".to_owned(),
        region: "us-east-1".to_owned(),
        now: 1_700_000_000,
        ..ImportSettings::default()
    }
}

fn read(document: &str) -> Result<Imported, ImportError> {
    import(document.as_bytes(), None, Mode::Overwrite, &settings())
}

#[track_caller]
fn imported(document: &str) -> Imported {
    match read(document) {
        Ok(imported) => imported,
        Err(error) => panic!("refused: {error}"),
    }
}

/// What becomes of a document, without ids.
#[track_caller]
fn definition(document: &str) -> Value {
    plain(&imported(document).definition)
}

/// The errors of a document, or what is wrong with it as a whole.
#[track_caller]
fn errors(document: &str) -> Vec<String> {
    match read(document) {
        Ok(imported) => panic!("taken, with the warnings {:#?}", imported.warnings),
        Err(ImportError::Definition { errors, .. }) => errors,
        Err(error) => vec![error.to_string()],
    }
}

#[track_caller]
fn warnings(document: &str) -> Vec<String> {
    imported(document).warnings
}

/// A document whose `GET /x` has these members, in YAML's flow style.
fn get_x(members: &str) -> String {
    format!(
        "{{openapi: 3.0.1, info: {{title: t, version: '1'}}, paths: {{/x: {{get: {{{members}}}}}}}}}"
    )
}

/// A document with these members beside a path.
fn with_root(members: &str) -> String {
    format!(
        "{{openapi: 3.0.1, info: {{title: t, version: '1'}}, paths: {{/x: {{get: {{}}}}}}, {members}}}"
    )
}

/// A definition with paths and names where it has ids.
fn plain(definition: &Definition) -> Value {
    let named = |items: Vec<(&String, Value)>, hidden: &[&str]| {
        let without = |(name, mut item): (&String, Value)| {
            if let Value::Object(members) = &mut item {
                hidden.iter().for_each(|id| drop(members.shift_remove(*id)));
            }
            (name.clone(), item)
        };
        Value::Object(items.into_iter().map(without).collect())
    };
    let api_id = &definition.rest_api.id;
    let mut models = definition.models.clone();
    for model in models.values_mut() {
        model.schema = model.schema.as_ref().map(|schema| schema.replace(api_id, "API"));
    }
    let mut rest_api = json!(definition.rest_api);
    if let Value::Object(members) = &mut rest_api {
        ["id", "rootResourceId", "createdDate"]
            .iter()
            .for_each(|id| drop(members.shift_remove(*id)));
    }
    let validators = definition.request_validators.values().map(|it| (&it.name, json!(it)));
    let authorizers = definition.authorizers.values().map(|it| (&it.name, json!(it)));
    json!({
        "api": rest_api,
        "methods": methods(definition),
        "models": named(models.values().map(|it| (&it.name, json!(it))).collect(), &["id"]),
        "validators": named(validators.collect(), &["id"]),
        "authorizers": named(authorizers.collect(), &["id"]),
        "gatewayResponses": definition.gateway_responses,
    })
}

fn methods(definition: &Definition) -> Map<String, Value> {
    let mut resources: Vec<_> = definition.resources.values().collect();
    resources.sort_by_key(|resource| &resource.path);
    let mut methods = Map::new();
    for resource in resources {
        for (http_method, method) in &resource.resource_methods {
            let method = plain_method(definition, &resource.id, method);
            methods.insert(format!("{http_method} {}", resource.path), json!(method));
        }
    }
    methods
}

fn plain_method(definition: &Definition, resource_id: &str, method: &Method) -> Method {
    let authorizer = |id: &String| definition.authorizers[id].name.clone();
    let validator = |id: &String| definition.request_validators[id].name.clone();
    let integration = |integration: &Integration| {
        let is_own = integration.cache_namespace == resource_id;
        let cache_namespace = if is_own { "own" } else { &integration.cache_namespace };
        Integration { cache_namespace: cache_namespace.to_owned(), ..integration.clone() }
    };
    Method {
        authorizer_id: method.authorizer_id.as_ref().map(authorizer),
        request_validator_id: method.request_validator_id.as_ref().map(validator),
        method_integration: method.method_integration.as_ref().map(integration),
        ..method.clone()
    }
}
