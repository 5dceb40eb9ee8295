//! The lenient reader's lexical half: a cursor over the text that reads strings and bare words.
//!
//! U+001A ends the input wherever it stands outside a plain quoted string, because json-smart uses
//! it as its own end mark.

use vtl::{Document, DocumentText};

use crate::text::java_trim;
use crate::words;

use super::parse::{JsonError, Read};

/// What the cursor sees behind the last byte, and what ends the text if it occurs in it.
pub(super) const END: u8 = 0x1A;

/// The bytes that end a bare word, which depend on where the word stands.
#[derive(Clone, Copy)]
pub(super) enum Stop {
    /// The document itself: only the end of the input.
    Document,
    /// A key: `:`.
    Key,
    /// A member's value: `,` and `}`.
    Member,
    /// An element: `,` and `]`.
    Element,
}

impl Stop {
    pub(super) fn at(self, byte: u8) -> bool {
        byte == END
            || match self {
                Stop::Document => false,
                Stop::Key => byte == b':',
                Stop::Member => matches!(byte, b',' | b'}'),
                Stop::Element => matches!(byte, b',' | b']'),
            }
    }
}

#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    text: &'a str,
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Cursor { text, at: 0 }
    }

    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(END)
    }

    pub(super) fn skip_digits(&mut self) {
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
    }

    /// Skips blanks and every other control character; returns what follows.
    #[inline]
    pub(super) fn skip_control(&mut self) -> u8 {
        self.skip(|byte| byte <= b' ' && byte != END)
    }

    /// Skips what separates tokens in a container: blanks only, so that any other control character
    /// begins a bare word. Returns what follows.
    #[inline]
    pub(super) fn skip_blanks(&mut self) -> u8 {
        self.skip(|byte| matches!(byte, b' ' | b'\r' | b'\n' | b'\t'))
    }

    #[inline]
    fn skip(&mut self, skipped: impl Fn(u8) -> bool) -> u8 {
        loop {
            let byte = self.peek();
            if !skipped(byte) {
                return byte;
            }
            self.at += 1;
        }
    }

    pub(super) fn skip_word(&mut self, stop: Stop) {
        while !stop.at(self.peek()) {
            self.at += 1;
        }
    }

    /// Reads a bare word from here; see [`Cursor::trimmed`].
    pub(super) fn word(&mut self, stop: Stop) -> &'a str {
        self.word_from(self.at, stop)
    }

    /// Reads a bare word of which the part from `start` to here was taken for a number.
    pub(super) fn word_from(&mut self, start: usize, stop: Stop) -> &'a str {
        self.skip_word(stop);
        self.trimmed(start)
    }

    /// The text from `start` to here without blanks and control characters at its ends.
    pub(super) fn trimmed(&self, start: usize) -> &'a str {
        java_trim(&self.text[start..self.at])
    }

    /// Reads a string without escapes, of which the opening double quote is here, to behind its
    /// closing one. `None`, and stays, if it has escapes or no end.
    #[inline(always)]
    pub(super) fn plain_string(&mut self, document: &Document) -> Option<DocumentText> {
        let (start, bytes) = (self.at + 1, self.text.as_bytes());
        let end = start + quote_or_backslash(bytes.get(start..)?, b'"')?;
        if bytes[end] != b'"' {
            return None;
        }
        self.at = end + 1;
        Some(document.part_of_source(start, end))
    }

    /// Reads any string from its opening quote to behind its closing one. Control characters stay if
    /// the string holds no backslash and go if it does; an unknown escape vanishes whole.
    pub(super) fn string(&mut self, quote: u8, document: &mut Document) -> Read<DocumentText> {
        self.at += 1;
        // What is no plain string in double quotes has an escape, or no end.
        if quote != b'"' {
            let (start, bytes) = (self.at, self.text.as_bytes());
            let length = quote_or_backslash(&bytes[start..], quote).ok_or(JsonError::End)?;
            if bytes[start + length] == quote {
                self.at = start + length + 1;
                return Ok(document.part_of_source(start, start + length));
            }
        }
        document.written(|out| self.unescaped(quote, out))
    }

    fn unescaped(&mut self, quote: u8, out: &mut String) -> Read<()> {
        let bytes = self.text.as_bytes();
        let mut out = Unescaped { text: out, high: None };
        loop {
            match self.peek() {
                END => return Err(JsonError::End.into()),
                byte if byte == quote => {
                    self.at += 1;
                    out.drop_half();
                    return Ok(());
                }
                b'\\' => {
                    self.at += 1;
                    self.escape(&mut out)?;
                }
                0..=0x1F => self.at += 1,
                _ => {
                    let run = &bytes[self.at..];
                    let length = end_of_run(run, quote).unwrap_or(run.len());
                    out.push_str(&self.text[self.at..self.at + length]);
                    self.at += length;
                }
            }
        }
    }

    fn escape(&mut self, out: &mut Unescaped<'_>) -> Read<()> {
        let byte = self.peek();
        if byte == END {
            return Err(JsonError::End.into());
        }
        let at = self.at;
        self.at += self.text[at..].chars().next().map_or(1, char::len_utf8);
        let plain = match byte {
            b't' => "\t",
            b'n' => "\n",
            b'r' => "\r",
            b'f' => "\u{c}",
            b'b' => "\u{8}",
            b'\\' => "\\",
            b'/' => "/",
            b'\'' => "'",
            b'"' => "\"",
            b'u' => return self.hex(4).map(|unit| out.push_unit(unit)),
            b'x' => return self.hex(2).map(|unit| out.push_unit(unit)),
            _ => return Ok(()),
        };
        out.push_str(plain);
        Ok(())
    }

    fn hex(&mut self, digits: usize) -> Read<u16> {
        let mut value = 0;
        for _ in 0..digits {
            let byte = self.peek();
            let Some(digit) = char::from(byte).to_digit(16) else {
                let error = if byte == END { JsonError::End } else { JsonError::Escape(self.at) };
                return Err(error.into());
            };
            value = value << 4 | digit as u16;
            self.at += 1;
        }
        Ok(value)
    }

    /// The character here, for messages.
    pub(super) fn character(&self) -> char {
        self.text[self.at..].chars().next().unwrap_or('\u{1A}')
    }
}

