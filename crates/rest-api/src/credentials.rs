//! Whose keys sign requests: the port through which the gateway asks for them.
//!
//! Identities are not API Gateway's own. A local AWS has them with IAM and STS; a gateway that
//! nobody told otherwise knows the keys of its environment alone.

use std::error::Error;
use std::fmt;
use std::future::ready;
use std::pin::Pin;

/// What is answered in a while, or why there is no answer.
pub type Answer<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, Box<dyn Error + Send + Sync>>> + Send + 'a>>;

/// Knows access keys and what their owners may do.
pub trait Credentials: fmt::Debug + Send + Sync {
    /// To whom an access key belongs.
    fn identity<'a>(&'a self, access_key_id: &'a str) -> Answer<'a, Lookup>;

    /// What the policies of whoever has a key say to a call. Everybody may call, unless this is
    /// implemented to know better.
    fn may_invoke<'a>(&'a self, _: &'a Invoke<'a>) -> Answer<'a, Permission> {
        Box::pin(ready(Ok(Permission::Allowed)))
    }
}

/// What is known of an access key.
#[derive(Clone, Debug)]
pub enum Lookup {
    /// There is no such key, or it is not active.
    Unknown,
    /// It was a session's, which has ended.
    Expired,
    /// It is in use.
    Known(Identity),
}

/// Whoever has an access key.
#[derive(Clone)]
pub struct Identity {
    /// The secret that belongs to the key.
    pub secret_access_key: String,
    /// What a request has to have besides, if the key is a session's.
    pub session_token: Option<String>,
    /// The ARN of the user, the role's session or the account's root.
    pub arn: String,
    /// The account whose key it is.
    pub account_id: String,
    /// The unique id; of a role's session with its name behind a colon.
    pub user_id: String,
    /// The organization of the account, if it belongs to one.
    pub organization_id: Option<String>,
}

/// A call about which policies are asked.
#[derive(Clone, Copy, Debug)]
pub struct Invoke<'a> {
    /// The key with which it is signed.
    pub access_key_id: &'a str,
    /// The ARN of the method that is called.
    pub method_arn: &'a str,
    /// The region of the API.
    pub region: &'a str,
    /// The client's address.
    pub source_ip: &'a str,
}

/// What an identity's policies say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// One allows it and none denies it.
    Allowed,
    /// None says anything to it.
    NotAllowed,
    /// One denies it.
    Denied,
}

impl fmt::Debug for Identity {
    /// Without what must not be in a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// The key of the environment, whose owner is the account.
#[derive(Debug)]
pub(crate) struct Environment {
    access_key_id: String,
    owner: Identity,
}

/// What a local AWS takes from everybody, as key and as secret.
const ANYBODY: &str = "test";

impl Environment {
    /// The key in these variables, or the one that a local AWS takes.
    pub(crate) fn new(account_id: &str, variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name| variable(name).filter(|value| !value.is_empty());
        let key = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        let session_token = key.as_ref().and_then(|_| variable("AWS_SESSION_TOKEN"));
        let (access_key_id, secret_access_key) =
            key.unwrap_or_else(|| (ANYBODY.to_owned(), ANYBODY.to_owned()));
        let owner = Identity {
            secret_access_key,
            session_token,
            arn: format!("arn:aws:iam::{account_id}:root"),
            account_id: account_id.to_owned(),
            user_id: account_id.to_owned(),
            organization_id: None,
        };
        Self { access_key_id, owner }
    }
}

impl Credentials for Environment {
    fn identity<'a>(&'a self, access_key_id: &'a str) -> Answer<'a, Lookup> {
        let is_it = access_key_id == self.access_key_id;
        let lookup = if is_it { Lookup::Known(self.owner.clone()) } else { Lookup::Unknown };
        Box::pin(ready(Ok(lookup)))
    }
}
