//! The entries of a map in the order in which they were put in, found by key.
//!
//! Nearly every map here is small and keyed by strings, so keys are compared one by one until there
//! are many; then string keys get an index.

use std::collections::HashMap;
use std::rc::Rc;

use crate::equality::{key_hash, same_key};
use crate::value::Value;

/// Up to this many entries a scan is faster than hashing.
pub(crate) const SCANNED: usize = 32;
/// The table size that Java's `HashMap` starts with; it doubles when three quarters are taken.
const FIRST_CAPACITY: usize = 16;

type Entry = (Value, Value);

#[derive(Default)]
pub(crate) struct Table {
    entries: Vec<Entry>,
    /// The places of string keys, once there are many.
    #[allow(clippy::box_collection, reason = "most tables have none, and are smaller for it")]
    index: Option<Box<HashMap<Rc<str>, usize>>>,
    /// The longest that the table has been: Java's `HashMap` never shrinks.
    longest: usize,
}

impl Table {
    /// An empty table with room for some entries.
    pub(crate) fn with_capacity(entries: usize) -> Self {
        Table { entries: Vec::with_capacity(entries), ..Table::default() }
    }

    /// A table of entries of which no two have the same key.
    pub(crate) fn of_distinct(entries: impl Iterator<Item = Entry>) -> Self {
        let entries = Vec::from_iter(entries);
        let longest = entries.len();
        let mut table = Table { entries, index: None, longest };
        table.reindex();
        table
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    #[inline]
    pub(crate) fn get_str(&self, key: &str) -> Option<&Value> {
        match &self.index {
            None => {
                self.entries.iter().find(|(other, _)| is_key(other, key)).map(|(_, value)| value)
            }
            Some(index) => index.get(key).map(|at| &self.entries[*at].1),
        }
    }

    pub(crate) fn get(&self, key: &Value) -> Option<&Value> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    pub(crate) fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        let at = self.position(&key);
        self.put(at, key, value)
    }

    /// Puts a value at the place of its key, if it has one.
    #[inline]
    pub(crate) fn put(&mut self, at: Option<usize>, key: Value, value: Value) -> Option<Value> {
        if let Some(at) = at {
            return Some(std::mem::replace(&mut self.entries[at].1, value));
        }
        let at = self.len();
        if let (Some(index), Value::String(name)) = (&mut self.index, &key) {
            index.insert(Rc::clone(name), at);
        }
        self.entries.push((key, value));
        self.longest = self.longest.max(at + 1);
        if self.index.is_none() {
            self.reindex();
        }
        None
    }

    pub(crate) fn remove(&mut self, at: usize) -> Value {
        let (_, value) = self.entries.remove(at);
        self.reindex();
        value
    }

    /// The entries as Java's `HashMap` walks them: by the slot that the spread hash code selects,
    /// and in order of arrival within a slot.
    pub(crate) fn in_hash_order(&self) -> Vec<Entry> {
        let mut capacity = FIRST_CAPACITY;
        while self.longest > capacity / 4 * 3 {
            capacity *= 2;
        }
        let slot = |key: &Value| {
            let hash = key_hash(key) as u32;
            (hash ^ (hash >> 16)) as usize & (capacity - 1)
        };
        let mut entries = self.entries.clone();
        entries.sort_by_key(|(key, _)| slot(key));
        entries
    }

    /// Whether anything in it can hold other values.
    pub(crate) fn is_nested(&self) -> bool {
        self.entries.iter().any(|(key, value)| key.is_container() || value.is_container())
    }

    /// The keys and values one after another.
    pub(crate) fn into_values(self) -> impl Iterator<Item = Value> {
        self.entries.into_iter().flat_map(|(key, value)| [key, value])
    }

    #[inline]
    pub(crate) fn position(&self, key: &Value) -> Option<usize> {
        match key {
            Value::String(name) => self.position_str(name),
            _ => self.entries.iter().position(|(other, _)| same_key(key, other)),
        }
    }

    fn position_str(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).copied(),
            None => self.entries.iter().position(|(other, _)| is_key(other, key)),
        }
    }

    fn reindex(&mut self) {
        self.index = (self.entries.len() > SCANNED).then(|| {
            let strings = self.entries.iter().enumerate().filter_map(|(at, (key, _))| match key {
                Value::String(name) => Some((Rc::clone(name), at)),
                _ => None,
            });
            Box::new(strings.collect())
        });
    }
}

/// Whether a key is this text. Most keys that are not differ in length or in their first byte.
#[inline]
fn is_key(key: &Value, text: &str) -> bool {
    match key {
        Value::String(key) => {
            key.len() == text.len()
                && key.as_bytes().first() == text.as_bytes().first()
                && **key == *text
        }
        _ => false,
    }
}
