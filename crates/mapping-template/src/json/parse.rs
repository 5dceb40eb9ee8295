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

/// What a step of reading gives. The error is boxed, because what is read is passed on by value.
pub(crate) type Read<T> = Result<T, Box<JsonError>>;

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
    };
    let root = parser.value(Stop::Document)?;
    Ok(parser.document.into_value(root))
}

struct Parser<'a> {
    cursor: Cursor<'a>,
    document: Document,
    depth: u32,
    /// Elements and members of the containers that are being read, innermost last: a container is
    /// made when it closes, in its final size.
    items: Vec<DocumentNode>,
    members: Vec<(DocumentText, DocumentNode)>,
}

impl Parser<'_> {
    #[inline(always)]
    fn value(&mut self, stop: Stop) -> Read<DocumentNode> {
        match self.cursor.skip_blanks() {
            quote @ (b'"' | b'\'') => {
                self.cursor.string(quote, &mut self.document).map(DocumentNode::Text)
            }
            first => self.value_without_quotes(first, stop),
        }
    }

    /// Not inlined, because most values are strings.
    #[inline(never)]
    fn value_without_quotes(&mut self, first: u8, stop: Stop) -> Read<DocumentNode> {
        match first {
            b'{' => self.nested(Self::object),
            b'[' => self.nested(Self::array),
            b'0'..=b'9' | b'-' => number(&mut self.cursor, stop, &mut self.document),
            b':' | b'}' | b']' => Err(self.unexpected().into()),
            END if !matches!(stop, Stop::Document) => Err(JsonError::End.into()),
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

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Read<DocumentNode>) -> Read<DocumentNode> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::Depth.into());
        }
        self.depth += 1;
        self.cursor.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn array(&mut self) -> Read<DocumentNode> {
        let start = self.items.len();
        loop {
            match self.cursor.skip_blanks() {
                b']' => {
                    self.cursor.at += 1;
                    return Ok(self.document.list(self.items.drain(start..)));
                }
                b',' => self.cursor.at += 1,
                b':' | b'}' => return Err(self.unexpected().into()),
                END => return Err(JsonError::End.into()),
                _ => {
                    let item = self.value(Stop::Element)?;
                    self.items.push(item);
                }
            }
        }
    }

    fn object(&mut self) -> Read<DocumentNode> {
        let start = self.members.len();
        loop {
            match self.cursor.skip_blanks() {
                b'}' => {
                    self.cursor.at += 1;
                    break;
                }
                b',' => self.cursor.at += 1,
                b':' | b']' | b'[' | b'{' => return Err(self.unexpected().into()),
                first => {
                    let (key, value, closes) = self.member(first)?;
                    // One key is no repeated one, and usual where values are tagged with types.
                    if closes && self.members.len() == start {
                        return Ok(self.document.map_of_one(key, value));
                    }
                    self.members.push((key, value));
                    if closes {
                        break;
                    }
                }
            }
        }
        let map = self.document.map(&self.members[start..]);
        self.members.truncate(start);
        Ok(map)
    }

    /// Reads `key: value`, of which the first byte is given, and the comma or brace behind it; with
    /// `true` if that was the brace.
    #[inline(always)]
    fn member(&mut self, first: u8) -> Read<(DocumentText, DocumentNode, bool)> {
        let key = match first {
            b'"' | b'\'' => self.cursor.string(first, &mut self.document)?,
            _ => self.document.copy(self.cursor.word(Stop::Key)),
        };
        if self.cursor.skip_control() != b':' {
            return Err(self.unexpected().into());
        }
        self.cursor.at += 1;
        let value = self.value(Stop::Member)?;
        let closes = match self.cursor.skip_control() {
            b'}' => true,
            b',' => false,
            _ => return Err(self.unexpected().into()),
        };
        self.cursor.at += 1;
        Ok((key, value, closes))
    }

    fn unexpected(&self) -> JsonError {
        match self.cursor.peek() {
            END => JsonError::End,
            _ => JsonError::Unexpected { found: self.cursor.character(), at: self.cursor.at },
        }
    }
}
