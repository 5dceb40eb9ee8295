//! The members of a JSON object as they were sent. What is wrong with names and values is for
//! those who read them.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A JSON object's members in the order of the text, with duplicates, which a map would swallow.
/// Values are the text itself, so that numbers keep every digit.
///
/// ```
/// let members: lambda_kit::Members = serde_json::from_str(r#"{"a": 1.0, "b": {}, "a": 2}"#)?;
/// let members: Vec<_> = members.0.iter().map(|(name, raw)| (name.as_str(), raw.get())).collect();
/// assert_eq!(members, [("a", "1.0"), ("b", "{}"), ("a", "2")]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug)]
pub struct Members<'a>(
    /// Name and value of each.
    pub Vec<(String, &'a RawValue)>,
);

/// What a valid JSON text is, by its first character: `an object`, `an array`, `a string`,
/// `true or false`, `null` or `a number`. For messages that say what was there instead.
pub fn json_kind(text: &str) -> &'static str {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "true or false",
        Some(b'n') => "null",
        _ => "a number",
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}
