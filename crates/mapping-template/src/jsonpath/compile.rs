//! From the text of a path to its steps.
//!
//! The grammar is Jayway 2.0.0's, down to what it tolerates: a path without `$` starts at the root,
//! dots may be doubled up with brackets (`$.['a']`), and names may hold anything but `.`, `[` and a
//! blank.

use crate::text::java_trim;

use vtl::{Fault, Meter};

use super::bracket::bracket;
use super::{MAX_TOKENS, Path, PathError, Token};

/// Compiles a path; patterns in its filters count on the meter.
pub(crate) fn compile(text: &str, meter: &Meter) -> Result<Path, Fault> {
    let text = java_trim(text);
    if text.ends_with("..") {
        return Err(PathError::EndsWithScan(text.to_owned()).into());
    }
    let (from_root, rest) = match text.as_bytes().first() {
        None => return Err(PathError::Empty.into()),
        Some(b'$') => (true, std::borrow::Cow::Borrowed(&text[1..])),
        Some(b'@') => (false, std::borrow::Cow::Borrowed(&text[1..])),
        Some(_) => (true, std::borrow::Cow::Owned(format!(".{text}"))),
    };
    if !rest.is_empty() && !rest.starts_with(['.', '[']) {
        return Err(PathError::Start(text.to_owned()).into());
    }
    // Filters may hold paths with filters, and each is a level of recursion.
    if text.matches('?').count() > MAX_TOKENS {
        return Err(PathError::TooLong.into());
    }
    let mut tokens = Vec::new();
    let mut reader = Reader { meter, path: text, rest: &rest };
    while !reader.rest.is_empty() {
        if let Some(token) = reader.token()? {
            tokens.push(token);
        }
        if tokens.len() > MAX_TOKENS {
            return Err(PathError::TooLong.into());
        }
    }
    Ok(Path { tokens, from_root })
}

struct Reader<'a> {
    meter: &'a Meter,
    path: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    /// The next step; `None` for a dot that only introduces a bracket.
    fn token(&mut self) -> Result<Option<Token>, Fault> {
        match self.rest.as_bytes()[0] {
            b' ' => Err(PathError::Blank(self.path.to_owned()).into()),
            b'$' => {
                self.take(1);
                Ok(Some(Token::Here))
            }
            b'*' => {
                self.take(1);
                Ok(Some(Token::Wildcard))
            }
            b'[' => {
                let length = closing(self.rest);
                bracket(self.take(length), self.meter).map(Some)
            }
            b'.' => {
                self.take(1);
                match self.rest.as_bytes().first() {
                    None => Err(PathError::End(self.path.to_owned()).into()),
                    Some(b'.') => {
                        self.take(1);
                        Ok(Some(Token::Scan))
                    }
                    Some(_) => match self.name() {
                        "" => Ok(None),
                        "*" => Ok(Some(Token::Wildcard)),
                        name => property(name, self.meter).map(Some),
                    },
                }
            }
            _ => {
                let name = self.name();
                property(name, self.meter).map(Some)
            }
        }
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn name(&mut self) -> &'a str {
        self.take(self.rest.find(['.', '[', ' ']).unwrap_or(self.rest.len()))
    }
}

/// A name between dots means what it would mean in brackets and single quotes.
fn property(name: &str, meter: &Meter) -> Result<Token, Fault> {
    if name.contains(['\'', ']']) {
        return bracket(&format!("['{name}']"), meter);
    }
    Ok(Token::Property(vec![name.into()]))
}

/// The length of the bracket at the start, nested brackets included; quotes do not hide brackets.
/// Without a closing one it is the rest.
fn closing(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 1 => return at + 1,
            b']' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}
