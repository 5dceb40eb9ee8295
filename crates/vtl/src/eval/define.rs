//! Blocks of `#define`: values that render themselves where they are printed.

use std::any::Any;
use std::cell::Cell;
use std::rc::Weak;

use super::{Exit, Run};
use crate::ast::{Block, Define, Span};
use crate::error::Fault;
use crate::limits::Meter;
use crate::object::Object;
use crate::value::Value;

/// How often a block may be inside itself; one level more prints as the reference's source.
const SELF_NESTING: u32 = 2;

/// The value of a `#define`.
pub(super) struct Defined {
    body: Block,
    span: Span,
    depth: Cell<u32>,
    run: Weak<Run>,
}

impl Run {
    pub(super) fn defined(&self, node: &Define) -> Value {
        Value::object(Defined {
            body: node.body,
            span: node.span,
            depth: Cell::new(0),
            run: self.this.clone(),
        })
    }

    /// A block of this rendering. What another one has left in a map that both were given is an
    /// object like any other.
    pub(super) fn as_defined<'v>(&self, value: &'v Value) -> Option<&'v Defined> {
        let Value::Object(object) = value else {
            return None;
        };
        let object: &dyn Any = &**object;
        object.downcast_ref().filter(|block: &&Defined| Weak::ptr_eq(&block.run, &self.this))
    }

    /// Renders the block; `false` if it is too deep inside itself.
    pub(super) fn render_defined(&self, block: &Defined, out: &mut String) -> Result<bool, Exit> {
        if block.depth.get() >= SELF_NESTING {
            return Ok(false);
        }
        block.depth.set(block.depth.get() + 1);
        let result = self.deeper(block.span, |run| run.block(block.body, out));
        match result {
            Ok(()) | Err(Exit::Break(None)) => {
                block.depth.set(block.depth.get() - 1);
                Ok(true)
            }
            // Velocity does not count back when a block is left early, either.
            Err(exit) => Err(exit),
        }
    }
}

impl Defined {
    /// As [`Run::render_defined`], from wherever the block is asked for its text. Behind its rendering
    /// there is nothing left of it.
    fn render(&self, out: &mut String) -> Result<bool, Fault> {
        let Some(run) = self.run.upgrade() else {
            return Ok(true);
        };
        run.render_defined(self, out).map_err(|exit| {
            run.pending.borrow_mut().replace(exit);
            Fault::Interrupted
        })
    }
}

impl Object for Defined {
    fn class_name(&self) -> &str {
        "org.apache.velocity.runtime.directive.Block$Reference"
    }

    /// `toString()`, which gives null if the block is too deep inside itself.
    fn call(
        &self,
        method: &str,
        arguments: &[Value],
        meter: &Meter,
    ) -> Result<Option<Value>, Fault> {
        if method != "toString" || !arguments.is_empty() {
            return Ok(None);
        }
        let mut text = String::new();
        let rendered = self.render(&mut text)?;
        meter.allocate(text.len())?;
        Ok(Some(if rendered { Value::from(text) } else { Value::Null }))
    }

    /// For lists and host objects that print the block; `null` if it is too deep inside itself.
    fn print(&self, out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        if !self.render(out)? {
            out.push_str("null");
        }
        Ok(())
    }
}
