//! Texts that are numbered in the order in which a template first has them: the names of its
//! variables, and its strings.

use std::collections::HashMap;

use crate::tree::Slice;

/// Up to this many are found by looking at all of them, which is faster and enough for most.
const SCANNED: usize = 32;

#[derive(Default)]
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
        let of = |slice: Slice| &text[slice.start as usize..slice.end as usize];
        let own = of(name);
        let prefix = prefix(text.as_bytes(), name);
        let known = if self.names.len() <= SCANNED {
            let mut known = self.prefixes.iter().zip(&self.names);
            known.position(|(known, slice)| {
                *known == prefix && (own.len() < PREFIX || of(*slice) == own)
            })
        } else {
            self.numbers.get(own).map(|number| *number as usize)
        };
        if let Some(number) = known {
            return number as u32;
        }
        let number = self.names.len() as u32;
        self.names.push(name);
        self.prefixes.push(prefix);
        if self.names.len() > SCANNED {
            let new = self.names.iter().enumerate().skip(self.numbers.len());
            self.numbers.extend(new.map(|(at, name)| (Box::from(of(*name)), at as u32)));
        }
        number
    }
}

/// How many bytes fit a prefix beside the length, which tells a shorter name from one with zeros.
const PREFIX: usize = 7;

/// The first bytes of a name, and how many there are.
fn prefix(text: &[u8], name: Slice) -> u64 {
    let start = name.start as usize;
    let length = (name.end as usize - start).min(PREFIX);
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
