//! References: `$name`, its forms, its escapes and what is asked of it.

use std::borrow::Cow;

use super::{Parse, Parser, Place};
use crate::ast::{Expr, ExprKind, Form, Part, PartKind, Reference};
use crate::token::Kind;

impl Parser<'_, '_> {
    /// Whether a reference stands here. Looks at a second token only if the first is a name or a
    /// brace.
    pub(super) fn at_reference(&mut self) -> bool {
        match self.peek(0) {
            Kind::Identifier => {
                self.peek(1);
                true
            }
            Kind::CurlyOpen => self.peek(1) == Kind::Identifier,
            _ => false,
        }
    }

    pub(super) fn reference(&mut self) -> Parse<Reference> {
        let first = match self.peek(0) {
            Kind::Identifier | Kind::CurlyOpen => self.advance(),
            _ => return Err(self.unexpected("a reference such as `$name`")),
        };
        let image = self.image(first);
        let braced = first.kind == Kind::CurlyOpen;
        let place = self.changed.len();
        let name = if braced {
            let name = self.expect(Kind::Identifier, "a name")?;
            self.image(name)
        } else {
            image
        };
        let mut parts = Vec::new();
        self.indexes(&mut parts)?;
        while self.peek(0) == Kind::Dot && self.peek(1) == Kind::Identifier {
            self.member(&mut parts)?;
            self.indexes(&mut parts)?;
        }
        if braced {
            self.expect(Kind::CurlyClose, "`}`")?;
        }
        let shape = Shape::of(image, name);
        let (start, end) = (first.start + shape.skipped as u32, self.last.end);
        let literal = match (shape.form, self.place) {
            (Form::Broken, _) => Some(Box::from(&*shape.name)),
            (Form::Quiet, _) if !shape.escaped => Some(Box::from("")),
            (_, Place::Shifted(_)) if self.changed.len() == place => None,
            _ => {
                let mut literal = String::new();
                self.push_kept(start, end, &mut literal);
                Some(literal.into_boxed_str())
            }
        };
        if shape.skipped > 0 {
            // In order of place: those inside of this reference were found first.
            self.changed.insert(place, (first.start..start, Box::from("")));
        }
        let prefix = &image[shape.prefix];
        Ok(Reference {
            variable: self.variable(&shape.name),
            parts,
            form: shape.form,
            escaped: shape.escaped,
            backslashes: shape.backslashes,
            prefix: if prefix.is_empty() { None } else { Some(Box::from(prefix)) },
            literal,
            span: self.span(start, end),
        })
    }

    fn indexes(&mut self, parts: &mut Vec<Part>) -> Parse<()> {
        while self.peek(0) == Kind::IndexOpen {
            let start = self.advance().start;
            self.blanks();
            let key = self.nested(Self::index_key)?;
            self.blanks();
            let end = self.expect(Kind::IndexClose, "`]`")?.end;
            parts.push(Part { kind: PartKind::Index(Box::new(key)), span: self.span(start, end) });
        }
        Ok(())
    }

    fn index_key(&mut self) -> Parse<Expr> {
        match self.peek(0) {
            Kind::String
            | Kind::Integer
            | Kind::True
            | Kind::False
            | Kind::Identifier
            | Kind::CurlyOpen => self.simple_value(),
            _ => Err(self.unexpected("an index: a number, a string or a reference")),
        }
    }

    /// `.name` or `.name(arguments)`
    fn member(&mut self, parts: &mut Vec<Part>) -> Parse<()> {
        let start = self.advance().start;
        let is_call = self.peek(1) == Kind::ParenOpen
            && matches!(
                self.peek(2),
                Kind::CallClose
                    | Kind::Whitespace
                    | Kind::String
                    | Kind::Integer
                    | Kind::BracketOpen
                    | Kind::MapOpen
                    | Kind::True
                    | Kind::False
                    | Kind::Identifier
                    | Kind::CurlyOpen
                    | Kind::Float
            );
        let token = self.advance();
        let name = self.shared(token);
        let kind = if is_call {
            self.advance();
            let arguments = self.nested(Self::arguments)?;
            PartKind::Call(name, arguments)
        } else {
            PartKind::Property(name)
        };
        let span = self.since(start);
        parts.push(Part { kind, span });
        Ok(())
    }

    fn arguments(&mut self) -> Parse<Vec<Expr>> {
        let mut arguments = Vec::new();
        if self.peek(0) != Kind::CallClose {
            arguments.push(self.parameter()?);
            while self.skip(Kind::Comma) {
                arguments.push(self.parameter()?);
            }
        }
        self.expect(Kind::CallClose, "`,` or `)`")?;
        Ok(arguments)
    }

    /// A reference as an expression.
    pub(super) fn reference_value(&mut self) -> Parse<Expr> {
        let reference = self.reference()?;
        let span = reference.span;
        Ok(Expr { kind: ExprKind::Reference(reference), span })
    }
}

/// What the first token of a reference says about it.
struct Shape<'s> {
    form: Form,
    escaped: bool,
    backslashes: u32,
    /// The range of the first token that is printed in front of the value.
    prefix: std::ops::Range<usize>,
    /// How much of the first token is in front of the reference.
    skipped: usize,
    name: Cow<'s, str>,
}

impl<'s> Shape<'s> {
    /// `image` is the first token, `name` the token with the name: the same one if there is no brace.
    fn of(image: &'s str, name: &'s str) -> Shape<'s> {
        // Nearly all references are plain ones.
        if let Some(name) = image.strip_prefix('$')
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
        {
            return Shape::plain(name);
        }
        let bytes = image.as_bytes();
        let slashes = bytes.iter().take_while(|byte| **byte == b'\\').count();
        let dollar = bytes.iter().rposition(|byte| *byte == b'$').unwrap_or(slashes);
        // Backslashes between `$` and `!` spoil the whole token, wherever in it they stand.
        let is_broken = image.match_indices('$').any(|(at, _)| {
            let behind = image[at + 1..].trim_start_matches('\\');
            behind.len() < image.len() - at - 1 && behind.starts_with('!')
        });
        if is_broken {
            return Shape::broken(image);
        }
        let own = &image[dollar..];
        let (form, own_name) = if let Some(rest) = own.strip_prefix("$!") {
            (Form::Quiet, if rest == "{" { name } else { rest })
        } else if own == "${" {
            (Form::Braced, name)
        } else if let Some(rest) = own.strip_prefix('$') {
            (Form::Plain, rest)
        } else {
            (Form::Bare, own)
        };
        Shape {
            form,
            escaped: slashes % 2 == 1,
            backslashes: (slashes / 2) as u32,
            prefix: slashes..dollar,
            skipped: dollar,
            name: Cow::Borrowed(own_name),
        }
    }

    /// `$name`
    fn plain(name: &'s str) -> Shape<'s> {
        Shape {
            form: Form::Plain,
            escaped: false,
            backslashes: 0,
            prefix: 0..0,
            skipped: 0,
            name: Cow::Borrowed(name),
        }
    }

    /// `$\!name`: prints without one of its backslashes.
    fn broken(image: &str) -> Shape<'static> {
        let dollar = image.find('$').unwrap_or(0);
        let start = image[dollar..].find('\\').map_or(dollar, |at| dollar + at);
        let name = Cow::Owned(format!("{}{}", &image[..start], &image[start + 1..]));
        Shape { form: Form::Broken, escaped: false, backslashes: 0, prefix: 0..0, skipped: 0, name }
    }
}
