//! Trees of values that were read from one text, and are kept in one piece while they are only read.
//!
//! A body holds thousands of values of which a template looks at some. So a document is a few
//! vectors, and its maps and lists are places in them. A collection that is handed to a template is
//! a handle to such a place; it becomes a table or a vector of its own when something has to be
//! shared or changed: when a template writes to it, or takes a collection out of it, which must be
//! the same one the next time.

use std::cell::Cell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use crate::list::{List, ListKind};
use crate::map::{Map, MapKind, Order};
use crate::table::{SCANNED, Table};
use crate::value::Value;

/// Room for what is no part of the source, once there is any.
const FIRST_UNESCAPED: usize = 1024;

/// Room for the members of a small document.
const FIRST_MEMBERS: usize = 64;

/// A tree of values in one piece. It is built from the leaves up.
pub struct Document {
    maps: MapKind,
    lists: ListKind,
    texts: Texts,
    items: Vec<Node>,
    members: Vec<Member>,
    /// How many bytes of texts may still be copied to templates. A template that reads the same
    /// text again and again soon gets a shared one, so that it cannot hold more than twice the text
    /// that there is.
    copies: Cell<usize>,
}

/// One value of a [`Document`].
#[derive(Debug)]
pub enum Node {
    /// A value that is no part of the document: a number, a truth value, `null`.
    Value(Value),
    /// A string.
    Text(Text),
    /// A list.
    List(Part),
    /// A map.
    Map(Part),
}

/// The place of a string in a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Text {
    start: u32,
    end: u32,
}

/// The places of the elements of a list or the members of a map.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    start: u32,
    end: u32,
}

struct Member {
    key: Text,
    value: Node,
}

/// What strings are parts of: the text that was read, and behind it what was written in it with
/// escapes.
struct Texts {
    source: Arc<str>,
    unescaped: String,
}

impl Texts {
    fn end(&self) -> u32 {
        place(self.source.len() + self.unescaped.len())
    }

    /// Where more strings are written.
    fn more(&mut self) -> &mut String {
        if self.unescaped.capacity() == 0 {
            self.unescaped.reserve(FIRST_UNESCAPED.max(self.source.len() / 8));
        }
        &mut self.unescaped
    }

    #[inline]
    fn get(&self, text: Text) -> &str {
        let (within, start, end) = self.whole(text);
        &within[start..end]
    }

    #[inline]
    fn are_equal(&self, left: Text, right: Text) -> bool {
        left.end - left.start == right.end - right.start && self.bytes(left) == self.bytes(right)
    }

    #[inline]
    fn bytes(&self, text: Text) -> &[u8] {
        let (within, start, end) = self.whole(text);
        &within.as_bytes()[start..end]
    }

    /// Whether a string is this one. Most that are not differ in length or in their first byte.
    #[inline]
    fn is(&self, text: Text, other: &str) -> bool {
        let (length, other) = ((text.end - text.start) as usize, other.as_bytes());
        length == other.len() && {
            let text = self.bytes(text);
            text.first() == other.first() && text == other
        }
    }

    /// What a string is a part of, and from where to where.
    #[inline]
    fn whole(&self, text: Text) -> (&str, usize, usize) {
        let (start, end) = (text.start as usize, text.end as usize);
        match self.source.len() {
            before if end <= before => (&self.source, start, end),
            before => (&self.unescaped, start - before, end - before),
        }
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("a document is shorter than 4 GiB")
}

impl Document {
    /// A document without values, of maps and lists of the given kinds. Its strings may be parts of
    /// a text.
    ///
    /// # Panics
    /// If the text is longer than 4 GiB; building panics if all its strings are.
    pub fn new(maps: MapKind, lists: ListKind, source: Arc<str>) -> Self {
        // What a member takes of a usual body; a document without a source has no less.
        let members = Vec::with_capacity((source.len() / 32).max(FIRST_MEMBERS));
        let texts = Texts { source, unescaped: String::new() };
        assert!(u32::try_from(texts.source.len()).is_ok(), "a document is shorter than 4 GiB");
        Document { maps, lists, texts, items: Vec::new(), members, copies: Cell::new(0) }
    }

    /// A string that stands as it is in the source, between two boundaries of characters.
    #[inline]
    pub fn part_of_source(&self, start: usize, end: usize) -> Text {
        // The source is shorter than 4 GiB, so that both fit.
        Text { start: start as u32, end: end as u32 }
    }

    /// A string that is written at the end of what the function gets.
    pub fn written<E>(
        &mut self,
        write: impl FnOnce(&mut String) -> Result<(), E>,
    ) -> Result<Text, E> {
        let start = self.texts.end();
        write(self.texts.more())?;
        Ok(Text { start, end: self.texts.end() })
    }

    /// A copy of a string.
    pub fn copy(&mut self, text: &str) -> Text {
        let start = self.texts.end();
        self.texts.more().push_str(text);
        Text { start, end: self.texts.end() }
    }

    /// A list of values of this document.
    pub fn list(&mut self, items: impl IntoIterator<Item = Node>) -> Node {
        let start = place(self.items.len());
        self.items.extend(items);
        Node::List(Part { start, end: place(self.items.len()) })
    }

    /// A map of values of this document; a repeated key keeps its place and takes the last value.
    #[inline(always)]
    pub fn map(&mut self, members: impl IntoIterator<Item = (Text, Node)>) -> Node {
        let start = self.members.len();
        let map = self.map_of_distinct(members);
        if !self.has_repeated_key(start) {
            return map;
        }
        self.merge_repeated_keys(start);
        self.map_from(start)
    }

