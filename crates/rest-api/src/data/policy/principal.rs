//! Who is asking, and whom a statement means.

use std::borrow::Cow;

use serde_json::Value as Json;

use super::{PolicyError, object, texts, wrong};

/// Whoever said who they are, by ARN and account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::data) struct Principal {
    /// Of a user, an assumed role's session, or an account's root.
    pub(in crate::data) arn: String,
    pub(in crate::data) account_id: String,
    /// The unique id, of a session with the session's name behind a colon.
    pub(in crate::data) user_id: String,
}

impl Principal {
    /// What `aws:PrincipalArn` is: of a session the ARN of its role.
    pub(in crate::data) fn named_in_conditions(&self) -> Cow<'_, str> {
        let role = || {
            let (_, session) = self.arn.split_once(":assumed-role/")?;
            let role = session.split('/').next()?;
            Some(format!("arn:aws:iam::{}:role/{role}", self.account_id).into())
        };
        role().unwrap_or(Cow::Borrowed(&self.arn))
    }

    /// Whether an ARN names it or the role that it has assumed. Roles may have a path, which the ARN
    /// of a session does not tell.
    fn is_named(&self, arn: &str) -> bool {
        if self.arn == arn {
            return true;
        }
        let role_of_session = || {
            let (_, session) = self.arn.split_once(":assumed-role/")?;
            let (owner, role) = arn.split_once(":role/")?;
            let name = role.rsplit('/').next()?;
            let is_owner = owner.ends_with(&format!("::{}", self.account_id));
            Some(is_owner && session.split('/').next() == Some(name))
        };
        role_of_session().unwrap_or(false)
    }
}

/// The principals of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Principals {
    Everybody,
    These(Vec<Named>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    Account(String),
    Arn(String),
}

impl Principals {
    pub(super) fn parse(place: &str, found: &Json) -> Result<Self, PolicyError> {
        if found == "*" {
            return Ok(Self::Everybody);
        }
        let mut these = Vec::new();
        for (kind, found) in object(place, found)? {
            let names = texts(&format!("{place}.{kind}"), found)?;
            match kind.as_str() {
                "AWS" if names.contains(&"*") => return Ok(Self::Everybody),
                "AWS" => {
                    for name in names {
                        let named = Named::parse(name);
                        let rule = "*, the id of an account or the ARN of a principal";
                        these.push(named.ok_or_else(|| wrong(place, rule, &name.into()))?);
                    }
                }
                // None of them calls APIs.
                "Service" | "Federated" | "CanonicalUser" => {}
                _ => {
                    let rule = "of AWS, Service, Federated or CanonicalUser";
                    return Err(wrong(place, rule, &kind.as_str().into()));
                }
            }
        }
        Ok(Self::These(these))
    }

    /// Whether one of them is asking; none for whoever did not say who they are.
    pub(super) fn include(&self, asking: Option<&Principal>) -> bool {
        match (self, asking) {
            (Self::Everybody, _) => true,
            (Self::These(_), None) => false,
            (Self::These(these), Some(asking)) => these.iter().any(|named| match named {
                Named::Account(id) => asking.account_id == *id,
                Named::Arn(arn) => asking.is_named(arn),
            }),
        }
    }
}

impl Named {
    fn parse(name: &str) -> Option<Self> {
        let is_account = |id: &str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
        if is_account(name) {
            return Some(Self::Account(name.to_owned()));
        }
        let parts: Vec<&str> = name.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", _, "iam", "", id, "root"] if is_account(id) => {
                Some(Self::Account((*id).to_owned()))
            }
            // Only a whole name can be a wildcard.
            ["arn", _, "iam" | "sts", "", id, _] if is_account(id) && !name.contains('*') => {
                Some(Self::Arn(name.to_owned()))
            }
            _ => None,
        }
    }
}
