//! A cursor over a document: a value, where it stands, and what is expected of it.
//!
//! Every reader of this module asks for the type it needs. What has another type is reported with
//! its place, a JSON pointer, and read as absent. So no reader checks types itself, and no document
//! can make one panic. `null` is absent, too: templates leave it where they have nothing to say.

use serde_json::{Map, Value};

use super::report::Report;
use crate::model::Strings;

/// How much of a value and of a name in a place a message shows, in characters. Places are kept for
/// every value that is read, so that long names would cost time as well.
const LONGEST_VALUE: usize = 60;
pub(super) const LONGEST_STEP: usize = 200;

/// A value of the document.
#[derive(Clone, Debug)]
pub(super) struct Node<'d> {
    pub(super) value: &'d Value,
    pub(super) place: String,
    pub(super) report: &'d Report,
}

/// A node that is known to be an object.
#[derive(Clone, Debug)]
pub(super) struct Object<'d> {
    pub(super) map: &'d Map<String, Value>,
    pub(super) place: String,
    pub(super) report: &'d Report,
}

impl<'d> Node<'d> {
    pub(super) fn object(&self) -> Option<Object<'d>> {
        let Value::Object(map) = self.value else { return self.expected("an object") };
        Some(Object { map, place: self.place.clone(), report: self.report })
    }

    pub(super) fn items(&self) -> Vec<Node<'d>> {
        let Value::Array(items) = self.value else {
            return self.expected("an array").unwrap_or_default();
        };
        let node = |(index, value)| Node {
            value,
            place: format!("{}/{index}", self.place),
            report: self.report,
        };
        items.iter().enumerate().map(node).collect()
    }

    pub(super) fn string(&self) -> Option<&'d str> {
        let Value::String(text) = self.value else { return self.expected("a string") };
        Some(text)
    }

    /// A string, or a number or boolean as text: AWS takes `statusCode: 200` as `'200'`.
    pub(super) fn scalar(&self) -> Option<String> {
        match self.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => self.expected("a string"),
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.expected("a boolean"))
    }

    pub(super) fn integer(&self) -> Option<u32> {
        let number = self.value.as_u64().and_then(|number| u32::try_from(number).ok());
        number.or_else(|| self.expected("an integer of at least 0"))
    }

    pub(super) fn strings(&self) -> Vec<String> {
        self.items().iter().filter_map(|item| item.string().map(str::to_owned)).collect()
    }

    /// Names and values of an object whose values are scalars.
    pub(super) fn string_map(&self) -> Strings {
        let Some(object) = self.object() else { return Strings::new() };
        object
            .entries()
            .filter_map(|(name, node)| Some((name.to_owned(), node.scalar()?)))
            .collect()
    }

    /// Reports that this is something else than `what`.
    pub(super) fn expected<T>(&self, what: &str) -> Option<T> {
        self.report.error(format!("'{}' must be {what}; it is {}", self.place, shown(self.value)));
        None
    }

    pub(super) fn error(&self, message: &str) {
        self.report.error(format!("'{}' {message}", self.place));
    }

    pub(super) fn warn(&self, message: &str) {
        self.report.warn(format!("'{}' {message}", self.place));
    }
}

impl<'d> Object<'d> {
    /// A member that is there and not `null`.
    pub(super) fn get(&self, name: &str) -> Option<Node<'d>> {
        self.map.get(name).filter(|value| !value.is_null()).map(|value| self.child(name, value))
    }

    /// The members that are not `null`.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'d str, Node<'d>)> + use<'_, 'd> {
        let map = self.map;
        let members = map.iter().filter(|(_, value)| !value.is_null());
        members.map(|(name, value)| (name.as_str(), self.child(name, value)))
    }

    pub(super) fn object(&self, name: &str) -> Option<Object<'d>> {
        self.get(name)?.object()
    }

    pub(super) fn string(&self, name: &str) -> Option<String> {
        self.get(name)?.string().map(str::to_owned)
    }

    pub(super) fn scalar(&self, name: &str) -> Option<String> {
        self.get(name)?.scalar()
    }

    pub(super) fn boolean(&self, name: &str) -> Option<bool> {
        self.get(name)?.boolean()
    }

    pub(super) fn integer(&self, name: &str) -> Option<u32> {
        self.get(name)?.integer()
    }

    pub(super) fn items(&self, name: &str) -> Vec<Node<'d>> {
        self.get(name).map(|node| node.items()).unwrap_or_default()
    }

    pub(super) fn strings(&self, name: &str) -> Vec<String> {
        self.get(name).map(|node| node.strings()).unwrap_or_default()
    }

    pub(super) fn string_map(&self, name: &str) -> Strings {
        self.get(name).map(|node| node.string_map()).unwrap_or_default()
    }

    /// A scalar that must be there.
    pub(super) fn required(&self, name: &str) -> Option<String> {
        if self.get(name).is_none() {
            self.error(&format!("lacks '{name}'"));
        }
        self.scalar(name)
    }

    pub(super) fn error(&self, message: &str) {
        self.report.error(format!("'{}' {message}", self.place));
    }

    pub(super) fn warn(&self, message: &str) {
        self.report.warn(format!("'{}' {message}", self.place));
    }

    /// Warns of every member that is not among `known`.
    pub(super) fn warn_of_others(&self, known: &[&str]) {
        for (name, node) in self.entries() {
            if !known.contains(&name) && !name.starts_with("x-") {
                node.warn("is not supported and was ignored");
            }
        }
    }

    fn child(&self, name: &str, value: &'d Value) -> Node<'d> {
        Node { value, place: format!("{}/{}", self.place, step(name)), report: self.report }
    }
}

/// A name as it stands in a JSON pointer, if it is not so long that nobody would read it.
fn step(name: &str) -> String {
    shortened(name, LONGEST_STEP).replace('~', "~0").replace('/', "~1")
}

/// A reference as a place.
pub(super) fn place_of(reference: &str) -> String {
    shortened(reference, 10 * LONGEST_STEP)
}

/// The first `longest` characters of a text.
pub(super) fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// What a message shows of a value: enough to find it, never a page.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        scalar => shortened(&scalar.to_string(), LONGEST_VALUE),
    }
}
