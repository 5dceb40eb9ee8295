//! `java.lang.Class` as far as templates print it: the names of classes.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;

use super::views::{View, ViewKind};
use super::{Answer, Call};
use crate::error::Fault;
use crate::limits::Meter;
use crate::list::List;
use crate::map::{Map, Order, Print};
use crate::object::Object;
use crate::regex::Patterns;
use crate::value::Value;

/// A class, known by its name alone.
struct Class {
    name: String,
}

/// `$value.class`
pub(crate) fn of(value: &Value) -> Value {
    named(&class_name(value))
}

fn named(name: &str) -> Value {
    Value::Object(Rc::new(Class { name: name.to_owned() }))
}

fn simple_name(name: &str) -> &str {
    name.rsplit(['.', '$']).next().unwrap_or(name)
}

/// The name of a value's Java class.
pub(crate) fn class_name(value: &Value) -> String {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "java.lang.Boolean",
        Value::Char(_) => "java.lang.Character",
        Value::Byte(_) => "java.lang.Byte",
        Value::Short(_) => "java.lang.Short",
        Value::Int(_) => "java.lang.Integer",
        Value::Long(_) => "java.lang.Long",
        Value::BigInt(_) => "java.math.BigInteger",
        Value::Float(_) => "java.lang.Float",
        Value::Double(_) => "java.lang.Double",
        Value::Decimal(_) => "java.math.BigDecimal",
        Value::String(_) => "java.lang.String",
        Value::List(list) => list.kind().class_name(),
        Value::Map(map) => match (map.kind().order, map.kind().print) {
            (Order::Insertion, Print::Entries) => "java.util.LinkedHashMap",
            _ => "java.util.HashMap",
        },
        Value::Object(object) => return object.class_name().to_owned(),
    }
    .to_owned()
}

/// Java's `Object.toString()`: the class and a number for the object.
pub(super) fn print_identity(class: &str, address: usize, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{class}@{:x}", (address >> 4) as u32);
}

impl Class {
    /// On a class Velocity also finds the methods of its instances: those that need no instance
    /// work, the others fail.
    fn call_of_instances(&self, method: &str, arguments: &[Value], meter: &Meter) -> Answer {
        let view_of = |kind| Value::object(View::of_map(Map::linked(), kind));
        let sample = match self.name.as_str() {
            "java.lang.String" => Value::from(""),
            "java.lang.Byte" => Value::Byte(0),
            "java.lang.Short" => Value::Short(0),
            "java.lang.Integer" => Value::Int(0),
            "java.lang.Long" => Value::Long(0),
            "java.lang.Float" => Value::Float(0.0),
            "java.lang.Double" => Value::Double(0.0),
            "java.lang.Boolean" => Value::Bool(false),
            "java.lang.Character" => Value::Char(0),
            "java.math.BigInteger" => Value::BigInt(Arc::new(BigInt::ZERO)),
            "java.util.ArrayList" => Value::List(List::array_list(Vec::new())),
            "net.minidev.json.JSONArray" => Value::List(List::json_array(Vec::new())),
            "java.util.LinkedHashMap" | "java.util.HashMap" => Value::Map(Map::linked()),
            "java.util.LinkedHashMap$LinkedKeySet" => view_of(ViewKind::Keys),
            "java.util.LinkedHashMap$LinkedValues" => view_of(ViewKind::Values),
            "java.util.LinkedHashMap$LinkedEntrySet" => view_of(ViewKind::Entries),
            "java.util.ArrayList$SubList" => {
                Value::object(View::of_list(List::array_list(Vec::new()), 0, 0))
            }
            _ => return Ok(None),
        };
        let patterns = Patterns::default();
        let scratch = RefCell::default();
        let how = Call { meter, patterns: &patterns, scratch: &scratch };
        let answer = super::call(&sample, method, arguments, &how);
        let needs_instance = match sample {
            Value::String(_) => !matches!(method, "valueOf" | "copyValueOf" | "format" | "join"),
            Value::BigInt(_) => method != "valueOf",
            Value::List(_) | Value::Map(_) | Value::Object(_) => true,
            _ => arguments.is_empty() || matches!(method, "compareTo" | "equals"),
        };
        match answer {
            Ok(None) => Ok(None),
            _ if needs_instance => Err(Fault::thrown(
                "IllegalArgumentException",
                "object is not an instance of declaring class",
            )),
            answer => answer,
        }
    }
}

impl Object for Class {
    fn class_name(&self) -> &str {
        "java.lang.Class"
    }

    fn property(&self, name: &str, meter: &Meter) -> Result<Option<Value>, Fault> {
        let getter = match name {
            "name" | "Name" => "getName",
            "simpleName" | "SimpleName" => "getSimpleName",
            "typeName" | "TypeName" => "getTypeName",
            "canonicalName" | "CanonicalName" => "getCanonicalName",
            "packageName" | "PackageName" => "getPackageName",
            _ => return Ok(None),
        };
        self.call(getter, &[], meter)
    }

    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        let simple = match self.name.as_str() {
            "[C" => "char[]".to_owned(),
            "[B" => "byte[]".to_owned(),
            name => match name.strip_prefix("[L") {
                Some(element) => format!("{}[]", simple_name(element.trim_end_matches(';'))),
                None => simple_name(name).to_owned(),
            },
        };
        Ok(Some(match (method, arguments) {
            ("getName" | "getTypeName", []) => Value::from(self.name.as_str()),
            ("getCanonicalName", []) => Value::from(self.name.replace('$', ".")),
            ("getSimpleName", []) => Value::from(simple),
            ("getPackageName", []) => {
                Value::from(self.name.rsplit_once('.').map_or("", |(package, _)| package))
            }
            ("equals", [Value::Object(other)]) => {
                let mut text = String::new();
                other.print(&mut text, meter)?;
                Value::Bool(
                    other.class_name() == "java.lang.Class"
                        && text == format!("class {}", self.name),
                )
            }
            // A class's own methods come before those of its instances.
            ("equals", [_]) | ("getClass" | "hashCode" | "toString", []) => return Ok(None),
            ("getClass" | "hashCode" | "toString", _) => {
                return Err(Fault::thrown("IllegalArgumentException", "wrong number of arguments"));
            }
            // Classes can be named, not used: there is nothing behind them.
            ("forName", [Value::String(name)]) if name.starts_with("java.") => named(name),
            ("forName", [Value::String(name)]) => {
                return Err(Fault::thrown("ClassNotFoundException", name.to_string()));
            }
            _ => return self.call_of_instances(method, arguments, meter),
        }))
    }

    fn print(&self, out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        out.push_str("class ");
        out.push_str(&self.name);
        Ok(())
    }
}
