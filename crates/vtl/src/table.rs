//! The entries of a map in the order in which they were put in, found by key.
//!
//! Nearly every map here is small and keyed by strings, so keys are compared one by one until there
//! are many; then string keys get an index.

use std::collections::HashMap;
use std::sync::Arc;

use crate::equality::{hash_code, same_key};
use crate::value::Value;

/// Up to this many entries a scan is faster than hashing.
const SCANNED: usize = 12;
/// The table size that Java's `HashMap` starts with; it doubles when three quarters are taken.
const FIRST_CAPACITY: usize = 16;

#[derive(Default)]
pub(crate) struct Table {
    entries: Vec<(Value, Value)>,
    /// The places of string keys, once there are many.
    index: Option<Box<HashMap<Arc<str>, usize>>>,
    /// The longest that the table has been: Java's `HashMap` never shrinks.
    longest: usize,
}

impl Table {
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn entries(&self) -> &[(Value, Value)] {
        &self.entries
    }

    pub(crate) fn get_str(&self, key: &str) -> Option<&Value> {
        self.position_str(key).map(|at| &self.entries[at].1)
    }

    pub(crate) fn get(&self, key: &Value) -> Option<&Value> {
        self.position(key).map(|at| &self.entries[at].1)
    }

    /// An empty table with room for some entries.
    pub(crate) fn with_capacity(entries: usize) -> Self {
        Table { entries: Vec::with_capacity(entries), ..Table::default() }
    }

    pub(crate) fn insert(&mut self, key: Value, value: Value) -> Option<Value> {
        if let Some(at) = self.position(&key) {
            return Some(std::mem::replace(&mut self.entries[at].1, value));
        }
        let at = self.entries.len();
        if let (Some(index), Value::String(name)) = (&mut self.index, &key) {
            index.insert(Arc::clone(name), at);
        }
        self.entries.push((key, value));
        self.longest = self.longest.max(self.entries.len());
        if self.index.is_none() && self.entries.len() > SCANNED {
            self.reindex();
        }
        None
    }

    pub(crate) fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.position(key)?;
        let (_, value) = self.entries.remove(at);
        self.index = None;
        if self.entries.len() > SCANNED {
            self.reindex();
        }
        Some(value)
    }

    /// The entries as Java's `HashMap` walks them: by the slot that the spread hash code selects,
    /// and in order of arrival within a slot.
    pub(crate) fn in_hash_order(&self) -> Vec<(Value, Value)> {
        let mut capacity = FIRST_CAPACITY;
        while self.longest > capacity / 4 * 3 {
            capacity *= 2;
        }
        let slot = |key: &Value| {
            let hash = hash_code(key) as u32;
            (hash ^ (hash >> 16)) as usize & (capacity - 1)
        };
        let mut entries = self.entries.clone();
        entries.sort_by_key(|(key, _)| slot(key));
        entries
    }

    /// Empties the table, for dropping what it held.
    pub(crate) fn take_values(&mut self) -> impl Iterator<Item = Value> + use<> {
        std::mem::take(&mut self.entries).into_iter().flat_map(|(key, value)| [key, value])
    }

    fn position(&self, key: &Value) -> Option<usize> {
        match key {
            Value::String(name) => self.position_str(name),
            _ => self
                .entries
                .iter()
                .position(|(other, _)| same_key(key, other)),
        }
    }

    fn position_str(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).copied(),
            None => self.entries.iter().position(|(other, _)| other.as_str() == Some(key)),
        }
    }

    fn reindex(&mut self) {
        let strings = self.entries.iter().enumerate().filter_map(|(at, (key, _))| match key {
            Value::String(name) => Some((Arc::clone(name), at)),
            _ => None,
        });
        self.index = Some(Box::new(strings.collect()));
    }
}
