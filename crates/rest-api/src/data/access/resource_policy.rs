//! The API's resource policy: what it says to a request, and what comes of it together with what
//! the method's authorization says.
//!
//! The outcomes are those of AWS's page on how resource policies affect the authorization workflow,
//! whose tables A and B are [`Together::of`].

use std::borrow::Cow;

use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::policy::{Policy, Principal, Question, Verdict};

pub(super) const INVOKE: &str = "execute-api:Invoke";

/// What the resource policy says to a request; nothing if the API has none.
///
/// # Errors
/// 500 if it is no policy.
pub(super) fn verdict(
    exchange: &Exchange<'_>,
    caller: Option<&Principal>,
) -> Result<Option<Verdict>, Failure> {
    let Some(policy) = &exchange.compiled.resource_policy else { return Ok(None) };
    let policy = policy
        .as_ref()
        .map_err(|error| Failure::configuration(format!("the resource policy: {error}")))?;
    Ok(Some(ask(policy, exchange, caller)))
}

/// What a policy says to a request.
pub(super) fn ask(policy: &Policy, exchange: &Exchange<'_>, caller: Option<&Principal>) -> Verdict {
    policy.evaluate(&Question {
        principal: caller,
        action: INVOKE,
        resource: &exchange.method_arn(),
        condition: &|key| values(exchange, caller, key).map(Cow::into_owned).into_iter().collect(),
    })
}

/// The value of a condition key.
fn values<'a>(
    exchange: &'a Exchange<'_>,
    caller: Option<&'a Principal>,
    key: &str,
) -> Option<Cow<'a, str>> {
    let request = &exchange.request;
    let text = match key {
        "aws:sourceip" => request.source_ip.as_str(),
        "aws:useragent" => request.header("User-Agent")?,
        "aws:referer" => request.header("Referer")?,
        "aws:requestedregion" => &exchange.served.region,
        // APIs have no other door on AWS.
        "aws:securetransport" => "true",
        "aws:currenttime" => return Some(request.received.to_string().into()),
        "aws:epochtime" => return Some(request.received.as_second().to_string().into()),
        "aws:principalarn" => return Some(caller?.named_in_conditions()),
        "aws:principalaccount" => &caller?.account_id,
        "aws:userid" => &caller?.user_id,
        "aws:username" => caller?.arn.split_once(":user/")?.1.rsplit('/').next()?,
        _ => return None,
    };
    Some(text.into())
}

/// Whose word counts besides the resource policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::data) enum Together {
    /// Nobody's: the method has no authorization, or a user pool has let the caller in already.
    Alone,
    /// A Lambda authorizer's, or that of an identity of the API's own account: table A.
    SameAccount,
    /// That of an identity of another account: table B.
    OtherAccount,
}

impl Together {
    /// What comes of both.
    pub(in crate::data) fn of(self, resource: Option<Verdict>, other: Verdict) -> Verdict {
        use Verdict::{Allow, Deny, None as Nothing};
        match (self, resource.unwrap_or(Nothing), other) {
            (_, Deny, _) | (_, _, Deny) => Deny,
            (Self::Alone, _, _) => resource.unwrap_or(Allow),
            (Self::SameAccount, Allow, _) | (Self::SameAccount, _, Allow) => Allow,
            (Self::OtherAccount, Allow, Allow) => Allow,
            _ => Nothing,
        }
    }
}

/// Lets through whom a verdict allows.
///
/// # Errors
/// 403
pub(super) fn admit(
    exchange: &Exchange<'_>,
    caller: Option<&Principal>,
    verdict: Verdict,
) -> Result<(), Failure> {
    match verdict {
        Verdict::Allow => Ok(()),
        Verdict::Deny => Err(refusal(exchange, caller, " with an explicit deny")),
        Verdict::None => Err(refusal(exchange, caller, "")),
    }
}

/// 403 that says who was refused what, the account's number but for its end.
pub(super) fn refusal(
    exchange: &Exchange<'_>,
    caller: Option<&Principal>,
    ending: &str,
) -> Failure {
    let user = caller.map_or("anonymous", |caller| &caller.arn);
    let account = &exchange.served.account_id;
    let shown = &account[account.len().saturating_sub(4)..];
    let hidden = exchange.method_arn().replacen(account.as_str(), &format!("********{shown}"), 1);
    let message = format!(
        "User: {user} is not authorized to perform: {INVOKE} on resource: {hidden}{ending}"
    );
    Failure::new(ResponseType::AccessDenied).message(message)
}
