//! JSON Patch as API Gateway takes it: a table for each entity says which paths take which
//! operations and how the text of the value is read. Only `add`, `replace` and `remove` change
//! anything here; no table allows `copy`, which AWS has for canaries, nor `move` and `test`.
//!
//! A patch is applied to the entity's JSON, all of it or nothing.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::call::{Call, to_value};
use super::error::{Error, constraint};

/// What an entity lets a patch change.
pub(super) struct Table {
    /// AWS's name of the operation's input, which its validation errors show.
    pub(super) input: &'static str,
    pub(super) wording: Wording,
    pub(super) rules: &'static [Rule],
}

/// How AWS words its refusals, which differs from entity to entity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wording {
    /// Tells the paths that the operation may have.
    Listed,
    /// Tells a wrong path from a wrong operation.
    Plain,
    /// Knows wrong paths only.
    PathOnly,
}

pub(super) struct Rule {
    /// Segments in braces stand for any text.
    path: &'static str,
    ops: &'static [Op],
    kind: Kind,
    /// The error when what is to be replaced or removed is not there; by default it need not be.
    absent: Option<&'static str>,
}

/// A line of a table.
pub(super) const fn rule(path: &'static str, ops: &'static [Op], kind: Kind) -> Rule {
    Rule { path, ops, kind, absent: None }
}

impl Rule {
    /// Refuses to replace and to remove what is not there.
    pub(super) const fn or_absent(mut self, error: &'static str) -> Self {
        self.absent = Some(error);
        self
    }
}

/// How the text of a value is read.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// No text or an empty one clears it.
    Text,
    /// An empty text is kept.
    Verbatim,
    /// No text or an empty one is this error.
    Required(&'static str),
    /// Whatever is not `true` is false.
    Flag,
    /// A whole number in a range, or else this error.
    Number(i64, i64, &'static str),
    /// The same, but none clears it.
    OptionalNumber(i64, i64, &'static str),
    Decimal(&'static str),
    /// One of these, or else this error.
    OneOf(&'static [&'static str], &'static str),
    /// The same, but none clears it.
    OptionalOneOf(&'static [&'static str], &'static str),
    /// An item of a list, which the last segment of the path names.
    Element,
    /// An item of a list, which the value names.
    Member,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Op {
    Add,
    Remove,
    Move,
    Test,
    Replace,
    Copy,
}

pub(super) const REPLACE: &[Op] = &[Op::Replace];
pub(super) const CLEARABLE: &[Op] = &[Op::Replace, Op::Remove];
pub(super) const ITEMS: &[Op] = &[Op::Add, Op::Remove];
pub(super) const ENTRIES: &[Op] = &[Op::Add, Op::Replace, Op::Remove];

const OP_NAMES: &str = "[add, remove, move, test, replace, copy]";

impl Op {
    fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Move => "move",
            Self::Test => "test",
            Self::Replace => "replace",
            Self::Copy => "copy",
        }
    }
}

/// One operation of a patch.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) op: Op,
    pub(super) path: String,
    pub(super) value: Option<String>,
}

impl Operation {
    /// The segments of the path, as they were before they were escaped.
    pub(super) fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split('/').map(unescaped).collect()
    }
}

/// A segment of a JSON Pointer as it was before it was escaped.
pub(super) fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    patch_operations: Vec<Given>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Given {
    op: Option<String>,
    path: Option<String>,
    value: Option<Value>,
}

