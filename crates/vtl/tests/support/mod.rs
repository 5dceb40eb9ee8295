//! Reads cases and renders them.

use std::path::Path;

use serde_json::Value as Json;
use vtl::{BigInt, Context, Error, List, Map, Settings, Template, Value};

/// A template and its variables.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) variables: Json,
    pub(crate) template: String,
}

impl Case {
    /// Reads a file of variables, `---` and a template. The line end at the end of the file is not
    /// part of the template.
    pub(crate) fn read(path: &Path) -> Case {
        let text = std::fs::read_to_string(path).expect("the case can be read");
        let (variables, template) =
            text.split_once("\n---\n").expect("a case has a line of three hyphens");
        Case {
            name: path.file_name().expect("a case has a name").to_string_lossy().into_owned(),
            variables: serde_json::from_str(variables).expect("the variables are JSON"),
            template: template.strip_suffix('\n').unwrap_or(template).to_owned(),
        }
    }
}

pub(crate) fn render(case: &Case) -> Result<String, Error> {
    let mut context = Context::new();
    for (name, value) in case.variables.as_object().into_iter().flatten() {
        context.set(name.as_str(), value_of(value));
    }
    Template::parse(&case.name, &case.template)?.render(&context, &Settings::default())
}

/// A value as a JSON parser in Java would make it.
fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(BigInt::from(whole)),
            None => Value::from(number.as_f64().expect("a number that is not whole is a double")),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(List::json_array(items.iter().map(value_of).collect())),
        Json::Object(entries) => Value::Map(Map::from_entries(
            entries.iter().map(|(key, value)| (key.as_str(), value_of(value))),
        )),
    }
}
