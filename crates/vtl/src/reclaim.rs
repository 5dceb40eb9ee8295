//! Frees collections that counting references would not free, or not safely: those that hold
//! themselves, and those that are nested deep.
//!
//! A template can nest lists a million deep, one `#set` at a time. Dropped naively, each level would
//! take a stack frame and the process would die. So only some levels are dropped where they are;
//! what is deeper goes to a queue of the thread, which the outermost drop works off.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::rc::Rc;

use crate::value::Value;

/// How many levels are dropped where they are.
const RECURSION: u32 = 32;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static QUEUE: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
    static NESTED: RefCell<Option<Vec<Value>>> = const { RefCell::new(None) };
}

/// Empties, when it is dropped, the collections that templates have nested meanwhile on its thread.
///
/// A template can put a map into itself, and nothing would ever free it. A host that renders the
/// templates of others holds one of these around a rendering and all that it reads of the outcome.
/// Collections that shall outlive it must not be handed to the template.
#[derive(Debug)]
pub struct Cleanup {
    outer: Option<Vec<Value>>,
    /// It belongs to its thread.
    thread: PhantomData<Rc<()>>,
}

impl Cleanup {
    /// Begins to remember collections.
    #[must_use = "it ends when it is dropped"]
    pub fn begin() -> Self {
        let outer = NESTED.with(|nested| nested.replace(Some(Vec::new())));
        Cleanup { outer, thread: PhantomData }
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        let outer = self.outer.take();
        let nested = NESTED.try_with(|nested| nested.replace(outer)).ok().flatten();
        for collection in nested.into_iter().flatten() {
            match collection {
                Value::List(list) => drop(list.change(std::mem::take)),
                Value::Map(map) => map.clear(),
                _ => {}
            }
        }
    }
}

/// Remembers a collection that may now hold itself; `noted` is its mark that this has been done.
pub(crate) fn note(noted: &Cell<bool>, collection: impl FnOnce() -> Value) {
    if !noted.get() {
        let _ = NESTED.try_with(|nested| {
            if let Some(nested) = nested.borrow_mut().as_mut() {
                nested.push(collection());
                noted.set(true);
            }
        });
    }
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
