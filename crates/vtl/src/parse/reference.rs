//! References: `$name`, its forms, its escapes and what is asked of it.

use super::growing::Group;
use super::{Parse, Parser, Place};
use crate::ast::{Expr, Form, Part, PartKind, Reference, Spelling};
use crate::token::{Kind, Token};
use crate::tree::{Many, One};

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

    pub(super) fn reference(&mut self) -> Parse<One<Reference>> {
        let first = match self.peek(0) {
            Kind::Identifier => self.advance(),
            Kind::CurlyOpen => return self.braced(),
            _ => return Err(self.unexpected("a reference such as `$name`")),
        };
        let changed = self.changed.len();
        let parts = self.parts()?;
        if !self.is_source(changed) || !is_plain(self.image(first)) {
            return self.spelled(first, first, parts, changed);
        }
        // Nearly all references are `$name` and no more.
        let reference = Reference {
            variable: self.variable(self.in_tree(first.start + 1, first.end)),
            parts,
            form: Form::Plain,
            spelling: None,
            span: self.since(first.start),
        };
        Ok(self.shared.references.one(reference))
    }

    /// Whether a reference stands in the template's source as Velocity prints it. `changed` is how
    /// much was changed in front of it.
    fn is_source(&self, changed: usize) -> bool {
        matches!(self.place, Place::Shifted(_)) && self.changed.len() == changed
    }

    /// `${name...}`
    fn braced(&mut self) -> Parse<One<Reference>> {
        let first = self.advance();
        let changed = self.changed.len();
        let name = self.expect(Kind::Identifier, "a name")?;
        let parts = self.parts()?;
        self.expect(Kind::CurlyClose, "`}`")?;
        self.spelled(first, name, parts, changed)
    }

    /// What is asked of a variable.
    #[inline]
    fn parts(&mut self) -> Parse<Many<Part>> {
        let mut group = Group::default();
        loop {
            match self.peek(0) {
                Kind::Dot if self.peek(1) == Kind::Identifier => self.member(&mut group)?,
                Kind::IndexOpen => self.index(&mut group)?,
                _ => return Ok(self.shared.parts.close(group)),
            }
        }
    }

    /// A reference in any form, of which nothing but the parts is known yet.
    fn spelled(
        &mut self,
        first: Token,
        name: Token,
        parts: Many<Part>,
        changed: usize,
    ) -> Parse<One<Reference>> {
        let image = self.image(first);
        if is_broken(image) {
            return self.broken(first, parts);
        }
        let slashes = image.bytes().take_while(|byte| *byte == b'\\').count();
        let dollar = image.bytes().rposition(|byte| byte == b'$').unwrap_or(slashes);
        let own = &image[dollar..];
        let (form, in_front) = match own {
            "$!{" | "${" => (if own == "${" { Form::Braced } else { Form::Quiet }, None),
            _ if own.starts_with("$!") => (Form::Quiet, Some(2)),
            _ if own.starts_with('$') => (Form::Plain, Some(1)),
            _ => (Form::Bare, Some(0)),
        };
        let start = first.start + dollar as u32;
        let name = match in_front {
            Some(in_front) => self.in_tree(start + in_front, first.end),
            None => self.in_tree(name.start, name.end),
        };
        let end = self.end;
        let escaped = slashes % 2 == 1;
        let literal = if self.is_source(changed) || (form == Form::Quiet && !escaped) {
            None
        } else {
            let mut literal = String::new();
            self.push_kept(start, end, &mut literal);
            Some(self.shared.add_text(&literal)?)
        };
        if dollar > 0 {
            // In order of place: those inside of this reference were found first.
            self.changed.insert(changed, (first.start..start, Box::from("")));
        }
        let spelling = (dollar > 0 || literal.is_some()).then(|| Spelling {
            escaped,
            backslashes: (slashes / 2) as u32,
            prefix: self.in_tree(first.start + slashes as u32, start),
            literal,
        });
        let reference = Reference {
            variable: self.variable(name),
            parts,
            form,
            spelling: spelling.map(|spelling| self.shared.spellings.one(spelling)),
            span: self.span(start, end),
        };
        Ok(self.shared.references.one(reference))
    }

    /// `$\!name`: prints without one of its backslashes.
    fn broken(&mut self, first: Token, parts: Many<Part>) -> Parse<One<Reference>> {
        let image = self.image(first);
        let dollar = image.find('$').unwrap_or(0);
        let slash = image[dollar..].find('\\').map_or(dollar, |at| dollar + at);
        let printed = format!("{}{}", &image[..slash], &image[slash + 1..]);
        let printed = self.shared.add_text(&printed)?;
        let prefix = self.in_tree(first.start, first.start);
        let spelling = Spelling { escaped: false, backslashes: 0, prefix, literal: Some(printed) };
        let reference = Reference {
            variable: self.variable(printed),
            parts,
            form: Form::Broken,
            spelling: Some(self.shared.spellings.one(spelling)),
            span: self.since(first.start),
        };
        Ok(self.shared.references.one(reference))
    }

    /// `[key]`
    fn index(&mut self, group: &mut Group) -> Parse<()> {
        let start = self.advance().start;
        self.blanks();
        self.nested(Self::index_key)?;
        let kind = PartKind::Index(self.shared.exprs.keep_last());
        self.blanks();
        let end = self.expect(Kind::IndexClose, "`]`")?.end;
        self.shared.parts.add(group, Part { kind, span: self.span(start, end) });
        Ok(())
    }

    fn index_key(&mut self) -> Parse<()> {
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
    fn member(&mut self, group: &mut Group) -> Parse<()> {
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
        let name = self.in_tree(token.start, token.end);
        let kind = if is_call {
            self.advance();
            let arguments = self.nested(Self::arguments)?;
            PartKind::Call(name, arguments)
        } else {
            PartKind::Property(name)
        };
        let span = self.since(start);
        self.shared.parts.add(group, Part { kind, span });
        Ok(())
    }

    fn arguments(&mut self) -> Parse<Many<Expr>> {
        if self.skip(Kind::CallClose) {
            return Ok(Many::default());
        }
        let arguments = self.parameters()?;
        self.expect(Kind::CallClose, "`,` or `)`")?;
        Ok(arguments)
    }
}

/// Whether the first token of a reference is `$name`.
fn is_plain(image: &str) -> bool {
    matches!(image.as_bytes(), [b'$', second, ..] if second.is_ascii_alphabetic())
}

/// Backslashes between `$` and `!` spoil the first token of a reference, wherever in it they stand.
fn is_broken(image: &str) -> bool {
    image.match_indices('$').any(|(at, _)| {
        let behind = image[at + 1..].trim_start_matches('\\');
        behind.len() < image.len() - at - 1 && behind.starts_with('!')
    })
}
