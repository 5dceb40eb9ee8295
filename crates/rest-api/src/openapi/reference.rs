//! References within a document: `$ref: '#/components/parameters/Id'`.
//!
//! Schemas are not resolved here: a schema that refers to another becomes a model that refers to
//! another model. References into other documents are not followed.

use serde_json::Value;

use super::node::{Node, Object, place_of};

/// More than any document needs, and few enough to follow again and again.
const LONGEST_CHAIN: usize = 100;

/// Follows `$ref` from `node` until something else stands there. Reports a reference that leads
/// nowhere, out of the document or round in a circle, and is then `None`.
pub(super) fn resolve<'d>(root: &Object<'d>, node: Node<'d>) -> Option<Node<'d>> {
    let mut node = node;
    let mut seen: Vec<String> = Vec::new();
    while let Some(reference) = node.value.get("$ref") {
        let Value::String(reference) = reference else {
            node.error("has a '$ref' that is not a string");
            return None;
        };
        if seen.contains(reference) {
            node.error(&format!("refers to itself: {} -> {reference}", seen.join(" -> ")));
            return None;
        }
        if seen.len() == LONGEST_CHAIN {
            node.error(&format!("is the end of more than {LONGEST_CHAIN} references in a row"));
            return None;
        }
        seen.push(reference.clone());
        node = target(root, &node, reference)?;
    }
    Some(node)
}

/// Reads what a member refers to as an object.
pub(super) fn object<'d>(root: &Object<'d>, node: Node<'d>) -> Option<Object<'d>> {
    resolve(root, node)?.object()
}

fn target<'d>(root: &Object<'d>, from: &Node<'d>, reference: &str) -> Option<Node<'d>> {
    let Some(pointer) = reference.strip_prefix("#/") else {
        from.error(&format!(
            "refers to '{reference}'; only references within the document ('#/...') are supported"
        ));
        return None;
    };
    let mut names = pointer.split('/').map(|name| name.replace("~1", "/").replace("~0", "~"));
    let first = names.next().and_then(|name| root.map.get(&name));
    let value = first.and_then(|first| names.try_fold(first, step));
    let Some(value) = value else {
        from.error(&format!("refers to '{reference}', which is not in the document"));
        return None;
    };
    Some(Node { value, place: place_of(reference), report: from.report })
}

fn step(value: &Value, name: String) -> Option<&Value> {
    match value {
        Value::Object(map) => map.get(&name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    }
}
