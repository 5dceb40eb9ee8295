//! Renders a parsed template.
//!
//! The state of a rendering is shared: a block of `#define` is a value that renders itself wherever
//! it is printed, even from inside a host's object. So the state is behind `Rc` and its variables
//! behind `RefCell`, borrowed only to copy a value in or out.

mod compare;
mod define;
mod expression;
mod foreach;
pub(crate) mod math;
mod reference;
mod scope;
mod statement;

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::ast::Span;
use crate::error::{Error, ErrorKind, Fault};
use crate::limits::Meter;
use crate::template::{Context, Inner, Missing, Settings};
use crate::tree::{Constant, Tree, Variable};
use crate::value::Value;

/// Why a rendering does not go on where it is.
#[derive(Debug)]
pub(crate) enum Exit {
    /// It has failed.
    Failed(Box<Error>),
    /// `#break`: the innermost loop or defined block ends, or the loop with this number.
    Break(Option<u64>),
    /// `#stop`: the template ends.
    Stop,
}

/// The state of one rendering.
pub(crate) struct Run {
    template: Arc<Inner>,
    /// The variables, by the numbers that the parser gave them; `Null` if unset.
    slots: RefCell<Vec<Value>>,
    /// The strings of the template that have been used.
    constants: Vec<OnceCell<Rc<str>>>,
    pub(crate) meter: Meter,
    scratch: RefCell<String>,
    missing: Missing,
    /// The variables of the loops that are at a null, the innermost last.
    pinned: RefCell<Vec<Pin>>,
    /// The variables that loops set, if the template mentions them.
    loop_slots: LoopSlots,
    /// How many loops have run: the number of the next.
    loops: std::cell::Cell<u64>,
    /// Why a block that was printed by a host's object did not finish.
    pending: RefCell<Option<Exit>>,
    /// For the blocks of `#define`, which keep a way back to the rendering.
    this: std::rc::Weak<Run>,
}

/// A variable of a loop that is at a null. It is null, whatever is assigned to it, until a loop inside
/// has used it and removes it.
struct Pin {
    variable: Variable,
    active: bool,
}

#[derive(Clone, Copy, Default)]
struct LoopSlots {
    scope: Option<Variable>,
    count: Option<Variable>,
    has_next: Option<Variable>,
}

pub(crate) fn render(
    template: &Arc<Inner>,
    context: &Context<'_>,
    settings: &Settings,
) -> Result<String, Error> {
    let mut loop_slots = LoopSlots::default();
    let tree = &template.tree;
    let mut slots = Vec::with_capacity(tree.variables.len());
    for (slot, name) in tree.variables().enumerate() {
        slots.push(context.get(name).cloned().unwrap_or_default());
        let variable = Some(Variable(slot as u32));
        match name {
            "foreach" => loop_slots.scope = variable,
            "velocityCount" => loop_slots.count = variable,
            "velocityHasNext" => loop_slots.has_next = variable,
            _ => {}
        }
    }
    let run = Rc::new_cyclic(|this| Run {
        template: Arc::clone(template),
        slots: RefCell::new(slots),
        constants: vec![OnceCell::new(); tree.constants.len()],
        meter: Meter::new(settings.limits.clone()),
        scratch: RefCell::default(),
        missing: settings.missing,
        pinned: RefCell::new(Vec::new()),
        loop_slots,
        loops: std::cell::Cell::new(0),
        pending: RefCell::new(None),
        this: this.clone(),
    });
    let mut out = String::with_capacity(template.last_length.load(Ordering::Relaxed));
    match run.block(tree.block, &mut out) {
        Ok(()) | Err(Exit::Break(_) | Exit::Stop) => {
            template.last_length.store(out.len(), Ordering::Relaxed);
            Ok(out)
        }
        Err(Exit::Failed(error)) => Err(*error),
    }
}

impl Run {
    #[inline]
    fn tree(&self) -> &Tree {
        &self.template.tree
    }

    fn get(&self, variable: Variable) -> Value {
        if self.is_pinned(variable) {
            return Value::Null;
        }
        self.slots.borrow()[variable.0 as usize].clone()
    }

    #[inline(always)]
    fn is_pinned(&self, variable: Variable) -> bool {
        let pinned = self.pinned.borrow();
        !pinned.is_empty() && pinned.iter().any(|pin| pin.active && pin.variable == variable)
    }

    fn constant(&self, constant: Constant) -> Rc<str> {
        let shared = &self.constants[constant.0 as usize];
        Rc::clone(shared.get_or_init(|| Rc::from(&self.tree()[constant])))
    }

    fn set(&self, variable: Variable, value: Value) -> Value {
        std::mem::replace(&mut self.slots.borrow_mut()[variable.0 as usize], value)
    }

    /// What takes the place of a missing value.
    fn missing(&self) -> Value {
        match self.missing {
            Missing::Empty => Value::from(""),
            Missing::Source => Value::Null,
        }
    }

    /// A fault at a place of the template.
    #[cold]
    fn failed(&self, fault: Fault, span: Span) -> Exit {
        let kind = match fault {
            Fault::Bound(bound) => ErrorKind::Bound(bound),
            Fault::Interrupted => match self.pending.borrow_mut().take() {
                Some(exit) => return exit,
                None => return Exit::Stop,
            },
            Fault::Thrown { .. } => {
                let member = self.tree().source_of(span);
                let member = member.lines().next().unwrap_or("").to_owned();
                ErrorKind::Failed { member, fault }
            }
        };
        self.error(kind, span)
    }

    #[cold]
    fn error(&self, kind: ErrorKind, span: Span) -> Exit {
        Exit::Failed(Box::new(Error::new(
            kind,
            &self.template.name,
            self.tree().source(),
            span,
            None,
        )))
    }

    #[inline]
    fn spend(&self, span: Span) -> Result<(), Exit> {
        self.meter.spend(1).map_err(|fault| self.failed(fault, span))
    }
}
