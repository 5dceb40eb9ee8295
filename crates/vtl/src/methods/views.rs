//! Views of maps and lists (`keySet()`, `values()`, `entrySet()`, `subList()`), entries and
//! iterators. A view shows what its map or list holds when it is looked at.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::map::void;
use super::{class, out_of_bounds};
use crate::equality;
use crate::error::Fault;
use crate::limits::Meter;
use crate::list::{List, ListKind};
use crate::map::Map;
use crate::object::Object;
use crate::value::Value;

/// What a view of a map shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ViewKind {
    Keys,
    Values,
    Entries,
}

/// A collection that belongs to another one.
pub(crate) struct View {
    source: Source,
}

enum Source {
    Map(Map, ViewKind),
    /// A part of a list, whose length may not change otherwise while the view is used.
    List {
        list: List,
        from: usize,
        length: Cell<usize>,
        changes: Cell<u32>,
    },
}

/// The elements of anything that Java counts as a `Collection`; `None` for all else.
pub(crate) fn collection_items(value: &Value, meter: &Meter) -> Result<Option<Vec<Value>>, Fault> {
    match value {
        Value::List(list) if !list.kind().is_array() => Ok(Some(list.to_vec())),
        Value::Object(object) => {
            let object: &dyn Any = &**object;
            match object.downcast_ref::<View>() {
                Some(view) => view.elements(meter).map(Some),
                None => Ok(None),
            }
        }
        _ => Ok(None),
    }
}

impl View {
    pub(super) fn of_map(map: Map, kind: ViewKind) -> Self {
        View { source: Source::Map(map, kind) }
    }

    pub(super) fn of_list(list: List, from: usize, to: usize) -> Self {
        let changes = Cell::new(list.changes());
        View { source: Source::List { list, from, length: Cell::new(to - from), changes } }
    }

    /// The map that an object is a view of.
    pub(crate) fn map_of(object: &Rc<dyn Object>) -> Option<&Map> {
        let object: &dyn Any = &**object;
        match &object.downcast_ref::<View>()?.source {
            Source::Map(map, _) => Some(map),
            Source::List { .. } => None,
        }
    }

    /// The map whose values an object shows.
    pub(crate) fn values_of(object: &Rc<dyn Object>) -> Option<&Map> {
        let object: &dyn Any = &**object;
        match &object.downcast_ref::<View>()?.source {
            Source::Map(map, ViewKind::Values) => Some(map),
            _ => None,
        }
    }

    fn elements(&self, meter: &Meter) -> Result<Vec<Value>, Fault> {
        match &self.source {
            Source::Map(map, kind) => {
                meter.allocate(map.len() * 2 * size_of::<Value>())?;
                Ok(map
                    .to_vec()
                    .into_iter()
                    .map(|(key, value)| match kind {
                        ViewKind::Keys => key,
                        ViewKind::Values => value,
                        ViewKind::Entries => Value::Object(Rc::new(Entry {
                            map: map.clone(),
                            key,
                            value: RefCell::new(value),
                        })),
                    })
                    .collect())
            }
            Source::List { list, from, length, changes } => {
                if list.changes() != changes.get() {
                    return Err(Fault::thrown(
                        "ConcurrentModificationException",
                        "the list behind subList() changed",
                    ));
                }
                meter.allocate(length.get() * size_of::<Value>())?;
                Ok(list.items()[*from..*from + length.get()].to_vec())
            }
        }
    }

    fn iterator_class(&self) -> &'static str {
        match &self.source {
            Source::Map(_, ViewKind::Keys) => "java.util.LinkedHashMap$LinkedKeyIterator",
            Source::Map(_, ViewKind::Values) => "java.util.LinkedHashMap$LinkedValueIterator",
            Source::Map(_, ViewKind::Entries) => "java.util.LinkedHashMap$LinkedEntryIterator",
            Source::List { .. } => "java.util.ArrayList$SubList$1",
        }
    }

    fn call_common(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        Ok(Some(match (method, arguments) {
            ("size", []) => Value::Int(self.elements(meter)?.len() as i32),
            ("isEmpty", []) => Value::Bool(self.elements(meter)?.is_empty()),
            ("contains", [value]) => {
                let mut found = false;
                for item in self.elements(meter)? {
                    found = found || equality::equals(&item, value, meter)?;
                }
                Value::Bool(found)
            }
            ("containsAll", [other]) => {
                let Some(wanted) = collection_items(other, meter)? else {
                    return Ok(None);
                };
                let own = self.elements(meter)?;
                let mut all = true;
                for value in &wanted {
                    let mut found = false;
                    for item in &own {
                        found = found || equality::equals(item, value, meter)?;
                    }
                    all = all && found;
                }
                Value::Bool(all)
            }
            ("iterator", []) => {
                Value::Object(Rc::new(Iter::new(self.iterator_class(), self.elements(meter)?)))
            }
            ("toArray", []) => Value::List(List::new(ListKind::ObjectArray, self.elements(meter)?)),
            _ => return Ok(None),
        }))
    }
}

