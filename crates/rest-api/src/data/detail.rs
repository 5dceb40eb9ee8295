//! What passed between the gateway and a backend, for whoever wonders about an answer. It goes with
//! the response to the one who serves it, and never to the client.

use bytes::Bytes;
use serde::Serialize;

use super::compiled::CompiledIntegration;
use super::integration::Reply;
use super::log::excerpt;

/// An integration's part in an answer that is an error. Payloads are shown by their first 1,024
/// bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The method and the URI of the integration, its stage variables filled in.
    pub integration: String,
    /// The rendered request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The status with which the backend answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What it answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Why the gateway itself answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl Detail {
    /// An integration that was not called yet.
    pub(super) fn new(integration: &CompiledIntegration) -> Self {
        let verb = integration.verb.as_deref().unwrap_or("ANY");
        Self {
            integration: format!("{verb} {}", integration.uri).trim_end().to_owned(),
            request: None,
            status: None,
            answer: None,
            failure: None,
        }
    }

    /// Whether there is nothing to tell: a function that gets a request as it is answers as it likes.
    pub(super) fn is_empty(&self) -> bool {
        self.status.is_none() && self.failure.is_none()
    }

    pub(super) fn sent(&mut self, body: &Bytes) {
        self.request = Some(excerpt(body));
    }

    pub(super) fn received(&mut self, reply: &Reply) {
        self.status = Some(reply.status);
        self.answer = Some(excerpt(&reply.body));
    }
}
