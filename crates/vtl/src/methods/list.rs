//! The methods of `java.util.ArrayList`, of json-smart's `JSONArray` and of arrays, which Velocity
//! wraps in a list.

use std::rc::Rc;

use super::iterator::Iter;
use super::map::void;
use super::views::{View, collection_items};
use super::{Answer, null_pointer, out_of_bounds};
use crate::equality;
use crate::error::Fault;
use crate::json;
use crate::limits::Meter;
use crate::list::{List, ListKind};
use crate::value::Value;

pub(crate) fn call(list: &List, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    if let Some(value) = read(list, name, arguments, meter)? {
        return Ok(Some(value));
    }
    match list.kind() {
        ListKind::ArrayList => write(list, name, arguments, meter),
        ListKind::JsonArray => match (name, arguments) {
            ("appendElement", [value]) => {
                grow(1, meter)?;
                list.push(value.clone());
                Ok(Some(Value::List(list.clone())))
            }
            _ => write(list, name, arguments, meter),
        },
        ListKind::Immutable => refuse(name, arguments, meter),
        _ => write_array(list, name, arguments, meter),
    }
}

fn read(list: &List, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    Ok(Some(match (name, arguments) {
        ("get", [key]) => match get(list, key)? {
            Some(value) => value,
            None => return Ok(None),
        },
        ("size", []) => Value::Int(list.len() as i32),
        ("isEmpty", []) => Value::Bool(list.is_empty()),
        ("contains", [value]) => Value::Bool(position(list, value, meter)?.is_some()),
        ("indexOf", [value]) => {
            Value::Int(position(list, value, meter)?.map_or(-1, |at| at as i32))
        }
        ("lastIndexOf", [value]) => {
            meter.spend(list.len() as u64 / 4)?;
            let mut found = -1;
            for (at, item) in list.to_vec().iter().enumerate() {
                if same(item, value, meter)? {
                    found = at as i32;
                }
            }
            Value::Int(found)
        }
        ("containsAll" | "addAll" | "removeAll" | "retainAll", [Value::Null]) => {
            return Err(null_pointer(name));
        }
        ("containsAll", [other]) => {
            let Some(items) = collection_items(other, meter)? else {
                return Ok(None);
            };
            let mut all = true;
            for item in &items {
                all = all && position(list, item, meter)?.is_some();
            }
            Value::Bool(all)
        }
        ("subList", [Value::Int(from), Value::Int(to)]) => sub_list(list, *from, *to)?,
        ("iterator" | "listIterator", []) => {
            grow(list.len(), meter)?;
            Value::Object(Rc::new(Iter::new(iterator_class(list, name), list.to_vec())))
        }
        ("listIterator", [Value::Int(at)]) => match usize::try_from(*at) {
            Ok(at) if at <= list.len() => {
                grow(list.len(), meter)?;
                Value::Object(Rc::new(Iter::from(iterator_class(list, name), list.to_vec(), at)))
            }
            _ => return Err(out_of_bounds(i64::from(*at), list.len())),
        },
        ("toArray", []) => {
            grow(list.len(), meter)?;
            Value::List(List::new(ListKind::ObjectArray, list.to_vec()))
        }
        ("clone", []) if !list.kind().is_array() => {
            grow(list.len(), meter)?;
            Value::List(List::new(list.kind(), list.to_vec()))
        }
        ("toJSONString", []) if list.kind() == ListKind::JsonArray => {
            let mut out = String::new();
            json::write(&Value::List(list.clone()), json::Style::Web, &mut out, meter)?;
            Value::from(out)
        }
        _ => return Ok(None),
    }))
}

/// The element at an index; `None` if the index is no `Integer`.
pub(super) fn get(list: &List, key: &Value) -> Answer {
    let Some(index) = key.as_int() else {
        return Ok(None);
    };
    let item = usize::try_from(index).ok().and_then(|at| list.get(at));
    match item {
        Some(value) => Ok(Some(value)),
        None => Err(bounds(list, index)),
    }
}

fn bounds(list: &List, index: i32) -> Fault {
    if list.kind().is_array() {
        let message = format!("Index {index} out of bounds for length {}", list.len());
        return Fault::thrown("ArrayIndexOutOfBoundsException", message);
    }
    out_of_bounds(i64::from(index), list.len())
}

