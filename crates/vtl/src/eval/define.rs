//! Blocks of `#define`: values that render themselves where they are printed.

use std::any::Any;
use std::cell::Cell;
use std::rc::Weak;
use std::sync::Arc;

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
    body: Arc<Block>,
    span: Span,
    depth: Cell<u32>,
    run: Weak<Run>,
}

impl Run {
    pub(super) fn defined(&self, node: &Define) -> Value {
        Value::object(Defined {
            body: Arc::clone(&node.body),
            span: node.span,
            depth: Cell::new(0),
            run: self.this.clone(),
        })
    }

    pub(super) fn as_defined<'v>(&self, value: &'v Value) -> Option<&'v Defined> {
        let Value::Object(object) = value else {
            return None;
        };
        let object: &dyn Any = &**object;
        object.downcast_ref()
    }

    /// Renders the block; `false` if it is too deep inside itself.
    pub(super) fn render_defined(&self, block: &Defined, out: &mut String) -> Result<bool, Exit> {
        if block.depth.get() >= SELF_NESTING {
            return Ok(false);
        }
        block.depth.set(block.depth.get() + 1);
        let result = self.deeper(block.span, |run| run.block(&block.body, out));
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

impl Object for Defined {
    fn class_name(&self) -> &str {
        "org.apache.velocity.runtime.directive.Block$Reference"
    }

    /// For lists and host objects that print the block; `null` if it is too deep inside itself.
    fn print(&self, out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        let Some(run) = self.run.upgrade() else {
            return Ok(());
        };
        match run.render_defined(self, out) {
            Ok(true) => Ok(()),
            Ok(false) => {
                out.push_str("null");
                Ok(())
            }
            Err(exit) => {
                run.pending.borrow_mut().replace(exit);
                Err(Fault::Interrupted)
            }
        }
    }
}
