//! Models as JSON schemas of draft 4, and what is wrong with a body in the words of the validator
//! that API Gateway uses, the Java library json-schema-validator.
//!
//! That validator looks into an object or list only if the container itself is right, so neither
//! does what is reported here. Of `allOf` it would count the schemas that fail; here the failures
//! themselves are told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{Draft, JsonType, Retrieve, Uri, ValidationError, Validator};
use serde_json::{Value as Json, json};

use crate::model::Definition;

/// What an empty body is validated as.
const EMPTY: &[u8] = b"{}";

/// A model of an API, compiled when a request first needs it.
#[derive(Debug)]
pub(super) struct Schema {
    model: String,
    definition: Arc<Definition>,
    validator: OnceLock<Result<Validator, String>>,
}

/// Resolves references between the models of one API.
struct Models(Arc<Definition>);

impl Retrieve for Models {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.path().as_str().rsplit_once("/models/").map(|(_, name)| name);
        let name = name.ok_or_else(|| format!("{uri} is no model of an API"))?;
        Ok(read(&self.0, name)?)
    }
}

impl Schema {
    pub(super) fn new(model: &str, definition: &Arc<Definition>) -> Self {
        let definition = Arc::clone(definition);
        Self { model: model.to_owned(), definition, validator: OnceLock::new() }
    }

    /// What is wrong with a body, `None` if nothing is.
    ///
    /// # Errors
    /// What is wrong with the model.
    pub(super) fn check(&self, body: &[u8]) -> Result<Option<String>, String> {
        let validator = self.validator.get_or_init(|| self.compile()).as_ref();
        let validator = validator.map_err(|error| format!("model {}: {error}", self.model))?;
        let body = if body.trim_ascii().is_empty() { EMPTY } else { body };
        let instance: Json = match serde_json::from_slice(body) {
            Ok(instance) => instance,
            Err(error) => return Ok(Some(format!("[the body is no JSON: {error}]"))),
        };
        if validator.is_valid(&instance) {
            return Ok(None);
        }
        Ok(Some(format!("[{}]", describe(validator.iter_errors(&instance)).join(", "))))
    }

    fn compile(&self) -> Result<Validator, String> {
        let schema = read(&self.definition, &self.model)?;
        jsonschema::options()
            .with_draft(Draft::Draft4)
            .should_validate_formats(true)
            .with_retriever(Models(Arc::clone(&self.definition)))
            .build(&schema)
            .map_err(|error| error.to_string())
    }
}

fn read(definition: &Definition, name: &str) -> Result<Json, String> {
    let model = definition.models.get(name).ok_or_else(|| format!("there is no model {name}"))?;
    let text = model.schema.as_deref().unwrap_or("{}");
    serde_json::from_str(text).map_err(|error| format!("the schema of {name} is no JSON: {error}"))
}

fn describe<'a>(errors: impl Iterator<Item = ValidationError<'a>>) -> Vec<String> {
    // By place, then by keyword.
    let mut lines: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut missing: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for error in errors {
        let place = error.instance_path().to_string();
        if let Kind::Required { property } = error.kind() {
            let property = property.as_str().unwrap_or_default().to_owned();
            missing.entry(place).or_default().insert(property);
        } else {
            lines.entry(place).or_default().push(message(&error));
        }
    }
    for (place, properties) in missing {
        let line = format!("object has missing required properties ({})", json!(properties));
        lines.entry(place).or_default().push(line);
    }
    let is_inside = |place: &str| {
        let mut above = place;
        while let Some((parent, _)) = above.rsplit_once('/') {
            if lines.contains_key(parent) {
                return true;
            }
            above = parent;
        }
        false
    };
    let outer = lines.iter().filter(|(place, _)| !is_inside(place));
    outer.flat_map(|(_, lines)| lines.clone()).collect()
}

