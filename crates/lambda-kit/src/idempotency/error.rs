//! What can stand against an effect that is to happen once, or against its record.

use crate::CallError;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// Why something is not known to have happened once. Its text is for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The key belongs to another request; nothing was done.
    #[error("the idempotency key was used for another request")]
    KeyReused,

    /// Another call with the same key is at it; nothing was done. To be tried again.
    #[error("the same is in progress elsewhere")]
    InProgress,

    /// The record of the request is over, so nothing can be put there.
    #[error("the record of the idempotency key is over")]
    Expired,

    /// No record can hold the answer.
    #[error("an answer on record has at most {} bytes; got {bytes}", super::MAX_ANSWER_BYTES)]
    AnswerTooLarge {
        /// How long it is.
        bytes: usize,
    },

    /// A condition of a transaction's writes does not hold; nothing was written.
    #[error("the condition of write {index} does not hold")]
    ConditionFailed {
        /// Which of the writes, from 0.
        index: usize,
    },

    /// Another transaction or write of the same items goes on; nothing was written. To be tried again.
    #[error("another write of the same goes on")]
    Conflict,

    /// DynamoDB cannot do what it was asked to; nothing was written.
    #[error("DynamoDB refused the request: {message}")]
    Refused {
        /// What is wrong with the request, in DynamoDB's words.
        message: String,
    },

    /// DynamoDB brought no result, and may have written.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl Error {
    /// The error of a call with the SDK whose conditions were looked at before.
    pub(super) fn from_sdk<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match error.code() {
            Some("ValidationException") => Self::refused(error.message()),
            Some("TransactionConflictException" | "TransactionInProgressException") => {
                Self::Conflict
            }
            _ => CallError::from_sdk("DynamoDB", error).into(),
        }
    }

    pub(super) fn refused(message: Option<&str>) -> Self {
        Self::Refused { message: message.unwrap_or("the request is not valid").to_owned() }
    }
}
