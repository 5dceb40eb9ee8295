//! Reads the parameters of a payload one by one, each by the rule of its kind, and notes all that is
//! wrong on the way.

use crate::command::Placeholders;
use crate::expression::{is_placeholder, placeholders};
use crate::problems::{self, Problems, broken, quoted};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use lambda_kit::item::{self, Item};
use lambda_kit::{Error, Members, json_kind};
use serde_json::value::RawValue;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The table's key, which is a string.
pub(crate) const KEY: &str = "id";
pub(crate) const NAMES: &str = "ExpressionAttributeNames";
pub(crate) const VALUES: &str = "ExpressionAttributeValues";
/// The longest expression, in bytes of UTF-8.
const MAX_EXPRESSION_BYTES: usize = 4096;
/// The longest partition key, in bytes of UTF-8.
const MAX_KEY_BYTES: usize = 2048;

/// The members of a JSON object, by name.
#[derive(Debug)]
pub(crate) struct Params<'a> {
    path: &'static str,
    members: BTreeMap<String, &'a RawValue>,
}

impl<'a> Params<'a> {
    /// Opens the object `raw`, which stands at `path`, and notes the members that are given twice or
    /// are not `allowed`. `None` if it is no object.
    pub(crate) fn open(
        path: &'static str,
        raw: &'a RawValue,
        allowed: &[&str],
        problems: &mut Problems,
    ) -> Option<Self> {
        let place = if path.is_empty() { "body" } else { path };
        if json_kind(raw.get()) != "an object" {
            problems.add(place, format!("must be a JSON object, not {}", json_kind(raw.get())));
            return None;
        }
        let Ok(Members(sent)) = serde_json::from_str(raw.get()) else {
            problems.add(place, "has a name that is not valid Unicode");
            return None;
        };
        let mut members = BTreeMap::new();
        for (name, value) in sent {
            let at = problems::path(path, &name);
            if !allowed.contains(&name.as_str()) {
                problems.add(&at, format!("is not known here; allowed: {}", allowed.join(", ")));
            } else if members.insert(name, value).is_some() {
                problems.add(&at, "is given more than once");
            }
        }
        Some(Self { path, members })
    }

