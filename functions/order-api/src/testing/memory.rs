//! The table in memory. Of DynamoDB's expressions it knows what the contract uses, and refuses the rest
//! as DynamoDB refuses what is no expression:
//!
//! - conditions and filters: `attribute_exists(a)`, `attribute_not_exists(a)`, `a = :v`
//! - updates: `SET a = :v, b = :w` and `ADD a :v` of whole numbers
//! - projections: `a, b`

use crate::once::{LIFETIME, from_answer, to_answer};
use crate::{Create, Delete, Error, List, Once, Orders, Page, Placeholders, Read, Update, Written};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use lambda_kit::item::{self, Item};
use lambda_kit::testing::idempotency;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Items and records in memory.
#[derive(Debug)]
pub struct Memory {
    items: RefCell<BTreeMap<String, Item>>,
    records: idempotency::Memory,
}

impl Default for Memory {
    fn default() -> Self {
        Self { items: RefCell::default(), records: idempotency::Memory::new(LIFETIME) }
    }
}

impl Memory {
    /// How many items there are.
    pub fn count(&self) -> usize {
        self.items.borrow().len()
    }

    fn get(&self, key: &Item) -> Result<Option<Item>, Error> {
        Ok(self.items.borrow().get(&id(key)?).cloned())
    }

    /// Does `write` unless there is a record of the key.
    fn once(
        &self,
        once: Option<&Once>,
        write: impl FnOnce() -> Result<Option<String>, Error>,
    ) -> Result<Written, Error> {
        let Some(once) = once else {
            return Ok(Written { attributes: write()?, replayed: false });
        };
        let write = || Ok::<_, Error>(to_answer(write()?.as_deref()));
        let answer = self.records.write(once, write)?;
        Ok(Written { attributes: from_answer(&answer.text), replayed: answer.replayed })
    }
}

impl Orders for &Memory {
    async fn create(&self, create: &Create, once: Option<&Once>) -> Result<Written, Error> {
        self.once(once, || {
            let old = self.get(&create.item)?;
            check(create.condition.as_deref(), &create.placeholders, old.as_ref())?;
            self.items.borrow_mut().insert(id(&create.item)?, create.item.clone());
            answer(&create.returns, &[], old.as_ref(), None)
        })
    }

    async fn read(&self, read: &Read) -> Result<Option<Item>, Error> {
        let item = self.get(&read.key)?;
        let placeholders = Placeholders { names: read.names.clone(), values: Item::new() };
        Ok(item.map(|item| project(item, read.projection.as_deref(), &placeholders)))
    }

    async fn update(&self, update: &Update, once: Option<&Once>) -> Result<Written, Error> {
        self.once(once, || {
            let old = self.get(&update.key)?;
            check(update.condition.as_deref(), &update.placeholders, old.as_ref())?;
            let mut new = old.clone().unwrap_or_else(|| update.key.clone());
            let changed = change(&mut new, &update.update, &update.placeholders)?;
            self.items.borrow_mut().insert(id(&update.key)?, new.clone());
            answer(&update.returns, &changed, old.as_ref(), Some(&new))
        })
    }

    async fn delete(&self, delete: &Delete) -> Result<Written, Error> {
        let old = self.get(&delete.key)?;
        check(delete.condition.as_deref(), &delete.placeholders, old.as_ref())?;
        self.items.borrow_mut().remove(&id(&delete.key)?);
        self.once(None, || answer(&delete.returns, &[], old.as_ref(), None))
    }

    async fn list(&self, list: &List) -> Result<Page, Error> {
        let items = self.items.borrow();
        let after = list.after.as_ref().map(id).transpose()?;
        let start = after.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut behind = items.range::<str, _>((start, Bound::Unbounded));
        let seen: Vec<_> = behind.by_ref().take(list.limit.into()).collect();
        let last = seen.last().map(|(id, _)| AttributeValue::S((*id).clone()));
        let next = behind.next().and(last).map(|id| Item::from([("id".to_owned(), id)]));
        let mut page = Page { items: Vec::new(), scanned: 0, next };
        for (_, item) in seen {
            page.scanned += 1;
            if holds(list.filter.as_deref(), &list.placeholders, Some(item))? {
                let item = project(item.clone(), list.projection.as_deref(), &list.placeholders);
                page.items.push(item);
            }
        }
        Ok(page)
    }
}

