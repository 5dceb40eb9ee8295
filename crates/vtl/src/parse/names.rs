//! Texts that are numbered in the order in which a template first has them: the names of its
//! variables, and its strings.

use std::collections::HashMap;

use crate::tree::Slice;

/// Up to this many are found by looking at all of them, which is faster and enough for most.
const SCANNED: usize = 32;

pub(super) struct Names {
    pub(super) names: Vec<Slice>,
    /// Of each its first bytes, by which nearly all differ.
    prefixes: Vec<u64>,
    /// The numbers, once there are many.
    numbers: HashMap<Box<str>, u32>,
}

impl Names {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Names {
            names: Vec::with_capacity(capacity),
            prefixes: Vec::with_capacity(capacity),
            numbers: HashMap::new(),
        }
    }

    /// The number of a name that is a part of `text`.
    pub(super) fn number(&mut self, text: &str, name: Slice) -> u32 {
        let prefix = prefix(text.as_bytes(), name);
        match self.find(text, name, prefix) {
            Some(number) => number,
            None => self.add(text, name, prefix),
        }
    }

    #[inline]
    fn find(&self, text: &str, name: Slice, prefix: u64) -> Option<u32> {
        if self.names.len() > SCANNED {
            return self.numbers.get(&text[name.range()]).copied();
        }
        for (number, known) in self.prefixes.iter().enumerate() {
            if *known == prefix
                && (name.len() < PREFIX || text[self.names[number].range()] == text[name.range()])
            {
                return Some(number as u32);
            }
        }
        None
    }

    fn add(&mut self, text: &str, name: Slice, prefix: u64) -> u32 {
        let number = self.names.len() as u32;
        self.names.push(name);
        self.prefixes.push(prefix);
        if self.names.len() > SCANNED {
            let new = self.names.iter().enumerate().skip(self.numbers.len());
            self.numbers.extend(new.map(|(at, name)| (Box::from(&text[name.range()]), at as u32)));
        }
        number
    }
}

/// How many bytes fit a prefix beside the length, which tells a shorter name from one with zeros.
const PREFIX: usize = 7;

/// The first bytes of a name, and how many there are.
fn prefix(text: &[u8], name: Slice) -> u64 {
    let (start, length) = (name.start as usize, name.len().min(PREFIX));
    let first = match text[start..].first_chunk::<8>() {
        Some(bytes) => u64::from_le_bytes(*bytes),
        None => {
            let mut bytes = [0; 8];
            bytes[..length].copy_from_slice(&text[start..start + length]);
            u64::from_le_bytes(bytes)
        }
    };
    first & ((1 << (8 * length)) - 1) | (length as u64) << 56
}
