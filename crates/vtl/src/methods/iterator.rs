//! Iterators of collections and arrays.

use std::cell::Cell;

use super::class;
use crate::error::Fault;
use crate::limits::Meter;
use crate::object::Object;
use crate::value::Value;

/// An iterator. A loop takes what it has not given yet.
pub(crate) struct Iter {
    class: &'static str,
    items: Vec<Value>,
    at: Cell<usize>,
}

impl Iter {
    pub(super) fn new(class: &'static str, items: Vec<Value>) -> Self {
        Iter { class, items, at: Cell::new(0) }
    }

    /// One whose next element is at a place.
    pub(super) fn from(class: &'static str, items: Vec<Value>, at: usize) -> Self {
        Iter { class, items, at: Cell::new(at) }
    }

    fn goes_both_ways(&self) -> bool {
        self.class.ends_with("$ListItr")
    }
}

impl Object for Iter {
    fn class_name(&self) -> &str {
        self.class
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        _meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        match (method, arguments) {
            ("hasNext", []) => Ok(Some(Value::Bool(self.at.get() < self.items.len()))),
            ("next", []) => match self.items.get(self.at.get()) {
                Some(item) => {
                    self.at.set(self.at.get() + 1);
                    Ok(Some(item.clone()))
                }
                None => {
                    Err(Fault::thrown("NoSuchElementException", "next() after the last element"))
                }
            },
            _ if !self.goes_both_ways() => Ok(None),
            ("hasPrevious", []) => Ok(Some(Value::Bool(self.at.get() > 0))),
            ("nextIndex", []) => Ok(Some(Value::Int(self.at.get() as i32))),
            ("previousIndex", []) => Ok(Some(Value::Int(self.at.get() as i32 - 1))),
            ("previous", []) => match self.at.get().checked_sub(1) {
                Some(before) => {
                    self.at.set(before);
                    Ok(self.items.get(before).cloned())
                }
                None => {
                    let message = "previous() before the first element";
                    Err(Fault::thrown("NoSuchElementException", message))
                }
            },
            _ => Ok(None),
        }
    }

    fn items(&self, _meter: &Meter) -> Result<Option<Vec<Value>>, Fault> {
        Ok(Some(self.items[self.at.replace(self.items.len())..].to_vec()))
    }

    fn print(&self, out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        class::print_identity(self.class_name(), std::ptr::from_ref(self).addr(), out);
        Ok(())
    }
}
