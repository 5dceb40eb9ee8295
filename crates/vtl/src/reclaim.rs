//! Frees deeply nested collections without recursing as deep.
//!
//! A template can nest lists a million deep, one `#set` at a time. Dropped naively, each level would
//! take a stack frame and the process would die. So only some levels are dropped where they are;
//! what is deeper goes to a queue of the thread, which the outermost drop works off.

use std::cell::{Cell, RefCell};

use crate::value::Value;

/// How many levels are dropped where they are.
const RECURSION: u32 = 32;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static QUEUE: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// Drops the elements of a collection that is going away.
pub(crate) fn release(items: impl Iterator<Item = Value>) {
    // While the thread ends its queue may be gone; the elements then drop where they are.
    let Ok(depth) = DEPTH.try_with(|depth| depth.replace(depth.get() + 1)) else {
        return items.for_each(drop);
    };
    if depth < RECURSION {
        items.for_each(drop);
    } else {
        let nested = items.filter(Value::is_container);
        let _ = QUEUE.try_with(|queue| queue.borrow_mut().extend(nested));
    }
    if depth == 0 {
        while let Ok(Some(value)) = QUEUE.try_with(|queue| queue.borrow_mut().pop()) {
            drop(value);
        }
    }
    let _ = DEPTH.try_with(|current| current.set(depth));
}
