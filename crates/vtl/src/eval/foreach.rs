//! `#foreach`.

use super::expression::Range;
use super::scope::Scope;
use super::{Exit, Pin, Run};
use crate::ast::{Expr, ExprKind, Foreach};
use crate::error::ErrorKind;
use crate::list::List;
use crate::map::Map;
use crate::methods::views::View;
use crate::tree::Variable;
use crate::value::Value;

/// What a loop walks and how far it is.
enum Walk {
    /// Whole numbers, without a list of them.
    Range(Range),
    /// A list that is looked at while it may change.
    Live { list: List, at: usize, changes: u32 },
    /// The values of a map, which may be replaced but not become more or fewer meanwhile.
    Values { map: Map, keys: std::vec::IntoIter<Value>, changes: u32 },
    /// Elements copied at the start; if they come from a map, it may not change meanwhile.
    Copied { items: std::vec::IntoIter<Value>, source: Option<(Map, u32)> },
}

impl Walk {
    fn over_map(map: &Map, items: Vec<Value>) -> Walk {
        Walk::Copied { items: items.into_iter(), source: Some((map.clone(), map.changes())) }
    }

    fn over_values(map: &Map) -> Walk {
        let keys: Vec<Value> = map.to_vec().into_iter().map(|(key, _)| key).collect();
        Walk::Values { map: map.clone(), keys: keys.into_iter(), changes: map.changes() }
    }

    fn has_next(&self) -> bool {
        match self {
            Walk::Values { keys, .. } => !keys.as_slice().is_empty(),
            Walk::Range(range) => range.left > 0,
            Walk::Live { list, at, .. } => *at != list.len(),
            Walk::Copied { items, .. } => !items.as_slice().is_empty(),
        }
    }

    /// The next element; `None` if what is walked has changed.
    fn next(&mut self) -> Option<Value> {
        match self {
            Walk::Range(range) => range.next().map(Value::Int),
            Walk::Live { list, at, changes } => {
                if list.changes() != *changes {
                    return None;
                }
                *at += 1;
                list.get(*at - 1)
            }
            Walk::Values { map, keys, changes } => {
                let key = keys.next().filter(|_| map.changes() == *changes)?;
                Some(map.get_value(&key).unwrap_or_default())
            }
            Walk::Copied { items, source } => match source {
                Some((map, changes)) if map.changes() != *changes => None,
                _ => items.next(),
            },
        }
    }
}

impl Run {
    /// Not inlined: the loop over a block's statements is faster with the registers for itself.
    #[inline(never)]
    pub(super) fn foreach(&self, node: &Foreach, out: &mut String) -> Result<(), Exit> {
        let source = &self.tree()[node.source];
        let Some(mut walk) = self.walk(source)? else {
            return Ok(());
        };
        let slots = self.loop_slots;
        let number = self.loops.get();
        self.loops.set(number + 1);
        let old = self.get(node.variable);
        let old_count = slots.count.map(|slot| self.get(slot));
        let old_next = slots.has_next.map(|slot| self.get(slot));
        let scope = slots.scope.map(|slot| {
            let scope = Scope::new(number, self.get(slot));
            self.set(slot, Value::Object(scope.clone()));
            scope
        });
        let result = self.deeper(node.span, |run| {
            let mut count = 0;
            let mut is_pinned = true;
            while count < run.meter.limits().iterations && walk.has_next() {
                run.spend(node.span)?;
                count += 1;
                if let Some(slot) = slots.count {
                    run.set(slot, Value::Int(count as i32));
                }
                let Some(item) = walk.next() else {
                    return Err(run.error(ErrorKind::ChangedWhileIterating, source.span));
                };
                let has_next = walk.has_next();
                if let Some(slot) = slots.has_next {
                    run.set(slot, Value::Bool(has_next));
                }
                let is_null = item.is_null();
                drop(run.set(node.variable, item));
                if is_null {
                    run.pin(node.variable, true);
                    let pin = Pin { variable: node.variable, active: is_pinned };
                    run.pinned.borrow_mut().push(pin);
                }
                if let Some(scope) = &scope {
                    scope.advance(has_next);
                }
                let result = run.block(node.body, out);
                if is_null && let Some(pin) = run.pinned.borrow_mut().pop() {
                    // Once removed, it is not pinned again by the nulls that follow.
                    is_pinned = pin.active;
                }
                match result {
                    Err(Exit::Break(None)) => break,
                    Err(Exit::Break(Some(target))) if target == number => break,
                    other => other?,
                }
            }
            Ok(())
        });
        if old.is_null() {
            // Velocity removes the variable, and with it what kept it null in a loop around this.
            self.pin(node.variable, false);
        }
        drop(self.set(node.variable, old));
        for (slot, value) in [(slots.count, old_count), (slots.has_next, old_next)] {
            if let (Some(slot), Some(value)) = (slot, value) {
                self.set(slot, value);
            }
        }
        if let Some(slot) = slots.scope
            && let Some(outer) = super::scope::outer(&self.get(slot))
        {
            self.set(slot, outer);
        }
        result
    }

    /// Loops around this that are at a null, and whose variable this is, pin it or no longer do.
    fn pin(&self, variable: Variable, active: bool) {
        for pin in self.pinned.borrow_mut().iter_mut().filter(|pin| pin.variable == variable) {
            pin.active = active;
        }
    }

    /// `None` if the value cannot be iterated, which Velocity ignores.
    fn walk(&self, source: &Expr) -> Result<Option<Walk>, Exit> {
        let span = source.span;
        if let ExprKind::Range(from, to) = source.kind {
            return Ok(self.range(from, to, span)?.map(Walk::Range));
        }
        let source = self.value(source)?;
        let copied = |items: Vec<Value>| Walk::Copied { items: items.into_iter(), source: None };
        Ok(match source {
            Value::List(list) if list.kind().is_array() => Some(copied(list.to_vec())),
            Value::List(list) => {
                let changes = list.changes();
                Some(Walk::Live { list, at: 0, changes })
            }
            Value::Map(map) => {
                self.made(map.len() * size_of::<Value>(), span)?;
                Some(Walk::over_values(&map))
            }
            Value::Object(object) => {
                if let Some(map) = View::values_of(&object) {
                    return Ok(Some(Walk::over_values(map)));
                }
                let items = object.items(&self.meter).map_err(|fault| self.failed(fault, span))?;
                match (items, View::map_of(&object)) {
                    (Some(items), Some(map)) => Some(Walk::over_map(map, items)),
                    (Some(items), None) => Some(copied(items)),
                    (None, _) => None,
                }
            }
            _ => None,
        })
    }
}
