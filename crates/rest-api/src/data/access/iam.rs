//! `AWS_IAM`: requests signed with Signature Version 4 by whoever their policies allow to call.

use super::resource_policy::{self, Together};
use super::signature::Signature;
use crate::credentials::{Credentials, Identity, Invoke, Lookup, Permission};
use crate::data::context;
use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::policy::{Principal, Verdict};

/// Lets those through who signed and may call, and adds to the context who they are.
pub(super) async fn check(
    credentials: &dyn Credentials,
    exchange: &mut Exchange<'_>,
) -> Result<(), Failure> {
    let request = &exchange.request;
    let signature = Signature::read(&request.sent)?
        .ok_or_else(|| Failure::new(ResponseType::MissingAuthenticationToken))?;
    signature.check_scope(request.received, &exchange.served.region)?;
    let lookup = credentials.identity(&signature.access_key_id).await;
    let identity = match lookup.map_err(|error| unanswered(&*error))? {
        Lookup::Known(identity) if identity.session_token == signature.session_token => identity,
        Lookup::Known(_) | Lookup::Unknown => return Err(unknown()),
        Lookup::Expired => return Err(expired()),
    };
    signature.verify(&request.sent, &request.body, &identity.secret_access_key)?;
    context::add_identity(
        exchange.context_mut(),
        [
            ("accessKey", Some(signature.access_key_id.as_str())),
            ("accountId", Some(&identity.account_id)),
            ("caller", Some(&identity.user_id)),
            ("user", Some(&identity.user_id)),
            ("userArn", Some(&identity.arn)),
            ("principalOrgId", identity.organization_id.as_deref()),
        ],
    );
    authorize(credentials, exchange, &signature.access_key_id, identity).await
}

/// Asks the identity's policies and the resource policy.
async fn authorize(
    credentials: &dyn Credentials,
    exchange: &Exchange<'_>,
    access_key_id: &str,
    identity: Identity,
) -> Result<(), Failure> {
    let Identity { arn, account_id, user_id, .. } = identity;
    let caller = Principal { arn, account_id, user_id };
    let said = resource_policy::verdict(exchange, Some(&caller))?;
    let call = Invoke {
        access_key_id,
        method_arn: &exchange.method_arn(),
        region: &exchange.served.region,
        source_ip: &exchange.request.source_ip,
    };
    let own = match credentials.may_invoke(&call).await.map_err(|error| unanswered(&*error))? {
        Permission::Allowed => Verdict::Allow,
        Permission::NotAllowed => Verdict::None,
        Permission::Denied => Verdict::Deny,
    };
    let is_own_account = caller.account_id == exchange.served.account_id;
    if said.is_none() && own == Verdict::None && is_own_account {
        let ending = " because no identity-based policy allows the execute-api:Invoke action";
        return Err(resource_policy::refusal(exchange, Some(&caller), ending));
    }
    let together = if is_own_account { Together::SameAccount } else { Together::OtherAccount };
    resource_policy::admit(exchange, Some(&caller), together.of(said, own))
}

fn unknown() -> Failure {
    Failure::new(ResponseType::Default4xx)
        .status(403)
        .error_type("UnrecognizedClientException")
        .message("The security token included in the request is invalid.")
}

fn expired() -> Failure {
    let message = "The security token included in the request is expired";
    Failure::new(ResponseType::ExpiredToken).message(message)
}

fn unanswered(error: &(dyn std::error::Error + 'static)) -> Failure {
    let reason = format!("the caller's identity: {}", crate::data::log::chain(error));
    Failure::configuration(reason)
}
