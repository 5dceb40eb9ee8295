//! Whether a schema can be a model: JSON schema of draft 4, as OpenAPI writes it.
//!
//! Reports keywords of the wrong type as errors. Keywords of OpenAPI that draft 4 does not know are
//! kept in the model's text, and those that would change what is valid get a warning, since nothing
//! will enforce them. A name below `properties` is a name, never a keyword.

use serde_json::Value;

use super::node::{Node, Object};

const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];

/// Where a keyword holds other schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    Schema,
    SchemaOrBoolean,
    SchemaOrList,
    List,
    Map,
}

/// What a keyword holds, if it holds schemas.
pub(super) fn holds(keyword: &str) -> Option<Holds> {
    Some(match keyword {
        "not" => Holds::Schema,
        "additionalProperties" | "additionalItems" => Holds::SchemaOrBoolean,
        "items" => Holds::SchemaOrList,
        "allOf" | "anyOf" | "oneOf" => Holds::List,
        "properties" | "patternProperties" | "definitions" => Holds::Map,
        _ => return None,
    })
}

/// Checks a schema and all within it. `check_reference` gets every `$ref`.
pub(super) fn check(schema: &Object<'_>, check_reference: &dyn Fn(&Node<'_>, &str)) {
    if let Some(reference) = schema.get("$ref") {
        if let Some(text) = reference.string() {
            check_reference(&reference, text);
        }
        return;
    }
    for (keyword, node) in schema.entries() {
        match holds(keyword) {
            Some(holds) => check_held(&node, holds, check_reference),
            None => check_keyword(keyword, &node),
        }
    }
}

fn check_held(node: &Node<'_>, holds: Holds, check_reference: &dyn Fn(&Node<'_>, &str)) {
    let check_one = |node: &Node<'_>| {
        if let Some(schema) = node.object() {
            check(&schema, check_reference);
        }
    };
    match holds {
        Holds::SchemaOrBoolean if node.value.is_boolean() => {}
        Holds::SchemaOrList if node.value.is_array() => node.items().iter().for_each(check_one),
        Holds::Schema | Holds::SchemaOrBoolean | Holds::SchemaOrList => check_one(node),
        Holds::List => node.items().iter().for_each(check_one),
        Holds::Map => {
            for (_, node) in node.object().iter().flat_map(|map| map.entries()) {
                check_one(&node);
            }
        }
    }
}

fn check_keyword(keyword: &str, node: &Node<'_>) {
    match keyword {
        "type" => check_type(node),
        "required" => drop(node.strings()),
        "enum" => drop(node.items()),
        "title" | "description" | "format" | "pattern" => drop(node.string()),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            node.integer();
        }
        "minimum" | "maximum" | "multipleOf" if !node.value.is_number() => {
            node.expected::<()>("a number");
        }
        "exclusiveMinimum" | "exclusiveMaximum" | "uniqueItems" => {
            node.boolean();
        }
        "nullable" | "readOnly" | "writeOnly" if *node.value != Value::Bool(false) => {
            node.warn("is not supported in models and has no effect");
        }
        "discriminator" => node.warn("is not supported in models and has no effect"),
        _ => {}
    }
}

fn check_type(node: &Node<'_>) {
    let types = if node.value.is_array() { node.items() } else { vec![node.clone()] };
    for node in types {
        if node.string().is_some_and(|name| !TYPES.contains(&name)) {
            node.expected::<()>(&format!("one of {}", TYPES.join(", ")));
        }
    }
}
