//! Connections opened during init.

use aws_smithy_runtime_api::client::http::{HttpConnector as _, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use std::time::Duration;
use tokio::task::JoinSet;

/// Init has ten seconds, which are not for this.
const LIMIT: Duration = Duration::from_secs(1);

/// Sends a `GET` to each URL, all at once, and reads the answers to their ends, which puts the
/// connections back into the pool.
pub(super) async fn warm(connector: &SharedHttpConnector, urls: impl Iterator<Item = String>) {
    let mut requests = JoinSet::new();
    for url in urls {
        requests.spawn(get(connector.clone(), url));
    }
    if tokio::time::timeout(LIMIT, requests.join_all()).await.is_err() {
        tracing::debug!("not all connections were opened in time");
    }
}

async fn get(connector: SharedHttpConnector, url: String) {
    let outcome = async {
        let answer = connector.call(HttpRequest::get(url.as_str())?).await?;
        ByteStream::new(answer.into_body()).collect().await?;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(())
    };
    if let Err(error) = outcome.await {
        tracing::debug!(url, %error, "the connection was not opened");
    }
}
