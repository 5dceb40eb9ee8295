//! Java's lists and arrays: a shared vector and what kind of list it stands for.
//!
//! The vector of a list that was read from a document is made when it is needed.

use std::cell::{Cell, OnceCell, Ref, RefCell};
use std::rc::Rc;

use crate::document::{Branch, Seen};

use crate::reclaim;
use crate::value::Value;

/// Which Java class a [`List`] stands for. It decides how it prints and what it lets a template do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKind {
    /// `java.util.ArrayList`: prints as `[1, a]`.
    ArrayList,
    /// json-smart's `JSONArray`: prints as JSON, `[1,"a"]`, with `/` as `\/`.
    JsonArray,
    /// A `String[]`: fixed length; prints, as Java's arrays do, with its class and an address.
    StringArray,
    /// An `Object[]`.
    ObjectArray,
    /// A `char[]`.
    CharArray,
    /// A `byte[]`.
    ByteArray,
    /// A list that throws `UnsupportedOperationException` when it is written to.
    Immutable,
}

/// A handle to a shared list. Copies of the handle see each other's changes.
#[derive(Clone)]
pub struct List {
    data: Rc<Data>,
}

struct Data {
    kind: ListKind,
    /// Counts changes of length, as Java's `modCount` does, so that a loop notices them.
    changes: Cell<u32>,
    /// Whether it is to be emptied at the end, because it may hold itself.
    noted: Cell<bool>,
    /// What it is in its document, if it comes from one.
    branch: Option<Branch>,
    items: OnceCell<RefCell<Vec<Value>>>,
}

impl ListKind {
    /// Whether it is an array, which keeps its length and which Velocity wraps in a list.
    pub(crate) fn is_array(self) -> bool {
        !matches!(self, ListKind::ArrayList | ListKind::JsonArray | ListKind::Immutable)
    }

    /// The name of the Java class.
    pub(crate) fn class_name(self) -> &'static str {
        match self {
            ListKind::ArrayList => "java.util.ArrayList",
            ListKind::JsonArray => "net.minidev.json.JSONArray",
            ListKind::StringArray => "[Ljava.lang.String;",
            ListKind::ObjectArray => "[Ljava.lang.Object;",
            ListKind::CharArray => "[C",
            ListKind::ByteArray => "[B",
            ListKind::Immutable => "java.util.ImmutableCollections$ListN",
        }
    }
}

impl List {
    /// A list of the given kind.
    pub fn new(kind: ListKind, items: Vec<Value>) -> Self {
        let items = OnceCell::from(RefCell::new(items));
        List::of(kind, None, items)
    }

    /// A list of a document.
    pub(crate) fn branch(kind: ListKind, branch: Branch) -> Self {
        List::of(kind, Some(branch), OnceCell::new())
    }

    fn of(kind: ListKind, branch: Option<Branch>, items: OnceCell<RefCell<Vec<Value>>>) -> Self {
        let (changes, noted) = (Cell::new(0), Cell::new(false));
        List { data: Rc::new(Data { kind, changes, noted, branch, items }) }
    }

    /// The list as its document has it, as long as that is all there is to it.
    #[inline]
    pub(crate) fn unmade(&self) -> Option<&Branch> {
        match self.data.items.get() {
            Some(_) => None,
            None => self.data.branch.as_ref(),
        }
    }

    fn made(&self) -> &RefCell<Vec<Value>> {
        self.data.items.get_or_init(|| {
            RefCell::new(self.data.branch.as_ref().map(Branch::values).unwrap_or_default())
        })
    }

    /// An `ArrayList`.
    pub fn array_list(items: Vec<Value>) -> Self {
        List::new(ListKind::ArrayList, items)
    }

    /// A json-smart `JSONArray`.
    pub fn json_array(items: Vec<Value>) -> Self {
        List::new(ListKind::JsonArray, items)
    }

    /// Which Java class it stands for.
    pub fn kind(&self) -> ListKind {
        self.data.kind
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        self.unmade().map_or_else(|| self.made().borrow().len(), Branch::len)
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at `index`.
    pub fn get(&self, index: usize) -> Option<Value> {
        let copied =
            self.unmade().and_then(|branch| branch.see().item(index)).and_then(Seen::copied);
        copied.or_else(|| self.made().borrow().get(index).cloned())
    }

    /// The elements, for reading. Changing the list while this is held panics.
    pub fn items(&self) -> Ref<'_, [Value]> {
        Ref::map(self.made().borrow(), Vec::as_slice)
    }

    /// A copy of the elements, for walking while the list may change.
    pub fn to_vec(&self) -> Vec<Value> {
        self.made().borrow().clone()
    }

    /// Appends an element.
    pub fn push(&self, value: Value) {
        self.note(&value);
        self.change(|items| items.push(value));
    }

    /// Replaces the element at `index`, which must exist, and returns the old one.
    pub(crate) fn replace(&self, index: usize, value: Value) -> Option<Value> {
        self.note(&value);
        self.made().borrow_mut().get_mut(index).map(|slot| std::mem::replace(slot, value))
    }

    /// Changes the elements in a way that a running loop must notice.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        self.data.changes.set(self.data.changes.get().wrapping_add(1));
        change(&mut self.made().borrow_mut())
    }

    /// What may hold this list is put into it.
    pub(crate) fn note(&self, value: &Value) {
        if value.is_container() {
            reclaim::note(&self.data.noted, || Value::List(self.clone()));
        }
    }

    /// How often it has changed its length.
    pub(crate) fn changes(&self) -> u32 {
        self.data.changes.get()
    }

    /// Whether both handles mean the same list.
    pub fn is_same(&self, other: &List) -> bool {
        Rc::ptr_eq(&self.data, &other.data)
    }

    /// A number that tells this list from others, for printing arrays.
    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.data) as usize
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(items) = self.items.take().map(RefCell::into_inner)
            && items.iter().any(Value::is_container)
        {
            reclaim::release(items, Vec::into_iter);
        }
    }
}
