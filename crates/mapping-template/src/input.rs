//! `$input`: the body, what JSONPath finds in it, and the request's parameters.
//!
//! The body is parsed when a template first reads it as JSON, and once: `$input.path('$')` hands out
//! the document itself, so what a template changes in it, a later `$input.json` prints.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use vtl::json::Style;
use vtl::{Fault, Map, Meter, Object, Value};

use crate::json;
use crate::jsonpath;
use crate::request::Parameters;

/// What `$input.body` gives when the request has none.
const EMPTY_BODY: &str = "{}";

/// The exception that an unreadable body throws, by which it is told from a template's own faults.
pub(crate) const BODY_EXCEPTION: &str = "InvalidJsonException";

pub(crate) struct Input {
    body: Arc<str>,
    text: OnceCell<Rc<str>>,
    document: OnceCell<Value>,
    parameters: Arc<Parameters>,
    parameter_map: OnceCell<Map>,
}

impl Input {
    pub(crate) fn new(body: Arc<str>, parameters: Arc<Parameters>) -> Self {
        Input {
            body,
            text: OnceCell::new(),
            document: OnceCell::new(),
            parameters,
            parameter_map: OnceCell::new(),
        }
    }

    fn document(&self, meter: &Meter) -> Result<&Value, Fault> {
        if let Some(document) = self.document.get() {
            return Ok(document);
        }
        let document = read_json(&self.body, BODY_EXCEPTION, meter)?;
        Ok(self.document.get_or_init(|| document))
    }

    pub(crate) fn path(&self, path: &str, meter: &Meter) -> Result<Value, Fault> {
        let document = self.document(meter)?;
        if path == "$" {
            return Ok(document.clone());
        }
        // A body that is a bare scalar has nothing at any path, not even at a malformed one.
        if !matches!(document, Value::Map(_) | Value::List(_)) {
            return Ok(Value::Null);
        }
        meter.allocate(path.len())?;
        let found = jsonpath::compile(path, meter)?.read(document, meter)?;
        Ok(found.unwrap_or_default())
    }

    fn json(&self, path: &str, meter: &Meter) -> Result<Value, Fault> {
        let value = self.path(path, meter)?;
        // What is missing and what is null both come out as an empty JSON string.
        if value.is_null() {
            return Ok(Value::from("\"\""));
        }
        let mut text = String::new();
        vtl::json::write(&value, Style::Plain, &mut text, meter)?;
        Ok(Value::from(text))
    }

    fn parameter_map(&self) -> Map {
        let group = |entries: &[(Arc<str>, Arc<str>)]| {
            let entries = entries.iter();
            Value::Map(Map::from_entries(
                entries.map(|(name, value)| (&**name, Value::from(&**value))),
            ))
        };
        let parameters = &self.parameters;
        self.parameter_map
            .get_or_init(|| {
                Map::from_entries([
                    ("path", group(&parameters.path)),
                    ("querystring", group(&parameters.querystring)),
                    ("header", group(&parameters.header)),
                ])
            })
            .clone()
    }
}

/// `$util.parseJson`.
pub(crate) fn parse_json(text: &str, meter: &Meter) -> Result<Value, Fault> {
    read_json(&Arc::from(text), "ParseException", meter)
}

fn read_json(text: &Arc<str>, exception: &'static str, meter: &Meter) -> Result<Value, Fault> {
    // A value in a document takes several times the room of its shortest spelling.
    meter.allocate(text.len().saturating_mul(8))?;
    json::parse(text).map_err(|error| Fault::thrown(exception, error.to_string()))
}

impl Object for Input {
    fn class_name(&self) -> &str {
        "Input"
    }

    fn property(&self, name: &str, _meter: &Meter) -> Result<Option<Value>, Fault> {
        Ok(match name {
            "body" | "Body" => Some(Value::String(Rc::clone(self.text.get_or_init(|| {
                Rc::from(if self.body.is_empty() { EMPTY_BODY } else { &*self.body })
            })))),
            _ => None,
        })
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        let argument = match arguments {
            [Value::String(text)] => Some(&**text),
            [Value::Null] => None,
            [] if method == "params" => return Ok(Some(Value::Map(self.parameter_map()))),
            [] if method == "getBody" => return self.property("body", meter),
            // Velocity takes a method without parameters for a match to any arguments.
            [_, ..] if matches!(method, "params" | "getBody") => {
                return Err(Fault::thrown("IllegalArgumentException", "wrong number of arguments"));
            }
            _ => return Ok(None),
        };
        match method {
            "path" => self.path(argument.unwrap_or_default(), meter).map(Some),
            "json" => self.json(argument.unwrap_or_default(), meter).map(Some),
            "params" => {
                let value = argument.and_then(|name| self.parameters.get(name));
                let value = value.map_or("", |value| &**value);
                meter.allocate(value.len())?;
                Ok(Some(Value::from(value)))
            }
            _ => Ok(None),
        }
    }

    fn print(&self, out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        out.push_str("{}");
        Ok(())
    }
}
