//! Trees of values that were read from one text, and are kept in one piece while they are only read.
//!
//! A body holds thousands of values of which a template looks at some. So a document is a few
//! vectors, and its maps and lists are places in them. A collection that is handed to a template is
//! a handle to such a place. What a template takes out of it must be the same one the next time, so
//! a small map keeps that beside its place; a list, and whatever a template writes to, becomes a
//! vector or a table of its own.

mod branch;

use std::cell::Cell;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

pub(crate) use self::branch::{Branch, Seen, SeenBranch};
use crate::list::ListKind;
use crate::map::MapKind;
use crate::table::SCANNED;
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
    /// Numbers, truth values and `null`.
    values: Vec<Value>,
    /// How many bytes of texts may still be copied to templates. A template that reads the same
    /// text again and again soon gets a shared one, so that it cannot hold more than twice the text
    /// that there is.
    copies: Cell<usize>,
}

/// One value of a [`Document`]. All kinds are two words, which are passed on in registers: of what
/// is copied through memory the processor waits for the pieces.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub enum Node {
    /// What [`Document::value`] took.
    Value(Place),
    /// A string.
    Text(Text),
    /// A list.
    List(Part),
    /// A map.
    Map(Part),
}

/// The place of a value that is no part of a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Place(u64);

/// The place of a string in a [`Document`].
#[derive(Clone, Copy, Debug)]
pub struct Text(Span);

/// The places of the elements of a list or the members of a map.
#[derive(Clone, Copy, Debug)]
pub struct Part(Span);

/// From where and how long, in one word. Lengths are asked for most.
#[derive(Clone, Copy, Debug)]
struct Span(u64);

impl Span {
    #[inline]
    fn new(start: u32, end: u32) -> Self {
        Span(u64::from(start) | u64::from(end - start) << 32)
    }

    #[inline]
    fn start(self) -> usize {
        self.0 as u32 as usize
    }

    #[inline]
    fn end(self) -> usize {
        self.start() + self.len()
    }

    #[inline]
    fn len(self) -> usize {
        (self.0 >> 32) as usize
    }
}

/// A key and its value.
type Member = (Text, Node);

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
        left.0.len() == right.0.len() && self.bytes(left) == self.bytes(right)
    }

    #[inline]
    fn bytes(&self, text: Text) -> &[u8] {
        let (within, start, end) = self.whole(text);
        &within.as_bytes()[start..end]
    }

    /// One of 64 bits, which is the same for strings that are equal; none for a string that is empty
    /// or no part of the source.
    #[inline]
    fn mark(&self, text: Text) -> u64 {
        let bytes = self.source.as_bytes().get(text.0.start()..text.0.end()).unwrap_or_default();
        match (bytes.first(), bytes.last()) {
            (Some(first), Some(last)) => {
                let ends = u32::from(*first) + 7 * u32::from(*last);
                1 << ((ends + 3 * bytes.len() as u32) % 64)
            }
            _ => 0,
        }
    }

    /// Whether a string is this one.
    #[inline(always)]
    fn is(&self, text: Text, other: &[u8]) -> bool {
        text.0.len() == other.len() && {
            let (within, start, _) = self.whole(text);
            same(&within.as_bytes()[start..][..other.len()], other)
        }
    }

    /// What a string is a part of, and from where to where.
    #[inline]
    fn whole(&self, text: Text) -> (&str, usize, usize) {
        let (start, end) = (text.0.start(), text.0.end());
        match self.source.len() {
            before if end <= before => (&self.source, start, end),
            before => (&self.unescaped, start - before, end - before),
        }
    }
}