impl Object for View {
    fn class_name(&self) -> &str {
        match &self.source {
            Source::Map(_, ViewKind::Keys) => "java.util.LinkedHashMap$LinkedKeySet",
            Source::Map(_, ViewKind::Values) => "java.util.LinkedHashMap$LinkedValues",
            Source::Map(_, ViewKind::Entries) => "java.util.LinkedHashMap$LinkedEntrySet",
            Source::List { .. } => "java.util.ArrayList$SubList",
        }
    }

    fn property(&self, name: &str, meter: &Meter) -> Result<Option<Value>, Fault> {
        match name {
            "empty" | "Empty" => self.call("isEmpty", &[], meter),
            _ => Ok(None),
        }
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        if let Some(value) = self.call_common(method, arguments, meter)? {
            return Ok(Some(value));
        }
        match (&self.source, method, arguments) {
            (Source::Map(map, ViewKind::Keys), "remove", [key]) => {
                Ok(Some(Value::Bool(map.remove(key).is_some())))
            }
            (Source::Map(map, _), "remove", [value]) => {
                for (at, item) in self.elements(meter)?.iter().enumerate() {
                    if equality::equals(item, value, meter)? {
                        let key = map.to_vec()[at].0.clone();
                        map.remove(&key);
                        return Ok(Some(Value::Bool(true)));
                    }
                }
                Ok(Some(Value::Bool(false)))
            }
            (Source::Map(map, _), "clear", []) => {
                map.clear();
                Ok(Some(void()))
            }
            (Source::Map(..), "add", [_]) | (Source::Map(..), "addAll", [Value::Null]) => {
                Err(Fault::thrown("UnsupportedOperationException", method))
            }
            (Source::Map(..), "addAll", [others]) => match collection_items(others, meter)? {
                Some(others) if !others.is_empty() => {
                    Err(Fault::thrown("UnsupportedOperationException", method))
                }
                nothing => Ok(nothing.map(|_| Value::Bool(false))),
            },
            (Source::List { list, from, length, changes }, _, _) => {
                let elements = self.elements(meter)?;
                match (method, arguments) {
                    ("set", [Value::Int(at), value]) => match usize::try_from(*at) {
                        Ok(index) if index < elements.len() => {
                            Ok(list.replace(from + index, value.clone()))
                        }
                        _ => Err(out_of_bounds(i64::from(*at), elements.len())),
                    },
                    _ => {
                        // What changes the part is done to a copy and put back in its place.
                        let part = List::array_list(elements);
                        let answer = super::list::call(&part, method, arguments, meter)?;
                        if part.changes() > 0 {
                            let (start, end) = (*from, *from + length.get());
                            let items = part.to_vec();
                            length.set(items.len());
                            items.iter().for_each(|item| list.note(item));
                            list.change(|own| drop(own.splice(start..end, items)));
                            changes.set(list.changes());
                        }
                        Ok(answer)
                    }
                }
            }
            _ => Ok(None),
        }
    }

    fn items(&self, meter: &Meter) -> Result<Option<Vec<Value>>, Fault> {
        self.elements(meter).map(Some)
    }

    fn print(&self, out: &mut String, meter: &Meter) -> Result<(), Fault> {
        Value::List(List::array_list(self.elements(meter)?)).print(out, meter)
    }
}

/// An entry of a map; writing to it writes to the map.
pub(crate) struct Entry {
    map: Map,
    key: Value,
    value: RefCell<Value>,
}

impl Entry {
    fn current(&self) -> Value {
        self.map.get_value(&self.key).unwrap_or_else(|| self.value.borrow().clone())
    }
}

impl Object for Entry {
    fn class_name(&self) -> &str {
        "java.util.LinkedHashMap$Entry"
    }

    fn property(&self, name: &str, _meter: &Meter) -> Result<Option<Value>, Fault> {
        Ok(match name {
            "key" | "Key" => Some(self.key.clone()),
            "value" | "Value" => Some(self.current()),
            _ => None,
        })
    }

    fn set_property(&self, name: &str, value: &Value, meter: &Meter) -> Result<bool, Fault> {
        match name {
            "value" | "Value" => {
                self.call("setValue", std::slice::from_ref(value), meter).map(|_| true)
            }
            _ => Ok(false),
        }
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        Ok(Some(match (method, arguments) {
            ("getKey", []) => self.key.clone(),
            ("getValue", []) => self.current(),
            ("setValue", [value]) => {
                let old = self.current();
                self.value.replace(value.clone());
                if self.map.get_value(&self.key).is_some() {
                    super::map::put(&self.map, &self.key, value, meter)?;
                }
                old
            }
            ("hashCode", []) => {
                Value::Int(equality::hash_code(&self.key) ^ equality::hash_code(&self.current()))
            }
            _ => return Ok(None),
        }))
    }

    fn print(&self, out: &mut String, meter: &Meter) -> Result<(), Fault> {
        self.key.print(out, meter)?;
        out.push('=');
        self.current().print(out, meter)
    }
}

/// An iterator: what it has given is gone.
pub(crate) struct Iter {
    class: &'static str,
    items: Vec<Value>,
    at: Cell<usize>,
}

impl Iter {
    pub(super) fn new(class: &'static str, items: Vec<Value>) -> Self {
        Iter { class, items, at: Cell::new(0) }
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
