//! `$context`: a hash map that is built as far as a template looks at it.
//!
//! Its maps print as nothing and are walked in the order of their hashes, as API Gateway's are. A
//! template mostly reads a member or two of the thirty, so a member becomes a value when it is
//! read, and all of them only when a template asks for the map itself.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use serde_json::Value as Json;
use vtl::{Fault, Map, MapKind, Meter, Object, Order, Print, Value};

use crate::overrides::{self, Overrides};
use crate::request::JsonObject;
use crate::value::plain;

const CONTEXT_MAP: MapKind = MapKind { order: Order::Hash, print: Print::Nothing };

pub(crate) struct GatewayContext {
    source: Arc<JsonObject>,
    /// The members that are maps or lists and have been read: a template may change them.
    read: RefCell<Vec<(String, Value)>>,
    whole: OnceCell<Map>,
}

impl GatewayContext {
    pub(crate) fn new(source: Arc<JsonObject>) -> Self {
        GatewayContext { source, read: RefCell::default(), whole: OnceCell::new() }
    }

    fn member(&self, name: &str) -> Option<Value> {
        if let Some(whole) = self.whole.get() {
            return whole.get(name);
        }
        let read = self.read.borrow().iter().find(|(key, _)| key == name).cloned();
        if let Some((_, value)) = read {
            return Some(value);
        }
        let groups = overrides::groups(name);
        let value = match self.source.get(name) {
            Some(Json::Object(object)) => with_groups(map(object), groups),
            Some(list @ Json::Array(_)) => plain(list),
            Some(scalar) if groups.is_empty() => return Some(plain(scalar)),
            None if groups.is_empty() => return None,
            Some(_) | None => with_groups(Map::new(CONTEXT_MAP), groups),
        };
        self.read.borrow_mut().push((name.to_owned(), value.clone()));
        Some(value)
    }

    fn whole(&self) -> &Map {
        self.whole.get_or_init(|| {
            let whole = Map::new(CONTEXT_MAP);
            let names = self.source.keys().map(String::as_str);
            for name in names.chain([overrides::REQUEST, overrides::RESPONSE]) {
                whole.insert(name, self.member(name).unwrap_or_default());
            }
            whole
        })
    }

    /// What the template has overridden.
    pub(crate) fn overrides(&self) -> Overrides {
        let is_override = |name: &str| matches!(name, overrides::REQUEST | overrides::RESPONSE);
        let read = self.read.borrow().iter().any(|(name, _)| is_override(name));
        if !read && self.whole.get().is_none() {
            return Overrides::given(&self.source);
        }
        let written = |name| match self.member(name) {
            Some(Value::Map(map)) => map,
            _ => Map::linked(),
        };
        Overrides::written(&written(overrides::REQUEST), &written(overrides::RESPONSE))
    }
}

fn map(object: &JsonObject) -> Map {
    let map = Map::new(CONTEXT_MAP);
    for (name, value) in object {
        let value = match value {
            Json::Object(object) => Value::Map(self::map(object)),
            other => plain(other),
        };
        map.insert(name.as_str(), value);
    }
    map
}

fn with_groups(map: Map, groups: &[&str]) -> Value {
    for group in groups {
        if map.get(group).is_none() {
            map.insert(*group, Value::Map(Map::new(CONTEXT_MAP)));
        }
    }
    Value::Map(map)
}

/// The object that templates see; the renderer keeps the context to ask it for overrides.
pub(crate) struct ContextObject(pub(crate) Rc<GatewayContext>);

impl Object for ContextObject {
    fn class_name(&self) -> &str {
        "java.util.HashMap"
    }

    fn property(&self, name: &str, _meter: &Meter) -> Result<Option<Value>, Fault> {
        // Every Java object has this one, whatever keys a map may hold.
        if matches!(name, "class" | "Class") {
            return Ok(None);
        }
        Ok(self.0.member(name))
    }

    fn index(&self, key: &Value, _meter: &Meter) -> Result<Option<Value>, Fault> {
        Ok(match key {
            Value::String(name) => self.0.member(name),
            other => self.0.whole().get_value(other),
        })
    }

    fn set_property(&self, name: &str, value: &Value, _meter: &Meter) -> Result<bool, Fault> {
        self.0.whole().insert(name, value.clone());
        Ok(true)
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        if let ("get", [Value::String(name)]) = (method, arguments) {
            return Ok(Some(self.0.member(name).unwrap_or_default()));
        }
        vtl::call(&Value::Map(self.0.whole().clone()), method, arguments, meter)
    }

    fn items(&self, _meter: &Meter) -> Result<Option<Vec<Value>>, Fault> {
        let entries = self.0.whole().to_vec().into_iter();
        Ok(Some(entries.map(|(_, value)| value).collect()))
    }

    fn print(&self, _out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        Ok(())
    }
}
