//! The lists and maps of a document: as handles that templates hold, and looked at where they stand.

use std::rc::Rc;

use super::{Document, Node, Part};
use crate::list::List;
use crate::map::{Map, Order};
use crate::table::{SCANNED, Table};
use crate::value::Value;

/// A list or a map of a document.
pub(crate) struct Branch {
    pub(super) document: Rc<Document>,
    pub(super) part: Part,
}

impl Branch {
    pub(crate) fn len(&self) -> usize {
        self.part.0.len()
    }

    /// Whether members are found by looking at all of them; for others a table is worth its cost.
    #[inline]
    pub(crate) fn is_scanned(&self) -> bool {
        self.part.0.len() <= SCANNED
    }

    /// Whether its maps are walked as they are written.
    pub(crate) fn is_in_order(&self) -> bool {
        self.document.maps.order == Order::Insertion
    }

    pub(crate) fn see(&self) -> SeenBranch<'_> {
        SeenBranch { document: &self.document, part: self.part }
    }

    /// The keys and values, of which collections are branches again, unless they were taken out
    /// before.
    pub(crate) fn table(&self, taken: impl Fn(usize) -> Option<Value>) -> Table {
        let members = self.document.members(self.part).iter().enumerate();
        Table::of_distinct(members.map(|(at, (key, value))| {
            let key = Value::from(self.document.texts.get(*key));
            (key, taken(at).unwrap_or_else(|| self.value(*value)))
        }))
    }

    /// The value of the member at a place.
    pub(crate) fn member_at(&self, at: usize) -> Value {
        self.value(self.document.members(self.part)[at].1)
    }

    /// The elements, of which collections are branches again.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.document.items(self.part).iter().map(|node| self.value(*node)).collect()
    }

    fn value(&self, node: Node) -> Value {
        let branch = |part| Branch { document: Rc::clone(&self.document), part };
        match node {
            Node::Value(at) => self.document.values[at.0 as usize].clone(),
            Node::Text(text) => Value::from(self.document.texts.get(text)),
            Node::List(part) => branch(part).into_list(),
            Node::Map(part) => branch(part).into_map(),
        }
    }

    pub(super) fn into_list(self) -> Value {
        Value::List(List::branch(self.document.lists, self))
    }

    pub(super) fn into_map(self) -> Value {
        Value::Map(Map::branch(self.document.maps, self))
    }
}

/// A value that is looked at where it stands: a made one, or one of a document.
#[derive(Clone, Copy)]
pub(crate) enum Seen<'a> {
    Value(&'a Value),
    Text(&'a Document, &'a str),
    List(SeenBranch<'a>),
    Map(SeenBranch<'a>),
}

/// A list or a map of a document that is looked at where it stands.
#[derive(Clone, Copy)]
pub(crate) struct SeenBranch<'a> {
    pub(super) document: &'a Document,
    pub(super) part: Part,
}

impl<'a> SeenBranch<'a> {
    #[inline(always)]
    pub(crate) fn member(self, key: &str) -> Option<Seen<'a>> {
        let found = self.document.find(self.part, key);
        found.map(|node| self.document.see(node))
    }

    /// The place of the member under a key.
    pub(crate) fn position(self, key: &str) -> Option<usize> {
        let mut members = self.document.members(self.part).iter();
        members.position(|(name, _)| self.document.texts.is(*name, key.as_bytes()))
    }

    /// The member at a place.
    pub(crate) fn member_at(self, at: usize) -> Option<Seen<'a>> {
        let member = self.document.members(self.part).get(at);
        member.map(|(_, value)| self.document.see(*value))
    }

    pub(crate) fn item(self, at: usize) -> Option<Seen<'a>> {
        self.document.items(self.part).get(at).map(|node| self.document.see(*node))
    }

    pub(crate) fn items(self) -> impl Iterator<Item = Seen<'a>> {
        self.document.items(self.part).iter().map(move |node| self.document.see(*node))
    }

    pub(crate) fn members(self) -> impl Iterator<Item = (&'a str, Seen<'a>)> {
        let members = self.document.members(self.part).iter();
        members.map(move |(key, value)| (self.document.texts.get(*key), self.document.see(*value)))
    }
}

impl<'a> Seen<'a> {
    /// Follows names, of which the function gives one after another, through maps that are as their
    /// document has them, and small. Returns what the last name leads to, which may be nothing, and
    /// how many names that took; `None` if this is no such map. Nothing is borrowed, so that paths
    /// through documents are followed in a loop.
    #[inline(always)]
    pub(crate) fn follow<'n>(
        self,
        name: impl Fn(usize) -> Option<&'n str>,
    ) -> Option<(Option<Seen<'a>>, usize)> {
        let SeenBranch { document, part } = match self {
            Seen::Map(branch) => branch,
            Seen::Value(Value::Map(map)) => map.unmade()?.see(),
            _ => return None,
        };
        let (mut node, mut done) = (Node::Map(part), 0);
        while let Node::Map(part) = node
            && part.0.len() <= SCANNED
            && let Some(name) = name(done)
        {
            done += 1;
            match document.find(part, name) {
                Some(member) => node = member,
                None => return Some((None, done)),
            }
        }
        (done > 0).then(|| (Some(document.see(node)), done))
    }

    /// Hands the member under a key to a function; `None` if this is no map, or a large one of a
    /// document, which is no good at finding members.
    #[inline]
    pub(crate) fn member<T>(
        self,
        key: &str,
        look: impl FnOnce(Option<Seen<'_>>) -> T,
    ) -> Option<T> {
        match self {
            Seen::Value(Value::Map(map)) => Some(map.see(key, look)),
            Seen::Map(branch) if branch.part.0.len() <= SCANNED => Some(look(branch.member(key))),
            _ => None,
        }
    }

    /// A copy, unless that would have to be one that others share.
    #[inline]
    pub(crate) fn copied(self) -> Option<Value> {
        match self {
            Seen::Value(value) => Some(value.clone()),
            Seen::Text(document, text) => {
                document.copies.set(document.copies.get().checked_sub(text.len())?);
                Some(Value::from(text))
            }
            Seen::List(..) | Seen::Map(..) => None,
        }
    }
}