fn write(list: &List, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    Ok(Some(match (name, arguments) {
        ("add", [value]) => {
            grow(1, meter)?;
            list.push(value.clone());
            Value::Bool(true)
        }
        ("add", [Value::Int(at), value]) => {
            grow(1, meter)?;
            let at = insertion(list, *at)?;
            meter.spend((list.len() - at) as u64 / 64)?;
            list.note(value);
            list.change(|items| items.insert(at, value.clone()));
            void()
        }
        ("addAll", [other]) => match collection_items(other, meter)? {
            Some(items) => {
                grow(items.len(), meter)?;
                let changed = !items.is_empty();
                items.iter().for_each(|item| list.note(item));
                list.change(|own| own.extend(items));
                Value::Bool(changed)
            }
            None => return Ok(None),
        },
        ("addAll", [Value::Int(at), other]) => match collection_items(other, meter)? {
            Some(items) => {
                let at = insertion(list, *at)?;
                grow(items.len(), meter)?;
                let changed = !items.is_empty();
                items.iter().for_each(|item| list.note(item));
                list.change(|own| drop(own.splice(at..at, items)));
                Value::Bool(changed)
            }
            None => return Ok(None),
        },
        ("set", [Value::Int(at), value]) => {
            match usize::try_from(*at).ok().filter(|at| *at < list.len()) {
                Some(index) => list.replace(index, value.clone()).unwrap_or_default(),
                None => return Err(bounds(list, *at)),
            }
        }
        ("remove", [value]) => match value.as_int() {
            Some(at) => match usize::try_from(at).ok().filter(|at| *at < list.len()) {
                Some(index) => {
                    meter.spend((list.len() - index) as u64 / 64)?;
                    list.change(|items| items.remove(index))
                }
                None => return Err(bounds(list, at)),
            },
            None => match position(list, value, meter)? {
                Some(index) => {
                    drop(list.change(|items| items.remove(index)));
                    Value::Bool(true)
                }
                None => Value::Bool(false),
            },
        },
        ("removeAll" | "retainAll", [other]) => match collection_items(other, meter)? {
            Some(items) => {
                meter.spend(list.len() as u64 / 4)?;
                let others = List::array_list(items);
                let mut kept = Vec::new();
                for item in list.to_vec() {
                    if position(&others, &item, meter)?.is_some() == (name == "retainAll") {
                        kept.push(item);
                    }
                }
                let changed = kept.len() != list.len();
                if changed {
                    drop(list.change(|own| std::mem::replace(own, kept)));
                }
                Value::Bool(changed)
            }
            None => return Ok(None),
        },
        ("clear", []) => {
            drop(list.change(std::mem::take));
            void()
        }
        ("sort", [Value::Null]) => {
            sort(list, meter)?;
            void()
        }
        ("ensureCapacity", [Value::Int(_)]) | ("trimToSize", []) => void(),
        _ => return Ok(None),
    }))
}

fn iterator_class(list: &List, method: &str) -> &'static str {
    match (list.kind().is_array(), method) {
        (true, "iterator") => "java.util.AbstractList$Itr",
        (true, _) => "java.util.AbstractList$ListItr",
        (false, "iterator") => "java.util.ArrayList$Itr",
        (false, _) => "java.util.ArrayList$ListItr",
    }
}

