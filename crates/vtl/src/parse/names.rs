//! Texts that are numbered in the order in which a template first has them: the names of its
//! variables, and its strings.

use std::collections::HashMap;
use std::sync::Arc;

/// Up to this many are found by looking at all of them, which is faster and enough for most.
const SCANNED: usize = 16;

#[derive(Default)]
pub(super) struct Names {
    pub(super) names: Vec<Arc<str>>,
    /// The numbers, once there are many.
    numbers: HashMap<Arc<str>, u32>,
}

impl Names {
    /// The shared text and its number.
    pub(super) fn number(&mut self, name: &str) -> (Arc<str>, u32) {
        let known = if self.names.len() <= SCANNED {
            self.names.iter().position(|known| **known == *name).map(|at| at as u32)
        } else {
            self.numbers.get(name).copied()
        };
        if let Some(number) = known {
            return (Arc::clone(&self.names[number as usize]), number);
        }
        let name: Arc<str> = Arc::from(name);
        let number = self.names.len() as u32;
        self.names.push(Arc::clone(&name));
        if self.names.len() > SCANNED {
            let new = self.names.iter().enumerate().skip(self.numbers.len());
            self.numbers.extend(new.map(|(at, name)| (Arc::clone(name), at as u32)));
        }
        (name, number)
    }
}
