//! What a request asks of the table, read and checked as far as that goes without asking DynamoDB.

use aws_sdk_dynamodb::types::ReturnValue;
use lambda_kit::item::Item;
use std::collections::HashMap;

/// What the expressions of a request stand for: `#name` and `:value`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Placeholders {
    /// `ExpressionAttributeNames`.
    pub names: HashMap<String, String>,
    /// `ExpressionAttributeValues`.
    pub values: Item,
}

/// Puts an item, in place of one that has its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// The item, with its key.
    pub item: Item,
    /// `ConditionExpression`.
    pub condition: Option<String>,
    /// What its expression stands for.
    pub placeholders: Placeholders,
    /// `NONE` or `ALL_OLD`.
    pub returns: ReturnValue,
}

/// Reads an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The item's key.
    pub key: Item,
    /// `ProjectionExpression`.
    pub projection: Option<String>,
    /// The names its expression stands for.
    pub names: HashMap<String, String>,
    /// Whether it sees every write that was answered before.
    pub consistent: bool,
}

/// Changes attributes of an item, which is made if it is not there.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// The item's key.
    pub key: Item,
    /// `UpdateExpression`.
    pub update: String,
    /// `ConditionExpression`.
    pub condition: Option<String>,
    /// What its expressions stand for.
    pub placeholders: Placeholders,
    /// Any of DynamoDB's.
    pub returns: ReturnValue,
}

/// Deletes an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Delete {
    /// The item's key.
    pub key: Item,
    /// `ConditionExpression`.
    pub condition: Option<String>,
    /// What its expression stands for.
    pub placeholders: Placeholders,
    /// `NONE` or `ALL_OLD`.
    pub returns: ReturnValue,
}

/// Reads a page of the table.
#[derive(Debug, Clone, PartialEq)]
pub struct List {
    /// How many items are looked at, at most.
    pub limit: u16,
    /// The key behind which the page starts.
    pub after: Option<Item>,
    /// `FilterExpression`.
    pub filter: Option<String>,
    /// `ProjectionExpression`.
    pub projection: Option<String>,
    /// What its expressions stand for.
    pub placeholders: Placeholders,
    /// Whether it sees every write that was answered before.
    pub consistent: bool,
}

/// All that can be asked.
#[derive(Debug)]
pub(crate) enum Command {
    Create(Create),
    Read(Read),
    Update(Update),
    Delete(Delete),
    List(List),
    /// The payload, as it was sent.
    Echo(String),
    Ping,
}

/// An operation by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Read,
    Update,
    Delete,
    List,
    Echo,
    Ping,
}

impl Operation {
    const ALL: [(&str, Self); 7] = [
        ("create", Self::Create),
        ("read", Self::Read),
        ("update", Self::Update),
        ("delete", Self::Delete),
        ("list", Self::List),
        ("echo", Self::Echo),
        ("ping", Self::Ping),
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, operation)| *operation)
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| *name)
    }

    /// The names of all, for those who sent another.
    pub(crate) fn names() -> String {
        Self::ALL.map(|(name, _)| name).join(", ")
    }
}