/// An array keeps its length: what would change it fails, unless there is nothing to change.
fn write_array(list: &List, name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    match (name, arguments) {
        ("set", [Value::Int(at), value]) => {
            let fits = match list.kind() {
                ListKind::StringArray => matches!(value, Value::String(_) | Value::Null),
                ListKind::CharArray => matches!(value, Value::Char(_)),
                ListKind::ByteArray => false,
                _ => true,
            };
            if !fits {
                return Err(Fault::thrown(
                    "IllegalArgumentException",
                    "array element type mismatch",
                ));
            }
            match usize::try_from(*at).ok().filter(|at| *at < list.len()) {
                Some(index) => Ok(Some(list.replace(index, value.clone()).unwrap_or_default())),
                None => Err(bounds(list, *at)),
            }
        }
        ("remove", [value])
            if value.as_int().is_none() && position(list, value, meter)?.is_none() =>
        {
            Ok(Some(Value::Bool(false)))
        }
        ("clear", []) if list.is_empty() => Ok(Some(void())),
        ("addAll", [Value::Int(at), other]) => match collection_items(other, meter)? {
            Some(others) if others.is_empty() => {
                insertion(list, *at)?;
                Ok(Some(Value::Bool(false)))
            }
            _ => refuse(name, arguments, meter),
        },
        ("addAll" | "removeAll" | "retainAll", [other]) => {
            let Some(others) = collection_items(other, meter)?.map(List::array_list) else {
                return Ok(None);
            };
            let changes = match name {
                "addAll" => !others.is_empty(),
                _ => {
                    let mut changes = false;
                    for item in list.to_vec() {
                        let found = position(&others, &item, meter)?.is_some();
                        changes = changes || found == (name == "removeAll");
                    }
                    changes
                }
            };
            if changes { refuse(name, arguments, meter) } else { Ok(Some(Value::Bool(false))) }
        }
        _ => refuse(name, arguments, meter),
    }
}

/// What would change the length of a list that cannot change.
fn refuse(name: &str, arguments: &[Value], meter: &Meter) -> Answer {
    let refused = match (name, arguments) {
        ("add" | "remove", [_]) | ("add" | "set", [Value::Int(_), _]) | ("clear", []) => true,
        ("addAll" | "removeAll" | "retainAll", [others]) | ("addAll", [Value::Int(_), others]) => {
            others.is_null() || collection_items(others, meter)?.is_some()
        }
        _ => false,
    };
    if refused { Err(Fault::thrown("UnsupportedOperationException", name)) } else { Ok(None) }
}

fn grow(elements: usize, meter: &Meter) -> Result<(), Fault> {
    meter.allocate((elements + 1) * size_of::<Value>())
}

/// Where an element may be inserted.
fn insertion(list: &List, at: i32) -> Result<usize, Fault> {
    let index = usize::try_from(at).ok().filter(|index| *index <= list.len());
    index.ok_or_else(|| {
        Fault::thrown("IndexOutOfBoundsException", format!("Index: {at}, Size: {}", list.len()))
    })
}

fn position(list: &List, value: &Value, meter: &Meter) -> Result<Option<usize>, Fault> {
    let items = list.to_vec();
    meter.spend(items.len() as u64 / 4)?;
    for (at, item) in items.iter().enumerate() {
        if same(item, value, meter)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn same(left: &Value, right: &Value, meter: &Meter) -> Result<bool, Fault> {
    equality::equals(left, right, meter)
}

fn sub_list(list: &List, from: i32, to: i32) -> Result<Value, Fault> {
    let wrong = if from < 0 {
        format!("fromIndex = {from}")
    } else if usize::try_from(to).map_or(true, |to| to > list.len()) && to >= 0 {
        format!("toIndex = {to}")
    } else if from > to {
        return Err(Fault::thrown(
            "IllegalArgumentException",
            format!("fromIndex({from}) > toIndex({to})"),
        ));
    } else {
        let view = View::of_list(list.clone(), from as usize, to as usize);
        return Ok(Value::Object(Rc::new(view)));
    };
    Err(Fault::thrown("IndexOutOfBoundsException", wrong))
}

/// Sorts as `sort(null)` does: by the elements' own order, which texts and numbers of one kind have.
fn sort(list: &List, meter: &Meter) -> Result<(), Fault> {
    let mut items = list.to_vec();
    meter.spend(items.len() as u64 * 8)?;
    let mut fault = None;
    items.sort_by(|left, right| match super::text::compare_values(left, right) {
        Some(order) => order,
        None => {
            fault.get_or_insert_with(|| {
                if left.is_null() || right.is_null() {
                    null_pointer("compareTo")
                } else {
                    let message = format!("{left:?} cannot be compared with {right:?}");
                    Fault::thrown("ClassCastException", message)
                }
            });
            std::cmp::Ordering::Equal
        }
    });
    match fault {
        Some(fault) => Err(fault),
        None => {
            drop(list.change(|own| std::mem::replace(own, items)));
            Ok(())
        }
    }
}
