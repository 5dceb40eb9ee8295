//! The way to MiniStack: where it listens at the moment, and requests to it.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aws_call::{Aws, Call, Outbound};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::watch;

use crate::endpoint::{Body, BodyError, full, json};
use crate::instance::Iam;

/// A MiniStack that may come and go.
#[derive(Clone, Debug)]
pub(crate) struct Upstream {
    address: watch::Receiver<Option<SocketAddr>>,
    client: Client<HttpConnector, Body>,
    iam: Iam,
    /// For calls of our own.
    outbound: Arc<Outbound>,
}

/// Why MiniStack did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It does not run at the moment.
    #[error("the local AWS is being started anew and has lost its state: run scripts/up")]
    Gone,
    /// The request could not be sent, or the answer not be read.
    #[error("the request to MiniStack broke off")]
    Broken(#[source] BodyError),
}

/// By which MiniStack knows that a request came over TLS.
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Longer than between two requests of a burst. MiniStack ends no connection by itself.
const IDLE: Duration = Duration::from_secs(60);

impl Upstream {
    /// Follows the address that the supervisor publishes.
    pub(crate) fn new(address: watch::Receiver<Option<SocketAddr>>, iam: Iam) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Self { address, client, iam, outbound: Arc::default() }
    }

    /// Where MiniStack listens, if it runs.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        *self.address.borrow()
    }

    /// Streams a request to MiniStack and its answer back, both as they are.
    pub(crate) async fn forward(&self, mut request: Request<Body>) -> Response<Body> {
        // These are between the client and us: we have accepted the body, and keep our own
        // connections.
        request.headers_mut().remove(EXPECT);
        request.headers_mut().remove(CONNECTION);
        if self.iam == Iam::Enforced {
            // On AWS all requests come over TLS, which policies ask for (`aws:SecureTransport`).
            let is_secure = request.headers_mut().entry(FORWARDED_PROTO);
            is_secure.or_insert(HeaderValue::from_static("https"));
        }
        match self.send(request).await {
            Ok(mut response) => {
                response.headers_mut().remove(CONNECTION);
                response.map(|body| body.map_err(Into::into).boxed_unsync())
            }
            Err(failure) => unavailable(&failure),
        }
    }

    /// Calls MiniStack's Lambda as the root of its account and reads the whole answer.
    pub(crate) async fn lambda(
        &self,
        region: &str,
        method: Method,
        path_and_query: &str,
        body: Bytes,
    ) -> Result<Response<Bytes>, Failure> {
        let endpoint = Uri::builder()
            .scheme("http")
            .authority(self.address().ok_or(Failure::Gone)?.to_string())
            .path_and_query("/")
            .build()
            .map_err(|error| Failure::Broken(error.into()))?;
        let call = Call {
            service: "lambda",
            host: "lambda",
            region,
            method,
            path_and_query,
            headers: HeaderMap::new(),
            body,
            role: None,
        };
        let aws = Aws::local(Arc::clone(&self.outbound), endpoint);
        aws.call(call).await.map_err(|error| Failure::Broken(error.into()))
    }

    /// Asks MiniStack's process something that is no service of AWS, and reads the whole answer.
    pub(crate) async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let (parts, body) = self.send(request.map(full)).await?.into_parts();
        let body = body.collect().await.map_err(|error| Failure::Broken(error.into()))?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    }

    async fn send(&self, mut request: Request<Body>) -> Result<Response<Incoming>, Failure> {
        let address = self.address().ok_or(Failure::Gone)?;
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = Uri::builder()
            .scheme("http")
            .authority(address.to_string())
            .path_and_query(path)
            .build()
            .map_err(|error| Failure::Broken(error.into()))?;
        self.client.request(request).await.map_err(|error| Failure::Broken(error.into()))
    }
}

/// What every SDK takes as a reason to try again. Why a request broke off is for the log.
pub(crate) fn unavailable(failure: &Failure) -> Response<Body> {
    let (status, kind) = match failure {
        Failure::Gone => (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"),
        Failure::Broken(_) => {
            let causes = std::iter::successors(failure.source(), |&cause| cause.source());
            log(&causes.fold(failure.to_string(), |line, cause| format!("{line}: {cause}")));
            (StatusCode::BAD_GATEWAY, "BadGateway")
        }
    };
    let text = serde_json::json!({"__type": kind, "message": failure.to_string()});
    let mut response = json(status, text.to_string());
    response.headers_mut().insert(RETRY_AFTER, 1.into());
    response
}

/// A line to standard error, which is the supervisor's log.
#[expect(clippy::print_stderr, reason = "standard error is the log")]
pub(crate) fn log(line: &str) {
    eprintln!("{line}");
}
