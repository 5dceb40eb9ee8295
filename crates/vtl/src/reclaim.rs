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

/// Drops the contents of a collection that is going away; `values` are the same contents one by one.
pub(crate) fn release<T, V: Iterator<Item = Value>>(contents: T, values: impl FnOnce(T) -> V) {
    // While the thread ends its queue may be gone; the contents then drop where they are.
    let Ok(depth) = DEPTH.try_with(|depth| depth.replace(depth.get() + 1)) else {
        return drop(contents);
    };
    if depth < RECURSION {
        drop(contents);
    } else {
        let nested = values(contents).filter(Value::is_container);
        let _ = QUEUE.try_with(|queue| queue.borrow_mut().extend(nested));
    }
    if depth == 0 {
        while let Ok(Some(value)) = QUEUE.try_with(|queue| queue.borrow_mut().pop()) {
            drop(value);
        }
    }
    let _ = DEPTH.try_with(|current| current.set(depth));
}
