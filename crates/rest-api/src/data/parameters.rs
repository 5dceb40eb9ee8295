//! Parameter mappings: from where a value comes and where it goes.
//!
//! A request's go to `integration.request.{path,querystring,header}.name`, a response's to
//! `method.response.header.name`. What a source does not have is left out.

use mapping_template::{FindError, JsonObject, find};

use super::context;
use super::request::Pair;
use super::route::PathParameter;
use crate::model::Strings;

/// Where a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
}

/// One mapping.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) place: Place,
    pub(super) name: String,
    source: Source,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    Path(String),
    Query(String),
    MultiQuery(String),
    Header(String),
    MultiHeader(String),
    Body,
    /// A JSONPath into the body.
    BodyPath(String),
    Context(String),
    StageVariable(String),
    Static(String),
    /// What no source is called; it has no value.
    Unknown,
}

/// What mappings read from.
pub(super) struct Data<'a> {
    pub(super) path: &'a [PathParameter],
    pub(super) query: &'a [Pair],
    pub(super) headers: &'a [Pair],
    pub(super) body: &'a [u8],
    pub(super) context: &'a JsonObject,
    pub(super) stage_variables: &'a Strings,
}

/// A mapped value: several if the source is a query string parameter that was repeated.
pub(super) type Values = Vec<String>;

/// The mappings of a definition. A target that is none of the three places is left out: the control
/// plane takes no such thing.
pub(super) fn mappings(definition: &Strings) -> Vec<Mapping> {
    definition.iter().filter_map(|(target, source)| Mapping::new(target, source)).collect()
}

impl Mapping {
    fn new(target: &str, source: &str) -> Option<Self> {
        let target = ["integration.request.", "method.response.", "gatewayresponse."]
            .into_iter()
            .find_map(|prefix| target.strip_prefix(prefix))?;
        let (place, name) = target.split_once('.')?;
        let place = match place {
            "path" => Place::Path,
            "querystring" => Place::Query,
            "header" => Place::Header,
            _ => return None,
        };
        Some(Self { place, name: name.to_owned(), source: Source::parse(source) })
    }

    /// The value, if there is one.
    ///
    /// # Errors
    /// If the source is in a body that is no JSON.
    pub(super) fn read(&self, data: &Data<'_>) -> Result<Option<Values>, FindError> {
        self.source.read(data)
    }
}

impl Source {
    pub(super) fn parse(text: &str) -> Self {
        let quoted = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        if let Some(value) = quoted {
            return Source::Static(value.to_owned());
        }
        if let Some(name) = text.strip_prefix("context.") {
            return Source::Context(name.to_owned());
        }
        if let Some(name) = text.strip_prefix("stageVariables.") {
            return Source::StageVariable(name.to_owned());
        }
        let message = ["method.request.", "integration.response."]
            .into_iter()
            .find_map(|prefix| text.strip_prefix(prefix));
        let Some(message) = message else {
            return Source::Unknown;
        };
        let (kind, name) = message.split_once('.').unwrap_or((message, ""));
        let name = name.to_owned();
        match kind {
            "path" => Source::Path(name),
            "querystring" => Source::Query(name),
            "multivaluequerystring" => Source::MultiQuery(name),
            "header" => Source::Header(name),
            "multivalueheader" => Source::MultiHeader(name),
            "body" if name.is_empty() => Source::Body,
            "body" => Source::BodyPath(name),
            _ => Source::Unknown,
        }
    }

    /// The value, if there is one.
    ///
    /// # Errors
    /// If it is in a body that is no JSON.
    pub(super) fn read(&self, data: &Data<'_>) -> Result<Option<Values>, FindError> {
        let named = |pairs: &[Pair], wanted: &str| -> Values {
            pairs
                .iter()
                .filter(|(name, _)| &**name == wanted)
                .map(|(_, value)| value.to_string())
                .collect()
        };
        let headers = |wanted: &str| -> Values {
            let is_wanted = |name: &str| name.eq_ignore_ascii_case(wanted);
            let wanted = data.headers.iter().filter(|(name, _)| is_wanted(name));
            wanted.map(|(_, value)| value.to_string()).collect()
        };
        let values = match self {
            Source::Path(wanted) => {
                let found = data.path.iter().find(|parameter| &*parameter.name == wanted);
                found.map(|parameter| parameter.raw.to_string()).into_iter().collect()
            }
            Source::Query(name) => named(data.query, name).pop().into_iter().collect(),
            Source::MultiQuery(name) => named(data.query, name),
            Source::Header(name) => headers(name).pop().into_iter().collect(),
            Source::MultiHeader(name) => {
                let values = headers(name);
                if values.is_empty() { values } else { vec![values.join(",")] }
            }
            Source::Body => vec![String::from_utf8_lossy(data.body).into_owned()],
            Source::BodyPath(path) => json_at(data.body, path)?.into_iter().collect(),
            Source::Context(name) => context::lookup(data.context, name).into_iter().collect(),
            Source::StageVariable(name) => {
                data.stage_variables.get(name).cloned().into_iter().collect()
            }
            Source::Static(value) => vec![value.clone()],
            Source::Unknown => Vec::new(),
        };
        let is_empty = values.iter().all(String::is_empty);
        Ok(Some(values).filter(|_| !is_empty))
    }
}

/// Only a body that begins like JSON is read as JSON; in any other there is nothing to find.
fn json_at(body: &[u8], path: &str) -> Result<Option<String>, FindError> {
    let body = String::from_utf8_lossy(body);
    if !body.trim_start().starts_with(['{', '[', '"', '\'']) {
        return Ok(None);
    }
    let path = if path.starts_with('$') { path.to_owned() } else { format!("$.{path}") };
    match find(&body, &path) {
        Err(FindError::Path(_)) => Ok(None),
        found => found,
    }
}
