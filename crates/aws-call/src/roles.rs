//! Roles, assumed when they are first needed and again before their credentials end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use form_urlencoded::Serializer;
use http::{Response, StatusCode};
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::aws::{Aws, Call, Error};

/// Credentials that end so soon are not used any more: a call may wait on its way.
const RESERVE: Duration = Duration::from_secs(300);

/// Most of an error of STS that is shown.
const SHOWN: usize = 1024;

/// A role to call as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// What the session is called in the callee's logs.
    pub session: &'a str,
}

/// The sessions of roles that were assumed, by ARN and session name.
#[derive(Debug, Default)]
pub(crate) struct Roles {
    sessions: Mutex<HashMap<(String, String), Arc<Session>>>,
}

/// A session's credentials, once there are some. Each has a lock of its own, so that a burst of calls
/// assumes a role once and waits for no other role.
type Session = Mutex<Option<Credentials>>;

impl Roles {
    /// The credentials of a role.
    pub(crate) async fn assume(
        &self,
        aws: &Aws,
        role: Role<'_>,
        region: &str,
    ) -> Result<Credentials, Error> {
        let key = (role.arn.to_owned(), role.session.to_owned());
        let session = Arc::clone(self.sessions.lock().await.entry(key).or_default());
        let mut session = session.lock().await;
        if let Some(credentials) = session.as_ref().filter(|credentials| lasts(credentials)) {
            return Ok(credentials.clone());
        }
        let form = Serializer::new(String::new())
            .append_pair("Action", "AssumeRole")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", role.arn)
            .append_pair("RoleSessionName", role.session)
            .finish();
        let answer = Box::pin(aws.call(Call::query("sts", region, form))).await?;
        let credentials = read(&answer).ok_or_else(|| Error::Role {
            role: role.arn.to_owned(),
            status: answer.status(),
            answer: String::from_utf8_lossy(answer.body()).chars().take(SHOWN).collect(),
        })?;
        Ok(session.insert(credentials).clone())
    }
}

fn lasts(credentials: &Credentials) -> bool {
    credentials.expiry().is_none_or(|end| SystemTime::now() + RESERVE < end)
}

/// The credentials in an answer of STS; none if it is no success.
fn read(answer: &Response<impl AsRef<[u8]>>) -> Option<Credentials> {
    let text = std::str::from_utf8(answer.body().as_ref()).ok()?;
    let end: Timestamp = element(text, "Expiration")?.parse().ok()?;
    let credentials = Credentials::new(
        element(text, "AccessKeyId")?,
        element(text, "SecretAccessKey")?,
        Some(element(text, "SessionToken")?.to_owned()),
        Some(end.into()),
        "AssumeRole",
    );
    (answer.status() == StatusCode::OK).then_some(credentials)
}

/// The text of the one element of this name. Keys and times hold nothing that XML escapes.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(value, _)| value.trim())
}
