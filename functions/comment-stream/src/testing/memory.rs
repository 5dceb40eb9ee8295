//! The counts in memory.

use super::{Page, Readable};
use crate::{Error, PageStats, Transaction};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Pages and markers in memory.
#[derive(Debug, Default)]
pub struct Memory {
    pages: RefCell<BTreeMap<String, Page>>,
    markers: RefCell<BTreeSet<String>>,
    written: RefCell<Vec<Transaction>>,
}

impl Memory {
    /// All that is kept, by page.
    pub fn pages(&self) -> BTreeMap<String, Page> {
        self.pages.borrow().clone()
    }

    /// The events that have been counted.
    pub fn markers(&self) -> BTreeSet<String> {
        self.markers.borrow().clone()
    }

    /// The transactions that were done.
    pub fn written(&self) -> Vec<Transaction> {
        self.written.borrow().clone()
    }
}

impl PageStats for &Memory {
    async fn write(&self, transaction: &Transaction) -> Result<(), Error> {
        let mut markers = self.markers.borrow_mut();
        let mut pages = self.pages.borrow_mut();
        let counted: BTreeSet<String> =
            transaction.events.iter().filter(|event| markers.contains(*event)).cloned().collect();
        let up_to_date: BTreeSet<String> = transaction
            .changes
            .iter()
            .filter(|change| {
                let last =
                    pages.get(&change.page_id).and_then(|page| page.last_comment_at.as_ref());
                last.zip(change.newest.as_ref()).is_some_and(|(last, newest)| last >= newest)
            })
            .map(|change| change.page_id.clone())
            .collect();
        if !counted.is_empty() || !up_to_date.is_empty() {
            return Err(Error::Cancelled { counted, up_to_date, refused: BTreeMap::new() });
        }
        markers.extend(transaction.events.iter().cloned());
        for change in &transaction.changes {
            let page = pages.entry(change.page_id.clone()).or_default();
            page.count += change.difference;
            if change.newest.is_some() {
                page.last_comment_at.clone_from(&change.newest);
            }
        }
        self.written.borrow_mut().push(transaction.clone());
        Ok(())
    }
}

impl Readable for &Memory {
    async fn page(&self, page_id: &str) -> Option<Page> {
        self.pages.borrow().get(page_id).cloned()
    }
}
