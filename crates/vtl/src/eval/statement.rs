//! Statements: what each appends to the output.

use super::reference::FOLLOWED;
use super::{Exit, Run};
use crate::ast::{Form, If, Node, Part, PartKind, Reference, Set, Span};
use crate::document::Seen;
use crate::error::{Bound, ErrorKind, Fault};
use crate::methods;
use crate::print::print_integer;
use crate::value::Value;

impl Run {
    pub(super) fn block(&self, block: &[Node], out: &mut String) -> Result<(), Exit> {
        for node in block {
            match node {
                Node::Text(text) => {
                    out.push_str(&text.text);
                    self.check_output(out, text.span)?;
                }
                Node::Reference(reference) => self.print_reference(reference, out)?,
                Node::Set(set) => self.assign(set)?,
                Node::If(node) => self.choose(node, out)?,
                Node::Foreach(node) => self.foreach(node, out)?,
                Node::Define(node) => {
                    let block = self.defined(node);
                    drop(self.set(node.variable.slot, block));
                }
                Node::Break(scope, span) => return Err(self.break_out(scope.as_ref(), *span)?),
                Node::Stop(_) => return Err(Exit::Stop),
                Node::Invalid(node) => {
                    let (directive, problem) = (node.directive, node.problem);
                    return Err(self.error(ErrorKind::Directive { directive, problem }, node.span));
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn check_output(&self, out: &str, span: Span) -> Result<(), Exit> {
        let bound = self.meter.limits().output_bytes;
        if out.len() > bound {
            return Err(self.failed(Fault::Bound(Bound::Output(bound)), span));
        }
        self.spend(span)
    }

    fn choose(&self, node: &If, out: &mut String) -> Result<(), Exit> {
        let deeper = |run: &Run, block: &[Node], out: &mut String| {
            run.deeper(node.span, |run| run.block(block, out))
        };
        for (condition, block) in &node.branches {
            if self.truth(condition)? {
                return deeper(self, block, out);
            }
        }
        match &node.otherwise {
            Some(block) => deeper(self, block, out),
            None => Ok(()),
        }
    }

    /// Runs something one level deeper, so that defined blocks that use each other come to an end.
    pub(super) fn deeper<T>(
        &self,
        span: Span,
        run: impl FnOnce(&Run) -> Result<T, Exit>,
    ) -> Result<T, Exit> {
        self.meter.enter().map_err(|fault| self.failed(fault, span))?;
        let result = run(self);
        self.meter.leave();
        result
    }

    fn assign(&self, set: &Set) -> Result<(), Exit> {
        let value = self.value(&set.value)?;
        if value.is_null() {
            return Ok(());
        }
        self.spend(set.span)?;
        if set.target.parts.is_empty() {
            drop(self.set(set.target.variable.slot, value));
            return Ok(());
        }
        self.assign_part(&set.target, value)
    }

    /// A reference in the text.
    fn print_reference(&self, reference: &Reference, out: &mut String) -> Result<(), Exit> {
        if reference.form == Form::Bare {
            out.push_str(&reference.variable.name);
            return Ok(());
        }
        if self.print_scalar(reference, out)? {
            return Ok(());
        }
        let value = self.reference(reference)?;
        if reference.escaped {
            self.print_prefix(reference, out);
            if value.is_null() {
                out.push('\\');
            }
            out.push_str(self.literal(reference));
            return Ok(());
        }
        if let Some(block) = self.as_defined(&value) {
            if self.render_defined(block, out)? {
                return Ok(());
            }
            // Too deep in itself: it prints as its source, as a null would.
            return self.print_missing(reference, out);
        }
        if value.is_null() {
            return self.print_missing(reference, out);
        }
        self.print_prefix(reference, out);
        if let Some(prefix) = &reference.prefix {
            out.push_str(prefix);
        }
        if let Value::String(text) = &value {
            out.push_str(text);
            return self.check_output(out, reference.span);
        }
        value.print(out, &self.meter).map_err(|fault| self.failed(fault, reference.span))?;
        self.check_output(out, reference.span)
    }

    /// Prints what a plain reference finds through maps alone, if that is text or a small number,
    /// without copying any value on the way. `false` if it is anything else; then nothing is printed.
    fn print_scalar(&self, reference: &Reference, out: &mut String) -> Result<bool, Exit> {
        if reference.escaped
            || reference.backslashes > 0
            || reference.prefix.is_some()
            || reference.parts.len() > FOLLOWED
            || matches!(reference.parts.last(), Some(Part { kind: PartKind::Call(..), .. }))
            || !self.pinned.borrow().is_empty()
        {
            return Ok(false);
        }
        let found = match self.slots.borrow().get(reference.variable.slot as usize) {
            Some(value) => push_scalar(Seen::Value(value), &reference.parts, out),
            None => false,
        };
        if found {
            self.meter
                .spend(reference.parts.len() as u64)
                .map_err(|fault| self.failed(fault, reference.span))?;
            self.check_output(out, reference.span)?;
        }
        Ok(found)
    }

    fn print_missing(&self, reference: &Reference, out: &mut String) -> Result<(), Exit> {
        // Velocity prints what is left of the backslashes twice in this case.
        self.print_prefix(reference, out);
        self.print_prefix(reference, out);
        out.push_str(reference.prefix.as_deref().unwrap_or(""));
        out.push_str(self.literal(reference));
        Ok(())
    }

    fn print_prefix(&self, reference: &Reference, out: &mut String) {
        for _ in 0..reference.backslashes {
            out.push('\\');
        }
    }

    fn literal<'r>(&'r self, reference: &'r Reference) -> &'r str {
        match &reference.literal {
            Some(literal) => literal,
            None => self
                .template
                .source
                .get(reference.span.start as usize..reference.span.end as usize)
                .unwrap_or(""),
        }
    }
}

fn push_scalar(mut value: Seen<'_>, mut parts: &[Part], out: &mut String) -> bool {
    while let Some((name, rest)) = property(parts)
        && let Some(found) = value.step(name)
    {
        let Some(found) = found else {
            return false;
        };
        (value, parts) = (found, rest);
    }
    if parts.is_empty() {
        match value {
            Seen::Text(_, text) => out.push_str(text),
            Seen::Value(Value::String(text)) => out.push_str(text),
            Seen::Value(Value::Int(number)) => print_integer(i64::from(*number), out),
            _ => return false,
        }
        return true;
    };
    property(parts).is_some_and(|(name, rest)| {
        let look =
            |found: Option<Seen<'_>>| found.is_some_and(|found| push_scalar(found, rest, out));
        value.member(name, look).unwrap_or(false)
    })
}

/// The property that the first part asks for, and the parts behind it.
#[inline(always)]
fn property(parts: &[Part]) -> Option<(&str, &[Part])> {
    match parts.split_first()? {
        (Part { kind: PartKind::Property(name), .. }, rest) if !methods::is_class(name) => {
            Some((name, rest))
        }
        _ => None,
    }
}
