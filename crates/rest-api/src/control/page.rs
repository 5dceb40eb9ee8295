//! Lists: `limit` and `position`.
//!
//! The position is the key of the last item shown, so what is added or removed meanwhile moves
//! nothing else.

use serde::Serialize;
use serde_json::{Map, Value};

use super::call::{Answer, Call, Reply, to_value};
use super::error::Error;

const DEFAULT_LIMIT: usize = 25;
const LARGEST_LIMIT: usize = 500;

/// Answers with one page of `items`, which must come in the order of their keys.
pub(super) fn page<'k, T: Serialize>(
    call: &Call<'_>,
    items: impl Iterator<Item = (&'k str, T)>,
) -> Answer {
    let limit = limit(call)?;
    let position = call.query("position").unwrap_or_default();
    let mut rest = items.skip_while(|(key, _)| !position.is_empty() && *key <= position);
    let mut last = None;
    let mut shown = Vec::new();
    for (key, item) in rest.by_ref().take(limit) {
        last = Some(key);
        shown.push(to_value(&item));
    }
    let mut document = Map::from_iter([("item".to_owned(), Value::Array(shown))]);
    if let (Some(last), Some(_)) = (last, rest.next()) {
        document.insert("position".to_owned(), last.into());
    }
    Ok(Reply::Json(Value::Object(document)))
}

fn limit(call: &Call<'_>) -> Result<usize, Error> {
    let Some(given) = call.query("limit") else { return Ok(DEFAULT_LIMIT) };
    match given.parse() {
        Ok(limit) if (1..=LARGEST_LIMIT).contains(&limit) => Ok(limit),
        _ => Err(Error::bad_request(format!(
            "Invalid limit parameter specified: {given}, must be between 1 and {LARGEST_LIMIT}"
        ))),
    }
}
