//! Statements: what each appends to the output.

use super::reference::{FOLLOWED, followed};
use super::{Exit, Run};
use crate::ast::{Block, Branch, Form, If, Node, Part, PartKind, Reference, Set, Span, Spelling};
use crate::document::Seen;
use crate::error::{Bound, ErrorKind, Fault};
use crate::print::print_integer;
use crate::tree::Tree;
use crate::value::Value;

impl Run {
    pub(super) fn block(&self, block: Block, out: &mut String) -> Result<(), Exit> {
        for node in &self.tree()[block] {
            match node {
                Node::Text(text) => {
                    out.push_str(&self.tree()[text.text]);
                    self.check_output(out, text.span)?;
                }
                Node::Reference(reference) => {
                    self.print_reference(&self.tree()[*reference], out)?;
                }
                Node::Set(set) => self.assign(set)?,
                Node::If(node) => self.choose(node, out)?,
                Node::Foreach(node) => self.foreach(node, out)?,
                Node::Define(node) => {
                    let block = self.defined(node);
                    drop(self.set(node.variable, block));
                }
                Node::Break(scope, span) => return Err(self.break_out(*scope, *span)?),
                Node::Stop(_) => return Err(Exit::Stop),
                Node::BadForeach(span) => {
                    let problem = "is written #foreach($item in $list)";
                    let kind = ErrorKind::Directive { directive: "foreach", problem };
                    return Err(self.error(kind, *span));
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
        let deeper = |run: &Run, block: Block, out: &mut String| {
            run.deeper(node.span, |run| run.block(block, out))
        };
        for Branch { condition, block } in &self.tree()[node.branches] {
            if self.truth(&self.tree()[*condition])? {
                return deeper(self, *block, out);
            }
        }
        match node.otherwise {
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
        let value = self.value(&self.tree()[set.value])?;
        if value.is_null() {
            return Ok(());
        }
        self.spend(set.span)?;
        let target = &self.tree()[set.target];
        if target.parts.is_empty() {
            drop(self.set(target.variable, value));
            return Ok(());
        }
        self.assign_part(target, value)
    }

    /// A reference in the text.
    fn print_reference(&self, reference: &Reference, out: &mut String) -> Result<(), Exit> {
        if reference.form == Form::Bare {
            out.push_str(&self.tree()[reference.variable]);
            return Ok(());
        }
        if self.print_scalar(reference, out)? {
            return Ok(());
        }
        let result = self.reference(reference);
        // Looked at where it is: the processor would wait for a copy.
        let value = match &result {
            Ok(value) => value,
            Err(_) => return result.map(drop),
        };
        let spelling = reference.spelling.map(|spelling| &self.tree()[spelling]);
        if let Some(spelling) = spelling
            && spelling.escaped
        {
            print_backslashes(spelling, out);
            if value.is_null() {
                out.push('\\');
            }
            out.push_str(self.tree().literal(reference));
            return Ok(());
        }
        if let Some(block) = self.as_defined(value) {
            if !self.render_defined(block, out)? {
                // Too deep in itself: it prints as its source, as a null would.
                self.print_missing(reference, out);
            }
            return Ok(());
        }
        if value.is_null() {
            self.print_missing(reference, out);
            return Ok(());
        }
        if let Some(spelling) = spelling {
            print_backslashes(spelling, out);
            out.push_str(&self.tree()[spelling.prefix]);
        }
        if let Value::String(text) = value {
            out.push_str(text);
            return self.check_output(out, reference.span);
        }
        value.print(out, &self.meter).map_err(|fault| self.failed(fault, reference.span))?;
        self.check_output(out, reference.span)
    }

    /// Prints what a plain reference finds through maps alone, if that is text or a small number,
    /// without copying any value on the way. `false` if it is anything else; then nothing is printed.
    fn print_scalar(&self, reference: &Reference, out: &mut String) -> Result<bool, Exit> {
        let tree = self.tree();
        let parts = &tree[reference.parts];
        if reference.spelling.is_some()
            || parts.len() > FOLLOWED
            || matches!(parts.last(), Some(Part { kind: PartKind::Call(..), .. }))
            || !self.pinned.borrow().is_empty()
        {
            return Ok(false);
        }
        let found = match self.slots.borrow().get(reference.variable.0 as usize) {
            Some(value) => push_scalar(Seen::Value(value), tree, parts, out),
            None => false,
        };
        if found {
            self.meter
                .spend(parts.len() as u64)
                .map_err(|fault| self.failed(fault, reference.span))?;
            self.check_output(out, reference.span)?;
        }
        Ok(found)
    }

    fn print_missing(&self, reference: &Reference, out: &mut String) {
        if let Some(spelling) = reference.spelling.map(|spelling| &self.tree()[spelling]) {
            // Velocity prints what is left of the backslashes twice in this case.
            print_backslashes(spelling, out);
            print_backslashes(spelling, out);
            out.push_str(&self.tree()[spelling.prefix]);
        }
        out.push_str(self.tree().literal(reference));
    }
}

fn print_backslashes(spelling: &Spelling, out: &mut String) {
    out.extend(std::iter::repeat_n('\\', spelling.backslashes as usize));
}

fn push_scalar(mut value: Seen<'_>, tree: &Tree, mut parts: &[Part], out: &mut String) -> bool {
    while let Some((found, steps)) = value.follow(|at| followed(tree, parts, at)) {
        let Some(found) = found else {
            return false;
        };
        (value, parts) = (found, &parts[steps..]);
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
    followed(tree, parts, 0).is_some_and(|name| {
        let look = |found: Option<Seen<'_>>| {
            found.is_some_and(|found| push_scalar(found, tree, &parts[1..], out))
        };
        value.member(name, look).unwrap_or(false)
    })
}
