//! The one trait through which a host gives a template things that are not plain values.
//!
//! Velocity finds members by reflection; an object here answers by name instead. The engine's own
//! less common Java things (key sets, iterators, classes, `$foreach`) are objects as well, so that
//! `Value` stays small.

use std::any::Any;

use crate::error::Fault;
use crate::limits::Meter;
use crate::value::Value;

/// Something that a template can ask for properties, call and print.
///
/// Methods take `&self`: an object with state keeps it in a `Cell` or `RefCell`. Names arrive as
/// the template spells them. Every default is "there is no such thing".
pub trait Object: Any {
    /// The Java class that it stands for, as `$x.class.name` prints it.
    fn class_name(&self) -> &str;

    /// What `$x.name` reads. `None` and `Some(Value::Null)` both render as a missing value.
    fn property(&self, name: &str, meter: &Meter) -> Result<Option<Value>, Fault> {
        let _ = (name, meter);
        Ok(None)
    }

    /// What `$x[key]` reads; Velocity calls `get(key)` for it, and so does the default.
    fn index(&self, key: &Value, meter: &Meter) -> Result<Option<Value>, Fault> {
        self.call("get", std::slice::from_ref(key), meter)
    }

    /// What `#set($x.name = value)` and `#set($x['name'] = value)` write; `false` if it cannot be
    /// written, which Velocity ignores.
    fn set_property(&self, name: &str, value: &Value, meter: &Meter) -> Result<bool, Fault> {
        let _ = (name, value, meter);
        Ok(false)
    }

    /// What `$x.method(arguments)` does. `None` if no method of that name takes such arguments.
    ///
    /// # Errors
    /// [`Fault::Thrown`] for what Java's method would throw: it ends the rendering.
    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        let _ = (method, arguments, meter);
        Ok(None)
    }

    /// What `#foreach` visits; `None` if it cannot be iterated.
    fn items(&self, meter: &Meter) -> Result<Option<Vec<Value>>, Fault> {
        let _ = meter;
        Ok(None)
    }

    /// Appends what `toString()` gives.
    fn print(&self, out: &mut String, meter: &Meter) -> Result<(), Fault>;
}
