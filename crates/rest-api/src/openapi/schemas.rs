//! Schemas of a document, and what they become: models.
//!
//! A shared schema is a model of the same name. A schema that stands in an operation is a model too,
//! named after its content (`MODEL1a2b3c`, the form AWS uses), so that the same schema is one model
//! and has the same name in the next import. References become the URLs that AWS stores.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::dialect::Reader;
use super::ids::Ids;
use super::node::{Node, Object};
use super::reference;
use super::schema_check::{self, Holds};
use crate::model::Model;

/// What a reference to a model of the API `id` begins with.
pub(super) fn model_url(api_id: &str) -> String {
    format!("https://apigateway.amazonaws.com/restapis/{api_id}/models/")
}

/// The models that a document makes.
#[derive(Debug)]
pub(super) struct Models<'r, 'd> {
    reader: &'r Reader<'d>,
    ids: &'r Ids,
    model_url: String,
    /// Names of all models that the API will have, whether the document makes them or not.
    names: BTreeSet<String>,
    models: BTreeMap<String, Model>,
    /// Models of schemas that stand in operations, by place: many may refer to one.
    generated: BTreeMap<String, String>,
}

impl<'r, 'd> Models<'r, 'd> {
    /// Reads the shared schemas. The API keeps the models called `kept`.
    pub(super) fn read(
        reader: &'r Reader<'d>,
        ids: &'r Ids,
        api_id: &str,
        kept: BTreeSet<String>,
    ) -> Self {
        let mut names = kept;
        let schemas = reader.schemas();
        names.extend(schemas.iter().flat_map(|all| all.entries()).map(|(name, _)| name.to_owned()));
        let model_url = model_url(api_id);
        let mut this = Self {
            reader,
            ids,
            model_url,
            names,
            models: BTreeMap::new(),
            generated: BTreeMap::new(),
        };
        for (name, node) in schemas.iter().flat_map(|all| all.entries()) {
            if name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric()) {
                let reason = format!("Model name must be alphanumeric: {name}");
                reader.report.error(format!("Unable to create model for '{name}': {reason}"));
            }
            if let Some(schema) = node.object() {
                this.check(name, &schema);
                this.add(name, &schema);
            }
        }
        this
    }

    pub(super) fn finish(self) -> BTreeMap<String, Model> {
        self.models
    }

    /// The name of the model for a schema of an operation. AWS warns of a reference to a schema that
    /// the document lacks, and of a schema that is neither an object nor an array, and has no model
    /// then. `used_in` says where the schema is used.
    pub(super) fn name_of(&mut self, schema: &Node<'d>, used_in: &str) -> Option<String> {
        let reference = schema.value.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|text| self.reader.schema_name(text)) {
            if self.names.contains(name) {
                return Some(name.to_owned());
            }
            schema
                .report
                .warn(format!("Reference to model '{name}' not found. Ignoring. ({used_in})"));
            return None;
        }
        let schema = reference::object(&self.reader.root, schema.clone())?;
        if let Some(kind) = schema.map.get("type").and_then(scalar_type) {
            schema.report.warn(format!("Unsupported model type '{kind}' in {used_in}. Ignoring."));
            return None;
        }
        if let Some(name) = self.generated.get(&schema.place) {
            return Some(name.clone());
        }
        let name = self.generate(&schema);
        self.generated.insert(schema.place, name.clone());
        Some(name)
    }

    fn generate(&mut self, schema: &Object<'d>) -> String {
        let text = self.text(schema);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let mut number = hasher.finish();
        loop {
            let name = format!("MODEL{:06x}", number & 0xff_ffff);
            let known = self.models.get(&name);
            if known.is_some_and(|model| model.schema.as_ref() == Some(&text)) {
                return name;
            }
            if known.is_none() {
                self.check(&name, schema);
                self.add(&name, schema);
                return name;
            }
            number = number.wrapping_add(1);
        }
    }

    fn add(&mut self, name: &str, schema: &Object<'d>) {
        let model = Model {
            id: self.ids.model(name),
            name: name.to_owned(),
            description: schema.string("description"),
            schema: Some(self.text(schema)),
            content_type: "application/json".to_owned(),
        };
        self.models.insert(name.to_owned(), model);
    }

    fn text(&self, schema: &Object<'d>) -> String {
        let mut schema = Value::Object(schema.map.clone());
        rewrite_references(&mut schema, &|reference| {
            let name = self.reader.schema_name(reference)?;
            Some(format!("{}{name}", self.model_url))
        });
        format!("{schema:#}")
    }

    fn check(&self, model: &str, schema: &Object<'d>) {
        schema_check::check(schema, &|node, reference| {
            let is_url = reference.starts_with("https://apigateway.amazonaws.com/restapis/");
            let reason = match self.reader.schema_name(reference) {
                Some(name) if self.names.contains(name) => return,
                Some(_) => "Invalid model reference specified",
                None if is_url => return,
                None => "Model reference must be in canonical form",
            };
            node.report.error(format!(
                "Unable to create model for '{model}': Invalid model specified: Validation Result: \
                 warnings : [], errors : [{reason}: '{reference}' at '{}']",
                node.place
            ));
        });
    }
}

/// AWS's name for the types that no model is made of.
fn scalar_type(schema_type: &Value) -> Option<&'static str> {
    match schema_type.as_str()? {
        "string" => Some("StringSchema"),
        "number" => Some("NumberSchema"),
        "integer" => Some("IntegerSchema"),
        "boolean" => Some("BooleanSchema"),
        _ => None,
    }
}

/// Replaces the references of a schema by what `replacement` makes of them, where it makes anything.
pub(super) fn rewrite_references(schema: &mut Value, replacement: &dyn Fn(&str) -> Option<String>) {
    let Value::Object(map) = schema else { return };
    if let Some(Value::String(reference)) = map.get_mut("$ref")
        && let Some(new) = replacement(reference)
    {
        *reference = new;
    }
    for (keyword, held) in map.iter_mut() {
        match (schema_check::holds(keyword), held) {
            (Some(Holds::Map), Value::Object(schemas)) => {
                schemas.values_mut().for_each(|schema| rewrite_references(schema, replacement));
            }
            (Some(_), Value::Array(schemas)) => {
                schemas.iter_mut().for_each(|schema| rewrite_references(schema, replacement));
            }
            (Some(_), schema) => rewrite_references(schema, replacement),
            (None, _) => {}
        }
    }
}
