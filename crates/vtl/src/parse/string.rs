//! Strings: their quotes, their escapes, and the templates inside of double quotes.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Parse, Parser, Place, Problem};
use crate::ast::{ExprKind, Node};
use crate::error::ErrorKind;
use crate::token::{Kind, Token};

impl Parser<'_, '_> {
    /// The string that was consumed last.
    pub(super) fn string(&mut self) -> Parse<ExprKind> {
        let literal = self.last;
        let image = self.image(literal);
        let inner = &image[1..image.len() - 1];
        let quote = char::from(image.as_bytes()[0]);
        let double = quote == '"';
        let mut content = Cow::Borrowed(inner);
        if double && inner.contains('\\') {
            content = self.unescaped(inner, literal)?;
        }
        if content.contains(quote) {
            content = Cow::Owned(content.replace(if double { "\"\"" } else { "''" }, &image[..1]));
        }
        if !double || !inner.contains(['$', '#']) {
            return Ok(self.constant(&content));
        }
        let place = match self.place {
            Place::Shifted(by) if content == inner => Place::Shifted(by + literal.start + 1),
            _ => Place::Within(self.span(literal.start, literal.end)),
        };
        // A blank goes behind the text, so that `$` or `#` at its end is text. A line comment would
        // swallow it.
        let mut content = content.into_owned();
        let padded = !content.contains("##");
        if padded {
            content.push(' ');
        }
        let content: Arc<str> = Arc::from(content);
        self.nested(|parser| {
            let mut block = Parser::new(&content, place, parser.shared).template()?;
            let mut chopped = false;
            if padded {
                match block.last_mut() {
                    Some(Node::Text(text)) if text.text.ends_with(' ') => text.text.shorten(),
                    _ => chopped = true,
                }
                if matches!(block.last(), Some(Node::Text(text)) if text.text.is_empty()) {
                    block.pop();
                }
            }
            Ok(match block.as_slice() {
                [] => parser.constant(""),
                [Node::Text(text)] if !chopped => parser.constant(&text.text),
                _ => ExprKind::Interpolated { block, chopped },
            })
        })
    }

    /// Resolves `\u0041`; nothing else is an escape.
    fn unescaped<'t>(&self, inner: &'t str, literal: Token) -> Parse<Cow<'t, str>> {
        if !inner.contains("\\u") {
            return Ok(Cow::Borrowed(inner));
        }
        let mut units: Vec<u16> = Vec::new();
        let mut out = String::with_capacity(inner.len());
        let mut rest = inner;
        while let Some(at) = rest.find("\\u") {
            if at > 0 {
                flush(&mut units, &mut out);
                out.push_str(&rest[..at]);
            }
            let digits = rest.get(at + 2..at + 6).filter(|digits| is_hex(digits));
            let Some(unit) = digits.and_then(|digits| i32::from_str_radix(digits, 16).ok()) else {
                let found = "`\\u`".to_owned();
                let kind =
                    ErrorKind::Unexpected { found, expected: "four hexadecimal digits behind it" };
                return Err(Problem::new(kind, self.span(literal.start, literal.end)));
            };
            units.push(unit as u16);
            rest = &rest[at + 6..];
        }
        flush(&mut units, &mut out);
        out.push_str(rest);
        Ok(Cow::Owned(out))
    }

    /// Consumes a string token.
    pub(super) fn expect_string(&mut self) -> Parse<ExprKind> {
        self.expect(Kind::String, "a string")?;
        self.string()
    }
}

fn is_hex(digits: &str) -> bool {
    // Java reads the digits as a number and so accepts a sign in front of three.
    let is_sign = |at, byte| at == 0 && matches!(byte, b'+' | b'-');
    digits.bytes().enumerate().all(|(at, byte)| byte.is_ascii_hexdigit() || is_sign(at, byte))
}

/// Escapes of surrogates that stand next to each other make one character.
fn flush(units: &mut Vec<u16>, out: &mut String) {
    out.extend(char::decode_utf16(units.drain(..)).map(|unit| unit.unwrap_or('?')));
}
