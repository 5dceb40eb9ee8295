//! Java's maps: a shared ordered table and what kind of map it stands for.
//!
//! The table of a map that was read from a document is made when it is needed.

use std::cell::{Cell, OnceCell, Ref, RefCell, RefMut};
use std::rc::Rc;

use crate::document::{Branch, Seen, SeenBranch};
use crate::reclaim;
use crate::table::Table;
use crate::value::Value;

/// In which order a [`Map`] is walked and how it prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MapKind {
    /// The order of its entries.
    pub order: Order,
    /// What `toString()` gives.
    pub print: Print,
}

/// The order of a map's entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `java.util.LinkedHashMap`: as they were put in.
    Insertion,
    /// `java.util.HashMap`: by the keys' hash codes, as Java's table lays them out.
    Hash,
}

/// What a map prints as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Print {
    /// `{a=1, b=two}`
    Entries,
    /// Nothing, as API Gateway prints the maps of `$context`.
    Nothing,
}

impl MapKind {
    /// `java.util.LinkedHashMap`.
    pub const LINKED: MapKind = MapKind { order: Order::Insertion, print: Print::Entries };
    /// `java.util.HashMap`.
    pub const HASH: MapKind = MapKind { order: Order::Hash, print: Print::Entries };
}

/// A handle to a shared map. Copies of the handle see each other's changes.
#[derive(Clone)]
pub struct Map {
    data: Rc<Data>,
}

struct Data {
    kind: MapKind,
    /// Counts changes of size, as Java's `modCount` does, so that a loop notices them.
    changes: Cell<u32>,
    /// Whether it is to be emptied at the end, because it may hold itself.
    noted: Cell<bool>,
    /// What it is in its document, if it comes from one.
    branch: Option<Branch>,
    /// The collections that were taken out of it while it was no table, by the places of its
    /// members in the document: they are the same ones the next time.
    taken: OnceCell<Box<[OnceCell<Value>]>>,
    table: OnceCell<RefCell<Table>>,
}

impl Map {
    /// An empty map of the given kind.
    pub fn new(kind: MapKind) -> Self {
        Map::holding(kind, Table::default())
    }

    fn holding(kind: MapKind, table: Table) -> Self {
        let table = OnceCell::from(RefCell::new(table));
        Map::of(kind, None, table)
    }

    /// A map of a document.
    pub(crate) fn branch(kind: MapKind, branch: Branch) -> Self {
        Map::of(kind, Some(branch), OnceCell::new())
    }

    fn of(kind: MapKind, branch: Option<Branch>, table: OnceCell<RefCell<Table>>) -> Self {
        let (changes, noted) = (Cell::new(0), Cell::new(false));
        let taken = OnceCell::new();
        Map { data: Rc::new(Data { kind, changes, noted, branch, taken, table }) }
    }

    /// The map as its document has it, as long as that is all there is to it.
    #[inline]
    pub(crate) fn unmade(&self) -> Option<&Branch> {
        self.scanned().filter(|_| self.data.taken.get().is_none())
    }

    /// The map as its document has it, but for what was taken out of it.
    #[inline]
    fn scanned(&self) -> Option<&Branch> {
        match self.data.table.get() {
            Some(_) => None,
            None => self.data.branch.as_ref(),
        }
    }

    fn made(&self) -> &RefCell<Table> {
        self.data.table.get_or_init(|| {
            let taken = |at: usize| self.data.taken.get()?[at].get().cloned();
            let branch = self.data.branch.as_ref();
            RefCell::new(branch.map(|branch| branch.table(taken)).unwrap_or_default())
        })
    }

    /// The collection under a key, which from now on is the same one each time; `None` if only a
    /// table can give what is there.
    fn take(&self, key: &str) -> Option<Value> {
        let branch = self.scanned().filter(|branch| branch.is_scanned())?;
        let at = branch.see().position(key)?;
        let none = || vec![OnceCell::new(); branch.len()].into_boxed_slice();
        let taken = self.data.taken.get_or_init(none)[at].get_or_init(|| branch.member_at(at));
        Some(taken.clone())
    }

