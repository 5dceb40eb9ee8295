//! What can go wrong behind this function, as its log has it and as its clients see it.

use lambda_kit::CallError;

/// A call to another service that brought no answer. Its text is for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The state machine ran and failed.
    #[error("execution {execution} failed with {error}: {cause}")]
    FlowFailed {
        /// The ARN of the execution.
        execution: String,
        /// The name of the error.
        error: String,
        /// What Step Functions says about it.
        cause: String,
    },

    /// The state machine ran longer than it may.
    #[error("execution {execution} timed out")]
    FlowTimedOut {
        /// The ARN of the execution.
        execution: String,
    },

    /// The state machine succeeded with an output that is neither of those agreed on.
    #[error("execution {execution} answered what means nothing here")]
    FlowOutput {
        /// The ARN of the execution.
        execution: String,
        /// What is wrong with it, if it could not be read at all.
        #[source]
        source: Option<serde_json::Error>,
    },

    /// A service brought no result.
    #[error(transparent)]
    Call(#[from] CallError),

    /// The invocation's own time was over first.
    #[error("the invocation ran out of time")]
    OutOfTime,
}

impl Error {
    /// The status of the answer.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Call(CallError::Throttled { .. }) => 503,
            Self::FlowTimedOut { .. }
            | Self::Call(CallError::TimedOut { .. })
            | Self::OutOfTime => 504,
            Self::FlowFailed { .. } | Self::FlowOutput { .. } | Self::Call(_) => 502,
        }
    }

    /// What a client is told: nothing of what is behind this function.
    pub(crate) fn message(&self) -> &'static str {
        match self.status() {
            503 => "too many requests at the moment; try again shortly",
            504 => "the request was not answered in time; try again",
            _ => "the request could not be processed; try again later",
        }
    }
}
