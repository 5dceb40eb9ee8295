//! The port to the counts of pages.

use crate::{Error, Transaction};

/// What is kept of each page: how many comments there are on it and when the newest was made that ever
/// was. And a marker of every event that has been counted.
pub trait PageStats {
    /// Counts events: puts their markers and changes the pages, all or nothing.
    ///
    /// It is done only if none of the events has a marker, and no page that shall learn of a newer
    /// comment knows of one as new. A page that nothing is known of starts with no comments.
    ///
    /// # Errors
    /// [`Error::Cancelled`] with all that stands against it; [`Error::Refused`] if something does that
    /// is not known; [`Error::Conflict`] and [`CallError::Throttled`](lambda_kit::CallError::Throttled)
    /// if it can be done a moment later: nothing was written then. After any other error that is not
    /// known, and it can be asked for again until it is done or cancelled.
    async fn write(&self, transaction: &Transaction) -> Result<(), Error>;
}