fn id(key: &Item) -> Result<String, Error> {
    let id = key.get("id").and_then(|value| value.as_s().ok());
    id.cloned().ok_or_else(|| refused("the key is missing"))
}

fn refused(message: &str) -> Error {
    Error::Refused { message: message.to_owned() }
}

fn named<'a>(path: &'a str, placeholders: &'a Placeholders) -> &'a str {
    let path = path.trim();
    placeholders.names.get(path).map_or(path, String::as_str)
}

fn value(text: &str, placeholders: &Placeholders) -> Result<AttributeValue, Error> {
    let value = placeholders.values.get(text.trim());
    value.cloned().ok_or_else(|| refused("a value is not defined"))
}

fn check(
    condition: Option<&str>,
    placeholders: &Placeholders,
    item: Option<&Item>,
) -> Result<(), Error> {
    if holds(condition, placeholders, item)? { Ok(()) } else { Err(Error::ConditionFailed) }
}

fn holds(
    condition: Option<&str>,
    placeholders: &Placeholders,
    item: Option<&Item>,
) -> Result<bool, Error> {
    let Some(condition) = condition else { return Ok(true) };
    let of = |path: &str| item.and_then(|item| item.get(named(path, placeholders)));
    let argument =
        |function: &str| condition.strip_prefix(function)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(path) = argument("attribute_exists") {
        return Ok(of(path).is_some());
    }
    if let Some(path) = argument("attribute_not_exists") {
        return Ok(of(path).is_none());
    }
    let (path, expected) =
        condition.split_once(" = ").ok_or_else(|| refused("the double knows no such condition"))?;
    Ok(of(path) == Some(&value(expected, placeholders)?))
}

/// Changes `item`, and gives the names of what it wrote.
fn change(
    item: &mut Item,
    update: &str,
    placeholders: &Placeholders,
) -> Result<Vec<String>, Error> {
    let unknown = || refused("the double knows no such update");
    let mut changed = Vec::new();
    if let Some(assignments) = update.strip_prefix("SET ") {
        for assignment in assignments.split(',') {
            let (path, new) = assignment.split_once('=').ok_or_else(unknown)?;
            let name = named(path, placeholders).to_owned();
            item.insert(name.clone(), value(new, placeholders)?);
            changed.push(name);
        }
    } else if let Some(addition) = update.strip_prefix("ADD ") {
        let (path, amount) = addition.split_once(' ').ok_or_else(unknown)?;
        let name = named(path, placeholders).to_owned();
        let number = |value: Option<&AttributeValue>| match value {
            Some(value) => value.as_n().ok()?.parse::<i64>().ok(),
            None => Some(0),
        };
        let amount = number(Some(&value(amount, placeholders)?)).ok_or_else(unknown)?;
        let sum = number(item.get(&name)).ok_or_else(unknown)? + amount;
        item.insert(name.clone(), AttributeValue::N(sum.to_string()));
        changed.push(name);
    } else {
        return Err(unknown());
    }
    Ok(changed)
}

fn project(mut item: Item, projection: Option<&str>, placeholders: &Placeholders) -> Item {
    if let Some(projection) = projection {
        let names: Vec<&str> =
            projection.split(',').map(|path| named(path, placeholders)).collect();
        item.retain(|name, _| names.contains(&name.as_str()));
    }
    item
}

fn answer(
    returns: &ReturnValue,
    changed: &[String],
    old: Option<&Item>,
    new: Option<&Item>,
) -> Result<Option<String>, Error> {
    let (item, whole) = match returns {
        ReturnValue::AllOld => (old, true),
        ReturnValue::UpdatedOld => (old, false),
        ReturnValue::AllNew => (new, true),
        ReturnValue::UpdatedNew => (new, false),
        _ => (None, true),
    };
    let mut item = item.cloned().unwrap_or_default();
    item.retain(|name, _| whole || changed.contains(name));
    let text = (!item.is_empty()).then(|| item::to_json(&item)).transpose();
    Ok(text?)
}
