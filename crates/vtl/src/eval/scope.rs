//! `$foreach`: what a loop tells about itself.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use crate::error::Fault;
use crate::limits::Meter;
use crate::map::{Map, MapKind};
use crate::methods;
use crate::object::Object;
use crate::value::Value;

/// The scope of one loop. It is also a map in which a template may keep values.
pub(super) struct Scope {
    number: u64,
    index: Cell<i32>,
    has_next: Cell<bool>,
    /// The scope of the loop around this one, or what `$foreach` was before.
    previous: Value,
    storage: RefCell<Option<Map>>,
    this: Weak<Scope>,
}

/// The number of the loop that a value is the scope of.
pub(super) fn number(value: &Value) -> Option<u64> {
    as_scope(value).map(|scope| scope.number)
}

/// What `$foreach` goes back to after the loop whose scope it is now; `None` if the template has
/// put something else there.
pub(super) fn outer(value: &Value) -> Option<Value> {
    as_scope(value).map(|scope| scope.previous.clone())
}

fn as_scope(value: &Value) -> Option<&Scope> {
    let Value::Object(object) = value else {
        return None;
    };
    let object: &dyn Any = &**object;
    object.downcast_ref()
}

impl Scope {
    pub(super) fn new(number: u64, previous: Value) -> Rc<Self> {
        Rc::new_cyclic(|this| Scope {
            number,
            index: Cell::new(-1),
            has_next: Cell::new(false),
            previous,
            storage: RefCell::default(),
            this: this.clone(),
        })
    }

    /// The loop goes to its next element.
    pub(super) fn advance(&self, has_next: bool) {
        self.index.set(self.index.get() + 1);
        self.has_next.set(has_next);
    }

    fn parent(&self) -> Option<&Scope> {
        as_scope(&self.previous)
    }

    fn storage(&self) -> Map {
        self.storage.borrow_mut().get_or_insert_with(|| Map::new(MapKind::HASH)).clone()
    }

    /// A value that the template keeps in this scope or in one around it.
    fn stored(&self, key: &Value) -> Value {
        let mut scope = Some(self);
        while let Some(current) = scope {
            if let Some(value) =
                current.storage.borrow().as_ref().and_then(|map| map.get_value(key))
            {
                return value;
            }
            scope = current.parent();
        }
        Value::Null
    }

    /// What `get` and a name in camel case, such as `HasNext`, give.
    fn attribute(&self, name: &str) -> Option<Value> {
        Some(match name {
            "Index" => Value::Int(self.index.get()),
            "Count" => Value::Int(self.index.get() + 1),
            "HasNext" => Value::Bool(self.has_next.get()),
            "First" => Value::Bool(self.index.get() < 1),
            "Last" => Value::Bool(!self.has_next.get()),
            "Parent" => self.parent().map_or(Value::Null, |_| self.previous.clone()),
            "Topmost" => self.topmost()?,
            "Replaced" => {
                let mut scope = self;
                while let Some(parent) = scope.parent() {
                    scope = parent;
                }
                scope.previous.clone()
            }
            _ => return None,
        })
    }

    /// The scope of the outermost loop.
    fn topmost(&self) -> Option<Value> {
        if self.parent().is_none() {
            return self.this.upgrade().map(|this| Value::Object(this));
        }
        let mut value = &self.previous;
        while let Some(parent) = as_scope(value).filter(|scope| scope.parent().is_some()) {
            value = &parent.previous;
        }
        Some(value.clone())
    }
}

impl Object for Scope {
    fn class_name(&self) -> &str {
        "org.apache.velocity.runtime.directive.ForeachScope"
    }

    fn property(&self, name: &str, _meter: &Meter) -> Result<Option<Value>, Fault> {
        let attribute = match name {
            "hasNext" => "HasNext",
            "index" => "Index",
            "count" => "Count",
            "first" => "First",
            "last" => "Last",
            "parent" => "Parent",
            "topmost" => "Topmost",
            "replaced" => "Replaced",
            _ => name,
        };
        Ok(Some(match self.attribute(attribute) {
            Some(value) => value,
            None => self.stored(&Value::from(name)),
        }))
    }

    fn set_property(&self, name: &str, value: &Value, meter: &Meter) -> Result<bool, Fault> {
        meter.allocate(4 * size_of::<Value>())?;
        self.storage().insert(name, value.clone());
        Ok(true)
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        match (method, arguments) {
            ("get", [key]) => Ok(Some(self.stored(key))),
            ("hasNext", []) => Ok(self.attribute("HasNext")),
            (_, []) => {
                let attribute = method.strip_prefix("get").or_else(|| method.strip_prefix("is"));
                match attribute.and_then(|name| self.attribute(name)) {
                    Some(value) => Ok(Some(value)),
                    None => methods::map::call(&self.storage(), method, arguments, meter),
                }
            }
            _ => methods::map::call(&self.storage(), method, arguments, meter),
        }
    }

    fn items(&self, _meter: &Meter) -> Result<Option<Vec<Value>>, Fault> {
        Ok(Some(self.storage().to_vec().into_iter().map(|(_, value)| value).collect()))
    }

    fn print(&self, out: &mut String, meter: &Meter) -> Result<(), Fault> {
        Value::Map(self.storage()).print(out, meter)
    }
}