fn message(error: &ValidationError<'_>) -> String {
    let found = error.instance();
    let length = || found.as_str().map_or(0, |text| text.chars().count());
    let count = || match &**found {
        Json::Array(items) => items.len(),
        Json::Object(members) => members.len(),
        _ => 0,
    };
    match error.kind() {
        Kind::Type { kind } => format!(
            "instance type ({}) does not match any allowed primitive type (allowed: {})",
            type_name(found),
            json!(allowed_types(kind)),
        ),
        Kind::Enum { options } => {
            format!("instance value ({found}) not found in enum (possible values: {options})")
        }
        Kind::AdditionalProperties { unexpected } => {
            let unexpected: BTreeSet<&String> = unexpected.iter().collect();
            let names = json!(unexpected);
            format!("object instance has properties which are not allowed by the schema: {names}")
        }
        Kind::MinLength { limit } => {
            format!("string {found} is too short (length: {}, required minimum: {limit})", length())
        }
        Kind::MaxLength { limit } => {
            format!("string {found} is too long (length: {}, maximum allowed: {limit})", length())
        }
        Kind::Pattern { pattern } => {
            format!("ECMA 262 regex \"{pattern}\" does not match input string {found}")
        }
        Kind::Minimum { limit } => format!(
            "numeric instance is lower than the required minimum (minimum: {limit}, found: {found})"
        ),
        Kind::Maximum { limit } => format!(
            "numeric instance is greater than the required maximum \
             (maximum: {limit}, found: {found})"
        ),
        Kind::ExclusiveMinimum { limit } => {
            format!("numeric instance is not strictly greater than the required minimum {limit}")
        }
        Kind::ExclusiveMaximum { limit } => {
            format!("numeric instance is not strictly lower than the required maximum {limit}")
        }
        Kind::MultipleOf { multiple_of } => {
            format!("remainder of division is not zero ({found} / {multiple_of})")
        }
        Kind::MinItems { limit } => format!(
            "array is too short: must have at least {limit} elements but instance has {} elements",
            count()
        ),
        Kind::MaxItems { limit } => format!(
            "array is too long: must have at most {limit} elements but instance has {} elements",
            count()
        ),
        Kind::UniqueItems => "array must not contain duplicate elements".to_owned(),
        Kind::MinProperties { limit } => format!(
            "object has too few properties (found {} but schema requires at least {limit})",
            count()
        ),
        Kind::MaxProperties { limit } => format!(
            "object has too many properties (found {} but schema requires at most {limit})",
            count()
        ),
        Kind::AnyOf { context } => {
            format!("instance failed to match at least one required schema among {}", context.len())
        }
        Kind::OneOfNotValid { context } => format!(
            "instance failed to match exactly one schema (matched 0 out of {})",
            context.len()
        ),
        Kind::OneOfMultipleValid { context } => {
            let matched = context.iter().filter(|errors| errors.is_empty()).count();
            let all = context.len();
            format!("instance failed to match exactly one schema (matched {matched} out of {all})")
        }
        Kind::Not { .. } => "instance matched a schema which it should not have".to_owned(),
        Kind::Format { format } => wrong_format(format, found),
        _ => error.to_string(),
    }
}

fn wrong_format(format: &str, found: &Json) -> String {
    match format {
        "date-time" => format!(
            "string {found} is invalid against requested date format(s) \
             [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{{1,12}}Z]"
        ),
        "email" => format!("string {found} is not a valid email address"),
        "ipv4" => format!("string {found} is not a valid IPv4 address"),
        "ipv6" => format!("string {found} is not a valid IPv6 address"),
        "uri" => format!("string {found} is not a valid URI"),
        other => format!("string {found} is not a valid {other}"),
    }
}

/// Sorted; a number may always be an integer.
fn allowed_types(kind: &TypeKind) -> BTreeSet<&'static str> {
    let types: Vec<JsonType> = match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(set) => set.iter().collect(),
    };
    let mut names: BTreeSet<&str> = types.iter().map(|one| one.as_str()).collect();
    if names.contains("number") {
        names.insert("integer");
    }
    names
}

fn type_name(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(number) if number.is_f64() => "number",
        Json::Number(_) => "integer",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}
