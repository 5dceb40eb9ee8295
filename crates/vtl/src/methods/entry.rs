//! The entries of maps.

use std::any::Any;
use std::cell::RefCell;

use super::map::put;
use crate::equality;
use crate::error::Fault;
use crate::limits::Meter;
use crate::map::Map;
use crate::object::Object;
use crate::value::Value;

/// An entry of a map; writing to it writes to the map.
pub(crate) struct Entry {
    map: Map,
    key: Value,
    value: RefCell<Value>,
}

impl Entry {
    pub(super) fn new(map: Map, key: Value, value: Value) -> Self {
        Entry { map, key, value: RefCell::new(value) }
    }

    fn current(&self) -> Value {
        self.map.get_value(&self.key).unwrap_or_else(|| self.value.borrow().clone())
    }

    pub(super) fn equals(&self, other: &Value, meter: &Meter) -> Result<bool, Fault> {
        let Value::Object(other) = other else {
            return Ok(false);
        };
        let other: &dyn Any = &**other;
        match other.downcast_ref::<Entry>() {
            Some(other) => Ok(equality::equals(&self.key, &other.key, meter)?
                && equality::equals(&self.current(), &other.current(), meter)?),
            None => Ok(false),
        }
    }

    pub(super) fn hash_code(&self, meter: &Meter) -> Result<i32, Fault> {
        let (key, value) = (&self.key, &self.current());
        Ok(equality::hash_code(key, meter)? ^ equality::hash_code(value, meter)?)
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
                    put(&self.map, &self.key, value, meter)?;
                }
                old
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
