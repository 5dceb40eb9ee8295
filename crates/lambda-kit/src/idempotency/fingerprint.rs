//! What tells one request from another.

use crate::Members;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// How deep two spellings of the same are taken for the same. What lies deeper counts as it is
/// spelled, so that no depth costs more than this.
const DEPTH: usize = 64;

/// The fingerprint of an operation and its payload, in 64 hexadecimal digits. Blanks, the order of
/// members and the way in which characters are escaped make no difference; the spelling of numbers
/// does.
pub fn fingerprint(operation: &str, payload: Option<&RawValue>) -> String {
    let mut text = format!("{operation} ");
    if let Some(payload) = payload {
        canonical(&mut text, payload.get(), DEPTH);
    }
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Appends a JSON text in the one way it is written here. What no text of Rust's can hold, such as half
/// a surrogate pair, stands as it is spelled.
fn canonical(out: &mut String, text: &str, depth: usize) {
    match text.as_bytes().first() {
        Some(b'{') if depth > 0 => match serde_json::from_str(text) {
            Ok(Members(mut members)) => {
                members.sort_by(|(a, _), (b, _)| a.cmp(b));
                out.push('{');
                for (name, value) in members {
                    out.push_str(&serde_json::Value::from(name).to_string());
                    out.push(':');
                    canonical(out, value.get(), depth - 1);
                    out.push(',');
                }
                out.push('}');
            }
            Err(_) => out.push_str(text),
        },
        Some(b'[') if depth > 0 => match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(elements) => {
                out.push('[');
                for element in elements {
                    canonical(out, element.get(), depth - 1);
                    out.push(',');
                }
                out.push(']');
            }
            Err(_) => out.push_str(text),
        },
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

    /// Records outlive a deployment.
    #[test]
    fn a_fingerprint_stays_what_it_was() {
        let expected = "8afddfd41960fd07394cd778e55650643859058ea75b74decf0d21d6f1898e20";
        assert_eq!(of("create", r#"{"b":[1.0,null],"a":"é"}"#), expected);
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
            r#"{"\ud800":1}"#,
            r#"{"\ud801":1}"#,
        ];
        let mut all: Vec<String> = texts.iter().map(|text| of("create", text)).collect();
        all.push(of("update", "{}"));
        all.push(fingerprint("create", None));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }

    #[test]
    fn no_depth_is_too_deep() {
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(of("create", &nested("1")), of("create", &format!(" {}", nested("1"))));
        assert_ne!(of("create", &nested("1")), of("create", &nested("2")));
    }
}
