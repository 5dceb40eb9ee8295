//! What a client asked for: the body of a message, judged by the rules of the API's model.
//!
//! The API has judged it already, so what is wrong here came another way, or twice: the model does not
//! see that a field is there more than once. Texts are for the client and for the log alike; none
//! holds a value, because these are names and addresses of people.

use lambda_kit::{Members, json_kind};
use serde_json::error::Category;
use serde_json::value::RawValue;
use std::ops::RangeInclusive;

/// The lengths of the fields in characters, which are Unicode's code points, as in JSON Schema.
const NAME: (&str, RangeInclusive<usize>) = ("name", 5..=256);
const EMAIL: (&str, RangeInclusive<usize>) = ("email", 3..=320);

/// The most characters of an unknown field's name that are shown.
const LONGEST_SHOWN: usize = 64;

/// A user to be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) name: String,
    pub(crate) email: String,
}

impl Request {
    /// Reads a body, or says all that is wrong with it.
    pub(crate) fn read(body: &str) -> Result<Self, String> {
        let members: Members<'_> =
            serde_json::from_str(body).map_err(|error| no_object(body, &error))?;
        let name = field(&members, NAME);
        let email = field(&members, EMAIL);
        match (name, email, unknown(&members)) {
            (Ok(name), Ok(email), None) => Ok(Self { name, email }),
            (name, email, unknown) => {
                let problems = [name.err(), email.err(), unknown];
                Err(problems.into_iter().flatten().collect::<Vec<_>>().join("; "))
            }
        }
    }
}

fn no_object(body: &str, error: &serde_json::Error) -> String {
    match error.classify() {
        Category::Data => format!("the body must be a JSON object, not {}", json_kind(body)),
        _ => format!(
            "the body must be a JSON object; it is not JSON at line {}, column {}",
            error.line(),
            error.column()
        ),
    }
}

fn field(
    members: &Members<'_>,
    (name, length): (&str, RangeInclusive<usize>),
) -> Result<String, String> {
    let values: Vec<&RawValue> =
        members.0.iter().filter(|(known, _)| known == name).map(|(_, value)| *value).collect();
    let raw = match values[..] {
        [] => return Err(format!("{name} is missing")),
        [raw] => raw.get(),
        _ => return Err(format!("{name} must be there once, not {} times", values.len())),
    };
    if !raw.starts_with('"') {
        return Err(format!("{name} must be a string, not {}", json_kind(raw)));
    }
    let Ok(text) = serde_json::from_str::<String>(raw) else {
        return Err(format!("{name} must be Unicode text, not half of a surrogate pair"));
    };
    let received = text.chars().count();
    if !length.contains(&received) {
        let (shortest, longest) = length.into_inner();
        let rule = format!("must be {shortest} to {longest} characters long");
        return Err(format!("{name} {rule}, not {received}"));
    }
    Ok(text)
}

/// What is wrong if there are fields that no user has.
fn unknown(members: &Members<'_>) -> Option<String> {
    let is_known = |name: &str| [NAME.0, EMAIL.0].contains(&name);
    let mut unknown = members.0.iter().map(|(name, _)| name).filter(|name| !is_known(name));
    let shown: String = unknown.next()?.chars().take(LONGEST_SHOWN).collect();
    Some(match unknown.count() {
        0 => format!("{shown:?} is not a field of a user"),
        more => format!("{shown:?} is not a field of a user, nor are {more} more"),
    })
}
