//! The lenient reader: json-smart 2.2 in its permissive mode.
//!
//! It takes words without quotes, single quotes, needless commas, leading zeros, `NaN`, and
//! whatever follows a complete document. A text that begins neither an object nor an array is a
//! scalar to its end, so `a=b` is the string `a=b`.

use std::sync::Arc;

use vtl::{Document, DocumentNode, DocumentText, ListKind, Map, MapKind, Value};

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

/// What a step of reading gives.
pub(crate) type Read<T> = Result<T, Box<JsonError>>;

/// Reading has failed. Why is kept in the parser: a result without it is passed on in registers.
struct Failed;

/// Reads a text as API Gateway reads a body: nothing at all is an empty object.
pub(crate) fn parse(text: &Arc<str>) -> Read<Value> {
    if java_trim(text).is_empty() {
        return Ok(Value::Map(Map::linked()));
    }
    let document = Document::new(MapKind::LINKED, ListKind::JsonArray, Arc::clone(text));
    let cursor = Cursor::new(text);
    let mut parser = Parser {
        cursor,
        document,
        depth: 0,
        items: Vec::with_capacity(16),
        members: Vec::with_capacity(16),
        error: None,
    };
    match parser.value(Stop::Document) {
        Ok(root) => Ok(parser.document.into_value(root)),
        Err(Failed) => Err(parser.error.expect("what fails says why")),
    }
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    document: Document,
    depth: u32,
    /// Elements and members of the containers that are being read, innermost last: a container is
    /// made when it closes, in its final size.
    items: Vec<DocumentNode>,
    members: Vec<(DocumentText, DocumentNode)>,
    error: Option<Box<JsonError>>,
}

impl<'a> Parser<'a> {
    fn value(&mut self, stop: Stop) -> Result<DocumentNode, Failed> {
        match self.cursor.skip_blanks() {
            b'"' => match self.cursor.plain_string(&self.document) {
                Some(text) => Ok(DocumentNode::Text(text)),
                None => self.special_string(b'"').map(DocumentNode::Text),
            },
            b'{' => self.object(),
            first => self.other_value(first, stop),
        }
    }

    /// Puts the parser's own cursor to the place of a copy, and the copy to where that goes.
    #[inline(always)]
    fn elsewhere<T>(
        &mut self,
        cursor: &mut Cursor<'a>,
        read: impl FnOnce(&mut Self) -> Result<T, Failed>,
    ) -> Result<T, Failed> {
        self.cursor.at = cursor.at;
        let read = read(self);
        cursor.at = self.cursor.at;
        read
    }

    /// Not inlined, because most strings are plain.
    #[inline(never)]
    fn special_string(&mut self, quote: u8) -> Result<DocumentText, Failed> {
        let text = self.cursor.string(quote, &mut self.document);
        text.map_err(|error| self.failed(error))
    }

    /// A value that is neither an object nor a string in double quotes.
    #[inline(never)]
    fn other_value(&mut self, first: u8, stop: Stop) -> Result<DocumentNode, Failed> {
        match first {
            b'[' => self.array(),
            b'\'' => self.special_string(first).map(DocumentNode::Text),
            b'0'..=b'9' | b'-' => {
                let number = number(&mut self.cursor, stop, &mut self.document);
                number.map_err(|error| self.failed(error))
            }
            b':' | b'}' | b']' => Err(self.unexpected()),
            END if !matches!(stop, Stop::Document) => Err(self.failed(JsonError::End)),
            first => {
                let value = match (first, self.cursor.word(stop)) {
                    (b'n', "null") => Value::Null,
                    (b't', "true") => Value::Bool(true),
                    (b'f', "false") => Value::Bool(false),
                    (b'N', "NaN") => Value::Float(f32::NAN),
                    (_, word) => return Ok(DocumentNode::Text(self.document.copy(word))),
                };
                Ok(self.document.value(value))
            }
        }
    }

