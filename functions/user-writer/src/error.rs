//! Why a message did not become a user: in one text for the log, in another for the client. Neither
//! holds a name or an address.

type Cause = Box<dyn std::error::Error + Send + Sync>;

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
        source: Cause,
    },

    /// DynamoDB asks for fewer calls; nothing was written.
    #[error("DynamoDB throttles")]
    Throttled {
        /// What the SDK says.
        #[source]
        source: Cause,
    },

    /// DynamoDB did not answer in the time that the SDK's client gives it. It may have written.
    #[error("DynamoDB did not answer in time")]
    TimedOut {
        /// What the SDK says.
        #[source]
        source: Cause,
    },

    /// DynamoDB failed, does not let this function do it, or was not reached. It may have written.
    #[error("DynamoDB failed, refused the call or was not reached")]
    Service {
        /// What the SDK says.
        #[source]
        source: Cause,
    },

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
        matches!(self, Self::Throttled { .. } | Self::TimedOut { .. } | Self::Service { .. })
    }

    /// Why, for the client.
    pub(crate) fn reason(&self) -> &str {
        match self {
            Self::Request { reason } => reason,
            Self::Refused { .. } => "the user cannot be stored as it is",
            Self::Throttled { .. }
            | Self::TimedOut { .. }
            | Self::Service { .. }
            | Self::OutOfTime => {
                "the user could not be stored for now; nothing is wrong with the request"
            }
        }
    }
}
