//! JSON text to DynamoDB items and back, without touching a number.
//!
//! A number goes into the item as it stands in the text and comes out as DynamoDB has it: `78.89`,
//! 38 digits and `1E+3` all survive, which they do not on the way through `f64`. `serde_json`'s
//! `arbitrary_precision` would keep them too, but it changes every other crate of the build;
//! raw values change nothing.
//!
//! [`from_json`] refuses what DynamoDB refuses, before a call is spent on it, and names where, which
//! rule and which value. What cannot be decided without the table (its keys) is left to DynamoDB.
//!
//! JSON has fewer types than DynamoDB, so [`to_json`] writes binary values as base64 strings and
//! sets as arrays. [`from_json`] never makes either: they come back as strings and lists.

mod number;
mod read;
mod write;

pub use read::from_json;
pub use write::to_json;

use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;
use std::fmt;

/// A DynamoDB item, as the SDK takes and gives it.
pub type Item = HashMap<String, AttributeValue>;

/// The largest item, names and values together: 400 KB.
pub const MAX_BYTES: usize = 400 * 1024;
/// The deepest value: a top-level attribute is on level 1.
pub const MAX_DEPTH: usize = 32;
/// The longest name of an attribute, in bytes of UTF-8.
pub const MAX_NAME_BYTES: usize = 65_535;
/// The most significant digits of a number.
pub const MAX_DIGITS: usize = 38;

/// A rule of DynamoDB's that a value breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// An item is an object of attributes.
    Object,
    /// Two attributes of one map may not have the same name. The value is the name.
    DuplicateName,
    /// A name is 1 to 65,535 bytes long. The value is the name.
    NameLength,
    /// A value lies on level 32 at the deepest.
    Depth,
    /// A number has at most 38 significant digits.
    Digits,
    /// A number other than zero is 1E-130 to 9.9999999999999999999999999999999999999E+125 in size.
    Magnitude,
    /// A number is written as JSON writes numbers.
    Number,
    /// An item has at most 400 KB. The value is the size in bytes.
    Size,
    /// The value is of a kind this version does not know.
    Unknown,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Object => "must be an object",
            Self::DuplicateName => "must not have a name twice",
            Self::NameLength => "must have names of 1 to 65,535 bytes",
            Self::Depth => "must not be nested more than 32 levels deep",
            Self::Digits => "must have at most 38 significant digits",
            Self::Magnitude => {
                "must be zero or from 1E-130 to 9.9999999999999999999999999999999999999E+125 in size"
            }
            Self::Number => "must be a number",
            Self::Size => "must have at most 409,600 bytes",
            Self::Unknown => "must be of a known type",
        })
    }
}

/// Where a value stands: a list of steps that lives on the stack of the recursion, so that a path
/// costs nothing until an error needs it.
#[derive(Clone, Copy)]
enum Path<'a> {
    Item,
    Name(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl Path<'_> {
    /// How many steps lead here: the level of the value.
    fn depth(&self) -> usize {
        match self {
            Self::Item => 0,
            Self::Name(parent, _) | Self::Index(parent, _) => parent.depth() + 1,
        }
    }

    /// The error that the value here breaks `rule`.
    fn refuse(&self, rule: Rule, value: &str) -> crate::Error {
        crate::Error::ItemRefused { path: self.to_string(), rule, value: clip(value) }
    }
}

/// `items[3].price`; names that are no words, or long, stand quoted in brackets, as `tags["a.b"]`.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item => f.write_str("the item"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Name(parent, name) => {
                let word = !name.is_empty()
                    && name.len() <= CLIP
                    && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
                match (parent, word) {
                    (Path::Item, true) => f.write_str(name),
                    (Path::Item, false) => write!(f, "[{:?}]", clip(name)),
                    (parent, true) => write!(f, "{parent}.{name}"),
                    (parent, false) => write!(f, "{parent}[{:?}]", clip(name)),
                }
            }
        }
    }
}

/// How many characters of a value are enough to find it.
const CLIP: usize = 60;

fn clip(value: &str) -> String {
    match value.char_indices().nth(CLIP) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    }
}

#[cfg(test)]
mod tests;