    /// An object without members at `path`.
    pub(crate) fn empty(path: &'static str) -> Self {
        Self { path, members: BTreeMap::new() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.members.get(name).copied()
    }

    pub(crate) fn path(&self, name: &str) -> String {
        problems::path(self.path, name)
    }

    /// A string.
    pub(crate) fn text(&self, name: &str, problems: &mut Problems) -> Option<String> {
        let raw = self.get(name)?;
        if json_kind(raw.get()) != "a string" {
            problems.add(&self.path(name), broken("must be a string", raw));
            return None;
        }
        let text = serde_json::from_str(raw.get());
        if text.is_err() {
            problems.add(&self.path(name), broken("is not valid Unicode", raw));
        }
        text.ok()
    }

    /// A string that says something.
    pub(crate) fn expression(&self, name: &str, problems: &mut Problems) -> Option<String> {
        let text = self.text(name, problems)?;
        if text.trim().is_empty() {
            problems.add(&self.path(name), "must not be empty");
        }
        if text.len() > MAX_EXPRESSION_BYTES {
            let problem = format!("must be at most 4,096 bytes long, not {}", text.len());
            problems.add(&self.path(name), problem);
            return None;
        }
        Some(text)
    }

    /// The same, where it cannot be left out. Empty if it is wrong.
    pub(crate) fn required_expression(&self, name: &str, problems: &mut Problems) -> String {
        if self.get(name).is_none() {
            problems.add(&self.path(name), "is missing");
        }
        self.expression(name, problems).unwrap_or_default()
    }

    /// `true` or `false`; `false` if it is left out.
    pub(crate) fn flag(&self, name: &str, problems: &mut Problems) -> bool {
        let Some(raw) = self.get(name) else { return false };
        if json_kind(raw.get()) != "true or false" {
            problems.add(&self.path(name), broken("must be true or false", raw));
        }
        raw.get() == "true"
    }

    /// A whole number from 1 to `most`; `default` if it is left out.
    pub(crate) fn limit(
        &self,
        name: &str,
        default: u16,
        most: u16,
        problems: &mut Problems,
    ) -> u16 {
        let Some(raw) = self.get(name) else { return default };
        match serde_json::from_str(raw.get()) {
            Ok(limit) if (1..=most).contains(&limit) => limit,
            _ => {
                let rule = format!("must be a whole number from 1 to {most}");
                problems.add(&self.path(name), broken(&rule, raw));
                default
            }
        }
    }

    /// One of `allowed`; `NONE` if it is left out.
    pub(crate) fn returns(
        &self,
        name: &str,
        allowed: &[ReturnValue],
        problems: &mut Problems,
    ) -> ReturnValue {
        let Some(raw) = self.get(name) else { return ReturnValue::None };
        let text: Option<String> = serde_json::from_str(raw.get()).ok();
        let found = allowed.iter().find(|value| text.as_deref() == Some(value.as_str()));
        found.cloned().unwrap_or_else(|| {
            let names: Vec<&str> = allowed.iter().map(ReturnValue::as_str).collect();
            let rule = format!("must be one of {}", names.join(", "));
            problems.add(&self.path(name), broken(&rule, raw));
            ReturnValue::None
        })
    }

    /// An item with its key. Empty if it is wrong.
    pub(crate) fn item(&self, name: &str, problems: &mut Problems) -> Item {
        let item = self.required_attributes(name, problems);
        if let Some(item) = &item {
            self.check_key(name, item, problems);
        }
        item.unwrap_or_default()
    }

    /// A key and nothing else. Empty if it is wrong.
    pub(crate) fn key(&self, name: &str, problems: &mut Problems) -> Item {
        let key = self.required_attributes(name, problems);
        if let Some(key) = &key {
            self.check_key(name, key, problems);
            for other in key.keys().filter(|other| *other != KEY) {
                let at = problems::path(&self.path(name), other);
                problems.add(&at, format!("is no part of the key, which is {KEY}"));
            }
        }
        key.unwrap_or_default()
    }

    /// The same, if it is there.
    pub(crate) fn optional_key(&self, name: &str, problems: &mut Problems) -> Option<Item> {
        self.get(name).map(|_| self.key(name, problems))
    }

    /// `ExpressionAttributeNames` and `ExpressionAttributeValues`, where these `expressions` use
    /// them. DynamoDB takes neither one that is missing nor one that is not used.
    pub(crate) fn placeholders(
        &self,
        expressions: &[(&str, Option<&str>)],
        problems: &mut Problems,
    ) -> Placeholders {
        let names = self.names(problems);
        let values = self.values(problems);
        if let Some(names) = &names {
            self.check_used(NAMES, '#', &names.keys().collect(), expressions, problems);
        }
        if let Some(values) = &values {
            self.check_used(VALUES, ':', &values.keys().collect(), expressions, problems);
        }
        let (names, values) = (names.unwrap_or_default(), values.unwrap_or_default());
        Placeholders { names, values }
    }

    /// That `expressions` use the placeholders that `map` defines, each and no other.
    fn check_used(
        &self,
        map: &str,
        sign: char,
        defined: &HashSet<&String>,
        expressions: &[(&str, Option<&str>)],
        problems: &mut Problems,
    ) {
        let mut used = HashSet::new();
        for (name, text) in expressions {
            for placeholder in placeholders(text.unwrap_or_default(), sign) {
                let placeholder = placeholder.to_owned();
                if !defined.contains(&placeholder) {
                    let of = quoted(&placeholder);
                    let problem = format!("uses {of}, which {map} does not define");
                    problems.add(&self.path(name), problem);
                }
                used.insert(placeholder);
            }
        }
        for unused in defined.iter().filter(|known| !used.contains(**known)) {
            let at = problems::path(&self.path(map), unused);
            problems.add(&at, "is used in no expression");
        }
    }

    /// `None` if it cannot be read, so that nothing is known of what it defines.
    fn names(&self, problems: &mut Problems) -> Option<HashMap<String, String>> {
        let mut names = HashMap::new();
        for (placeholder, value) in self.optional_attributes(NAMES, problems)? {
            let at = problems::path(&self.path(NAMES), &placeholder);
            if !is_placeholder(&placeholder, '#') {
                problems.add(&at, "must be # and letters, digits or underscores");
            }
            let attribute = match value {
                AttributeValue::S(attribute) => attribute,
                _ => String::new(),
            };
            if attribute.is_empty() {
                problems.add(&at, "must be the name of an attribute, a string");
            }
            names.insert(placeholder, attribute);
        }
        Some(names)
    }

    /// As `names`.
    fn values(&self, problems: &mut Problems) -> Option<Item> {
        let values = self.optional_attributes(VALUES, problems)?;
        for placeholder in values.keys().filter(|name| !is_placeholder(name, ':')) {
            let at = problems::path(&self.path(VALUES), placeholder);
            problems.add(&at, "must be : and letters, digits or underscores");
        }
        Some(values)
    }

    /// Empty if it is left out.
    fn optional_attributes(&self, name: &str, problems: &mut Problems) -> Option<Item> {
        match self.get(name) {
            Some(_) => self.attributes(name, problems),
            None => Some(Item::new()),
        }
    }

    fn required_attributes(&self, name: &str, problems: &mut Problems) -> Option<Item> {
        if self.get(name).is_none() {
            problems.add(&self.path(name), "is missing");
        }
        self.attributes(name, problems)
    }

    /// An object, as DynamoDB has it.
    fn attributes(&self, name: &str, problems: &mut Problems) -> Option<Item> {
        let raw = self.get(name)?;
        let place = self.path(name);
        if json_kind(raw.get()) != "an object" {
            problems.add(&place, broken("must be an object", raw));
            return None;
        }
        match item::from_json(raw.get()) {
            Ok(item) => return Some(item),
            Err(Error::ItemRefused { path, rule, value }) => {
                problems.add(&within(&place, &path), format!("{rule}; received {value}"));
            }
            // The text is JSON, so only an escape that is half a character can be wrong with it.
            Err(Error::ItemSyntax { path, .. }) => {
                problems.add(&within(&place, &path), "is not valid Unicode");
            }
            Err(other) => problems.add(&place, other.to_string()),
        }
        None
    }

    fn check_key(&self, name: &str, item: &Item, problems: &mut Problems) {
        let at = problems::path(&self.path(name), KEY);
        match item.get(KEY) {
            None => problems.add(&at, "is missing"),
            Some(AttributeValue::S(id)) if (1..=MAX_KEY_BYTES).contains(&id.len()) => {}
            Some(_) => problems.add(&at, "must be a string of 1 to 2,048 bytes"),
        }
    }
}

/// The path of a value inside the item at `place`, from its path within the item.
fn within(place: &str, path: &str) -> String {
    match path {
        "the item" => place.to_owned(),
        path if path.starts_with('[') => format!("{place}{path}"),
        path => format!("{place}.{path}"),
    }
}
