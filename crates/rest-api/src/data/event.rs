//! A request in the events of functions: what proxies and authorizers of the `REQUEST` type are told
//! of it alike, in format 1.0.

use std::collections::BTreeMap;

use mapping_template::JsonObject;
use serde::Serialize;
use serde_json::Value as Json;

use super::exchange::Exchange;
use super::request::Pair;
use crate::model::Strings;

/// How an event shows what a request has none of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Empty {
    /// As `null`, which proxies get.
    Null,
    /// As `{}`, which authorizers get.
    Object,
}

/// The fields, in the order in which AWS writes them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestFields<'a> {
    resource: &'a Json,
    path: &'a str,
    http_method: &'a str,
    headers: Option<BTreeMap<&'a str, &'a str>>,
    multi_value_headers: Option<BTreeMap<&'a str, Vec<&'a str>>>,
    query_string_parameters: Option<BTreeMap<&'a str, &'a str>>,
    multi_value_query_string_parameters: Option<BTreeMap<&'a str, Vec<&'a str>>>,
    path_parameters: Option<BTreeMap<&'a str, &'a str>>,
    stage_variables: Option<&'a Strings>,
    request_context: &'a JsonObject,
}

impl<'a> RequestFields<'a> {
    pub(super) fn new(exchange: &'a Exchange<'_>, empty: Empty) -> Self {
        let request = &exchange.request;
        let path = exchange.path_parameters.iter();
        let variables = &exchange.served.stage.variables;
        Self {
            resource: exchange.context.get("resourcePath").unwrap_or(&Json::Null),
            path: request.normal_path(),
            http_method: &request.verb,
            headers: empty.show(last_of_each(&request.headers)),
            multi_value_headers: empty.show(all_of_each(&request.headers)),
            query_string_parameters: empty.show(last_of_each(&request.query)),
            multi_value_query_string_parameters: empty.show(all_of_each(&request.query)),
            path_parameters: empty.show(path.map(|found| (&*found.name, &*found.raw)).collect()),
            stage_variables: empty.show_if(variables, variables.is_empty()),
            request_context: &exchange.context,
        }
    }
}

impl Empty {
    fn show<V>(self, map: BTreeMap<&str, V>) -> Option<BTreeMap<&str, V>> {
        let is_empty = map.is_empty();
        self.show_if(map, is_empty)
    }

    fn show_if<T>(self, value: T, is_empty: bool) -> Option<T> {
        match self {
            Self::Null if is_empty => None,
            Self::Null | Self::Object => Some(value),
        }
    }
}

fn last_of_each(pairs: &[Pair]) -> BTreeMap<&str, &str> {
    pairs.iter().map(|(name, value)| (&**name, &**value)).collect()
}

fn all_of_each(pairs: &[Pair]) -> BTreeMap<&str, Vec<&str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in pairs {
        all.entry(name).or_default().push(value);
    }
    all
}
