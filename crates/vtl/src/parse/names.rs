//! Texts that are numbered in the order in which a template first has them: the names of its
//! variables, and its strings.

use std::collections::HashMap;

use crate::tree::Slice;

/// Up to this many are found by looking at all of them, which is faster and enough for most.
const SCANNED: usize = 16;

#[derive(Default)]
pub(super) struct Names {
    pub(super) names: Vec<Slice>,
    /// The numbers, once there are many.
    numbers: HashMap<Box<str>, u32>,
}

impl Names {
    /// The number of a name that is a part of `text`.
    pub(super) fn number(&mut self, text: &str, name: Slice) -> u32 {
        let of = |slice: Slice| &text.as_bytes()[slice.start as usize..slice.end as usize];
        let bytes = of(name);
        let known = if self.names.len() <= SCANNED {
            self.names.iter().position(|known| of(*known) == bytes).map(|at| at as u32)
        } else {
            self.numbers.get(&text[name.start as usize..name.end as usize]).copied()
        };
        if let Some(number) = known {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name);
        if self.names.len() > SCANNED {
            let new = self.names.iter().enumerate().skip(self.numbers.len());
            let text = |slice: &Slice| Box::from(&text[slice.start as usize..slice.end as usize]);
            self.numbers.extend(new.map(|(at, name)| (text(name), at as u32)));
        }
        number
    }
}
