//! What an authorizer's function answered, by the identity that it was asked about.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::answer::Answer;

/// Most answers that are kept.
const MOST: usize = 1000;

/// The values of the identity sources, in their order.
pub(super) type Identity = Vec<String>;

/// Answers, each kept for the same time.
#[derive(Debug)]
pub(super) struct Cache {
    time_to_live: SignedDuration,
    entries: Mutex<HashMap<Identity, Entry>>,
}

#[derive(Debug)]
struct Entry {
    answer: Arc<Answer>,
    end: Timestamp,
}

impl Cache {
    pub(super) fn new(time_to_live: SignedDuration) -> Self {
        Self { time_to_live, entries: Mutex::default() }
    }

    /// The answer about an identity, if it still counts.
    pub(super) fn get(&self, identity: &Identity, now: Timestamp) -> Option<Arc<Answer>> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.get(identity).filter(|entry| now < entry.end)?;
        Some(Arc::clone(&entry.answer))
    }

    /// Keeps an answer. If there are too many, the one that ends first goes.
    pub(super) fn put(&self, identity: Identity, answer: Arc<Answer>, now: Timestamp) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.retain(|_, entry| now < entry.end);
        }
        if entries.len() >= MOST
            && let Some((first, _)) = entries.iter().min_by_key(|(_, entry)| entry.end)
        {
            let first = first.clone();
            entries.remove(&first);
        }
        entries.insert(identity, Entry { answer, end: now + self.time_to_live });
    }
}
