//! Names and values as they were sent: in a query, in a form, or in a JSON object.
//!
//! Nothing is lost on the way. The usual parsers keep one of two equal names, and turn what is
//! no text into question marks; then nobody can tell a client what was wrong.

use crate::http::literal;
use lambda_kit::{Members, json_kind};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// What stands for a name: text, or something that breaks a rule, as it was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sent {
    Text(String),
    Unreadable { rule: &'static str, raw: String },
}

impl Sent {
    /// What was sent, readable or not.
    pub(crate) fn as_sent(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Unreadable { raw, .. } => raw,
        }
    }
}

/// All names and values of a request, in the order they were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pairs(Vec<(String, Sent)>);

impl Pairs {
    /// Every value that was sent for `name`.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Sent> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, sent)| sent)
    }

    /// The one value that was sent for `name`, if any, or what is wrong with it.
    pub(crate) fn one<'a>(&'a self, name: &str) -> Result<Option<&'a str>, String> {
        let values: Vec<&Sent> = self.all(name).take(3).collect();
        match values[..] {
            [] => Ok(None),
            [Sent::Text(text)] => Ok(Some(text)),
            [Sent::Unreadable { rule, raw }] => Err(crate::http::problem(rule, raw)),
            [first, second, ref more @ ..] => Err(format!(
                "is given more than once; received {}, {}{}",
                literal(first.as_sent()),
                literal(second.as_sent()),
                if more.is_empty() { "" } else { ", …" },
            )),
        }
    }

    /// These and `more`.
    pub(crate) fn and(mut self, more: Self) -> Self {
        self.0.extend(more.0);
        self
    }
}

/// Why a body could not be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BodyProblem {
    /// It is of a type that this function does not read.
    MediaType,
    /// It is not what its type says.
    Content(String),
}

/// Reads a body of the given media type.
pub(crate) fn from_body(media_type: &str, body: &[u8]) -> Result<Pairs, BodyProblem> {
    match media_type {
        "application/json" => from_json(body).map_err(BodyProblem::Content),
        "application/x-www-form-urlencoded" => Ok(from_form(body)),
        _ => Err(BodyProblem::MediaType),
    }
}

/// Reads `name=value&name=value` with percent-encoding, where `+` is a blank.
///
/// A name that cannot be decoded is no name this function knows, so such a pair is left out.
pub(crate) fn from_form(text: &[u8]) -> Pairs {
    let pairs = text.split(|byte| *byte == b'&').filter_map(|pair| {
        let mut parts = pair.splitn(2, |byte| *byte == b'=');
        let (name, value) = (parts.next()?, parts.next().unwrap_or_default());
        match decode(name) {
            Sent::Text(name) if !pair.is_empty() => Some((name, decode(value))),
            _ => None,
        }
    });
    Pairs(pairs.collect())
}

/// Undoes percent-encoding.
fn decode(encoded: &[u8]) -> Sent {
    let unreadable =
        |rule| Sent::Unreadable { rule, raw: String::from_utf8_lossy(encoded).into_owned() };
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = after.first_chunk::<2>().map(|pair| pair.map(hex));
                let Some([Some(high), Some(low)]) = digits else {
                    return unreadable("is not valid percent-encoding");
                };
                rest = &after[2..];
                high << 4 | low
            }
            byte => byte,
        });
    }
    match String::from_utf8(decoded) {
        Ok(text) => Sent::Text(text),
        Err(_) => unreadable("is not valid UTF-8"),
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Reads the members of a JSON object; the error is what is wrong with the body.
fn from_json(body: &[u8]) -> Result<Pairs, String> {
    let text = std::str::from_utf8(body).map_err(|_| "is not valid UTF-8".to_owned())?;
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        format!("is not valid JSON at line {}, column {}", error.line(), error.column())
    })?;
    if !raw.get().starts_with('{') {
        return Err(format!("must be a JSON object, not {}", json_kind(raw.get())));
    }
    // Of an object that was scanned already, only a name can be wrong: half a surrogate pair.
    let Members(members) = serde_json::from_str(raw.get())
        .map_err(|_| "has a name that is not valid Unicode".to_owned())?;
    Ok(Pairs(members.into_iter().map(|(name, raw)| (name, member(raw.get()))).collect()))
}

fn member(raw: &str) -> Sent {
    let unreadable = |rule| Sent::Unreadable { rule, raw: raw.to_owned() };
    if !raw.starts_with('"') {
        return unreadable(match json_kind(raw) {
            "an object" => "must be a string, not an object",
            "an array" => "must be a string, not an array",
            "null" => "must be a string, not null",
            "a number" => "must be a string, not a number",
            _ => "must be a string, not true or false",
        });
    }
    match serde_json::from_str::<Cow<'_, str>>(raw) {
        Ok(text) => Sent::Text(text.into_owned()),
        Err(_) => unreadable("is not valid Unicode"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Percent-encodes every byte that is not a letter or a digit.
    fn encode(text: &str) -> String {
        let encode = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            byte => format!("%{byte:02x}"),
        };
        text.bytes().map(encode).collect()
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(pairs in proptest::collection::vec(any::<(String, String)>(), 0..6)) {
            let query: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
                .collect();
            let sent = pairs.into_iter().map(|(name, value)| (name, Sent::Text(value))).collect();
            prop_assert_eq!(from_form(query.join("&").as_bytes()), Pairs(sent));
        }

        #[test]
        fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = from_form(&bytes);
            let _ = from_json(&bytes);
        }
    }
}
