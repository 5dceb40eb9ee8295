//! A token's claims as `$context.authorizer.claims` shows them, which is as texts.

use jiff::Timestamp;
use mapping_template::JsonObject;
use serde_json::Value as Json;

use crate::data::context::scalar;

/// What is a moment to AWS and is shown as Java shows one.
const MOMENTS: [&str; 3] = ["exp", "iat", "nbf"];

/// The claims as texts. A list is joined by commas; a claim that is `null` is left out.
pub(super) fn shown(claims: &JsonObject) -> JsonObject {
    let claims = claims.iter().filter(|(_, value)| !value.is_null());
    claims.map(|(name, value)| (name.clone(), Json::from(text(name, value)))).collect()
}

fn text(name: &str, value: &Json) -> String {
    let moment = value.as_i64().filter(|_| MOMENTS.contains(&name));
    if let Some(moment) = moment.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        return moment.strftime("%a %b %d %H:%M:%S UTC %Y").to_string();
    }
    match value {
        Json::Array(items) => items.iter().map(|item| text("", item)).collect::<Vec<_>>().join(","),
        value => scalar(value).unwrap_or_else(|| value.to_string()),
    }
}
