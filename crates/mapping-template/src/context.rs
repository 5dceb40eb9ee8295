//! `$context`: the request's context as a hash map, with the overrides that a template may write.
//!
//! Its maps print as nothing and are walked in the order of their hashes, as API Gateway's are.

use std::sync::Arc;

use serde_json::Value as Json;
use vtl::{Document, DocumentNode, DocumentText, ListKind, Map, MapKind, Order, Print, Value};

use crate::mentions::Mentions;
use crate::overrides::{self, Overrides};
use crate::request::JsonObject;
use crate::value::{plain, scalar};

const CONTEXT_MAP: MapKind = MapKind { order: Order::Hash, print: Print::Nothing };

const OVERRIDES: [&str; 2] = [overrides::REQUEST, overrides::RESPONSE];

/// The map that templates see, as far as `mentions` says that a template looks.
pub(crate) fn value(context: &JsonObject, mentions: &Mentions) -> Value {
    let mut document = Document::new(CONTEXT_MAP, ListKind::ArrayList, Arc::default());
    let mut members = Vec::with_capacity(context.len() + 2);
    let mut missing = if sees_overrides(mentions) { OVERRIDES.to_vec() } else { Vec::new() };
    for (name, value) in context {
        let value = match (overrides::groups(name), mentions.member(name)) {
            ([], Some(mentions)) => node(value, mentions, &mut document),
            ([], None) => continue,
            // Overrides that the template cannot write are taken from the request.
            (_, _) if !missing.contains(&&**name) => continue,
            (groups, _) => {
                missing.retain(|missing| missing != name);
                with_groups(value.as_object(), groups, &mut document)
            }
        };
        members.push((document.copy(name), value));
    }
    for name in missing {
        let value = with_groups(None, overrides::groups(name), &mut document);
        members.push((document.copy(name), value));
    }
    let root = document.map_of_distinct(&members);
    document.into_value(root)
}

/// Whether a template may write overrides. One that may write either gets both.
fn sees_overrides(mentions: &Mentions) -> bool {
    OVERRIDES.iter().any(|name| mentions.member(name).is_some())
}

fn node(json: &Json, mentions: &Mentions, document: &mut Document) -> DocumentNode {
    match json {
        Json::Object(object) => {
            let mut members = Vec::with_capacity(object.len());
            push_members(object, mentions, document, &mut members);
            document.map_of_distinct(&members)
        }
        Json::Array(_) => document.value(plain(json)),
        Json::String(text) => DocumentNode::Text(document.copy(text)),
        other => document.value(scalar(other)),
    }
}

/// A map with the members of an object and, where they are missing, empty maps for the groups.
fn with_groups(
    object: Option<&JsonObject>,
    groups: &[&str],
    document: &mut Document,
) -> DocumentNode {
    let mut all = Vec::with_capacity(object.map_or(0, JsonObject::len) + groups.len());
    if let Some(object) = object {
        push_members(object, &Mentions::Whole, document, &mut all);
    }
    for group in groups {
        if !object.is_some_and(|object| object.contains_key(*group)) {
            all.push((document.copy(group), document.map_of_distinct(&[])));
        }
    }
    document.map_of_distinct(&all)
}

fn push_members(
    object: &JsonObject,
    mentions: &Mentions,
    document: &mut Document,
    members: &mut Vec<(DocumentText, DocumentNode)>,
) {
    for (name, value) in object {
        if let Some(mentions) = mentions.member(name) {
            let value = node(value, mentions, document);
            members.push((document.copy(name), value));
        }
    }
}

/// What a template has overridden in the map that was made of a context.
pub(crate) fn overrides(map: &Map, mentions: &Mentions, context: &JsonObject) -> Overrides {
    if !sees_overrides(mentions) || map.is_untouched() {
        return Overrides::given(context);
    }
    let written = |name| match map.get(name) {
        Some(Value::Map(map)) => map,
        _ => Map::linked(),
    };
    Overrides::written(&written(overrides::REQUEST), &written(overrides::RESPONSE))
}
