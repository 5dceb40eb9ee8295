//! Strings: their quotes, their escapes, and the templates inside of double quotes.

use std::borrow::Cow;

use super::{Parse, Parser, Place, Problem, Shared};
use crate::ast::{ExprKind, Node, Text};
use crate::error::ErrorKind;
use crate::token::Token;
use crate::tree::Slice;

impl Parser<'_, '_> {
    /// Consumes a string.
    pub(super) fn string(&mut self) -> Parse<ExprKind> {
        let literal = self.advance();
        let image = self.image(literal);
        let inner = &image[1..image.len() - 1];
        let quote = image.as_bytes()[0];
        let double = quote == b'"';
        let (mut escapes, mut quotes, mut interpolates) = (false, false, false);
        for byte in inner.bytes() {
            escapes |= byte == b'\\';
            quotes |= byte == quote;
            interpolates |= matches!(byte, b'$' | b'#');
        }
        let mut content = Cow::Borrowed(inner);
        if double && escapes {
            content = self.unescaped(inner, literal)?;
            quotes = content.contains('"');
        }
        if quotes {
            content = Cow::Owned(content.replace(if double { "\"\"" } else { "''" }, &image[..1]));
        }
        if double && interpolates {
            return self.interpolated(literal, inner, content);
        }
        let text = match content {
            Cow::Borrowed(_) => self.in_tree(literal.start + 1, literal.end - 1),
            Cow::Owned(content) => self.shared.add_text(&content)?,
        };
        Ok(self.constant(text))
    }

    /// A string that is a template. `content` is what `inner`, between the quotes, stands for.
    fn interpolated(
        &mut self,
        literal: Token,
        inner: &str,
        content: Cow<'_, str>,
    ) -> Parse<ExprKind> {
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
        let base = self.shared.add_text(&content)?.start;
        let begin = self.shared.nodes.begin();
        self.nested(|parser| Parser::new(&content, base, place, parser.shared).statements())?;
        let chopped = padded && !self.drop_blank(begin);
        Ok(match *self.shared.nodes.since(begin) {
            [] => self.constant(Slice { start: base, end: base }),
            [Node::Text(text)] if !chopped => {
                self.shared.nodes.drop_last();
                self.constant(text.text)
            }
            _ => ExprKind::Interpolated { block: self.shared.nodes.keep(begin), chopped },
        })
    }

    /// Drops the blank that the nodes which wait end with; `false` if they do not.
    fn drop_blank(&mut self, begin: usize) -> bool {
        let Shared { nodes, text: tree, .. } = &mut *self.shared;
        let Some(Node::Text(Text { text, .. })) = nodes.since(begin).last_mut() else {
            return false;
        };
        if tree.as_bytes()[text.end as usize - 1] != b' ' {
            return false;
        }
        text.end -= 1;
        if text.is_empty() {
            nodes.drop_last();
        }
        true
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
