//! What a template changes of the request or the response by writing to `$context`.

use serde_json::Value as Json;
use vtl::Map;

use crate::request::JsonObject;
use crate::value::to_json;

/// The members of `$context` that a template may write to.
pub(crate) const REQUEST: &str = "requestOverride";
pub(crate) const RESPONSE: &str = "responseOverride";

/// The groups below an override, which are there from the start; none for any other member.
pub(crate) fn groups(name: &str) -> &'static [&'static str] {
    match name {
        REQUEST => &["header", "path", "querystring"],
        RESPONSE => &["header"],
        _ => &[],
    }
}

/// What a template wrote below `$context.requestOverride` and `$context.responseOverride`; groups
/// that stayed empty are left out.
///
/// The data plane applies them to the integration request and the method response; a request
/// template's overrides are also visible to the response template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overrides {
    /// `requestOverride`: `header`, `path` and `querystring`, each an object, and what else the
    /// template put there.
    pub request: JsonObject,
    /// `responseOverride`: `status`, `header`, and what else the template put there.
    pub response: JsonObject,
}

impl Overrides {
    /// Whether nothing was overridden.
    pub fn is_empty(&self) -> bool {
        self.request.is_empty() && self.response.is_empty()
    }

    /// The status of `responseOverride`, if API Gateway would use it: a whole number from 100 to
    /// 599, which may be spelt as a string.
    pub fn status(&self) -> Option<u16> {
        let status = match self.response.get("status")? {
            Json::Number(number) => u16::try_from(number.as_u64()?).ok()?,
            Json::String(text) => text.parse().ok()?,
            _ => return None,
        };
        (100..=599).contains(&status).then_some(status)
    }

    /// The overrides that a request came with, for a template that has written none.
    pub(crate) fn given(context: &JsonObject) -> Self {
        let given = |name: &str| {
            let overrides = context.get(name).and_then(Json::as_object).cloned();
            let mut overrides = overrides.unwrap_or_default();
            overrides.retain(|_, value| !value.as_object().is_some_and(JsonObject::is_empty));
            overrides
        };
        Overrides { request: given(REQUEST), response: given(RESPONSE) }
    }

    /// The overrides as the rendering left them.
    pub(crate) fn written(request: &Map, response: &Map) -> Self {
        let written = |overrides: &Map| {
            let entries = overrides.to_vec().into_iter();
            entries
                .filter(|(_, value)| !value.as_map().is_some_and(Map::is_empty))
                .filter_map(|(key, value)| Some((key.as_str()?.to_owned(), to_json(&value))))
                .collect()
        };
        Overrides { request: written(request), response: written(response) }
    }
}
