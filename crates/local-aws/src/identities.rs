//! Whose keys sign calls of REST APIs: MiniStack's, which keeps IAM's users and STS's sessions.
//!
//! Nothing that AWS offers tells a secret, so the process that runs MiniStack answers beside it, at a
//! path that the endpoint lets nobody reach.

use std::error::Error;

use bytes::Bytes;
use hyper::Request;
use rest_api::{Answer, Credentials, Identity, Lookup};
use serde::Deserialize;
use serde_json::json;

use crate::upstream::Upstream;

/// As `ministack_host.py` has it.
const PATH: &str = "/_spillway/identity";

/// The identities of a MiniStack.
#[derive(Debug)]
pub(crate) struct Identities(Upstream);

#[derive(Deserialize)]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Found {
    Unknown,
    Expired,
    Known {
        secret_access_key: String,
        session_token: Option<String>,
        arn: String,
        account_id: String,
        user_id: String,
    },
}

impl Identities {
    pub(crate) fn new(upstream: Upstream) -> Self {
        Self(upstream)
    }

    async fn find(&self, access_key_id: &str) -> Result<Lookup, Box<dyn Error + Send + Sync>> {
        let body = json!({"accessKeyId": access_key_id}).to_string();
        let request = Request::post(PATH).body(Bytes::from(body))?;
        let answer = self.0.ask(request).await?;
        if !answer.status().is_success() {
            return Err(format!("MiniStack's process answered {}", answer.status()).into());
        }
        Ok(match serde_json::from_slice(answer.body())? {
            Found::Unknown => Lookup::Unknown,
            Found::Expired => Lookup::Expired,
            Found::Known { secret_access_key, session_token, arn, account_id, user_id } => {
                Lookup::Known(Identity {
                    secret_access_key,
                    session_token,
                    arn,
                    account_id,
                    user_id,
                    organization_id: None,
                })
            }
        })
    }
}

impl Credentials for Identities {
    fn identity<'a>(&'a self, access_key_id: &'a str) -> Answer<'a, Lookup> {
        Box::pin(self.find(access_key_id))
    }
}
