//! What can become of a call to the table instead of a result, as the log has it.

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use lambda_kit::{CallError, idempotency};

/// Why a call to the table brought no result. Its text is for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// DynamoDB cannot do what it was asked to.
    #[error("DynamoDB refused the request: {message}")]
    Refused {
        /// What is wrong with the request, in DynamoDB's words.
        message: String,
    },

    /// The condition of a write does not hold; nothing was written.
    #[error("the condition does not hold")]
    ConditionFailed,

    /// Another write of the same item, or of the same idempotency key, goes on; nothing was written.
    #[error("another write of the same goes on")]
    Conflict,

    /// The idempotency key belongs to another request; nothing was written.
    #[error("the idempotency key was used for another request")]
    KeyReused,

    /// DynamoDB brought no result, and may have written.
    #[error(transparent)]
    Call(#[from] CallError),

    /// DynamoDB answered with an item that is none.
    #[error("an item of the table is not readable")]
    Item {
        /// What is wrong with it.
        #[from]
        source: lambda_kit::Error,
    },

    /// The invocation's own time was over first.
    #[error("the invocation ran out of time")]
    OutOfTime,
}

/// What a client is told of an answer that no record can hold.
const TOO_LARGE: &str = "payload.ReturnValues asks for more than can be kept with an \
                         Idempotency-Key; ask for NONE, or without the key";

impl From<idempotency::Error> for Error {
    fn from(error: idempotency::Error) -> Self {
        match error {
            idempotency::Error::KeyReused => Self::KeyReused,
            idempotency::Error::InProgress | idempotency::Error::Conflict => Self::Conflict,
            idempotency::Error::ConditionFailed { .. } => Self::ConditionFailed,
            idempotency::Error::AnswerTooLarge { .. } => {
                Self::Refused { message: TOO_LARGE.to_owned() }
            }
            idempotency::Error::Refused { message } => Self::Refused { message },
            idempotency::Error::Call(error) => Self::Call(error),
            other => CallError::Failed { service: "DynamoDB", source: Box::new(other) }.into(),
        }
    }
}

impl Error {
    /// The error of a call with the SDK.
    pub(crate) fn from_sdk<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match error.code() {
            Some("ValidationException") => {
                let message = error.message().unwrap_or("the request is not valid").to_owned();
                Self::Refused { message }
            }
            Some("ConditionalCheckFailedException") => Self::ConditionFailed,
            Some("TransactionConflictException" | "TransactionInProgressException") => {
                Self::Conflict
            }
            _ => CallError::from_sdk("DynamoDB", error).into(),
        }
    }
}
