//! Which writes are to happen once: the `Idempotency-Key` header, and what tells one request from
//! another.
//!
//! It stays in this function and out of lambda-kit: what makes a write happen once is the transaction
//! that holds it (`once.rs`), and consumers of queues, who need idempotency next, have no answer to
//! give again.

use crate::http::Request;
use crate::problems::Problems;
use lambda_kit::Members;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

const HEADER: &str = "Idempotency-Key";
const MAX_BYTES: usize = 255;

/// A write that is to happen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// The client's key for it.
    pub key: String,
    /// What tells this request from any other: the same for the same, in 64 hexadecimal digits.
    pub fingerprint: String,
}

/// The key that the client gave, if it gave one.
pub(crate) fn key(request: &Request) -> Result<Option<String>, Problems> {
    let wrong = |problem| Err(Problems::one(HEADER, problem));
    match request.header(HEADER)[..] {
        [] => Ok(None),
        [key] if (1..=MAX_BYTES).contains(&key.len()) && key.bytes().all(visible) => {
            Ok(Some(key.to_owned()))
        }
        [_] => wrong("must be 1 to 255 visible ASCII characters"),
        _ => wrong("is given more than once"),
    }
}

fn visible(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

/// The fingerprint of an operation and its payload. Blanks, the order of members and the way in which
/// characters are escaped make no difference; the spelling of numbers does.
pub(crate) fn fingerprint(operation: &str, payload: Option<&RawValue>) -> String {
    let mut text = format!("{operation} ");
    if let Some(payload) = payload {
        canonical(&mut text, payload.get());
    }
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Appends a JSON text in the one way it is written here. Its depth is bounded: it has become items.
fn canonical(out: &mut String, text: &str) {
    match text.as_bytes().first() {
        Some(b'{') => {
            let Members(mut members) = serde_json::from_str(text).unwrap_or(Members(Vec::new()));
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            out.push('{');
            for (name, value) in members {
                out.push_str(&serde_json::Value::from(name).to_string());
                out.push(':');
                canonical(out, value.get());
                out.push(',');
            }
            out.push('}');
        }
        Some(b'[') => {
            let elements: Vec<&RawValue> = serde_json::from_str(text).unwrap_or_default();
            out.push('[');
            for element in elements {
                canonical(out, element.get());
                out.push(',');
            }
            out.push(']');
        }
        Some(b'"') => match serde_json::from_str::<String>(text) {
            Ok(string) => out.push_str(&serde_json::Value::from(string).to_string()),
            Err(_) => out.push_str(text),
        },
        _ => out.push_str(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(operation: &str, payload: &str) -> String {
        fingerprint(operation, Some(serde_json::from_str(payload).unwrap()))
    }

    #[test]
    fn the_same_request_written_differently_has_the_same_fingerprint() {
        let one = of("create", r#"{"Item":{"id":"a","n":[1,{"x":null}]},"ReturnValues":"NONE"}"#);
        let other = "{ \"ReturnValues\" : \"N\\u004fNE\",\n\"Item\":{\"n\":[ 1,{\"x\":null} ],\"id\":\"a\"}}";
        assert_eq!(one, of("create", other));
        assert_eq!(one.len(), 64);
    }

    #[test]
    fn another_request_has_another_fingerprint() {
        let texts = [
            r#"{"a":1}"#,
            r#"{"a":1.0}"#,
            r#"{"a":"1"}"#,
            r#"{"a":[1]}"#,
            r#"{"a":[[1]]}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":{},"b":1}"#,
            r#"{"a":true}"#,
            r#"{"a":null}"#,
            "{}",
            "[]",
            r#"["a",1]"#,
            r#"["a1"]"#,
            r#"["a,1"]"#,
            r#"[["a"],1]"#,
        ];
        let mut all: Vec<String> = texts.iter().map(|text| of("create", text)).collect();
        all.push(of("update", "{}"));
        all.push(fingerprint("create", None));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
