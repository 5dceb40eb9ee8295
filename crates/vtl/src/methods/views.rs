//! Views of maps and lists: `keySet()`, `values()`, `entrySet()`, `subList()`. A view shows what its map
//! or list holds when it is looked at.

use std::any::Any;
use std::cell::Cell;
use std::rc::Rc;

use super::entry::Entry;
use super::iterator::Iter;
use super::map::{remove, void};
use super::{Answer, null_pointer, out_of_bounds};
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
        Value::List(list) if !list.kind().is_array() => {
            meter.spend(list.len() as u64 / 8)?;
            Ok(Some(list.to_vec()))
        }
        other => view(other).map(|view| view.elements(meter)).transpose(),
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
                        ViewKind::Entries => Value::object(Entry::new(map.clone(), key, value)),
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

    /// Removes from the map what is among `others`, or what is not; whether anything was. What they
    /// hold is looked up each time, since they may be a view of the same map.
    fn keep(&self, map: &Map, others: &Value, those: bool, meter: &Meter) -> Answer {
        if collection_items(others, meter)?.is_none() {
            return Ok(None);
        }
        let mut is_changed = false;
        for (item, (key, _)) in self.elements(meter)?.iter().zip(map.to_vec()) {
            let others = collection_items(others, meter)?.unwrap_or_default();
            meter.spend(others.len() as u64 / 4)?;
            if is_among(&others, item, meter)? != those {
                remove(map, &key, meter)?;
                is_changed = true;
            }
        }
        Ok(Some(Value::Bool(is_changed)))
    }

    fn equals(&self, other: &Value, meter: &Meter) -> Result<bool, Fault> {
        use ViewKind::{Entries, Keys, Values};
        let is_list = |other: &Value| match other {
            Value::List(list) => !list.kind().is_array(),
            other => matches!(view(other).map(|it| &it.source), Some(Source::List { .. })),
        };
        match (&self.source, view(other).map(|it| &it.source)) {
            (Source::Map(own, Values), Some(Source::Map(map, Values))) => Ok(own.is_same(map)),
            (Source::Map(_, Keys | Entries), Some(Source::Map(map, Keys | Entries))) => {
                let are_there =
                    self.call_common("containsAll", std::slice::from_ref(other), meter)?;
                let are_there = matches!(are_there, Some(Value::Bool(true)));
                Ok(are_there && self.elements(meter)?.len() == map.len())
            }
            (Source::List { .. }, _) if is_list(other) => {
                let others = collection_items(other, meter)?.unwrap_or_default();
                let own = self.elements(meter)?;
                let mut are_equal = own.len() == others.len();
                for (own, other) in own.iter().zip(&others) {
                    are_equal = are_equal && equality::equals(own, other, meter)?;
                }
                Ok(are_equal)
            }
            _ => Ok(false),
        }
    }

    fn hash_code(&self, meter: &Meter) -> Result<i32, Fault> {
        match &self.source {
            Source::Map(_, ViewKind::Values) => Ok(0),
            // A set's is the sum of its elements'.
            Source::Map(..) => self.elements(meter)?.iter().try_fold(0_i32, |sum, item| {
                Ok(sum.wrapping_add(equality::hash_code(item, meter)?))
            }),
            Source::List { .. } => {
                let part = Value::List(List::array_list(self.elements(meter)?));
                equality::hash_code(&part, meter)
            }
        }
    }

    fn is_same(&self, other: &Value) -> bool {
        match (&self.source, view(other).map(|it| &it.source)) {
            (Source::Map(own, kind), Some(Source::Map(map, of))) => own.is_same(map) && kind == of,
            _ => false,
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
            ("contains", [value]) => Value::Bool(is_among(&self.elements(meter)?, value, meter)?),
            ("containsAll", [other]) => {
                let Some(wanted) = collection_items(other, meter)? else {
                    return Ok(None);
                };
                let own = self.elements(meter)?;
                let mut all = true;
                for value in &wanted {
                    meter.spend(own.len() as u64 / 4)?;
                    all = all && is_among(&own, value, meter)?;
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
                Ok(Some(Value::Bool(remove(map, key, meter)?.is_some())))
            }
            (Source::Map(map, _), "remove", [value]) => {
                for (at, item) in self.elements(meter)?.iter().enumerate() {
                    if equality::equals(item, value, meter)? {
                        let key = map.to_vec()[at].0.clone();
                        remove(map, &key, meter)?;
                        return Ok(Some(Value::Bool(true)));
                    }
                }
                Ok(Some(Value::Bool(false)))
            }
            (Source::Map(..), "removeAll" | "retainAll", [Value::Null]) => {
                Err(null_pointer(method))
            }
            (Source::Map(map, _), "removeAll" | "retainAll", [others]) => {
                self.keep(map, others, method == "retainAll", meter)
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
        out.push('[');
        for (at, item) in self.elements(meter)?.iter().enumerate() {
            if at > 0 {
                out.push_str(", ");
            }
            if self.is_same(item) {
                out.push_str("(this Collection)");
            } else {
                item.print(out, meter)?;
            }
        }
        out.push(']');
        Ok(())
    }
}

/// Whether one of some values equals another.
fn is_among(values: &[Value], wanted: &Value, meter: &Meter) -> Result<bool, Fault> {
    for value in values {
        if equality::equals(value, wanted, meter)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn view(value: &Value) -> Option<&View> {
    let Value::Object(object) = value else {
        return None;
    };
    let object: &dyn Any = &**object;
    object.downcast_ref()
}

/// Java's `equals` of views and entries; false for all other objects.
pub(crate) fn equal(object: &dyn Object, other: &Value, meter: &Meter) -> Result<bool, Fault> {
    let object: &dyn Any = object;
    match (object.downcast_ref::<View>(), object.downcast_ref::<Entry>()) {
        (Some(view), _) => view.equals(other, meter),
        (_, Some(entry)) => entry.equals(other, meter),
        _ => Ok(false),
    }
}

/// Java's `hashCode` of views and entries; 0 for all other objects.
pub(crate) fn hash_code(object: &dyn Object, meter: &Meter) -> Result<i32, Fault> {
    let object: &dyn Any = object;
    match (object.downcast_ref::<View>(), object.downcast_ref::<Entry>()) {
        (Some(view), _) => view.hash_code(meter),
        (_, Some(entry)) => entry.hash_code(meter),
        _ => Ok(0),
    }
}