/// Whether two texts of one length are equal. Names are short, so most are compared without a call.
#[inline(always)]
fn same(left: &[u8], right: &[u8]) -> bool {
    let ends = |text: &[u8]| Some((*text.first_chunk::<4>()?, *text.last_chunk::<4>()?));
    match (left, right) {
        ([left], [right]) => left == right,
        _ if left.len() <= 8
            && let (Some(left), Some(right)) = (ends(left), ends(right)) =>
        {
            left == right
        }
        _ => left.first() == right.first() && left == right,
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
        let members = Vec::with_capacity((source.len() / 16).max(FIRST_MEMBERS));
        let texts = Texts { source, unescaped: String::new() };
        assert!(u32::try_from(texts.source.len()).is_ok(), "a document is shorter than 4 GiB");
        Document {
            maps,
            lists,
            texts,
            items: Vec::new(),
            members,
            values: Vec::new(),
            copies: Cell::new(0),
        }
    }

    /// A string that stands as it is in the source, between two boundaries of characters.
    #[inline]
    pub fn part_of_source(&self, start: usize, end: usize) -> Text {
        // The source is shorter than 4 GiB, so that both fit.
        Text(Span::new(start as u32, end as u32))
    }

    /// A string that is written at the end of what the function gets.
    pub fn written<E>(
        &mut self,
        write: impl FnOnce(&mut String) -> Result<(), E>,
    ) -> Result<Text, E> {
        let start = self.texts.end();
        write(self.texts.more())?;
        Ok(Text(Span::new(start, self.texts.end())))
    }

    /// A copy of a string.
    pub fn copy(&mut self, text: &str) -> Text {
        let start = self.texts.end();
        self.texts.more().push_str(text);
        Text(Span::new(start, self.texts.end()))
    }

    /// A value that is no part of the document: a number, a truth value, `null`.
    pub fn value(&mut self, value: Value) -> Node {
        self.values.push(value);
        Node::Value(Place(self.values.len() as u64 - 1))
    }

    /// A list of values of this document.
    pub fn list(&mut self, items: impl IntoIterator<Item = Node>) -> Node {
        let start = place(self.items.len());
        self.items.extend(items);
        Node::List(Part(Span::new(start, place(self.items.len()))))
    }

    /// A map of values of this document; a repeated key keeps its place and takes the last value.
    pub fn map(&mut self, members: &[(Text, Node)]) -> Node {
        let start = self.members.len();
        let map = self.map_of_distinct(members);
        if !self.has_repeated_key(start) {
            return map;
        }
        self.merge_repeated_keys(start);
        self.map_from(start)
    }

    /// A map of values of this document, of which no two have the same key.
    pub fn map_of_distinct(&mut self, members: &[(Text, Node)]) -> Node {
        let start = self.members.len();
        self.members.extend_from_slice(members);
        self.map_from(start)
    }

    /// A map of one value of this document, which is usual where values are tagged with types.
    #[inline]
    pub fn map_of_one(&mut self, key: Text, value: Node) -> Node {
        let start = self.members.len();
        self.members.push((key, value));
        self.map_from(start)
    }

    #[inline]
    fn map_from(&self, start: usize) -> Node {
        // What starts before an end that fits does so too.
        let end = place(self.members.len());
        Node::Map(Part(Span::new(start as u32, end)))
    }

    /// Makes a value of the whole tree.
    pub fn into_value(self, root: Node) -> Value {
        self.copies.set(self.texts.end() as usize);
        match root {
            Node::Value(at) => self.values[at.0 as usize].clone(),
            Node::Text(text) => Value::from(self.texts.get(text)),
            Node::List(part) => Branch { document: Rc::new(self), part }.into_list(),
            Node::Map(part) => Branch { document: Rc::new(self), part }.into_map(),
        }
    }

    fn has_repeated_key(&self, start: usize) -> bool {
        let members = &self.members[start..];
        if members.len() > SCANNED {
            let mut known = HashSet::with_capacity(members.len());
            return !members.iter().all(|(key, _)| known.insert(self.texts.get(*key)));
        }
        // Keys that leave different marks are different, which settles it for most objects.
        let marks = members.iter().fold(0_u64, |marks, (key, _)| marks | self.texts.mark(*key));
        marks.count_ones() as usize != members.len()
            && (1..members.len()).any(|at| {
                let key = members[at].0;
                members[..at].iter().any(|(other, _)| self.texts.are_equal(*other, key))
            })
    }

    fn merge_repeated_keys(&mut self, start: usize) {
        let members = self.members.split_off(start);
        let mut places: HashMap<&str, usize> = HashMap::with_capacity(members.len());
        for (key, value) in members {
            match places.entry(self.texts.get(key)) {
                Entry::Occupied(at) => self.members[*at.get()].1 = value,
                Entry::Vacant(at) => {
                    at.insert(self.members.len());
                    self.members.push((key, value));
                }
            }
        }
    }

    #[inline(always)]
    fn find(&self, part: Part, key: &str) -> Option<Node> {
        let key = key.as_bytes();
        for (name, value) in self.members(part) {
            if self.texts.is(*name, key) {
                return Some(*value);
            }
        }
        None
    }

    #[inline]
    fn see(&self, node: Node) -> Seen<'_> {
        match node {
            Node::Value(at) => Seen::Value(&self.values[at.0 as usize]),
            Node::Text(text) => Seen::Text(self, self.texts.get(text)),
            Node::List(part) => Seen::List(SeenBranch { document: self, part }),
            Node::Map(part) => Seen::Map(SeenBranch { document: self, part }),
        }
    }

    fn members(&self, part: Part) -> &[Member] {
        &self.members[part.0.start()..part.0.end()]
    }

    fn items(&self, part: Part) -> &[Node] {
        &self.items[part.0.start()..part.0.end()]
    }
}
