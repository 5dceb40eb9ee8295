//! What the control plane answers when it refuses: AWS's exceptions with AWS's wording.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

/// A refusal. The text is what the client reads.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    BadRequest(String),
    #[error("{0}")]
    NotFound(String),
    #[error("{0}")]
    Conflict(String),
    /// Violations of the service model, which AWS finds before it looks at anything else.
    #[error("{}", validation(.0))]
    Validation(Vec<String>),
    #[error("{0}")]
    Serialization(String),
    /// Something that AWS has and this API Gateway has not.
    #[error("{0} is not supported by the local API Gateway")]
    Unsupported(&'static str),
    /// What AWS answers to a path that it does not know.
    #[error("Missing Authentication Token")]
    UnknownPath,
}

impl Error {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict(message.into())
    }

    /// That `value` at `member` of the input is none of `allowed`.
    pub(crate) fn not_one_of(value: &str, member: &str, allowed: &[&str]) -> Self {
        Self::Validation(vec![constraint(
            value,
            member,
            &format!("Member must satisfy enum value set: [{}]", allowed.join(", ")),
        )])
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) | Self::Validation(_) | Self::Serialization(_) => {
                StatusCode::BAD_REQUEST
            }
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Unsupported(_) => StatusCode::NOT_IMPLEMENTED,
            Self::UnknownPath => StatusCode::FORBIDDEN,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "BadRequestException",
            Self::NotFound(_) => "NotFoundException",
            Self::Conflict(_) => "ConflictException",
            Self::Validation(_) => "ValidationException",
            Self::Serialization(_) => "SerializationException",
            Self::Unsupported(_) => "NotImplementedException",
            Self::UnknownPath => "MissingAuthenticationTokenException",
        }
    }

    pub(super) fn response(&self) -> Response<Bytes> {
        let body = json!({ "message": self.to_string() }).to_string();
        let mut response = Response::new(Bytes::from(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert("x-amzn-errortype", HeaderValue::from_static(self.name()));
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
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
