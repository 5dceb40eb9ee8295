//! An item to JSON text.

use super::{Item, Path, Rule, number};
use crate::Error;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::base64;

/// Writes an item as a JSON object in one line, names in alphabetical order, so that equal items
/// are equal texts.
///
/// | DynamoDB | JSON |
/// |---|---|
/// | `S`, `BOOL`, `NULL` | string, `true` or `false`, `null` |
/// | `N` | number, digit by digit as DynamoDB gives it |
/// | `L`, `M` | array, object |
/// | `B` | string of base64 (standard alphabet, padded) |
/// | `SS`, `NS`, `BS` | array of the above, in the order given |
///
/// # Errors
/// [`Error::ItemRefused`] with [`Rule::Number`] if a number's text is none, or [`Rule::Unknown`] for a
/// type that is younger than the SDK; neither comes from DynamoDB today.
pub fn to_json(item: &Item) -> Result<String, Error> {
    let mut out = String::with_capacity(256);
    object(&mut out, item, &Path::Item)?;
    Ok(out)
}

fn object(out: &mut String, map: &Item, path: &Path<'_>) -> Result<(), Error> {
    let mut members: Vec<_> = map.iter().collect();
    members.sort_unstable_by_key(|(name, _)| *name);
    out.push('{');
    for (index, (name, member)) in members.into_iter().enumerate() {
        comma(out, index);
        string(out, name);
        out.push(':');
        value(out, member, &Path::Name(path, name))?;
    }
    out.push('}');
    Ok(())
}

fn value(out: &mut String, value: &AttributeValue, path: &Path<'_>) -> Result<(), Error> {
    match value {
        AttributeValue::S(text) => string(out, text),
        AttributeValue::N(text) => number(out, text, path)?,
        AttributeValue::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        AttributeValue::Null(_) => out.push_str("null"),
        AttributeValue::M(map) => object(out, map, path)?,
        AttributeValue::L(list) => array(out, list, path, self::value)?,
        AttributeValue::B(blob) => string(out, &base64::encode(blob)),
        AttributeValue::Ss(set) => array(out, set, path, |out, text, _| {
            string(out, text);
            Ok(())
        })?,
        AttributeValue::Ns(set) => {
            array(out, set, path, |out, text, path| number(out, text, path))?
        }
        AttributeValue::Bs(set) => array(out, set, path, |out, blob, _| {
            string(out, &base64::encode(blob));
            Ok(())
        })?,
        unknown => return Err(path.refuse(Rule::Unknown, &format!("{unknown:?}"))),
    }
    Ok(())
}

fn array<T>(
    out: &mut String,
    elements: &[T],
    path: &Path<'_>,
    write: impl Fn(&mut String, &T, &Path<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    out.push('[');
    for (index, element) in elements.iter().enumerate() {
        comma(out, index);
        write(out, element, &Path::Index(path, index))?;
    }
    out.push(']');
    Ok(())
}

/// The text goes out as it is, so it must be a number to JSON too.
fn number(out: &mut String, text: &str, path: &Path<'_>) -> Result<(), Error> {
    match number::check(text) {
        Err(Rule::Number) => Err(path.refuse(Rule::Number, &format!("{text:?}"))),
        _ => {
            out.push_str(text);
            Ok(())
        }
    }
}

fn string(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn comma(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}
