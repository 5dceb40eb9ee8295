//! The names of the methods that take nothing, for telling a wrong number of arguments from a method
//! that does not exist.

use crate::value::Value;

const ANY: &[&str] = &["toString", "hashCode", "getClass"];
const STRING: &[&str] = &[
    "length",
    "isEmpty",
    "isBlank",
    "intern",
    "strip",
    "trim",
    "stripLeading",
    "stripTrailing",
    "toUpperCase",
    "toLowerCase",
    "toCharArray",
    "getBytes",
    "lines",
    "chars",
    "codePoints",
    "stripIndent",
    "translateEscapes",
    "describeConstable",
];
const COLLECTION: &[&str] =
    &["size", "isEmpty", "clear", "iterator", "stream", "parallelStream", "spliterator"];
const ARRAY_LIST: &[&str] = &["clone", "trimToSize"];
const MAP: &[&str] = &["size", "isEmpty", "clear", "keySet", "values", "entrySet", "clone"];
const NUMBER: &[&str] =
    &["intValue", "longValue", "doubleValue", "floatValue", "shortValue", "byteValue"];
const BIG: &[&str] = &["negate", "abs", "signum", "toBigInteger"];
const BIG_INTEGER: &[&str] = &[
    "bitLength",
    "bitCount",
    "getLowestSetBit",
    "not",
    "sqrt",
    "toByteArray",
    "longValueExact",
    "intValueExact",
    "shortValueExact",
    "byteValueExact",
];
const BIG_DECIMAL: &[&str] = &["toPlainString"];
const ITERATOR: &[&str] = &["hasNext", "next", "remove"];
const LIST_ITERATOR: &[&str] = &["hasPrevious", "previous", "nextIndex", "previousIndex"];
const ENTRY: &[&str] = &["getKey", "getValue"];
const CLASS: &[&str] =
    &["getName", "getSimpleName", "getTypeName", "getCanonicalName", "getPackageName"];

/// Whether the class of a value has a method of this name without parameters.
pub(super) fn exists(target: &Value, name: &str) -> bool {
    let own: &[&[&str]] = match target {
        Value::Null => return false,
        Value::String(_) => &[STRING],
        Value::List(list) if list.kind().is_array() => &[COLLECTION],
        Value::List(_) => &[COLLECTION, ARRAY_LIST],
        Value::Map(_) => &[MAP],
        Value::Byte(_) | Value::Short(_) | Value::Int(_) | Value::Long(_) => &[NUMBER],
        Value::Float(_) | Value::Double(_) => &[NUMBER, &["isNaN", "isInfinite"]],
        Value::BigInt(_) => &[NUMBER, BIG, BIG_INTEGER],
        Value::Decimal(_) => &[NUMBER, BIG, BIG_DECIMAL],
        Value::Bool(_) => &[&["booleanValue"]],
        Value::Char(_) => &[&["charValue"]],
        Value::Object(object) => match object.class_name() {
            "java.lang.Class" => &[CLASS],
            name if name.ends_with("$ListItr") => &[ITERATOR, LIST_ITERATOR],
            name if name.contains("Itr") || name.contains("Iterator") => &[ITERATOR],
            "java.util.LinkedHashMap$Entry" => &[ENTRY],
            name if name.starts_with("java.util.") => &[COLLECTION],
            _ => &[],
        },
    };
    ANY.contains(&name) || own.iter().any(|names| names.contains(&name))
}
