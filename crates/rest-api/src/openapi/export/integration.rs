//! An integration as `x-amazon-apigateway-integration`.
//!
//! Enumerations are in lower case, as AWS writes them. What an import fills in by itself is left out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::into_map;
use crate::model::{Integration, IntegrationResponse};
use crate::rules::integrations::{DEFAULT_TIMEOUT_MILLIS, default_connection_type};

pub(super) fn integration(integration: &Integration, resource_id: &str) -> Value {
    let mut members = into_map(json!(integration));
    for name in ["type", "passthroughBehavior"] {
        if let Some(Value::String(text)) = members.get_mut(name) {
            text.make_ascii_lowercase();
        }
    }
    if integration.cache_namespace == resource_id {
        members.shift_remove("cacheNamespace");
    }
    if integration.cache_key_parameters.is_empty() {
        members.shift_remove("cacheKeyParameters");
    }
    if integration.timeout_in_millis == DEFAULT_TIMEOUT_MILLIS {
        members.shift_remove("timeoutInMillis");
    }
    if integration.connection_type.as_deref() == default_connection_type(integration.kind) {
        members.shift_remove("connectionType");
    }
    members.shift_remove("integrationResponses");
    if !integration.integration_responses.is_empty() {
        let responses = responses(&integration.integration_responses);
        members.insert("responses".to_owned(), Value::Object(responses));
    }
    Value::Object(members)
}

/// Responses by selection pattern. Of two with the same pattern only the one with the lower status
/// code has a place here.
fn responses(responses: &BTreeMap<String, IntegrationResponse>) -> Map<String, Value> {
    let mut written = Map::new();
    for response in responses.values() {
        let mut members = into_map(json!(response));
        members.shift_remove("selectionPattern");
        let pattern = response.selection_pattern.as_deref().unwrap_or("default");
        written.entry(pattern).or_insert(Value::Object(members));
    }
    written
}
