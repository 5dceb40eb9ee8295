//! Stages made ready to serve, each once and for as long as it stays the same.

use std::sync::{Arc, PoisonError, RwLock, Weak};

use super::compiled::Compiled;
use crate::served::Served;

/// How many stages are kept.
const KEPT: usize = 64;

/// The stages that were served last.
#[derive(Debug, Default)]
pub(super) struct Ready {
    stages: RwLock<Vec<Entry>>,
}

/// The stage is known by where it is: as long as a weak pointer to it is kept, no other one can
/// take its place.
#[derive(Debug)]
struct Entry {
    stage: Weak<Served>,
    compiled: Arc<Compiled>,
}

impl Ready {
    /// A stage, made ready if it is not yet.
    pub(super) fn get(&self, served: &Arc<Served>) -> Arc<Compiled> {
        let find = |stages: &[Entry]| {
            let is_it = |entry: &&Entry| Weak::as_ptr(&entry.stage) == Arc::as_ptr(served);
            stages.iter().find(is_it).map(|entry| Arc::clone(&entry.compiled))
        };
        if let Some(compiled) = find(&self.stages.read().unwrap_or_else(PoisonError::into_inner)) {
            return compiled;
        }
        let compiled = Arc::new(Compiled::new(served));
        let mut stages = self.stages.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(other) = find(&stages) {
            return other;
        }
        stages.retain(|entry| entry.stage.strong_count() > 0);
        if stages.len() >= KEPT {
            stages.remove(0);
        }
        stages.push(Entry { stage: Arc::downgrade(served), compiled: Arc::clone(&compiled) });
        compiled
    }
}