    /// Goes behind the bracket or brace that begins a container.
    fn enter(&mut self) -> Result<(), Failed> {
        if self.depth == MAX_DEPTH {
            return Err(self.failed(JsonError::Depth));
        }
        self.depth += 1;
        self.cursor.at += 1;
        Ok(())
    }

    fn array(&mut self) -> Result<DocumentNode, Failed> {
        self.enter()?;
        let start = self.items.len();
        loop {
            match self.cursor.skip_blanks() {
                b']' => break,
                b',' => self.cursor.at += 1,
                b':' | b'}' => return Err(self.unexpected()),
                END => return Err(self.failed(JsonError::End)),
                _ => {
                    let item = self.value(Stop::Element)?;
                    self.items.push(item);
                }
            }
        }
        self.cursor.at += 1;
        self.depth -= 1;
        Ok(self.document.list(self.items.drain(start..)))
    }

    /// Most of a body are objects, so they are read with a copy of the cursor, which stays in
    /// registers. Not inlined, because it is where values nest.
    #[inline(never)]
    fn object(&mut self) -> Result<DocumentNode, Failed> {
        self.enter()?;
        let start = self.members.len();
        let mut cursor = self.cursor;
        loop {
            let key = match cursor.skip_blanks() {
                b'"' => match cursor.plain_string(&self.document) {
                    Some(text) => text,
                    None => self.elsewhere(&mut cursor, |parser| parser.special_string(b'"'))?,
                },
                b'}' => {
                    cursor.at += 1;
                    break;
                }
                b',' => {
                    cursor.at += 1;
                    continue;
                }
                first => self.elsewhere(&mut cursor, |parser| parser.other_key(first))?,
            };
            if cursor.skip_control() != b':' {
                return self.elsewhere(&mut cursor, |parser| Err(parser.unexpected()));
            }
            cursor.at += 1;
            let value = match cursor.skip_blanks() {
                b'"' => DocumentNode::Text(match cursor.plain_string(&self.document) {
                    Some(text) => text,
                    None => self.elsewhere(&mut cursor, |parser| parser.special_string(b'"'))?,
                }),
                b'{' => self.elsewhere(&mut cursor, Self::object)?,
                first => {
                    self.elsewhere(&mut cursor, |parser| parser.other_value(first, Stop::Member))?
                }
            };
            match cursor.skip_control() {
                b',' => {
                    cursor.at += 1;
                    self.members.push((key, value));
                }
                b'}' => {
                    cursor.at += 1;
                    // One key is no repeated one, and usual where values are tagged with types.
                    if self.members.len() == start {
                        self.cursor.at = cursor.at;
                        self.depth -= 1;
                        return Ok(self.document.map_of_one(key, value));
                    }
                    self.members.push((key, value));
                    break;
                }
                _ => return self.elsewhere(&mut cursor, |parser| Err(parser.unexpected())),
            }
        }
        self.cursor.at = cursor.at;
        self.depth -= 1;
        let map = self.document.map(&self.members[start..]);
        self.members.truncate(start);
        Ok(map)
    }

    /// A key that is no string in double quotes.
    #[inline(never)]
    fn other_key(&mut self, first: u8) -> Result<DocumentText, Failed> {
        match first {
            b':' | b']' | b'[' | b'{' => Err(self.unexpected()),
            b'\'' => self.special_string(first),
            _ => Ok(self.document.copy(self.cursor.word(Stop::Key))),
        }
    }

    #[cold]
    fn failed(&mut self, error: impl Into<Box<JsonError>>) -> Failed {
        self.error = Some(error.into());
        Failed
    }

    #[cold]
    fn unexpected(&mut self) -> Failed {
        self.failed(match self.cursor.peek() {
            END => JsonError::End,
            _ => JsonError::Unexpected { found: self.cursor.character(), at: self.cursor.at },
        })
    }
}