    fn table(&self) -> Ref<'_, Table> {
        self.made().borrow()
    }

    fn table_mut(&self) -> RefMut<'_, Table> {
        self.made().borrow_mut()
    }

    /// An empty `LinkedHashMap`.
    pub fn linked() -> Self {
        Map::new(MapKind::LINKED)
    }

    /// A `LinkedHashMap` of string keys; a repeated key keeps its place and takes the last value.
    pub fn from_entries<K: Into<Value>>(entries: impl IntoIterator<Item = (K, Value)>) -> Self {
        let entries = entries.into_iter();
        let mut table = Table::with_capacity(entries.size_hint().0);
        for (key, value) in entries {
            table.insert(key.into(), value);
        }
        Map::holding(MapKind::LINKED, table)
    }

    /// Hands the value under a string key to a function, without copying it. The function must not
    /// change the map.
    #[inline]
    pub(crate) fn see<T>(&self, key: &str, look: impl FnOnce(Option<Seen<'_>>) -> T) -> T {
        match self.scanned() {
            Some(branch) if branch.is_scanned() => look(match self.data.taken.get() {
                None => branch.see().member(key),
                Some(taken) => see_taken(branch.see(), taken, key),
            }),
            _ => look(self.table().get_str(key).map(Seen::Value)),
        }
    }

    /// Whether it is as its document has it: nothing was written to it, nor any collection taken out
    /// of it.
    pub fn is_untouched(&self) -> bool {
        self.unmade().is_some()
    }

    /// Its kind.
    pub fn kind(&self) -> MapKind {
        self.data.kind
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.scanned().map_or_else(|| self.table().len(), Branch::len)
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value under a string key; `None` if there is no such key.
    pub fn get(&self, key: &str) -> Option<Value> {
        let copied = self.see(key, |found| match found {
            Some(found) => found.copied().map(Some),
            None => Some(None),
        });
        let made = || self.take(key).or_else(|| self.table().get_str(key).cloned());
        copied.unwrap_or_else(made)
    }

    /// The value under any key, compared as Java's `equals` compares.
    pub fn get_value(&self, key: &Value) -> Option<Value> {
        match key {
            Value::String(key) => self.get(key),
            other => self.table().get(other).cloned(),
        }
    }

    /// Puts a value under a key and returns the one that was there.
    pub fn insert(&self, key: impl Into<Value>, value: Value) -> Option<Value> {
        let key = key.into();
        if value.is_container() || key.is_container() {
            reclaim::note(&self.data.noted, || Value::Map(self.clone()));
        }
        // A key may be the map itself, or a view of it, so nothing is changed while keys are compared.
        let at = self.table().position(&key);
        let mut table = self.table_mut();
        let before = table.len();
        let old = table.put(at, key, value);
        if table.len() != before {
            self.touch();
        }
        old
    }

    /// Removes a key and returns its value.
    pub fn remove(&self, key: &Value) -> Option<Value> {
        let at = self.table().position(key)?;
        let old = self.table_mut().remove(at);
        self.touch();
        Some(old)
    }

    /// Removes everything.
    pub fn clear(&self) {
        let old = std::mem::take(&mut *self.table_mut());
        self.touch();
        drop(old);
    }

    /// The entries in the order in which they were put in, for reading. Changing the map while this
    /// is held panics.
    pub fn entries(&self) -> Ref<'_, [(Value, Value)]> {
        Ref::map(self.table(), Table::entries)
    }

    /// The entry at a place of the order in which they were put in.
    pub(crate) fn entry(&self, at: usize) -> Option<(Value, Value)> {
        self.table().entries().get(at).cloned()
    }

    /// A copy of the entries in the order in which Java walks this kind of map.
    pub fn to_vec(&self) -> Vec<(Value, Value)> {
        let table = self.table();
        match self.data.kind.order {
            Order::Insertion => table.entries().to_vec(),
            Order::Hash => table.in_hash_order(),
        }
    }

    /// Whether both handles mean the same map.
    pub fn is_same(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.data, &other.data)
    }

    /// How often its size has changed.
    pub(crate) fn changes(&self) -> u32 {
        self.data.changes.get()
    }

    fn touch(&self) {
        self.data.changes.set(self.data.changes.get().wrapping_add(1));
    }
}

/// The value under a key, of which some were taken out before.
#[inline(never)]
fn see_taken<'a>(
    branch: SeenBranch<'a>,
    taken: &'a [OnceCell<Value>],
    key: &str,
) -> Option<Seen<'a>> {
    let at = branch.position(key)?;
    taken[at].get().map(Seen::Value).or_else(|| branch.member_at(at))
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(taken) = self.taken.take() {
            let values =
                |taken: Box<[OnceCell<Value>]>| taken.into_iter().filter_map(OnceCell::into_inner);
            reclaim::release(taken, values);
        }
        if let Some(table) = self.table.take().map(RefCell::into_inner)
            && table.is_nested()
        {
            reclaim::release(table, Table::into_values);
        }
    }
}
