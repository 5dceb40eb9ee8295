//! Who may call a method: what API Gateway asks before it looks at a request's parameters and body.
//!
//! The method's authorization and the resource policy come first, together, then the API key, and
//! last how often anybody may. What cannot be judged is refused and the log says what for: a method
//! that is closed on AWS is never open here.

mod api_key;
mod authorizer;
mod iam;
mod resource_policy;
mod signature;
mod throttle;

use std::sync::Arc;

pub(super) use self::authorizer::Authorizer;
pub(super) use self::resource_policy::Together;
use self::throttle::Throttle;
use super::Backend;
use super::compiled::CompiledMethod;
use super::exchange::Exchange;
use super::execution_log;
use super::gateway_response::Failure;
use super::policy::Verdict;
use crate::credentials::Credentials;
use crate::usage::Subscriptions;

/// What is asked of others about who calls, and what is remembered of how often.
#[derive(Clone, Debug)]
pub(super) struct Access {
    credentials: Arc<dyn Credentials>,
    subscriptions: Arc<dyn Subscriptions>,
    throttle: Arc<Throttle>,
}

impl Access {
    pub(super) fn new(
        credentials: Arc<dyn Credentials>,
        subscriptions: Arc<dyn Subscriptions>,
    ) -> Self {
        Self { credentials, subscriptions, throttle: Arc::default() }
    }

    /// The same with other credentials.
    pub(super) fn with_credentials(self, credentials: Arc<dyn Credentials>) -> Self {
        Self { credentials, ..self }
    }
}

/// Lets those through who may call, and adds to the context what is known of them.
///
/// # Errors
/// 401 or 403 for who may not, 429 for who may not now, 500 for what cannot be checked.
pub(super) async fn check(
    access: &Access,
    backend: &Backend,
    exchange: &mut Exchange<'_>,
    method: &CompiledMethod,
) -> Result<(), Failure> {
    match method.definition.authorization_type.as_str() {
        "" | "NONE" => anybody(exchange)?,
        "AWS_IAM" => iam::check(&*access.credentials, exchange).await?,
        "COGNITO_USER_POOLS" => {
            execution_log::starting_authorizer(exchange, method);
            authorizer::check_token(backend, exchange, method).await?;
            anybody(exchange)?;
            execution_log::authorized(exchange);
        }
        "CUSTOM" => {
            execution_log::starting_authorizer(exchange, method);
            lambda_authorized(backend, exchange, method).await?;
            execution_log::authorized(exchange);
        }
        other => return Err(unsupported(&format!("authorization {other} is"))),
    }
    execution_log::verifying_usage_plan(exchange);
    let subscription = api_key::check(&*access.subscriptions, exchange, method)?;
    access.throttle.check(exchange, subscription.as_ref())?;
    if let Some(subscription) = &subscription {
        api_key::count(exchange, subscription)?;
    }
    execution_log::verified_usage_plan(exchange, method.definition.api_key_required);
    Ok(())
}

/// Where there is no authorization, or a user pool has let the caller in, the resource policy must
/// allow the call if there is one.
fn anybody(exchange: &Exchange<'_>) -> Result<(), Failure> {
    let said = resource_policy::verdict(exchange, None)?;
    resource_policy::admit(exchange, None, Together::Alone.of(said, Verdict::None))
}

/// An authorizer is not asked about whom the resource policy denies.
async fn lambda_authorized(
    backend: &Backend,
    exchange: &mut Exchange<'_>,
    method: &CompiledMethod,
) -> Result<(), Failure> {
    let said = resource_policy::verdict(exchange, None)?;
    if said == Some(Verdict::Deny) {
        return resource_policy::admit(exchange, None, Verdict::Deny);
    }
    let authorized = authorizer::ask(backend, exchange, method).await?;
    match Together::SameAccount.of(said, authorized) {
        Verdict::Allow => Ok(()),
        verdict => Err(authorizer::refusal(verdict)),
    }
}

fn unsupported(what: &str) -> Failure {
    Failure::configuration(format!("{what} not supported yet, so the request is refused"))
}
