//! A gateway on a listener of its own.

use std::net::SocketAddr;
use std::time::Duration;

use http::{Request, Response};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use crate::gateway::{Gateway, Target};
use crate::load::Loaded;

impl Gateway {
    /// Answers every connection until the future is dropped: stages where [`Gateway::locate`] finds
    /// them, and `root` at every other path.
    pub async fn serve(&self, listener: TcpListener, root: Option<Loaded>) {
        loop {
            let Ok((stream, peer)) = listener.accept().await else {
                // One connection was reset, or there are too many: then it takes one to end.
                sleep(Duration::from_millis(50)).await;
                continue;
            };
            tokio::spawn(self.clone().connection(stream, peer, root.clone()));
        }
    }

    async fn connection(self, stream: TcpStream, peer: SocketAddr, root: Option<Loaded>) {
        // Answers are small and their sender waits for them.
        let _ = stream.set_nodelay(true);
        let service = service_fn(|request: Request<Incoming>| {
            let (gateway, root) = (self.clone(), root.clone());
            async move {
                let response = gateway.respond(request, peer, root.as_ref()).await;
                Ok::<_, hyper::Error>(response.map(Full::new))
            }
        });
        // A connection that breaks off concerns nobody but its client, who knows.
        let _ = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), service)
            .await;
    }

    async fn respond(
        &self,
        request: Request<Incoming>,
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
