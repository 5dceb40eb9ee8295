//! The types of gateway responses, and what API Gateway says for each unless an API says otherwise.

/// A response type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "some belong to checks that are not there yet"))]
pub(super) enum ResponseType {
    AccessDenied,
    ApiConfigurationError,
    AuthorizerConfigurationError,
    AuthorizerFailure,
    BadRequestBody,
    BadRequestParameters,
    Default4xx,
    Default5xx,
    ExpiredToken,
    IntegrationFailure,
    IntegrationTimeout,
    InvalidApiKey,
    InvalidSignature,
    MissingAuthenticationToken,
    QuotaExceeded,
    RequestTooLarge,
    ResourceNotFound,
    Throttled,
    Unauthorized,
    UnsupportedMediaType,
    WafFiltered,
}

/// What API Gateway says unless it is told otherwise.
pub(super) struct Standard {
    pub(super) name: &'static str,
    pub(super) status: u16,
    pub(super) message: Option<&'static str>,
    pub(super) error_type: &'static str,
    /// Some messages have a blank in front, which clients see.
    pub(super) has_blank: bool,
}

const fn standard(
    name: &'static str,
    status: u16,
    message: Option<&'static str>,
    error_type: &'static str,
) -> Standard {
    Standard { name, status, message, error_type, has_blank: false }
}

impl Standard {
    const fn with_blank(mut self) -> Self {
        self.has_blank = true;
        self
    }
}

const INTERNAL: Option<&str> = Some("Internal server error");
const INTERNAL_TYPE: &str = "InternalServerErrorException";
const BAD_REQUEST_TYPE: &str = "BadRequestException";

impl ResponseType {
    /// What API Gateway says of it.
    pub(super) fn standard(self) -> Standard {
        match self {
            Self::AccessDenied => standard(
                "ACCESS_DENIED",
                403,
                Some("User is not authorized to access this resource"),
                "AccessDeniedException",
            ),
            Self::ApiConfigurationError => {
                standard("API_CONFIGURATION_ERROR", 500, INTERNAL, INTERNAL_TYPE).with_blank()
            }
            // AWS calls it by the name of the other.
            Self::AuthorizerConfigurationError => standard(
                "API_CONFIGURATION_ERROR",
                500,
                INTERNAL,
                "AuthorizerConfigurationException",
            )
            .with_blank(),
            Self::AuthorizerFailure => {
                standard("AUTHORIZER_FAILURE", 500, None, "AuthorizerConfigurationException")
            }
            Self::BadRequestBody => {
                standard("BAD_REQUEST_BODY", 400, Some("Invalid request body"), BAD_REQUEST_TYPE)
                    .with_blank()
            }
            Self::BadRequestParameters => {
                standard("BAD_REQUEST_PARAMETERS", 400, None, BAD_REQUEST_TYPE).with_blank()
            }
            Self::Default4xx => standard("DEFAULT_4XX", 400, None, BAD_REQUEST_TYPE),
            Self::Default5xx => standard("DEFAULT_5XX", 500, INTERNAL, INTERNAL_TYPE).with_blank(),
            Self::ExpiredToken => standard("EXPIRED_TOKEN", 403, None, "ExpiredTokenException"),
            Self::IntegrationFailure => {
                standard("INTEGRATION_FAILURE", 504, INTERNAL, INTERNAL_TYPE)
            }
            Self::IntegrationTimeout => standard(
                "INTEGRATION_TIMEOUT",
                504,
                Some("Endpoint request timed out"),
                INTERNAL_TYPE,
            ),
            Self::InvalidApiKey => {
                standard("INVALID_API_KEY", 403, Some("Forbidden"), "ForbiddenException")
            }
            Self::InvalidSignature => {
                standard("INVALID_SIGNATURE", 403, None, "InvalidSignatureException")
            }
            Self::MissingAuthenticationToken => standard(
                "MISSING_AUTHENTICATION_TOKEN",
                403,
                Some("Missing Authentication Token"),
                "MissingAuthenticationTokenException",
            ),
            Self::QuotaExceeded => {
                standard("QUOTA_EXCEEDED", 429, Some("Limit Exceeded"), "LimitExceededException")
            }
            Self::RequestTooLarge => {
                standard("REQUEST_TOO_LARGE", 413, None, "RequestTooLargeException")
            }
            Self::ResourceNotFound => {
                standard("RESOURCE_NOT_FOUND", 404, None, "ResourceNotFoundException")
            }
            Self::Throttled => {
                standard("THROTTLED", 429, Some("Too Many Requests"), "TooManyRequestsException")
            }
            Self::Unauthorized => {
                standard("UNAUTHORIZED", 401, Some("Unauthorized"), "UnauthorizedException")
            }
            Self::UnsupportedMediaType => standard(
                "UNSUPPORTED_MEDIA_TYPE",
                415,
                Some("Unsupported Media Type"),
                BAD_REQUEST_TYPE,
            ),
            Self::WafFiltered => {
                standard("WAF_FILTERED", 403, Some("Forbidden"), "ForbiddenException")
            }
        }
    }

    /// The key under which an API replaces it.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::AuthorizerConfigurationError => "AUTHORIZER_CONFIGURATION_ERROR",
            other => other.standard().name,
        }
    }
}