/// Where a string has its first quote or backslash.
#[inline(always)]
fn quote_or_backslash(bytes: &[u8], quote: u8) -> Option<usize> {
    words::first(bytes, |word| {
        words::ascii(word, words::equal(word, quote) | words::equal(word, b'\\'))
    })
}

/// Where a string with escapes has its first byte that is no plain text.
fn end_of_run(bytes: &[u8], quote: u8) -> Option<usize> {
    words::first(bytes, |word| {
        let quoted = words::equal(word, quote) | words::equal(word, b'\\');
        words::ascii(word, quoted | words::less(word, b' '))
    })
}

/// Collects a string whose escapes may name the halves of a surrogate pair one after the other. A
/// half that stays alone becomes `?`, as which Java prints it.
struct Unescaped<'a> {
    text: &'a mut String,
    high: Option<u16>,
}

impl Unescaped<'_> {
    fn push_str(&mut self, text: &str) {
        self.drop_half();
        self.text.push_str(text);
    }

    fn push_unit(&mut self, unit: u16) {
        if let Some(high) = self.high
            && let Some(Ok(c)) = char::decode_utf16([high, unit]).next()
            && matches!(unit, 0xDC00..=0xDFFF)
        {
            self.high = None;
            self.text.push(c);
            return;
        }
        self.drop_half();
        match char::from_u32(u32::from(unit)) {
            Some(c) => self.text.push(c),
            None if unit < 0xDC00 => self.high = Some(unit),
            None => self.text.push('?'),
        }
    }

    fn drop_half(&mut self) {
        if self.high.take().is_some() {
            self.text.push('?');
        }
    }
}
