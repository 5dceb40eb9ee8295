//! Requests and cases as JSON: what the `render` command reads from files and from lines.
//!
//! A case is a request with the template to render it with. Answers are one line of JSON each, so
//! that a batch can be compared line by line with another renderer's.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use serde_json::value::RawValue;
use vtl::json::Style;
use vtl::{Limits, Meter};

use crate::json;
use crate::request::{JsonObject, Parameters, Request};
use crate::template::{MappingTemplate, Rendered};

/// Why a text is no request or case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// It is not JSON.
    #[error("the request is not JSON")]
    Json(#[from] serde_json::Error),
    /// A member has a type that it cannot have.
    #[error("{member} must be {expected}")]
    Member {
        /// The path of the member, such as `params.header.Accept`.
        member: String,
        /// What it must be.
        expected: &'static str,
    },
    /// The case asks for a mode other than `aws`.
    #[error("mode must be \"aws\", the only one there is; got {0}")]
    Mode(String),
}

/// A template with the request to render it for.
#[derive(Clone, Debug)]
pub struct Case {
    /// Anything that tells the case from others; it comes back in the answer.
    pub id: Json,
    /// The template's text.
    pub template: String,
    /// What it is rendered with.
    pub request: Request,
}

impl Case {
    /// Reads `{"id", "template", "body", "params", "context", "stageVariables", "vars"}`, of which
    /// only the template is required.
    ///
    /// # Errors
    /// [`CaseError`] names the member that is wrong.
    pub fn from_json(text: &str) -> Result<Self, CaseError> {
        Case::from_object(object_of(text)?, text)
    }

    fn from_object(mut case: JsonObject, text: &str) -> Result<Self, CaseError> {
        match case.remove("mode") {
            None | Some(Json::Null) => {}
            Some(Json::String(mode)) if mode == "aws" => {}
            Some(mode) => return Err(CaseError::Mode(mode.to_string())),
        }
        let Some(Json::String(template)) = case.remove("template") else {
            return Err(wrong("template", "a string"));
        };
        let id = case.remove("id").unwrap_or_default();
        Ok(Case { id, template, request: Request::from_object(case, text)? })
    }

    /// Renders the case and answers with one line of JSON, without its line feed:
    /// `{"id", "output" or "error", "overrides"}`. Overrides are left out if there are none.
    pub fn answer(&self) -> String {
        let rendered = MappingTemplate::parse("template", &self.template)
            .and_then(|template| template.render(&self.request));
        let mut answer = JsonObject::from_iter([("id".to_owned(), self.id.clone())]);
        match rendered {
            Ok(rendered) => answer.extend(rendered.into_json()),
            Err(error) => answer.extend([("error".to_owned(), Json::String(error.to_string()))]),
        }
        Json::Object(answer).to_string()
    }
}

impl Rendered {
    /// `{"output", "overrides"}`; overrides are left out if there are none, and so is each of
    /// `requestOverride` and `responseOverride`.
    pub fn into_json(self) -> JsonObject {
        let mut json = JsonObject::from_iter([("output".to_owned(), Json::String(self.text))]);
        let written = [
            ("requestOverride", self.overrides.request),
            ("responseOverride", self.overrides.response),
        ];
        let written: JsonObject = written
            .into_iter()
            .filter(|(_, object)| !object.is_empty())
            .map(|(name, object)| (name.to_owned(), Json::Object(object)))
            .collect();
        if !written.is_empty() {
            json.insert("overrides".to_owned(), Json::Object(written));
        }
        json
    }
}

/// Answers a line that should hold a case. One that does not is answered with an error as well, so
/// that every line has its answer.
pub fn answer_line(line: &str) -> String {
    let mut id = Json::Null;
    let case = object_of(line).and_then(|object| {
        id = object.get("id").cloned().unwrap_or_default();
        Case::from_object(object, line)
    });
    match case {
        Ok(case) => case.answer(),
        Err(error) => serde_json::json!({ "id": id, "error": in_full(&error) }).to_string(),
    }
}

/// The message with its cause: an answer has one line for both.
fn in_full(error: &CaseError) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

impl Request {
    /// Reads `{"body", "params": {"path", "querystring", "header"}, "context", "stageVariables",
    /// "vars"}`, every member of which may be missing. A body that is not a string is taken as the
    /// JSON that it is.
    ///
    /// # Errors
    /// [`CaseError`] names the member that is wrong.
    pub fn from_json(text: &str) -> Result<Self, CaseError> {
        Request::from_object(object_of(text)?, text)
    }

    fn from_object(mut request: JsonObject, text: &str) -> Result<Self, CaseError> {
        let mut parameters = object_in(&mut request, "params")?;
        let mut group = |name: &str| {
            let entries = object_in(&mut parameters, name)
                .map_err(|_| wrong(&format!("params.{name}"), "an object"))?;
            entries
                .into_iter()
                .map(|(key, value)| match value {
                    Json::String(text) => Ok((key.into(), text.into())),
                    Json::Bool(_) | Json::Number(_) => Ok((key.into(), value.to_string().into())),
                    _ => Err(wrong(&format!("params.{name}.{key}"), "a string")),
                })
                .collect::<Result<Vec<_>, _>>()
        };
        let parameters = Parameters {
            path: group("path")?,
            querystring: group("querystring")?,
            header: group("header")?,
        };
        let body = match request.remove("body") {
            None | Some(Json::Null) => String::new(),
            Some(Json::String(text)) => text,
            Some(_) => compact_body(text)?,
        };
        Ok(Request {
            body: body.into(),
            parameters: parameters.into(),
            context: object_in(&mut request, "context")?.into(),
            stage_variables: object_in(&mut request, "stageVariables")?,
            variables: object_in(&mut request, "vars")?,
        })
    }
}

/// A body that was given as JSON, as `$input.json('$')` would print it. It is read from the text of
/// the request, because serde_json would take large integers for doubles.
fn compact_body(request: &str) -> Result<String, CaseError> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(request)?;
    let body = members.get("body").map_or("", |raw| raw.get());
    let value = json::parse(&body.into()).map_err(|_| wrong("body", "a string or JSON"))?;
    let limits = Limits { steps: u64::MAX, allocated_bytes: u64::MAX, ..Limits::default() };
    let mut text = String::new();
    vtl::json::write(&value, Style::Plain, &mut text, &Meter::new(limits))
        .map_err(|_| wrong("body", "nested less deeply"))?;
    Ok(text)
}

fn object_of(text: &str) -> Result<JsonObject, CaseError> {
    match serde_json::from_str(text)? {
        Json::Object(object) => Ok(object),
        _ => Err(wrong("the request", "an object")),
    }
}

fn object_in(object: &mut JsonObject, member: &str) -> Result<JsonObject, CaseError> {
    match object.remove(member) {
        None | Some(Json::Null) => Ok(JsonObject::new()),
        Some(Json::Object(object)) => Ok(object),
        Some(_) => Err(wrong(member, "an object")),
    }
}

fn wrong(member: &str, expected: &'static str) -> CaseError {
    CaseError::Member { member: member.to_owned(), expected }
}
