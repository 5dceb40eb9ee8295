//! Ids of what an import makes: those that the API already has for the same path or name, else new
//! ones.
//!
//! AWS keeps the ids of resources whose paths stay, which ARNs and Terraform's state rely on. Here
//! the same is done for whatever else has a name, so that importing a document twice changes nothing.

use std::collections::BTreeMap;

use crate::id;
use crate::model::Definition;

/// Ids by path or name.
#[derive(Debug, Default)]
pub(super) struct Ids {
    resources: BTreeMap<String, String>,
    models: BTreeMap<String, String>,
    validators: BTreeMap<String, String>,
    authorizers: BTreeMap<String, String>,
}

impl Ids {
    pub(super) fn of(definition: Option<&Definition>) -> Self {
        let Some(definition) = definition else { return Self::default() };
        let by = |key: &String, id: &String| (key.clone(), id.clone());
        Self {
            resources: definition.resources.iter().map(|(id, it)| by(&it.path, id)).collect(),
            models: definition.models.values().map(|it| by(&it.name, &it.id)).collect(),
            validators: definition
                .request_validators
                .iter()
                .map(|(id, it)| by(&it.name, id))
                .collect(),
            authorizers: definition.authorizers.iter().map(|(id, it)| by(&it.name, id)).collect(),
        }
    }

    pub(super) fn resource(&self, path: &str) -> String {
        existing_or_new(&self.resources, path, id::LONG)
    }

    pub(super) fn model(&self, name: &str) -> String {
        existing_or_new(&self.models, name, id::SHORT)
    }

    pub(super) fn validator(&self, name: &str) -> String {
        existing_or_new(&self.validators, name, id::SHORT)
    }

    pub(super) fn authorizer(&self, name: &str) -> String {
        existing_or_new(&self.authorizers, name, id::SHORT)
    }
}

fn existing_or_new(ids: &BTreeMap<String, String>, key: &str, length: usize) -> String {
    ids.get(key).cloned().unwrap_or_else(|| id::new(length))
}
