//! HTTP on a listener: any service's connections, and a gateway on one of its own.

mod request_body;

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Body, Bytes};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::gateway::{Gateway, Target};
use crate::load::Loaded;
pub use request_body::RequestBody;

/// Answers every connection of a listener until the future is dropped.
///
/// A request may be answered before its body was read. What is left of it is read then, so that the
/// connection can be used again; where that is too much, the answer says `Connection: close`.
pub async fn serve_http<A, F, B>(listener: TcpListener, answer: A)
where
    A: Fn(Request<RequestBody>, SocketAddr) -> F + Clone + Send + 'static,
    F: Future<Output = Response<B>> + Send + 'static,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    loop {
        let Ok((stream, peer)) = listener.accept().await else {
            // One connection was reset, or there are too many: then it takes one to end.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        tokio::spawn(connection(stream, peer, answer.clone()));
    }
}

async fn connection<A, F, B>(stream: TcpStream, peer: SocketAddr, answer: A)
where
    A: Fn(Request<RequestBody>, SocketAddr) -> F,
    F: Future<Output = Response<B>>,
    B: Body<Data: Send, Error: Into<Box<dyn Error + Send + Sync>>> + 'static,
{
    // Answers are small and their sender waits for them.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let (request, unread) = RequestBody::watch(request);
        let answered = answer(request, peer);
        async move {
            let mut response = answered.await;
            if !unread.drain().await {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, hyper::Error>(response)
        }
    });
    // A connection that breaks off concerns nobody but its client, who knows.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

impl Gateway {
    /// Answers every connection until the future is dropped: stages where [`Gateway::locate`] finds
    /// them, and `root` at every other path.
    pub async fn serve(&self, listener: TcpListener, root: Option<Loaded>) {
        let gateway = self.clone();
        serve_http(listener, move |request, peer| {
            let (gateway, root) = (gateway.clone(), root.clone());
            async move { gateway.respond(request, peer, root.as_ref()).await.map(Full::new) }
        })
        .await;
    }

    async fn respond(
        &self,
        request: Request<RequestBody>,
        peer: SocketAddr,
        root: Option<&Loaded>,
    ) -> Response<Bytes> {
        let (head, body) = request.into_parts();
        let target = self.locate(&head, None);
        let invocation = match (target, root) {
            (Some(Target::Stage(invocation)), _) => invocation,
            (_, Some(root)) => self.invocation(&root.api, &root.stage, head.uri.path()),
            // No stage answers to an empty name.
            _ => self.invocation("", "", head.uri.path()),
        };
        self.invoke(invocation, Request::from_parts(head, body), peer.ip()).await
    }
}

#[cfg(test)]
mod tests;
