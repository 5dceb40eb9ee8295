//! Why a message did not become a user: in one text for the log, in another for the client. Neither
//! holds a name or an address.

use lambda_kit::CallError;

/// Why a message did not become a user.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It asks for no user that there can be.
    #[error("the request is not valid: {reason}")]
    Request {
        /// All that is wrong with it.
        reason: String,
    },

    /// DynamoDB does not take the item; nothing was written.
    #[error("DynamoDB refused the item")]
    Refused {
        /// What the SDK says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// DynamoDB brought no result, and may have written.
    #[error(transparent)]
    Call(#[from] CallError),

    /// The invocation's own time was over first.
    #[error("the invocation ran out of time")]
    OutOfTime,
}

impl Error {
    /// Whether trying again can never help.
    pub(crate) fn is_permanent(&self) -> bool {
        matches!(self, Self::Request { .. } | Self::Refused { .. })
    }

    /// Whether it can be over in a fraction of a second.
    pub(crate) fn passes(&self) -> bool {
        matches!(self, Self::Call(_))
    }

    /// Why, for the client.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Request { reason } => reason,
            Self::Refused { .. } => "the user cannot be stored as it is",
            Self::Call(_) | Self::OutOfTime => {
                "the user could not be stored for now; nothing is wrong with the request"
            }
        }
    }
}
