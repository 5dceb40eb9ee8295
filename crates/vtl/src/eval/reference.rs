//! What a reference evaluates to and how it is written to.
//!
//! Each step of each reference comes through here. What is inlined by force costs a tenth of a
//! rendering if it is called instead.

use super::{Exit, Run};
use crate::ast::{Expr, ExprKind, Form, Part, PartKind, Reference, Span};
use crate::document::Seen;
use crate::error::{ErrorKind, Fault};
use crate::methods;
use crate::tree::{One, Tree};
use crate::value::Value;

impl Run {
    /// The value of a reference; a missing one is what the settings say.
    pub(super) fn reference(&self, reference: &Reference) -> Result<Value, Exit> {
        self.spend(reference.span)?;
        if reference.form == Form::Bare {
            return Ok(Value::Null);
        }
        let tree = self.tree();
        let parts = &tree[reference.parts];
        let (mut value, done) = match self.is_pinned(reference.variable) {
            true => (Value::Null, 0),
            false => {
                let slots = self.slots.borrow();
                through_maps(&slots[reference.variable.0 as usize], tree, parts, 0)
            }
        };
        for part in &parts[done..] {
            if value.is_null() {
                return Ok(self.missing());
            }
            value = self.part(&value, part)?;
        }
        Ok(if value.is_null() { self.missing() } else { value })
    }

    #[inline(always)]
    fn part(&self, target: &Value, part: &Part) -> Result<Value, Exit> {
        let tree = self.tree();
        match part.kind {
            PartKind::Property(name) => methods::property(target, &tree[name], &self.meter)
                .map_err(|fault| self.failed(fault, part.span)),
            PartKind::Call(name, arguments) => {
                self.call(target, &tree[name], &tree[arguments], part.span)
            }
            PartKind::Index(key) => {
                let key = self.value(&tree[key])?;
                let key = self.counted_from_end(target, key, part.span)?;
                let result = methods::index(target, &key, &self.meter);
                result.map_err(|fault| self.failed(fault, part.span))
            }
        }
    }

    #[inline(always)]
    fn call(
        &self,
        target: &Value,
        name: &str,
        arguments: &[Expr],
        span: Span,
    ) -> Result<Value, Exit> {
        // Few methods take more than two arguments, so most calls need no vector.
        let result = match arguments {
            [] => methods::call(target, name, &[], &self.methods()),
            [one] => {
                let one = [self.value(one)?];
                methods::call(target, name, &one, &self.methods())
            }
            [one, two] => {
                let two = [self.argument(one)?, self.argument(two)?];
                methods::call(target, name, &two, &self.methods())
            }
            many => {
                let many =
                    many.iter().map(|expr| self.value(expr)).collect::<Result<Vec<_>, _>>()?;
                methods::call(target, name, &many, &self.methods())
            }
        };
        result.map(Option::unwrap_or_default).map_err(|fault| self.failed(fault, span))
    }

    /// The value of an argument, of which most are strings where there are two.
    #[inline(always)]
    fn argument(&self, expr: &Expr) -> Result<Value, Exit> {
        match expr.kind {
            ExprKind::String(constant) => Ok(Value::String(self.constant(constant))),
            _ => self.value(expr),
        }
    }

