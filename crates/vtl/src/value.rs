//! Java's values as templates see them.
//!
//! Collections are shared and change in place, as Java's do: copying a `Value` copies a handle. They
//! belong to one rendering and so to one thread. Strings are Rust's: a lone surrogate, which Java
//! would print as `?`, is one from the start.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

use num_bigint::BigInt;

use crate::decimal::Decimal;
use crate::list::List;
use crate::map::Map;
use crate::object::Object;

/// One value.
///
/// Its tag takes a whole word, because a value is copied more than anything else: with a smaller
/// one, what stands behind it is copied in pieces across words, for which the processor waits.
#[derive(Clone, Default)]
#[repr(u64)]
pub enum Value {
    /// `null`
    #[default]
    Null,
    /// `Boolean`
    Bool(bool),
    /// `Character`: one UTF-16 unit, as `charAt` gives it.
    Char(u16),
    /// `Byte`, of which the bytes of a string are made.
    Byte(i8),
    /// `Short`
    Short(i16),
    /// `Integer`
    Int(i32),
    /// `Long`
    Long(i64),
    /// `BigInteger`
    BigInt(Arc<BigInt>),
    /// `Float`
    Float(f32),
    /// `Double`
    Double(f64),
    /// `BigDecimal`, which JSON parsers make of numbers with many digits.
    Decimal(Arc<Decimal>),
    /// `String`
    String(Rc<str>),
    /// A list or an array.
    List(List),
    /// A map.
    Map(Map),
    /// Anything else: a host's object or one of the engine's.
    Object(Rc<dyn Object>),
}

impl Value {
    /// An object of the host.
    pub fn object(object: impl Object) -> Self {
        Value::Object(Rc::new(object))
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The list or array, if it is one.
    pub fn as_list(&self) -> Option<&List> {
        match self {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// What a parameter of type `int` takes of it.
    pub(crate) fn as_int(&self) -> Option<i32> {
        match self {
            Value::Byte(i) => Some(i32::from(*i)),
            Value::Short(i) => Some(i32::from(*i)),
            Value::Int(i) => Some(*i),
            _ => None,
        }
    }

    /// Whether its class is a `Number`.
    pub fn is_number(&self) -> bool {
        use Value::{BigInt, Byte, Decimal, Double, Float, Int, Long, Short};
        matches!(
            self,
            Byte(_) | Short(_) | Int(_) | Long(_) | BigInt(_) | Float(_) | Double(_) | Decimal(_)
        )
    }

    /// Whether its class is ordered.
    pub(crate) fn is_comparable(&self) -> bool {
        !matches!(self, Value::Null) && !self.is_container()
    }

    /// Whether it can hold other values, which is what printing, comparing and dropping recurse on.
    pub(crate) fn is_container(&self) -> bool {
        matches!(self, Value::List(_) | Value::Map(_) | Value::Object(_))
    }
}

macro_rules! value_from {
    ($($from:ty => |$name:ident| $value:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($name: $from) -> Self {
                $value
            }
        }
    )*};
}

value_from! {
    bool => |b| Value::Bool(b);
    i32 => |i| Value::Int(i);
    i64 => |i| Value::Long(i);
    f64 => |d| Value::Double(d);
    &str => |s| Value::String(Rc::from(s));
    String => |s| Value::String(Rc::from(s));
    Rc<str> => |s| Value::String(s);
    List => |list| Value::List(list);
    Map => |map| Value::Map(map);
}

impl From<BigInt> for Value {
    /// The narrowest of `Integer`, `Long` and `BigInteger` that holds it, as Velocity's literals and
    /// JSON parsers choose it.
    fn from(value: BigInt) -> Self {
        if let Ok(small) = i32::try_from(&value) {
            Value::Int(small)
        } else if let Ok(long) = i64::try_from(&value) {
            Value::Long(long)
        } else {
            Value::BigInt(Arc::new(value))
        }
    }
}

impl fmt::Debug for Value {
    /// Shallow: collections may contain themselves.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(b) => write!(f, "{b}"),
            Value::Char(c) => write!(f, "Char({c})"),
            Value::Byte(i) => write!(f, "Byte({i})"),
            Value::Short(i) => write!(f, "Short({i})"),
            Value::Int(i) => write!(f, "{i}"),
            Value::Long(i) => write!(f, "{i}L"),
            Value::BigInt(i) => write!(f, "BigInt({i})"),
            Value::Float(d) => write!(f, "{d:?}F"),
            Value::Double(d) => write!(f, "{d:?}"),
            Value::Decimal(d) => write!(f, "Decimal({d})"),
            Value::String(s) => write!(f, "{s:?}"),
            Value::List(list) => write!(f, "List(len {})", list.len()),
            Value::Map(map) => write!(f, "Map(len {})", map.len()),
            Value::Object(object) => write!(f, "Object({})", object.class_name()),
        }
    }
}
