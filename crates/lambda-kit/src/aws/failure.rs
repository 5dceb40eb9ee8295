//! What a failed call of an SDK says about trying again.

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// Whether the time that the client gives a call was over before there was an answer. What it was to
/// do may be done.
pub fn timed_out<E, R>(error: &SdkError<E, R>) -> bool {
    match error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => failure.is_timeout(),
        _ => false,
    }
}

/// Whether the service, or KMS behind it, asks for fewer calls. Unless the client's retries are
/// disabled, the SDK has tried again itself before.
pub fn throttled(error: &impl ProvideErrorMetadata) -> bool {
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
