//! Calls to AWS in its JSON protocol, in one region.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_call::{Aws, Call, Role};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use jiff::Timestamp;
use serde_json::Value;

/// Who calls, as the user agent of every call says.
pub const CALLER: &str = "event-source-mapping";

/// A call under way.
pub(crate) type Answer<'a> =
    Pin<Box<dyn Future<Output = Result<Response<Bytes>, aws_call::Error>> + Send + 'a>>;

/// The AWS around: its services, and the time of its clocks.
pub(crate) trait Cloud: Send + Sync {
    /// Makes a call. Any status is an answer.
    fn call<'a>(&'a self, call: Call<'a>) -> Answer<'a>;

    fn now(&self) -> Timestamp;
}

impl Cloud for Aws {
    fn call<'a>(&'a self, call: Call<'a>) -> Answer<'a> {
        Box::pin(Self::call(self, call))
    }

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Why a call led to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody answered, or only that there is no service at the moment. It may be different soon.
    #[error("the service cannot be reached: {0}")]
    Unreachable(String),
    /// The service or STS refused.
    #[error("{code}: {message}")]
    Refused {
        /// The exception's name.
        code: String,
        message: String,
    },
}

impl Failure {
    /// Whether this exception was answered.
    pub(crate) fn is(&self, exception: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == exception)
    }

    /// Whether it may be different soon: nobody answered, or there were too many calls.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable(_) => true,
            Self::Refused { code, .. } => {
                code.contains("Throttl") || TOO_MANY.contains(&code.as_str())
            }
        }
    }

    /// Whether it was refused for want of a permission.
    pub(crate) fn is_denial(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if code.starts_with("AccessDenied"))
    }

    fn of(error: &aws_call::Error) -> Self {
        match error {
            aws_call::Error::Role { status, .. } if status.is_server_error() => {
                Self::Unreachable(error.to_string())
            }
            aws_call::Error::Role { answer, .. } => {
                let code = code_in_xml(answer.as_bytes()).filter(|code| code.contains("Throttl"));
                let code = code.unwrap_or("AccessDenied").to_owned();
                Self::Refused { code, message: error.to_string() }
            }
            aws_call::Error::Unreachable(aws_call::Unreachable::TooLarge { .. }) => {
                Self::Refused { code: TOO_LARGE.to_owned(), message: error.to_string() }
            }
            _ => Self::Unreachable(error.to_string()),
        }
    }
}

/// What services say of too many calls, if they do not say that they throttle.
const TOO_MANY: [&str; 4] = [
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "TooManyRequestsException",
];

/// The code of a failure whose answer was there and too large to be read.
pub(crate) const TOO_LARGE: &str = "TooLarge";

/// How a service is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// As signatures name it.
    pub(crate) name: &'static str,
    /// The first labels of its host.
    pub(crate) host: &'static str,
    /// Before the operation in `X-Amz-Target`.
    pub(crate) target: &'static str,
    pub(crate) content_type: &'static str,
}

/// A caller in one region, as itself or as a role.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) cloud: Arc<dyn Cloud>,
    pub(crate) region: String,
}

impl Client {
    /// Calls an operation of the JSON protocol.
    pub(crate) async fn json(
        &self,
        service: Service,
        operation: &str,
        role: Option<Role<'_>>,
        input: &Value,
    ) -> Result<Value, Failure> {
        let target = format!("{}.{operation}", service.target);
        let target = HeaderValue::try_from(target).expect("names of operations are plain text");
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-target", target);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(service.content_type));
        let answer = self
            .send(Call {
                service: service.name,
                host: service.host,
                region: &self.region,
                method: Method::POST,
                path_and_query: "/",
                headers,
                body: input.to_string().into(),
                role,
            })
            .await?;
        let answer = succeeded(answer)?;
        if answer.body().is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(answer.body())
            .map_err(|error| Failure::Unreachable(format!("the answer is not JSON: {error}")))
    }

    /// Makes any call. An answer that there is no service is none.
    pub(crate) async fn send(&self, mut call: Call<'_>) -> Result<Response<Bytes>, Failure> {
        call.headers.insert(USER_AGENT, HeaderValue::from_static(CALLER));
        let answer = self.cloud.call(call).await.map_err(|error| Failure::of(&error))?;
        match answer.status() {
            StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE => {
                Err(Failure::Unreachable(text(answer.body())))
            }
            _ => Ok(answer),
        }
    }
}

/// The answer, if it is a success.
pub(crate) fn succeeded(answer: Response<Bytes>) -> Result<Response<Bytes>, Failure> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    if status.is_server_error() {
        return Err(Failure::Unreachable(text(answer.body())));
    }
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
    let code = body["__type"].as_str().or_else(|| header("x-amzn-errortype"));
    let code = code.or_else(|| code_in_xml(answer.body()));
    // `com.amazonaws.service#Exception` or `Exception:http://...`
    let code = code.unwrap_or(status.as_str());
    let code = code.rsplit('#').next().unwrap_or_default();
    let code = code.split(':').next().unwrap_or_default().to_owned();
    let message = body["message"].as_str().or_else(|| body["Message"].as_str());
    let message = message.map_or_else(|| text(answer.body()), ToOwned::to_owned);
    Err(Failure::Refused { code, message })
}

/// The code in an answer of SNS or S3, which speak XML.
fn code_in_xml(body: &[u8]) -> Option<&str> {
    let (_, rest) = std::str::from_utf8(body).ok()?.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code)
}

/// As much of an answer as a log line should hold.
fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).chars().take(512).collect()
}

/// Waits that grow from a tenth of a second to five, and begin anew after a success.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    waits: u32,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(5);

    pub(crate) fn next(&mut self) -> Duration {
        self.waits += 1;
        Self::after(self.waits)
    }

    /// The wait after so many failures in a row; none after none.
    pub(crate) fn after(failures: u32) -> Duration {
        match failures.checked_sub(1) {
            Some(waits) => Self::FIRST.saturating_mul(1 << waits.min(16)).min(Self::LONGEST),
            None => Duration::ZERO,
        }
    }

    pub(crate) fn reset(&mut self) {
        self.waits = 0;
    }
}
