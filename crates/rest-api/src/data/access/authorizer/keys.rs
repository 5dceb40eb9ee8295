//! The keys of a user pool, which it publishes and which are kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_call::Call;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use tokio::time::timeout;

use super::token::PublicKey;
use crate::data::Backend;
use crate::data::log::{chain, excerpt};

/// How long keys are believed.
const OLDEST: SignedDuration = SignedDuration::from_hours(1);

/// How long a key that is not among them is not looked for again: whoever makes up tokens must not
/// make calls of the pool.
const PATIENCE: SignedDuration = SignedDuration::from_secs(10);

/// How long the pool may take.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// The keys of one pool.
#[derive(Debug)]
pub(super) struct Keys {
    region: String,
    pool: String,
    /// None before they were fetched for the first time.
    fetched: Mutex<Option<KeySet>>,
}

#[derive(Clone, Debug)]
struct KeySet {
    since: Timestamp,
    by_id: Arc<HashMap<String, PublicKey>>,
}

/// A key set as it is published.
#[derive(Deserialize)]
struct Published {
    keys: Vec<PublishedKey>,
}

#[derive(Deserialize)]
struct PublishedKey {
    kid: String,
    /// Keys that are not RSA's have other numbers.
    n: Option<String>,
    e: Option<String>,
}

impl Keys {
    /// Those of the pool with this id. None is fetched before it is needed.
    pub(super) fn new(region: &str, pool: &str) -> Self {
        Self { region: region.to_owned(), pool: pool.to_owned(), fetched: Mutex::default() }
    }

    /// Hands the key with an id to `check`; `None` if the pool has no such key.
    ///
    /// # Errors
    /// Why the pool's keys are not known.
    pub(super) async fn with<T>(
        &self,
        backend: &Backend,
        id: &str,
        now: Timestamp,
        check: impl FnOnce(&PublicKey) -> T,
    ) -> Result<Option<T>, String> {
        let kept = self.fetched.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let kept = kept.filter(|keys| {
            let age = now.duration_since(keys.since);
            age < if keys.by_id.contains_key(id) { OLDEST } else { PATIENCE }
        });
        let by_id = match kept {
            Some(keys) => keys.by_id,
            None => {
                let by_id = Arc::new(self.fetch(backend).await?);
                let keys = KeySet { since: now, by_id: Arc::clone(&by_id) };
                *self.fetched.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys);
                by_id
            }
        };
        Ok(by_id.get(id).map(check))
    }

    async fn fetch(&self, backend: &Backend) -> Result<HashMap<String, PublicKey>, String> {
        let Self { region, pool, .. } = self;
        let path = format!("/{pool}/.well-known/jwks.json");
        let call = backend.aws.call(Call {
            service: "cognito-idp",
            host: "cognito-idp",
            region,
            method: Method::GET,
            path_and_query: &path,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            role: None,
        });
        let answered = timeout(TIME_LIMIT, call).await;
        let answered = answered.map_err(|_| format!("no keys of {pool} in {TIME_LIMIT:?}"))?;
        let response = answered.map_err(|error| format!("no keys of {pool}: {}", chain(&error)))?;
        let published = serde_json::from_slice(response.body());
        let Published { keys } = match (response.status(), published) {
            (StatusCode::OK, Ok(published)) => published,
            (status, _) => {
                let said = excerpt(response.body());
                return Err(format!("no keys of {pool}: it answered {status}: {said}"));
            }
        };
        let key = |PublishedKey { kid, n, e }| Some((kid, PublicKey::new(&n?, &e?)?));
        Ok(keys.into_iter().filter_map(key).collect())
    }
}
