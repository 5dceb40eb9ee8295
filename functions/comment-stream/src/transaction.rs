//! Events put together: as few transactions as possible, each with a marker for every event and one
//! change for every page.

use crate::change::{Change, CountedEvent};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// The most items that DynamoDB writes in one transaction.
const MOST_ITEMS: usize = 100;

/// What is written together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transaction {
    /// The ids of the events that are counted by it, each once.
    pub events: Vec<String>,
    /// What becomes of the pages, each once.
    pub changes: Vec<Change>,
}

impl Transaction {
    /// Counts `events`. Pages that are `up_to_date` have a later comment than any of them already.
    pub(crate) fn new(events: &[CountedEvent], up_to_date: &BTreeSet<String>) -> Self {
        let mut pages: BTreeMap<&str, Change> = BTreeMap::new();
        for change in events.iter().flat_map(|event| &event.changes) {
            match pages.entry(&change.page_id) {
                Entry::Vacant(page) => {
                    page.insert(change.clone());
                }
                Entry::Occupied(mut page) => {
                    let page = page.get_mut();
                    page.difference += change.difference;
                    if page.newest < change.newest {
                        page.newest.clone_from(&change.newest);
                    }
                }
            }
        }
        let changes = pages.into_values().map(|mut change| {
            if up_to_date.contains(&change.page_id) {
                change.newest = None;
            }
            change
        });
        Self {
            events: events.iter().map(|event| event.id.clone()).collect(),
            changes: changes
                .filter(|change| change.difference != 0 || change.newest.is_some())
                .collect(),
        }
    }
}

/// Parts events into groups, each of which fits into a transaction. Those of one page come together:
/// a page in fewer transactions is fewer writes.
pub(crate) fn groups(mut events: Vec<CountedEvent>) -> Vec<Vec<CountedEvent>> {
    events.sort_by(|a, b| first_page(a).cmp(&first_page(b)));
    let mut groups = Vec::new();
    let mut group: Vec<CountedEvent> = Vec::new();
    let mut pages: BTreeSet<String> = BTreeSet::new();
    for event in events {
        let own: BTreeSet<String> =
            event.changes.iter().map(|change| change.page_id.clone()).collect();
        if group.len() + 1 + pages.union(&own).count() > MOST_ITEMS {
            groups.push(std::mem::take(&mut group));
            pages.clear();
        }
        pages.extend(own);
        group.push(event);
    }
    if !group.is_empty() {
        groups.push(group);
    }
    groups
}

fn first_page(event: &CountedEvent) -> Option<&str> {
    event.changes.first().map(|change| change.page_id.as_str())
}
