//! JSON text to an item.

use super::{Item, MAX_BYTES, MAX_DEPTH, MAX_NAME_BYTES, Path, Rule, clip, number};
use crate::{Error, Members};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What DynamoDB adds for a list or a map, and again for each of its elements.
const CONTAINER_BYTES: usize = 3;
const ELEMENT_BYTES: usize = 1;

/// Reads an item from the text of a JSON object.
///
/// # Errors
/// [`Error::ItemSyntax`] if the text is not JSON; [`Error::ItemRefused`] if DynamoDB would refuse
/// the item, with the path, the [`Rule`] and the value: see the constants of this module.
///
/// ```
/// let item = lambda_kit::item::from_json(r#"{"id":"a","price":78.89}"#)?;
/// assert_eq!(item["price"].as_n().unwrap(), "78.89");
///
/// let error = lambda_kit::item::from_json(r#"{"items":[{"price":1E+126}]}"#).unwrap_err();
/// assert!(error.to_string().starts_with("items[0].price must be zero or from 1E-130"));
/// # Ok::<(), lambda_kit::Error>(())
/// ```
pub fn from_json(text: &str) -> Result<Item, Error> {
    let path = Path::Item;
    let raw: &RawValue = parse(text, &path)?;
    if !raw.get().starts_with('{') {
        return Err(path.refuse(Rule::Object, raw.get()));
    }
    let mut bytes = 0;
    let item = object(raw, &path, &mut bytes)?;
    if bytes > MAX_BYTES {
        return Err(path.refuse(Rule::Size, &bytes.to_string()));
    }
    Ok(item)
}

/// One level of the text. Values inside it stay raw, so that their numbers stay text, and are
/// read when their turn comes; a text is scanned once for each level, of which there are 32.
fn parse<'a, T: Deserialize<'a>>(text: &'a str, path: &Path<'_>) -> Result<T, Error> {
    serde_json::from_str(text)
        .map_err(|source| Error::ItemSyntax { path: path.to_string(), source })
}

/// Reads an object, and adds what it takes in an item to `bytes`.
pub(super) fn object(raw: &RawValue, path: &Path<'_>, bytes: &mut usize) -> Result<Item, Error> {
    let Members(members) = parse(raw.get(), path)?;
    let mut map = HashMap::with_capacity(members.len());
    for (name, raw) in members {
        if name.is_empty() || name.len() > MAX_NAME_BYTES {
            return Err(path.refuse(Rule::NameLength, &format!("{:?}", clip(&name))));
        }
        let value = value(raw, &Path::Name(path, &name), bytes)?;
        *bytes += name.len();
        match map.entry(name) {
            Entry::Vacant(entry) => entry.insert(value),
            Entry::Occupied(entry) => {
                return Err(path.refuse(Rule::DuplicateName, &format!("{:?}", clip(entry.key()))));
            }
        };
    }
    Ok(map)
}

fn value(raw: &RawValue, path: &Path<'_>, bytes: &mut usize) -> Result<AttributeValue, Error> {
    let text = raw.get();
    if path.depth() > MAX_DEPTH {
        return Err(path.refuse(Rule::Depth, text));
    }
    // A raw value is valid JSON without blanks around it, so its first byte tells its type.
    Ok(match text.as_bytes()[0] {
        b'{' => {
            let map = object(raw, path, bytes)?;
            *bytes += CONTAINER_BYTES + ELEMENT_BYTES * map.len();
            AttributeValue::M(map)
        }
        b'[' => {
            let elements: Vec<&RawValue> = parse(text, path)?;
            *bytes += CONTAINER_BYTES + ELEMENT_BYTES * elements.len();
            let elements = elements
                .into_iter()
                .enumerate()
                .map(|(index, raw)| value(raw, &Path::Index(path, index), bytes));
            AttributeValue::L(elements.collect::<Result<_, _>>()?)
        }
        b'"' => {
            let text: String = parse(text, path)?;
            *bytes += text.len();
            AttributeValue::S(text)
        }
        b't' | b'f' => {
            *bytes += 1;
            AttributeValue::Bool(text == "true")
        }
        b'n' => {
            *bytes += 1;
            AttributeValue::Null(true)
        }
        _ => {
            *bytes += number::check(text).map_err(|rule| path.refuse(rule, text))?;
            AttributeValue::N(text.to_owned())
        }
    })
}
