//! Why a call of an SDK brought no answer of the kind that a function expects.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a service brought no result. Its text, and what the SDK says as its source, are for the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The service, or KMS behind it, asks for fewer calls. Unless the client's retries are
    /// disabled, the SDK has tried again itself before.
    #[error("{service} throttles")]
    Throttled {
        /// The service.
        service: &'static str,
        /// What the SDK says.
        #[source]
        source: Cause,
    },

    /// The service did not answer in the time that the SDK's client gives it. What it was to do may
    /// be done.
    #[error("{service} did not answer in time")]
    TimedOut {
        /// The service.
        service: &'static str,
        /// What the SDK says.
        #[source]
        source: Cause,
    },

    /// The service failed, does not let this function do it, or was not reached. What it was to do
    /// may be done.
    #[error("{service} failed, refused the call or was not reached")]
    Failed {
        /// The service.
        service: &'static str,
        /// What the SDK says.
        #[source]
        source: Cause,
    },
}

impl CallError {
    /// The error of a call with the SDK of `service`, once all that means something to the function
    /// has been looked for.
    pub fn from_sdk<E, R>(service: &'static str, error: SdkError<E, R>) -> Self
    where
        SdkError<E, R>: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let (timed_out, throttled) = (timed_out(&error), throttled(&error));
        let source = Box::new(error);
        match (timed_out, throttled) {
            (true, _) => Self::TimedOut { service, source },
            (_, true) => Self::Throttled { service, source },
            _ => Self::Failed { service, source },
        }
    }
}

fn timed_out<E, R>(error: &SdkError<E, R>) -> bool {
    match error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout(),
        _ => false,
    }
}

fn throttled(error: &impl ProvideErrorMetadata) -> bool {
    error.code().is_some_and(|code| THROTTLED.contains(&code))
}

/// The codes of DynamoDB and Step Functions.
const THROTTLED: [&str; 7] = [
    "KMSThrottlingException",
    "KmsThrottlingException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
];
