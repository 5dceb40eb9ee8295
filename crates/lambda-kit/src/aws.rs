//! SDK configuration that is the cheapest to start, and connections opened before they are needed.
//!
//! - Region and credentials come straight from the environment, where Lambda puts them, instead
//!   of from the SDK's provider chain: about 15 % of a cold start. They are read once. Lambda does
//!   not change them during the life of an execution environment; a process that lives longer than
//!   its credentials (a laptop with a session of one hour, SnapStart) has to be restarted.
//! - TLS is rustls with `ring`. The SDK's default, `aws-lc-rs`, gathers entropy for 31 ms of CPU at
//!   its first handshake: half a second at 128 MB.
//! - The trust store holds Amazon's five roots and is parsed once for all clients.
//! - Every timeout is set: the SDK waits for ever by default.
//! - [`Aws::warm`] opens connections during init, which has a full core whatever the memory size.
//!
//! Of the SDKs' standard variables these are honoured: `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
//! `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_<SERVICE>`,
//! `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` and `AWS_DISABLE_HOST_PREFIX_INJECTION`. Left out on
//! purpose: profiles, files, instance metadata, dual stack, FIPS and proxies.

mod endpoints;
mod failure;
mod host_prefix;
mod trust;
mod warm;

pub use endpoints::Service;
pub use failure::CallError;
pub use host_prefix::WithoutHostPrefix;

use crate::{Error, Settings};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::{Provider, TlsContext, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use endpoints::Endpoints;
use std::time::Duration;

/// AWS's endpoints answer a connection in milliseconds; what takes a second is not coming.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// One attempt at a call that should take milliseconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(3);
/// All attempts of one call.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(8);

/// What every SDK client of a function is made from.
#[derive(Debug)]
pub struct Aws {
    config: SdkConfig,
    connector: SharedHttpConnector,
    endpoints: Endpoints,
}

impl Aws {
    /// Reads the configuration. Nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::MissingSettings`] if region or credentials are missing, and
    /// [`Error::InvalidSetting`] if an endpoint or a flag is not one.
    pub fn from_settings(settings: &Settings) -> Result<Self, Error> {
        let [region, key_id, secret] =
            settings.require(["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])?;
        let session_token = settings.optional("AWS_SESSION_TOKEN").map(str::to_owned);
        let credentials = Credentials::new(key_id, secret, session_token, None, "environment");
        let endpoints = Endpoints::from_settings(settings, &region)?;
        let sleep = SharedAsyncSleep::new(TokioSleep::new());
        let connector = SharedHttpConnector::new(connector(&endpoints, sleep.clone()));

        // One connector for all clients: the SDK's own client would make another for each set of
        // timeouts, with its own trust store and its own connections.
        let shared = connector.clone();
        let http_client = http_client_fn(move |_, _| shared.clone());
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(http_client)
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts)
            .sleep_impl(sleep)
            .service_config(endpoints.clone())
            .build();
        Ok(Self { config, connector, endpoints })
    }

    /// The configuration to make a client from: `aws_sdk_x::Client::new(aws.config())`, or through
    /// `aws_sdk_x::config::Builder::from(aws.config())` to add to it.
    ///
    /// A call may take 8 s in all and 3 s an attempt, with at most three attempts. A client whose
    /// calls take longer, or must not be repeated, sets its own timeouts and retries on the
    /// builder. Timeouts that it leaves unset are these all the same: the SDK merges them, so what
    /// shall not hold has to be disabled (`disable_operation_attempt_timeout`).
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// An interceptor for clients of operations that put a prefix before the host's name (Step
    /// Functions' `StartSyncExecution` calls `sync-states...`). It leaves the prefix out if
    /// `AWS_DISABLE_HOST_PREFIX_INJECTION` is `true`, and does nothing otherwise.
    ///
    /// The AWS SDKs share that setting; the Rust SDK does not read it (aws-sdk-sfn 1.125).
    pub fn host_prefix(&self) -> WithoutHostPrefix {
        WithoutHostPrefix { disabled: self.endpoints.host_prefix_disabled }
    }

    /// Opens a connection to each service, all at once, so that the first invocation finds them
    /// open: TLS is paid with init's full core instead of with the function's share of one.
    ///
    /// It sends each an unauthenticated `GET /` and ignores what it says. It takes a second at
    /// most and never fails: without the connection the first call opens it.
    pub async fn warm(&self, services: &[Service]) {
        warm::warm(&self.connector, services.iter().map(|service| self.endpoints.url(service)))
            .await;
    }
}

/// The one pool of connections.
fn connector(endpoints: &Endpoints, sleep: SharedAsyncSleep) -> Connector {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build();
    let tls = TlsContext::builder()
        .with_trust_store(trust::store(endpoints))
        .build()
        .expect("a TLS context only holds what it was given");
    Connector::builder()
        .connector_settings(settings)
        .sleep_impl(sleep)
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build()
}

#[cfg(test)]
mod tests;