    /// A map of values of this document, of which no two have the same key.
    pub fn map_of_distinct(&mut self, members: impl IntoIterator<Item = (Text, Node)>) -> Node {
        let start = self.members.len();
        self.members.extend(members.into_iter().map(|(key, value)| Member { key, value }));
        self.map_from(start)
    }

    fn map_from(&self, start: usize) -> Node {
        Node::Map(Part { start: place(start), end: place(self.members.len()) })
    }

    /// Makes a value of the whole tree.
    pub fn into_value(self, root: Node) -> Value {
        self.copies.set(self.texts.end() as usize);
        match root {
            Node::Value(value) => value,
            Node::Text(text) => Value::from(self.texts.get(text)),
            Node::List(part) => Branch { document: Rc::new(self), part }.into_list(),
            Node::Map(part) => Branch { document: Rc::new(self), part }.into_map(),
        }
    }

    fn has_repeated_key(&self, start: usize) -> bool {
        let members = &self.members[start..];
        if members.len() > SCANNED {
            let mut known = HashSet::with_capacity(members.len());
            return !members.iter().all(|member| known.insert(self.texts.get(member.key)));
        }
        (1..members.len()).any(|at| {
            let key = members[at].key;
            members[..at].iter().any(|member| self.texts.are_equal(member.key, key))
        })
    }

    fn merge_repeated_keys(&mut self, start: usize) {
        let members = self.members.split_off(start);
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(members.len());
        for member in members {
            match places.entry(self.texts.get(member.key)) {
                Entry::Occupied(at) => self.members[*at.get()].value = member.value,
                Entry::Vacant(at) => {
                    at.insert(self.members.len());
                    self.members.push(member);
                }
            }
        }
    }

    #[inline]
    fn find<'a>(&self, members: &'a [Member], key: &str) -> Option<&'a Node> {
        let found = members.iter().find(|member| self.texts.is(member.key, key));
        found.map(|member| &member.value)
    }

    #[inline]
    fn see<'a>(&'a self, node: &'a Node) -> Seen<'a> {
        match node {
            Node::Value(value) => Seen::Value(value),
            Node::Text(text) => Seen::Text(self, self.texts.get(*text)),
            Node::List(part) => Seen::List(SeenBranch { document: self, part: *part }),
            Node::Map(part) => Seen::Map(SeenBranch { document: self, part: *part }),
        }
    }

    fn members(&self, part: Part) -> &[Member] {
        &self.members[part.start as usize..part.end as usize]
    }

    fn items(&self, part: Part) -> &[Node] {
        &self.items[part.start as usize..part.end as usize]
    }
}

impl Part {
    fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// A list or a map of a document.
pub(crate) struct Branch {
    document: Rc<Document>,
    part: Part,
}

impl Branch {
    pub(crate) fn len(&self) -> usize {
        self.part.len()
    }

    /// Whether members are found by looking at all of them; for others a table is worth its cost.
    #[inline]
    pub(crate) fn is_scanned(&self) -> bool {
        self.part.len() <= SCANNED
    }

    /// Whether its maps are walked as they are written.
    pub(crate) fn is_in_order(&self) -> bool {
        self.document.maps.order == Order::Insertion
    }

    pub(crate) fn see(&self) -> SeenBranch<'_> {
        SeenBranch { document: &self.document, part: self.part }
    }

    /// The keys and values, of which collections are branches again.
    pub(crate) fn table(&self) -> Table {
        let members = self.document.members(self.part).iter();
        Table::of_distinct(members.map(|member| {
            let key = Value::from(self.document.texts.get(member.key));
            (key, self.value(&member.value))
        }))
    }

    /// The elements, of which collections are branches again.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.document.items(self.part).iter().map(|node| self.value(node)).collect()
    }

    fn value(&self, node: &Node) -> Value {
        let branch = |part: &Part| Branch { document: Rc::clone(&self.document), part: *part };
        match node {
            Node::Value(value) => value.clone(),
            Node::Text(text) => Value::from(self.document.texts.get(*text)),
            Node::List(part) => branch(part).into_list(),
            Node::Map(part) => branch(part).into_map(),
        }
    }

    fn into_list(self) -> Value {
        Value::List(List::branch(self.document.lists, self))
    }

    fn into_map(self) -> Value {
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
    document: &'a Document,
    part: Part,
}

impl<'a> SeenBranch<'a> {
    #[inline(always)]
    pub(crate) fn member(self, key: &str) -> Option<Seen<'a>> {
        let found = self.document.find(self.document.members(self.part), key);
        found.map(|node| self.document.see(node))
    }

    pub(crate) fn item(self, at: usize) -> Option<Seen<'a>> {
        self.document.items(self.part).get(at).map(|node| self.document.see(node))
    }

    pub(crate) fn items(self) -> impl Iterator<Item = Seen<'a>> {
        self.document.items(self.part).iter().map(move |node| self.document.see(node))
    }

    pub(crate) fn members(self) -> impl Iterator<Item = (&'a str, Seen<'a>)> {
        self.document.members(self.part).iter().map(move |member| {
            (self.document.texts.get(member.key), self.document.see(&member.value))
        })
    }
}

impl Seen<'_> {
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
            Seen::Map(branch) if branch.part.len() <= SCANNED => Some(look(branch.member(key))),
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
