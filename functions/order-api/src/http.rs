//! The event of an API Gateway proxy integration (payload format 1.0), as far as this function uses it.
//!
//! The type is its own because it is four fields; `aws_lambda_events` would bring a header map
//! that answers with one of several values, where this function has to see that there are several.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A request as Lambda hands it in. API Gateway sends `null` for what is not there.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Request {
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    is_base64_encoded: bool,
}

impl Request {
    /// All values of a header, by its name in any case.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let of_name = |known: &str| known.eq_ignore_ascii_case(name);
        if let Some(all) = &self.multi_value_headers {
            let found = all.iter().filter(|(known, _)| of_name(known));
            return found.flat_map(|(_, values)| values).map(String::as_str).collect();
        }
        let found = self.headers.iter().flatten().filter(|(known, _)| of_name(known));
        found.map(|(_, value)| value.as_str()).collect()
    }

    /// The body as it was sent: API Gateway encodes those it takes for binary. `None` if it is
    /// marked as encoded and is not.
    pub(crate) fn body(&self) -> Option<Cow<'_, [u8]>> {
        let text = self.body.as_deref().unwrap_or_default();
        if self.is_base64_encoded {
            STANDARD.decode(text).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(text.as_bytes()))
        }
    }
}
