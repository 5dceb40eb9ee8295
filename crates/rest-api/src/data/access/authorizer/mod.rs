//! Authorizers: Lambda functions and user pools that say who may call.
//!
//! An [`Authorizer`] is part of a stage made ready to serve, and so is what it keeps between
//! requests: the answers of functions, the keys of user pools. What changes a stage, or flushes its
//! caches, makes a new one. Nothing here reads a clock: now is when the request came.

mod answer;
mod cache;
mod claims;
mod keys;
mod lambda;
mod token;
mod user_pools;

use self::lambda::LambdaAuthorizer;
use self::user_pools::UserPoolAuthorizer;
use crate::data::Backend;
use crate::data::compiled::CompiledMethod;
use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::policy::Verdict;
use crate::model::{self, Strings};

/// The longest ARN of a method that an authorizer guards.
const LONGEST_ARN: usize = 1600;

/// An authorizer, its stage variables filled in.
#[derive(Debug)]
pub(in crate::data) enum Authorizer {
    Lambda(Box<LambdaAuthorizer>),
    UserPools(UserPoolAuthorizer),
}

impl Authorizer {
    /// None if it is of no type that is known.
    pub(in crate::data) fn new(
        definition: &model::Authorizer,
        variables: &Strings,
    ) -> Option<Self> {
        match definition.kind.as_str() {
            "TOKEN" | "REQUEST" => {
                Some(Self::Lambda(Box::new(LambdaAuthorizer::new(definition, variables))))
            }
            "COGNITO_USER_POOLS" => {
                Some(Self::UserPools(UserPoolAuthorizer::new(definition, variables)))
            }
            _ => None,
        }
    }
}

/// Asks the function of a method's authorizer, and adds what it knows of the caller.
///
/// # Errors
/// 401 for who is not known, 414 for a path that is too long to be asked about, 500 for an
/// authorizer that does not work.
pub(super) async fn ask(
    backend: &Backend,
    exchange: &mut Exchange<'_>,
    method: &CompiledMethod,
) -> Result<Verdict, Failure> {
    let arn = guarded(exchange)?;
    match find(exchange, method)? {
        Authorizer::Lambda(authorizer) => authorizer.ask(backend, exchange, &arn).await,
        Authorizer::UserPools(_) => Err(misconfigured("the method's authorizer is no function")),
    }
}

/// Lets those through who have a token of the user pools of a method's authorizer, and adds its
/// claims.
///
/// # Errors
/// As those of [`ask`].
pub(super) async fn check_token(
    backend: &Backend,
    exchange: &mut Exchange<'_>,
    method: &CompiledMethod,
) -> Result<(), Failure> {
    guarded(exchange)?;
    match find(exchange, method)? {
        Authorizer::UserPools(authorizer) => {
            authorizer.check(backend, exchange, &method.definition.authorization_scopes).await
        }
        Authorizer::Lambda(_) => Err(misconfigured("the method's authorizer is no user pool")),
    }
}

/// The answer to whom an authorizer's policy denies, or does not allow.
pub(super) fn refusal(verdict: Verdict) -> Failure {
    let failure = Failure::new(ResponseType::AccessDenied);
    match verdict {
        Verdict::Deny => {
            failure.message("User is not authorized to access this resource with an explicit deny")
        }
        _ => failure,
    }
}

/// The ARN of what is called.
fn guarded(exchange: &Exchange<'_>) -> Result<String, Failure> {
    let arn = exchange.method_arn();
    if arn.len() > LONGEST_ARN {
        let failure = Failure::new(ResponseType::Default4xx).status(414);
        return Err(failure.message("Request URI too long"));
    }
    Ok(arn)
}

fn find<'a>(exchange: &Exchange<'a>, method: &CompiledMethod) -> Result<&'a Authorizer, Failure> {
    let id = method.definition.authorizer_id.as_deref().unwrap_or_default();
    let authorizer = exchange.compiled.authorizers.get(id);
    authorizer.ok_or_else(|| misconfigured(format!("the stage has no authorizer {id:?}")))
}

/// 401
fn unauthorized() -> Failure {
    Failure::new(ResponseType::Unauthorized)
}

/// 500 for an authorizer that cannot be used as it is.
fn misconfigured(reason: impl Into<String>) -> Failure {
    Failure::new(ResponseType::AuthorizerConfigurationError).because(reason)
}
