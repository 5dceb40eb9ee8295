//! The lenient reader: json-smart 2.2 in its permissive mode.
//!
//! It takes words without quotes, single quotes, needless commas, leading zeros, `NaN`, and
//! whatever follows a complete document. A text that begins neither an object nor an array is a
//! scalar to its end, so `a=b` is the string `a=b`.

use std::sync::Arc;

use vtl::{List, Map, Value};

use crate::text::java_trim;

use super::number::number;
use super::scan::{Cursor, END, Stop};

/// How deep objects and arrays may nest, which is json-smart's own bound.
pub(crate) const MAX_DEPTH: u32 = 400;

/// Why a text is not JSON even for the lenient reader.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    #[error("the JSON text ends too early")]
    End,
    #[error("unexpected {found:?} in JSON at byte {at}")]
    Unexpected { found: char, at: usize },
    #[error("malformed unicode escape in JSON at byte {0}")]
    Escape(usize),
    #[error("malformed number {0:?} in JSON")]
    Number(String),
    #[error("JSON nested more than {MAX_DEPTH} deep")]
    Depth,
}

/// Reads a text as API Gateway reads a body: nothing at all is an empty object.
pub(crate) fn parse(text: &str) -> Result<Value, JsonError> {
    if java_trim(text).is_empty() {
        return Ok(Value::Map(Map::linked()));
    }
    let mut parser = Parser {
        cursor: Cursor::new(text),
        depth: 0,
        names: Names::default(),
        items: Vec::new(),
        members: Vec::new(),
    };
    parser.value(Stop::Document)
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    depth: u32,
    names: Names,
    /// Elements and members of the containers that are being read, innermost last: a container is
    /// made when it closes, in its final size.
    items: Vec<Value>,
    members: Vec<(Arc<str>, Value)>,
}

/// The keys that were read last. Documents repeat their keys, and a shared one costs no memory.
#[derive(Default)]
struct Names([Option<Arc<str>>; 32]);

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        let (first, last) = (name.bytes().next(), name.bytes().next_back());
        let mix =
            name.len() * 7 + usize::from(first.unwrap_or(0)) * 5 + usize::from(last.unwrap_or(0));
        let slot = &mut self.0[mix % 32];
        match slot {
            Some(known) if **known == *name => Arc::clone(known),
            _ => Arc::clone(slot.insert(name.into())),
        }
    }
}

impl Parser<'_> {
    fn value(&mut self, stop: Stop) -> Result<Value, JsonError> {
        self.cursor.skip_blanks();
        match self.cursor.peek() {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'"' | b'\'' => Ok(Value::from(&*self.cursor.string()?)),
            b'0'..=b'9' | b'-' => number(&mut self.cursor, stop),
            b':' | b'}' | b']' => Err(self.unexpected()),
            END if !matches!(stop, Stop::Document) => Err(JsonError::End),
            first => Ok(match (first, self.cursor.word(stop)) {
                (b'n', "null") => Value::Null,
                (b't', "true") => Value::Bool(true),
                (b'f', "false") => Value::Bool(false),
                (b'N', "NaN") => Value::Double(f64::NAN),
                (_, word) => Value::from(word),
            }),
        }
    }

    fn nested(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<Value, JsonError>,
    ) -> Result<Value, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::Depth);
        }
        self.depth += 1;
        self.cursor.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Result<Value, JsonError> {
        let start = self.items.len();
        loop {
            self.cursor.skip_blanks();
            match self.cursor.peek() {
                b']' => {
                    self.cursor.at += 1;
                    let items = self.items.drain(start..).collect();
                    return Ok(Value::List(List::json_array(items)));
                }
                b',' => self.cursor.at += 1,
                b':' | b'}' => return Err(self.unexpected()),
                END => return Err(JsonError::End),
                _ => {
                    let item = self.value(Stop::Element)?;
                    self.items.push(item);
                }
            }
        }
    }

    fn object(&mut self) -> Result<Value, JsonError> {
        let start = self.members.len();
        loop {
            self.cursor.skip_blanks();
            match self.cursor.peek() {
                b'}' => {
                    self.cursor.at += 1;
                    break;
                }
                b',' => self.cursor.at += 1,
                b':' | b']' | b'[' | b'{' => return Err(self.unexpected()),
                _ => {
                    if self.member()? {
                        break;
                    }
                }
            }
        }
        Ok(Value::Map(Map::from_entries(self.members.drain(start..))))
    }

    /// Reads `key: value` and the comma or brace behind it; true if that was the brace.
    fn member(&mut self) -> Result<bool, JsonError> {
        let key = match self.cursor.peek() {
            b'"' | b'\'' => self.cursor.string()?,
            _ => self.cursor.word(Stop::Key).into(),
        };
        let key = self.names.shared(&key);
        self.cursor.skip_control();
        if self.cursor.peek() != b':' {
            return Err(self.unexpected());
        }
        self.cursor.at += 1;
        let value = self.value(Stop::Member)?;
        self.members.push((key, value));
        self.cursor.skip_control();
        let closes = match self.cursor.peek() {
            b'}' => true,
            b',' => false,
            _ => return Err(self.unexpected()),
        };
        self.cursor.at += 1;
        Ok(closes)
    }

    fn unexpected(&self) -> JsonError {
        match self.cursor.peek() {
            END => JsonError::End,
            _ => JsonError::Unexpected { found: self.cursor.character(), at: self.cursor.at },
        }
    }
}
