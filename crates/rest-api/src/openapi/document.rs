//! From bytes to a value: JSON or YAML, with AWS's variables resolved, and which version it is.
//!
//! YAML is read as a JSON document: keys become strings (`200:` is `"200"`), merge keys are applied,
//! a key that stands twice is an error. What the document says is read elsewhere.

use serde_json::{Map, Number, Value};
use yaml_serde::Value as Yaml;

use super::ImportSettings;

/// The largest definition that AWS takes.
const LARGEST_BYTES: usize = 6 * 1024 * 1024;

/// How many brackets may be open at once in YAML. The parser's time grows with the square of it before
/// its own, much lower limit is looked at; strings with brackets that never close must fit, too.
const DEEPEST_NESTING: usize = 2000;

/// The versions of OpenAPI that REST APIs are imported from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// `swagger: '2.0'`
    Swagger,
    /// `openapi: 3.0.x`
    Oas30,
}

/// A document whose version is known. Its root is an object.
#[derive(Debug)]
pub(super) struct Document {
    pub(super) root: Value,
    pub(super) version: Version,
}

/// Why bytes are no document.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DocumentError {
    #[error("the document is empty")]
    Empty,
    #[error("the document has {0} bytes; at most {LARGEST_BYTES} are allowed")]
    TooLarge(usize),
    #[error("the document is not UTF-8")]
    Encoding(#[source] std::str::Utf8Error),
    #[error("the document is not valid JSON: {0}")]
    Json(serde_json::Error),
    #[error("the document is not valid YAML: {0}")]
    Yaml(yaml_serde::Error),
    #[error("the document has more than {DEEPEST_NESTING} brackets open at once")]
    TooDeep,
    #[error("{0} has no counterpart in JSON")]
    NotJson(String),
    #[error("the document must be an object with 'openapi' or 'swagger'")]
    NotAnObject,
    #[error("'#/openapi' or '#/swagger' must say which version the document has")]
    NoVersion,
    #[error("'{place}' must be {supported}; it is {found}")]
    Version { place: &'static str, supported: &'static str, found: String },
}

pub(super) fn read(bytes: &[u8], settings: &ImportSettings) -> Result<Document, DocumentError> {
    if bytes.len() > LARGEST_BYTES {
        return Err(DocumentError::TooLarge(bytes.len()));
    }
    let text = std::str::from_utf8(bytes).map_err(DocumentError::Encoding)?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(DocumentError::Empty);
    }
    let mut root = parse(text)?;
    let Value::Object(members) = &root else { return Err(DocumentError::NotAnObject) };
    let version = version(members)?;
    resolve_variables(&mut root, settings);
    Ok(Document { root, version })
}

/// JSON first, because it is faster and says better what is wrong with JSON. YAML's flow mappings
/// start with a brace as well, so a document that is neither gets the message of what it looks like.
fn parse(text: &str) -> Result<Value, DocumentError> {
    let Some(after_brace) = text.trim_start().strip_prefix('{') else { return yaml(text) };
    let looks_like_json = after_brace.trim_start().starts_with(['"', '}']);
    serde_json::from_str(text).or_else(|error| match yaml(text) {
        Err(_) if looks_like_json => Err(DocumentError::Json(error)),
        read => read,
    })
}

fn yaml(text: &str) -> Result<Value, DocumentError> {
    if deepest_nesting(text) > DEEPEST_NESTING {
        return Err(DocumentError::TooDeep);
    }
    let mut value: Yaml = yaml_serde::from_str(text).map_err(DocumentError::Yaml)?;
    value.apply_merge().map_err(DocumentError::Yaml)?;
    to_json(value)
}

/// How many brackets are open at once, those in strings included.
fn deepest_nesting(text: &str) -> usize {
    let mut open = 0_usize;
    let mut deepest = 0;
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => open += 1,
            b']' | b'}' => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest
}

fn to_json(value: Yaml) -> Result<Value, DocumentError> {
    Ok(match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Bool(value),
        Yaml::Number(number) => Value::Number(to_json_number(&number)?),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(items) => {
            Value::Array(items.into_iter().map(to_json).collect::<Result<_, _>>()?)
        }
        Yaml::Mapping(members) => {
            let member = |(name, value)| Ok((to_key(name)?, to_json(value)?));
            Value::Object(members.into_iter().map(member).collect::<Result<Map<_, _>, _>>()?)
        }
        Yaml::Tagged(tagged) => {
            return Err(DocumentError::NotJson(format!("the tag {}", tagged.tag)));
        }
    })
}

fn to_key(name: Yaml) -> Result<String, DocumentError> {
    Ok(match name {
        Yaml::String(name) => name,
        Yaml::Number(number) => number.to_string(),
        Yaml::Bool(value) => value.to_string(),
        Yaml::Null => "null".to_owned(),
        _ => return Err(DocumentError::NotJson("a key that is a collection".to_owned())),
    })
}

fn to_json_number(number: &yaml_serde::Number) -> Result<Number, DocumentError> {
    let integer = number.as_i64().map(Number::from).or_else(|| number.as_u64().map(Number::from));
    integer
        .or_else(|| number.as_f64().and_then(Number::from_f64))
        .ok_or_else(|| DocumentError::NotJson(format!("the number {number}")))
}

fn version(root: &Map<String, Value>) -> Result<Version, DocumentError> {
    let (place, supported, found, version) = match (root.get("swagger"), root.get("openapi")) {
        (Some(found), _) => ("#/swagger", "'2.0'", found, Version::Swagger),
        (None, Some(found)) => ("#/openapi", "'3.0.x'", found, Version::Oas30),
        (None, None) => return Err(DocumentError::NoVersion),
    };
    // `swagger: 2.0` without quotes is a number in YAML.
    let is_supported = match (version, found) {
        (Version::Swagger, Value::String(text)) => text == "2.0",
        (Version::Swagger, found) => found.as_f64() == Some(2.0),
        (Version::Oas30, found) => {
            found.as_str().is_some_and(|text| text == "3.0" || text.starts_with("3.0."))
        }
    };
    if is_supported {
        Ok(version)
    } else {
        Err(DocumentError::Version { place, supported, found: found.to_string() })
    }
}

/// API Gateway resolves these three variables wherever a string has them.
fn resolve_variables(value: &mut Value, settings: &ImportSettings) {
    match value {
        Value::String(text) if text.contains("${AWS::") => {
            *text = text
                .replace("${AWS::AccountId}", &settings.account_id)
                .replace("${AWS::Partition}", partition(&settings.region))
                .replace("${AWS::Region}", &settings.region);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| resolve_variables(item, settings)),
        Value::Object(map) => map.values_mut().for_each(|item| resolve_variables(item, settings)),
        _ => {}
    }
}

fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}
