//! What can go wrong behind this function, as its log has it and as its clients see it.

use aws_sdk_sfn::config::http::HttpResponse;
use aws_sdk_sfn::error::{ProvideErrorMetadata, SdkError};
use lambda_kit::{throttled, timed_out};

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

    /// A service asks for fewer calls.
    #[error("{service} throttles")]
    Throttled {
        /// The service.
        service: &'static str,
        /// What the SDK says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A service did not answer in the time that the SDK's client gives it.
    #[error("{service} did not answer in time")]
    TimedOut {
        /// The service.
        service: &'static str,
        /// What the SDK says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A service refused the call, or could not be reached.
    #[error("{service} refused the call or was not reached")]
    Service {
        /// The service.
        service: &'static str,
        /// What the SDK says.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The invocation's own time was over first.
    #[error("the invocation ran out of time")]
    OutOfTime,
}

impl Error {
    /// The error of a call with the SDK of `service`.
    pub(crate) fn from_sdk<E>(service: &'static str, error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        let (timed_out, throttled) = (timed_out(&error), throttled(&error));
        let source = Box::new(error);
        match (timed_out, throttled) {
            (true, _) => Self::TimedOut { service, source },
            (_, true) => Self::Throttled { service, source },
            _ => Self::Service { service, source },
        }
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> u16 {
        match self {
            Self::Throttled { .. } => 503,
            Self::FlowTimedOut { .. } | Self::TimedOut { .. } | Self::OutOfTime => 504,
            Self::FlowFailed { .. } | Self::FlowOutput { .. } | Self::Service { .. } => 502,
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
