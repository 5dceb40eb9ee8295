//! JSONPath without a template, which is what a gateway's parameter mappings take.

use std::sync::Arc;

use vtl::json::Style;
use vtl::{Fault, Limits, Meter, Value};

use crate::input::{BODY_EXCEPTION, Input};
use crate::request::Parameters;

/// Why nothing could be looked for.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum FindError {
    /// The document is no JSON even for a lenient reader.
    #[error("the document is not JSON: {0}")]
    Document(String),
    /// The path has a mistake, cannot be followed in this document, or exceeds a bound.
    #[error("the path cannot be followed: {0}")]
    Path(String),
}

impl From<Fault> for FindError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Thrown { class, message } if class == BODY_EXCEPTION => {
                FindError::Document(message)
            }
            other => FindError::Path(other.to_string()),
        }
    }
}

/// What stands at a JSONPath of a JSON document, both read as templates read them: a text as it is,
/// an object or a list as compact JSON, anything else as it prints. `None` if it is missing or null.
///
/// # Errors
/// If the document or the path cannot be read.
pub fn find(document: &str, path: &str) -> Result<Option<String>, FindError> {
    let meter = Meter::new(Limits::default());
    let input = Input::new(Arc::from(document), Arc::new(Parameters::default()));
    let value = input.path(path, &meter)?;
    let mut text = String::new();
    match &value {
        Value::Null => return Ok(None),
        Value::List(_) | Value::Map(_) => {
            vtl::json::write(&value, Style::Plain, &mut text, &meter)?
        }
        scalar => scalar.print(&mut text, &meter)?,
    }
    Ok(Some(text))
}