    fn methods(&self) -> methods::Call<'_> {
        methods::Call {
            meter: &self.meter,
            patterns: &self.template.patterns,
            scratch: &self.scratch,
        }
    }

    /// A negative index counts from the end.
    fn counted_from_end(&self, target: &Value, key: Value, span: Span) -> Result<Value, Exit> {
        let Value::Int(index) = key else {
            return Ok(key);
        };
        if index >= 0 {
            return Ok(key);
        }
        let size = methods::call(target, "size", &[], &self.methods());
        match size.map_err(|fault| self.failed(fault, span))? {
            Some(Value::Int(size)) => Ok(Value::Int(size.wrapping_add(index))),
            _ => {
                let message =
                    format!("a negative index such as {index} needs a value with a size()");
                Err(self.failed(Fault::thrown("VelocityException", message), span))
            }
        }
    }

    /// `#set($a.b.c = value)`: everything but the last part is read, the last one is written.
    pub(super) fn assign_part(&self, target: &Reference, value: Value) -> Result<(), Exit> {
        let tree = self.tree();
        let Some((last, front)) = tree[target.parts].split_last() else {
            return Ok(());
        };
        let mut holder = self.get(target.variable);
        for part in front {
            if holder.is_null() {
                return Ok(());
            }
            holder = self.part(&holder, part)?;
        }
        if holder.is_null() {
            return Ok(());
        }
        let result = match last.kind {
            PartKind::Property(name) | PartKind::Call(name, _) => {
                methods::set_property(&holder, &tree[name], &value, &self.meter)
            }
            PartKind::Index(key) => {
                let key = self.value(&tree[key])?;
                let key = self.counted_from_end(&holder, key, last.span)?;
                methods::set_index(&holder, &key, &value, &self.methods())
            }
        };
        result.map_err(|fault| self.failed(fault, last.span))
    }

    /// `#break`, with or without the scope of a loop.
    pub(super) fn break_out(&self, scope: Option<One<Expr>>, span: Span) -> Result<Exit, Exit> {
        let Some(scope) = scope else {
            return Ok(Exit::Break(None));
        };
        match super::scope::number(&self.value(&self.tree()[scope])?) {
            Some(number) => Ok(Exit::Break(Some(number))),
            None => {
                let kind = ErrorKind::Directive {
                    directive: "break",
                    problem: "takes the scope of a loop, such as $foreach",
                };
                Err(self.error(kind, span))
            }
        }
    }
}

/// How many maps are followed without copying a handle to each.
pub(super) const FOLLOWED: usize = 8;

/// Follows properties of maps; returns where that ends and how many parts it took.
#[inline(always)]
fn through_maps(value: &Value, tree: &Tree, parts: &[Part], done: usize) -> (Value, usize) {
    match (value, followed(tree, parts, done)) {
        (Value::Map(map), Some(name)) => through(Seen::Value(value), tree, parts, done)
            .unwrap_or_else(|| (map.get(name).unwrap_or_default(), done + 1)),
        _ => (value.clone(), done),
    }
}

/// As [`through_maps`], from a place in a map; `None` if what is there cannot be copied.
#[inline(always)]
fn through(
    mut found: Seen<'_>,
    tree: &Tree,
    parts: &[Part],
    mut done: usize,
) -> Option<(Value, usize)> {
    while let Some(name) = followed(tree, parts, done) {
        match found.follow(|at| followed(tree, parts, done + at)) {
            Some((Some(member), steps)) => (found, done) = (member, done + steps),
            Some((None, steps)) => return Some((Value::Null, done + steps)),
            None if matches!(found, Seen::Value(Value::Map(_)) | Seen::Map(_)) => {
                return through_made(found, name, tree, parts, done + 1);
            }
            None => break,
        }
    }
    found.copied().map(|value| (value, done))
}

/// As [`through`], by way of a map that is borrowed while it is looked into.
#[inline(never)]
fn through_made(
    map: Seen<'_>,
    name: &str,
    tree: &Tree,
    parts: &[Part],
    done: usize,
) -> Option<(Value, usize)> {
    let member = map.member(name, |member| match member {
        Some(member) => through(member, tree, parts, done),
        None => Some((Value::Null, done)),
    });
    member.flatten()
}

/// The property that a part asks for, if maps may be followed as far as that.
#[inline(always)]
pub(super) fn followed<'t>(tree: &'t Tree, parts: &[Part], done: usize) -> Option<&'t str> {
    let PartKind::Property(name) = parts.get(done)?.kind else {
        return None;
    };
    let name = &tree[name];
    (done < FOLLOWED && !methods::is_class(name)).then_some(name)
}
