//! Event source mappings as a whole: which requests are theirs, and who answers them.

use std::sync::Arc;

use aws_call::{Aws, Outbound};
use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, Uri};

use crate::client::{Client, Cloud};
use crate::control;
use crate::news::News;
use crate::store::Store;

/// The event source mappings of one account. Clones share everything.
#[derive(Clone)]
pub struct EventSources {
    pub(crate) account: Arc<str>,
    pub(crate) cloud: Arc<dyn Cloud>,
    pub(crate) store: Store,
    pub(crate) news: Arc<News>,
    pub(crate) log: Log,
}

/// Where lines go that no client is told.
pub(crate) type Log = Arc<dyn Fn(&str) + Send + Sync>;

impl EventSources {
    /// Without any mapping. Sources, functions and destinations are at `endpoint`. `log` is told, a
    /// line each, what stands in the way of a mapping and what was lost.
    pub fn new(account: &str, endpoint: Uri, log: impl Fn(&str) + Send + Sync + 'static) -> Self {
        let aws = Aws::new(Arc::new(Outbound::new()), Some(endpoint));
        Self::with(account, Arc::new(aws), Arc::new(log))
    }

    pub(crate) fn with(account: &str, cloud: Arc<dyn Cloud>, log: Log) -> Self {
        Self { account: account.into(), cloud, store: Store::default(), news: Arc::default(), log }
    }

    /// Whether a request is for this control plane: the mappings' own operations, and the tags of
    /// mappings.
    pub fn owns(&self, head: &Parts) -> bool {
        control::owns(head.uri.path())
    }

    /// Answers a request to the control plane of a region. Starts and stops pollers, so it has to be
    /// called within a Tokio runtime.
    pub async fn answer(&self, region: &str, request: Request<Bytes>) -> Response<Bytes> {
        control::answer(self, region, &request).await
    }

    /// Tells that a service has carried out an operation. What waits for messages or records that it
    /// may have written looks for them at once, and need not be told to find them.
    pub fn heard(&self, service: &str, operation: &str) {
        self.news.tell(service, operation);
    }

    /// Forgets every mapping and stops its poller at once.
    pub fn clear(&self) {
        self.store.clear();
    }

    pub(crate) fn client(&self, region: &str) -> Client {
        Client { cloud: Arc::clone(&self.cloud), region: region.to_owned() }
    }
}

impl std::fmt::Debug for EventSources {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("EventSources")
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
