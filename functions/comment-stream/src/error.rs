//! Why an event was not counted, as the log has it. No text holds anything that a person wrote.

use lambda_kit::CallError;
use std::collections::{BTreeMap, BTreeSet};

/// Why an event was not counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A record has no id that can be the key of its marker.
    #[error("eventID must be a string of 1 to 2,048 bytes; received {bytes} bytes")]
    EventId {
        /// How long it is.
        bytes: usize,
    },

    /// A record is of no change that there is.
    #[error("eventName must be INSERT, MODIFY or REMOVE; received {received:?}")]
    EventName {
        /// What it is said to be of.
        received: String,
    },

    /// A record lacks a comment that it must have.
    #[error("{image} is missing; the view type of the stream must be NEW_AND_OLD_IMAGES")]
    ImageMissing {
        /// Which one.
        image: &'static str,
    },

    /// A comment is on no page.
    #[error("pageId of {image} must be a string of 1 to 2,048 bytes; received {received}")]
    PageId {
        /// Where it stands.
        image: &'static str,
        /// What is there instead, in words.
        received: String,
    },

    /// The transaction cannot be as it was asked for; nothing was written. Names at least one of its
    /// events or pages.
    #[error("the transaction was cancelled")]
    Cancelled {
        /// Events that have been counted before.
        counted: BTreeSet<String>,
        /// Pages that have a comment which is not older than the newest one of the change.
        up_to_date: BTreeSet<String>,
        /// What DynamoDB says of pages that it cannot change.
        refused: BTreeMap<String, String>,
    },

    /// What is stored of a page cannot be changed.
    #[error("DynamoDB refused to change the page: {message}")]
    PageRefused {
        /// Why, in DynamoDB's words.
        message: String,
    },

    /// DynamoDB does not take the transaction, and does not say because of which item; nothing was
    /// written.
    #[error("DynamoDB refused the transaction")]
    Refused {
        /// What the SDK says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// Another transaction writes one of the same items; nothing was written.
    #[error("another write of the same goes on")]
    Conflict,

    /// DynamoDB brought no result, and may have written.
    #[error(transparent)]
    Call(#[from] CallError),

    /// The invocation's own time was over first.
    #[error("the invocation ran out of time")]
    OutOfTime,
}

impl Error {
    /// Whether it passes in a fraction of a second. The rest is left to the next delivery.
    pub(crate) fn passes(&self) -> bool {
        matches!(self, Self::Conflict | Self::Call(CallError::Throttled { .. }))
    }
}
