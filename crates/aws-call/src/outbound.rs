//! Connections out, kept open between requests: one pool for AWS and whatever else is called.

use std::error::Error;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

/// The largest answer that is read, which is API Gateway's payload quota.
const LARGEST_ANSWER: usize = 10 * 1024 * 1024;

/// Shorter than the idle time of common servers: a connection must not end just when it is used.
const IDLE: Duration = Duration::from_secs(50);

type PlainClient = Client<HttpConnector, Full<Bytes>>;
type TlsClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;
type Cause = Box<dyn Error + Send + Sync>;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unreachable {
    /// The URI cannot be called at all.
    #[error("{uri} is no address of an endpoint")]
    Address {
        /// What was to be called.
        uri: Uri,
    },
    /// Nobody knows the host.
    #[error("the name of {uri} is unknown")]
    Name {
        /// What was to be called.
        uri: Uri,
        /// What the resolver said.
        #[source]
        cause: Cause,
    },
    /// This machine's trusted certificates cannot be read.
    #[error("no trusted certificates")]
    Trust(#[source] Cause),
    /// The connection could not be made, or broke off.
    #[error("the request to {uri} broke off")]
    Broken {
        /// What was called.
        uri: Uri,
        /// What happened to the connection.
        #[source]
        cause: Cause,
    },
    /// The answer is larger than what is read.
    #[error("{uri} answered with more than {LARGEST_ANSWER} bytes")]
    TooLarge {
        /// What was called.
        uri: Uri,
    },
}

/// Sends requests and follows no redirects.
#[derive(Debug)]
pub struct Outbound {
    plain: PlainClient,
    /// Made when it is first needed: reading a machine's certificates takes a while, and a stack
    /// that is all local never needs them.
    tls: OnceLock<TlsClient>,
}

impl Default for Outbound {
    fn default() -> Self {
        Self::new()
    }
}

impl Outbound {
    /// A pool without connections.
    pub fn new() -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector());
        Self { plain: client, tls: OnceLock::new() }
    }

    /// Sends a request to its absolute URI and reads the whole answer.
    ///
    /// # Errors
    /// [`Unreachable`]. Any status is an answer.
    pub async fn send(
        &self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, Unreachable> {
        let uri = request.uri().clone();
        let sent = match uri.scheme_str() {
            Some("http") => self.plain.request(request).await,
            Some("https") => self.tls()?.request(request).await,
            _ => return Err(Unreachable::Address { uri }),
        };
        let response = sent.map_err(|error| failed(uri.clone(), error.into()))?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await;
        let body = body.map_err(|cause| {
            if cause.is::<http_body_util::LengthLimitError>() {
                Unreachable::TooLarge { uri: uri.clone() }
            } else {
                Unreachable::Broken { uri: uri.clone(), cause }
            }
        })?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    fn tls(&self) -> Result<&TlsClient, Unreachable> {
        if let Some(client) = self.tls.get() {
            return Ok(client);
        }
        let provider = rustls::crypto::ring::default_provider();
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_native_roots(provider)
            .map_err(|error| Unreachable::Trust(error.into()))?
            .https_only()
            .enable_http1()
            .wrap_connector(connector());
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(self.tls.get_or_init(|| client))
    }
}

fn connector() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.enforce_http(false);
    connector
}

/// Tells an unknown name, which is a mistake in the configuration, from a backend that is down. The
/// connector hides its error type, so its text has to tell.
fn failed(uri: Uri, cause: Cause) -> Unreachable {
    let first: &(dyn Error + 'static) = &*cause;
    let mut causes = std::iter::successors(Some(first), |&cause| cause.source());
    if causes.any(|cause| cause.to_string().starts_with("dns error")) {
        Unreachable::Name { uri, cause }
    } else {
        Unreachable::Broken { uri, cause }
    }
}