/// The operations that the body of a request asks for.
pub(super) fn operations(call: &Call<'_>, input: &str) -> Result<Vec<Operation>, Error> {
    let given = call.input::<Input>()?.patch_operations;
    let mut violations = Vec::new();
    let mut operations = Vec::new();
    for (index, given) in given.into_iter().enumerate() {
        let name = given.op.unwrap_or_else(|| "null".to_owned());
        let Ok(op) = serde_json::from_value(Value::String(name.clone())) else {
            let member = format!("{input}.patchOperations.{}.member.op", index + 1);
            let rule = format!("Member must satisfy enum value set: {OP_NAMES}");
            violations.push(constraint(&name, &member, &rule));
            continue;
        };
        let Some(path) = given.path else {
            return Err(Error::bad_request("Invalid patch path null"));
        };
        let value = match given.value {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(other) => Some(other.to_string()),
        };
        operations.push(Operation { op, path, value });
    }
    if violations.is_empty() { Ok(operations) } else { Err(Error::Validation(violations)) }
}

/// The entity after the patch in the body of a request.
pub(super) fn patched<T>(call: &Call<'_>, table: &Table, entity: &T) -> Result<T, Error>
where
    T: Serialize + DeserializeOwned,
{
    apply(table, &operations(call, table.input)?, entity)
}

/// The entity after some operations.
pub(super) fn apply<T>(table: &Table, operations: &[Operation], entity: &T) -> Result<T, Error>
where
    T: Serialize + DeserializeOwned,
{
    let mut document = to_value(entity);
    for operation in operations {
        let segments = operation.segments();
        let rule = table.rule_for(operation, &segments)?;
        rule.change(operation, &segments, &mut document)?;
    }
    serde_json::from_value(document)
        .map_err(|error| Error::bad_request(format!("Invalid patch value specified: {error}")))
}

impl Table {
    /// Whether the table has the path of an operation.
    pub(super) fn knows(&self, operation: &Operation) -> bool {
        self.find(operation, &operation.segments()).is_some()
    }

    fn find(&self, operation: &Operation, segments: &[String]) -> Option<&Rule> {
        let rooted = operation.path.starts_with('/');
        self.rules.iter().find(|rule| rooted && rule.matches(segments))
    }

    fn rule_for(&self, operation: &Operation, segments: &[String]) -> Result<&Rule, Error> {
        let found = self.find(operation, segments);
        match found {
            Some(rule) if rule.ops.contains(&operation.op) => Ok(rule),
            _ => Err(self.refusal(operation, found)),
        }
    }

    fn refusal(&self, operation: &Operation, rule: Option<&Rule>) -> Error {
        let Operation { op, path, .. } = operation;
        Error::BadRequest(match (self.wording, rule) {
            (Wording::Listed, _) => {
                let allowed = self.rules.iter().filter(|rule| rule.ops.contains(op));
                let paths: Vec<_> = allowed.map(|rule| rule.path).collect();
                let advice = if paths.is_empty() {
                    "Please choose supported operations".to_owned()
                } else {
                    format!("Must be one of: [{}]", paths.join(", "))
                };
                // Two blanks, as AWS has it.
                format!("Invalid patch path  '{path}' specified for op '{}'. {advice}", op.name())
            }
            (Wording::Plain, Some(rule)) if rule.ops == REPLACE => {
                "Invalid patch operation specified. Must be one of: [replace]".to_owned()
            }
            (Wording::Plain, Some(_)) => {
                "Invalid patch operation specified. Must be 'add'|'remove'|'replace'".to_owned()
            }
            (Wording::Plain, None) | (Wording::PathOnly, _) => {
                format!("Invalid patch path {path}")
            }
        })
    }
}

impl Rule {
    fn matches(&self, segments: &[String]) -> bool {
        let pattern = self.path[1..].split('/');
        pattern.clone().count() == segments.len()
            && pattern.zip(segments).all(|(part, segment)| {
                if part.starts_with('{') { !segment.is_empty() } else { part == segment }
            })
    }

    fn change(
        &self,
        operation: &Operation,
        segments: &[String],
        document: &mut Value,
    ) -> Result<(), Error> {
        let (last, parents) = segments.split_last().expect("a split has at least one part");
        match self.kind {
            Kind::Element => {
                let list = list_at(document, parents);
                let replacement = match operation.op {
                    Op::Replace => operation.value.as_deref(),
                    _ => Some(last.as_str()),
                };
                list.retain(|item| item != last);
                if let (Op::Add | Op::Replace, Some(item)) = (operation.op, replacement) {
                    list.push(item.into());
                }
            }
            Kind::Member => {
                let list = list_at(document, segments);
                let named = operation.value.as_deref().unwrap_or_default();
                if named.is_empty() {
                    let path = &operation.path;
                    return Err(Error::bad_request(format!("a value must be given for {path}")));
                }
                list.retain(|item| item != named);
                if operation.op == Op::Add {
                    list.push(named.into());
                }
            }
            kind => {
                let parent = parents.iter().fold(document, |value, name| child(value, name));
                let present = holds(parent, last);
                if let (Some(error), false, Op::Replace | Op::Remove) =
                    (self.absent, present, operation.op)
                {
                    return Err(Error::not_found(error));
                }
                let value = match operation.op {
                    Op::Remove => None,
                    _ => kind.read(operation.value.as_deref())?,
                };
                match value {
                    Some(value) => *child(parent, last) = value,
                    None => remove(parent, last),
                }
            }
        }
        Ok(())
    }
}

impl Kind {
    /// What the text of a value stands for; none if it clears what is there.
    fn read(self, text: Option<&str>) -> Result<Option<Value>, Error> {
        let filled = text.filter(|text| !text.is_empty());
        Ok(match self {
            Self::Text | Self::Element | Self::Member => filled.map(Value::from),
            Self::Verbatim => Some(text.unwrap_or_default().into()),
            Self::Required(error) => Some(filled.ok_or_else(|| Error::bad_request(error))?.into()),
            Self::Flag => Some(text.is_some_and(|text| text.eq_ignore_ascii_case("true")).into()),
            Self::OptionalNumber(..) | Self::OptionalOneOf(..) if filled.is_none() => None,
            Self::Number(least, most, error) | Self::OptionalNumber(least, most, error) => {
                match text.map(str::parse::<i64>) {
                    Some(Ok(number)) if (least..=most).contains(&number) => Some(number.into()),
                    _ => return Err(Error::bad_request(error)),
                }
            }
            Self::Decimal(error) => match text.map(str::parse::<f64>) {
                Some(Ok(number)) if number.is_finite() => Some(number.into()),
                _ => return Err(Error::bad_request(error)),
            },
            Self::OneOf(allowed, error) | Self::OptionalOneOf(allowed, error) => match text {
                Some(text) if allowed.contains(&text) => Some(text.into()),
                _ => return Err(Error::bad_request(error)),
            },
        })
    }
}

/// What `name` stands for in an object or a list, made if it is not there.
fn child<'v>(value: &'v mut Value, name: &str) -> &'v mut Value {
    if let Value::Array(items) = value {
        let index = name.parse().unwrap_or(items.len()).min(items.len());
        if index == items.len() {
            items.push(Value::Null);
        }
        return &mut items[index];
    }
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    &mut value[name]
}

fn holds(value: &Value, name: &str) -> bool {
    match value {
        Value::Array(items) => name.parse().is_ok_and(|index: usize| index < items.len()),
        Value::Object(members) => members.contains_key(name),
        _ => false,
    }
}

fn remove(value: &mut Value, name: &str) {
    match value {
        Value::Object(members) => {
            members.remove(name);
        }
        Value::Array(items) => {
            if let Some(index) = name.parse().ok().filter(|index: &usize| *index < items.len()) {
                items.remove(index);
            }
        }
        _ => {}
    }
}

fn list_at<'v>(document: &'v mut Value, path: &[String]) -> &'v mut Vec<Value> {
    let value = path.iter().fold(document, |value, name| child(value, name));
    if !value.is_array() {
        *value = Value::Array(Vec::new());
    }
    value.as_array_mut().expect("it was made a list")
}
