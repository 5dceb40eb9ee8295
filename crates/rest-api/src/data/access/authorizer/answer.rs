//! What an authorizer's function answers: a policy, and what it knows of the caller.

use mapping_template::JsonObject;
use serde_json::Value as Json;

use crate::data::context::scalar;
use crate::data::policy::Policy;

/// An answer that could be read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) policy: Policy,
    /// `$context.authorizer`: what the function gives, and the principal. All are texts.
    pub(super) context: JsonObject,
    /// The API key that the caller has, as this authorizer knows.
    pub(super) usage_key: Option<String>,
}

impl Answer {
    /// Reads what a function returned. AWS asks for a `principalId` and goes on without one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(payload: &[u8]) -> Result<Self, String> {
        let answer: Json = serde_json::from_slice(payload).map_err(|error| error.to_string())?;
        let Json::Object(answer) = answer else {
            return Err("it is no object".to_owned());
        };
        let member = |name: &str| answer.get(name).filter(|value| !value.is_null());
        let policy = member("policyDocument").ok_or("policyDocument is missing")?;
        let policy = Policy::parse(policy).map_err(|error| format!("policyDocument: {error}"))?;
        let mut context = match member("context") {
            None => JsonObject::new(),
            Some(Json::Object(given)) => texts(given)?,
            Some(other) => return Err(format!("context must be an object; got {other}")),
        };
        if let Some(principal) = member("principalId") {
            let principal = text("principalId", principal)?;
            context.insert("principalId".to_owned(), principal.into());
        }
        let usage_key = member("usageIdentifierKey");
        let usage_key = usage_key.map(|key| text("usageIdentifierKey", key)).transpose()?;
        Ok(Self { policy, context, usage_key })
    }
}

fn texts(given: &JsonObject) -> Result<JsonObject, String> {
    let given = given.iter().filter(|(_, value)| !value.is_null());
    given
        .map(|(name, value)| {
            Ok((name.clone(), Json::from(text(&format!("context.{name}"), value)?)))
        })
        .collect()
}

fn text(name: &str, value: &Json) -> Result<String, String> {
    scalar(value)
        .ok_or_else(|| format!("{name} must be a string, a number or a boolean; got {value}"))
}
