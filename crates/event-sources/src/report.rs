//! What a function's answer to a batch means: all went well, nothing did, or some of it.

use serde_json::Value;

/// What an answer says of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Report {
    Succeeded,
    /// The batch has failed as a whole.
    Failed,
    /// The records at these places have failed, in ascending order and at least one.
    FailedAt(Vec<usize>),
}

/// Reads the answer of a function that reports failures, to a batch of records with these ids.
///
/// Nothing reported is success. What is malformed, and an id that is empty or not in the batch, fails
/// the batch as a whole: better twice than never.
pub(crate) fn read(answer: &[u8], ids: &[&str]) -> Report {
    if answer.is_empty() {
        return Report::Succeeded;
    }
    let failures = match serde_json::from_slice(answer) {
        Ok(Value::Null) => return Report::Succeeded,
        Ok(Value::Object(mut answer)) => answer.remove("batchItemFailures").unwrap_or_default(),
        _ => return Report::Failed,
    };
    let failures = match failures {
        Value::Null => return Report::Succeeded,
        Value::Array(failures) if failures.is_empty() => return Report::Succeeded,
        Value::Array(failures) => failures,
        _ => return Report::Failed,
    };
    let place = |failure: &Value| {
        let id = failure.get("itemIdentifier")?.as_str()?;
        ids.iter().position(|known| *known == id)
    };
    match failures.iter().map(place).collect::<Option<Vec<_>>>() {
        Some(mut places) => {
            places.sort_unstable();
            places.dedup();
            Report::FailedAt(places)
        }
        None => Report::Failed,
    }
}
