//! The body of a request, of which its connection learns when nobody reads it to its end.
//!
//! hyper closes a connection whose request was answered before its body came, and cannot say so in
//! the answer that it has already sent. Whether the body comes in time is up to the network, so a
//! client would now and then lose the request that it sends next.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Request;
use http::header::EXPECT;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// More than that is not read for nothing. Clients that send a little too much still get to read why
/// it was refused, which they do only once they have sent everything.
const LARGEST_REST: usize = 64 * 1024 * 1024;

/// Longer than any client that still sends takes from one packet to the next.
const REST_DEADLINE: Duration = Duration::from_secs(5);

/// The body of a request, as it comes.
#[derive(Debug)]
pub struct RequestBody {
    /// Nothing once it has ended.
    incoming: Option<Incoming>,
    /// Gets what is left when this is dropped.
    rest: Option<oneshot::Sender<Incoming>>,
}

/// What an answer may leave of a body.
pub(super) struct Unread {
    rest: oneshot::Receiver<Incoming>,
    /// The client sends the body when it is told to go on, which only reading does.
    is_expecting: bool,
}

impl RequestBody {
    pub(super) fn watch(request: Request<Incoming>) -> (Request<Self>, Unread) {
        let (sender, rest) = oneshot::channel();
        let unread = Unread { rest, is_expecting: request.headers().contains_key(EXPECT) };
        (request.map(|body| Self { incoming: Some(body), rest: Some(sender) }), unread)
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(incoming) = &mut self.incoming else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(incoming).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.incoming = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or_else(|| SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        if let (Some(incoming), Some(rest)) = (self.incoming.take(), self.rest.take())
            && !incoming.is_end_stream()
        {
            // Nobody waits any more where the connection is gone.
            let _ = rest.send(incoming);
        }
    }
}

impl Unread {
    /// Reads what an answer has left. False if the body has not ended then.
    pub(super) async fn drain(mut self) -> bool {
        // A body that is still being sent elsewhere is in the hands of whoever sends it.
        let Ok(rest) = self.rest.try_recv() else {
            return true;
        };
        if self.is_expecting {
            return false;
        }
        let drained = timeout(REST_DEADLINE, discard(Limited::new(rest, LARGEST_REST))).await;
        drained.unwrap_or(false)
    }
}

/// Reads a body to its end. False if it breaks off.
async fn discard(mut body: Limited<Incoming>) -> bool {
    while let Some(frame) = body.frame().await {
        if frame.is_err() {
            return false;
        }
    }
    true
}
