//! Frees nested collections without recursion.
//!
//! A template can nest lists a million deep, one `#set` at a time. Dropped naively, each level would
//! take a stack frame and the process would die. So a collection that is dropped hands its elements
//! to a queue of its thread; whoever is first in works the queue off.

use std::cell::{Cell, RefCell};

use crate::value::Value;

thread_local! {
    static QUEUE: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    static WORKING: Cell<bool> = const { Cell::new(false) };
}

/// Drops the elements of a collection that is going away.
pub(crate) fn release(items: impl Iterator<Item = Value>) {
    let mut nested = items.filter(Value::is_container).peekable();
    if nested.peek().is_none() {
        return;
    }
    // While the thread ends its queue may be gone; the elements then drop where they are.
    let _ = QUEUE.try_with(|queue| queue.borrow_mut().extend(nested));
    let idle = WORKING
        .try_with(|working| !working.replace(true))
        .unwrap_or(false);
    if !idle {
        return;
    }
    while let Ok(Some(value)) = QUEUE.try_with(|queue| queue.borrow_mut().pop()) {
        drop(value);
    }
    let _ = WORKING.try_with(|working| working.set(false));
}
