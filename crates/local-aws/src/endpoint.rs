//! The one endpoint: an HTTP server that answers what it owns and streams the rest to MiniStack.
//!
//! It owns its own health (`/_spillway/health`) and function URLs ([`crate::function_url`]), which
//! MiniStack serves with requests that it has altered. It keeps no state of its own.

use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::function_url::FunctionUrls;
use crate::upstream::Upstream;

/// A body that is streamed or at hand.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Why a streamed body broke off.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// Answers every connection until the future is dropped.
pub(crate) async fn serve(ipv4: TcpListener, ipv6: Option<TcpListener>, upstream: Upstream) {
    let function_urls = FunctionUrls::new(upstream.clone());
    let second = async {
        match ipv6 {
            Some(listener) => accept(listener, &upstream, &function_urls).await,
            None => pending().await,
        }
    };
    tokio::join!(accept(ipv4, &upstream, &function_urls), second);
}

async fn accept(listener: TcpListener, upstream: &Upstream, function_urls: &FunctionUrls) {
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // One connection was reset, or there are too many: then it takes one to end.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        tokio::spawn(answer(stream, peer, upstream.clone(), function_urls.clone()));
    }
}

async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    upstream: Upstream,
    function_urls: FunctionUrls,
) {
    // Answers are small and their sender waits for them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request: Request<Incoming>| {
        let (upstream, function_urls) = (upstream.clone(), function_urls.clone());
        async move { Ok::<_, hyper::Error>(route(request, peer, &upstream, &function_urls).await) }
    });
    // A connection that breaks off concerns nobody but its client, who knows.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn route(
    request: Request<Incoming>,
    peer: SocketAddr,
    upstream: &Upstream,
    function_urls: &FunctionUrls,
) -> Response<Body> {
    if request.uri().path() == "/_spillway/health" {
        let (status, text) = match upstream.address() {
            Some(_) => (StatusCode::OK, r#"{"status":"ok"}"#),
            None => (StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"starting"}"#),
        };
        return json(status, text);
    }
    match function_urls.locate(&request) {
        Some(target) => function_urls.answer(target, request, peer).await,
        None => upstream.forward(request).await,
    }
}

/// An answer of our own.
pub(crate) fn json(status: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, "application/json".parse().expect("a valid value"));
    response
}

/// A body that is at hand.
pub(crate) fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).map_err(|never| match never {}).boxed_unsync()
}
