//! The way to MiniStack: where it listens at the moment, and requests to it.

use std::net::SocketAddr;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, EXPECT, RETRY_AFTER};
use hyper::{Request, Response, StatusCode, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::watch;

use crate::endpoint::{Body, full, json};

/// A MiniStack that may come and go.
#[derive(Clone)]
pub(crate) struct Upstream {
    address: watch::Receiver<Option<SocketAddr>>,
    client: Client<HttpConnector, Body>,
}

/// Nothing listens there, or it broke off.
#[derive(Debug, thiserror::Error)]
#[error("the local AWS is being started anew and has lost its state: run scripts/up")]
pub(crate) struct Gone;

impl Upstream {
    /// Follows the address that the supervisor publishes.
    pub(crate) fn new(address: watch::Receiver<Option<SocketAddr>>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        Self { address, client }
    }

    /// Where MiniStack listens, if it runs.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        *self.address.borrow()
    }

    /// Streams a request to MiniStack and its answer back, both as they are.
    pub(crate) async fn forward(&self, request: Request<Incoming>) -> Response<Body> {
        let (mut parts, body) = request.into_parts();
        // These are between the client and us: we have accepted the body, and keep our own
        // connections.
        parts.headers.remove(EXPECT);
        parts.headers.remove(CONNECTION);
        let body = body.map_err(Into::into).boxed_unsync();
        match self.send(Request::from_parts(parts, body)).await {
            Ok(mut response) => {
                response.headers_mut().remove(CONNECTION);
                response.map(|body| body.map_err(Into::into).boxed_unsync())
            }
            Err(gone) => unavailable(&gone),
        }
    }

    /// Calls MiniStack and reads the whole answer.
    pub(crate) async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Gone> {
        let response = self.send(request.map(full)).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map_err(|_| Gone)?.to_bytes();
        Ok(Response::from_parts(parts, body))
    }

    async fn send(&self, mut request: Request<Body>) -> Result<Response<Incoming>, Gone> {
        let address = self.address().ok_or(Gone)?;
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        *request.uri_mut() = Uri::builder()
            .scheme("http")
            .authority(address.to_string())
            .path_and_query(path)
            .build()
            .map_err(|_| Gone)?;
        self.client.request(request).await.map_err(|_| Gone)
    }
}

/// What every SDK takes as a reason to try again.
pub(crate) fn unavailable(gone: &Gone) -> Response<Body> {
    let text = serde_json::json!({"__type": "ServiceUnavailable", "message": gone.to_string()});
    let mut response = json(StatusCode::SERVICE_UNAVAILABLE, text.to_string());
    response.headers_mut().insert(RETRY_AFTER, 1.into());
    response
}
