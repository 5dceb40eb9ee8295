//! What the control plane answers when it refuses: Lambda's exceptions with Lambda's wording.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;

/// A refusal. The text is what the client reads.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A value that the service model allows and Lambda does not.
    #[error("{0}")]
    InvalidParameter(String),
    /// Violations of the service model, which AWS finds before it looks at anything else.
    #[error("{}", validation(.0))]
    Validation(Vec<String>),
    /// There is such a mapping already.
    #[error("{0}")]
    Conflict(String),
    /// The mapping is being deleted.
    #[error("Cannot update the event source mapping because it is in use.")]
    InUse,
    /// There is no such mapping.
    #[error("The resource you requested does not exist.")]
    NotFound,
    /// The body is not what the operation takes.
    #[error("{0}")]
    Content(String),
    /// No operation has this path and method.
    #[error("no operation of Lambda is called by {0}")]
    UnknownOperation(String),
    /// The services that have to be asked do not answer.
    #[error("The service is not available at the moment; try again.")]
    Unavailable,
}

impl Error {
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidParameter(message.into())
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::InvalidParameter(_) | Self::Validation(_) | Self::Content(_) | Self::InUse => {
                StatusCode::BAD_REQUEST
            }
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::NotFound | Self::UnknownOperation(_) => StatusCode::NOT_FOUND,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::InvalidParameter(_) => "InvalidParameterValueException",
            Self::Validation(_) => "ValidationException",
            Self::Conflict(_) => "ResourceConflictException",
            Self::InUse => "ResourceInUseException",
            Self::NotFound => "ResourceNotFoundException",
            Self::Content(_) => "InvalidRequestContentException",
            Self::UnknownOperation(_) => "UnknownOperationException",
            Self::Unavailable => "ServiceException",
        }
    }

    /// The exception as Lambda sends it.
    pub(crate) fn response(&self) -> Response<Bytes> {
        let message = self.to_string();
        let body = match self {
            Self::Validation(_) => json!({ "message": message }),
            Self::NotFound => json!({ "Type": "User", "Message": message }),
            Self::Unavailable => json!({ "Type": "Service", "Message": message }),
            _ => json!({ "Type": "User", "message": message }),
        };
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert("x-amzn-errortype", HeaderValue::from_static(self.name()));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

/// One violation of the service model, worded as AWS words it.
pub(crate) fn constraint(value: &str, member: &str, rule: &str) -> String {
    format!("Value '{value}' at '{member}' failed to satisfy constraint: {rule}")
}

fn validation(violations: &[String]) -> String {
    let noun = if violations.len() == 1 { "error" } else { "errors" };
    format!("{} validation {noun} detected: {}", violations.len(), violations.join("; "))
}
