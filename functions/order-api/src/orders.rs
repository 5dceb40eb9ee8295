//! The port to the table of orders.

use crate::Error;
use crate::command::{Create, Delete, List, Read, Update};
use lambda_kit::idempotency::Once;
use lambda_kit::item::Item;

/// The table of orders.
///
/// A call that fails with [`Error::Refused`], [`Error::ConditionFailed`], [`Error::Conflict`] or
/// [`Error::KeyReused`] has written nothing. After any other error that is not known, except for a
/// write that happens once: it can be asked for again until the answer is known.
pub trait Orders {
    /// Puts an item.
    ///
    /// # Errors
    /// An [`Error`] if it is not known to be there.
    async fn create(&self, create: &Create, once: Option<&Once>) -> Result<Written, Error>;

    /// Reads an item; `None` if there is none.
    ///
    /// # Errors
    /// An [`Error`] if the table does not answer.
    async fn read(&self, read: &Read) -> Result<Option<Item>, Error>;

    /// Changes an item.
    ///
    /// # Errors
    /// An [`Error`] if it is not known to be changed.
    async fn update(&self, update: &Update, once: Option<&Once>) -> Result<Written, Error>;

    /// Deletes an item; one that is not there is deleted already.
    ///
    /// # Errors
    /// An [`Error`] if it is not known to be gone.
    async fn delete(&self, delete: &Delete) -> Result<Written, Error>;

    /// Reads a page. All pages together hold each item that stays unchanged, and passes the filter,
    /// once.
    ///
    /// # Errors
    /// An [`Error`] if the table does not answer.
    async fn list(&self, list: &List) -> Result<Page, Error>;
}

/// What a write answers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// What `ReturnValues` asked for, as the text of a JSON object, if there is any.
    pub attributes: Option<String>,
    /// Whether it had happened before, so that this is its answer again.
    pub replayed: bool,
}

/// Some items, and where to go on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The items that passed the filter.
    pub items: Vec<Item>,
    /// How many were looked at.
    pub scanned: u32,
    /// The key behind which the next page starts; `None` on the last page.
    pub next: Option<Item>,
}
