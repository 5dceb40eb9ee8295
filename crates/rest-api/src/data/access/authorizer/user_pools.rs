//! Cognito authorizers: a token that one of the user pools has signed says who calls.
//!
//! The pools' clients are not looked at, unless a validation expression asks for some. A method
//! without scopes takes identity tokens, a method with scopes takes access tokens.

use mapping_template::JsonObject;
use serde_json::{Value as Json, json};
use vtl::{JavaPattern, Limits, Meter};

use super::keys::Keys;
use super::token::Token;
use super::{claims, misconfigured, unauthorized};
use crate::data::Backend;
use crate::data::exchange::Exchange;
use crate::data::gateway_response::Failure;
use crate::data::integration::substitute;
use crate::data::parameters::Source;
use crate::model::{Authorizer, Strings};

/// Where a token is unless the authorizer says it.
const DEFAULT_SOURCE: &str = "method.request.header.Authorization";

/// An authorizer of user pools.
#[derive(Debug)]
pub(in crate::data) struct UserPoolAuthorizer {
    pools: Vec<UserPool>,
    source: Source,
    /// What the client of an identity token must look like.
    audience: Option<JavaPattern>,
}

#[derive(Debug)]
struct UserPool {
    /// What its tokens say who made them.
    issuer: String,
    keys: Keys,
}

impl UserPoolAuthorizer {
    pub(super) fn new(definition: &Authorizer, variables: &Strings) -> Self {
        let pool = |arn: &String| UserPool::new(&substitute(arn, variables));
        let source = definition.identity_source.as_deref().filter(|source| !source.is_empty());
        let audience = definition.identity_validation_expression.as_deref();
        Self {
            pools: definition.provider_arns.iter().filter_map(pool).collect(),
            source: Source::parse(source.unwrap_or(DEFAULT_SOURCE)),
            audience: audience.filter(|pattern| !pattern.is_empty()).map(JavaPattern::new),
        }
    }

    /// Lets those through who have a token for a method with these scopes, and adds its claims to
    /// the context.
    ///
    /// # Errors
    /// 401 for who has none, 500 if it cannot be checked.
    pub(super) async fn check(
        &self,
        backend: &Backend,
        exchange: &mut Exchange<'_>,
        scopes: &[String],
    ) -> Result<(), Failure> {
        let sent = self.source.read(&exchange.data()).ok().flatten();
        let sent = sent.ok_or_else(unauthorized)?.join(",");
        match self.claims(backend, exchange, bearer(&sent), scopes).await {
            Ok(claims) => {
                let claims = Json::Object(claims::shown(&claims));
                exchange.add_authorizer([("claims".to_owned(), claims)].into_iter().collect());
                Ok(())
            }
            Err(failure) => {
                exchange.trace.authorizer.error = failure.log_line();
                Err(failure)
            }
        }
    }

    /// The claims of a token that counts.
    async fn claims(
        &self,
        backend: &Backend,
        exchange: &Exchange<'_>,
        text: &str,
        scopes: &[String],
    ) -> Result<JsonObject, Failure> {
        let now = exchange.request.received;
        if self.pools.is_empty() {
            return Err(misconfigured("the authorizer has no ARN of a user pool"));
        }
        let token = Token::read(text).ok_or_else(|| refused("it cannot be read"))?;
        let issuer = token.text("iss").unwrap_or_default();
        let pool = self.pools.iter().find(|pool| pool.issuer == issuer);
        let pool = pool.ok_or_else(|| refused(format!("{issuer:?} is none of the pools")))?;
        let is_signed = pool.keys.with(backend, &token.key_id, now, |key| token.is_signed_by(key));
        match is_signed.await.map_err(misconfigured)? {
            Some(true) => {}
            Some(false) => return Err(refused("its signature is wrong")),
            None => return Err(refused(format!("the pool has no key {:?}", token.key_id))),
        }
        let end = token.seconds("exp").ok_or_else(|| refused("it has no end"))?;
        if end <= now.as_second() {
            return Err(refused("it has expired").message("The incoming token has expired"));
        }
        if token.seconds("nbf").is_some_and(|start| now.as_second() < start) {
            return Err(refused("it does not count yet"));
        }
        self.check_audience(&token)?;
        check_use(&token, scopes)?;
        Ok(token.claims)
    }

    /// Access tokens have no audience, so an expression lets none of them through.
    fn check_audience(&self, token: &Token<'_>) -> Result<(), Failure> {
        let Some(pattern) = &self.audience else {
            return Ok(());
        };
        let audience = token.text("aud").ok_or_else(|| refused("it has no audience"))?;
        let matches = pattern.matches(audience, &Meter::new(Limits::default()));
        match matches {
            Ok(true) => Ok(()),
            Ok(false) => Err(refused(format!("its audience is {audience:?}"))),
            Err(fault) => Err(misconfigured(format!(
                "the authorizer's identityValidationExpression: {fault}"
            ))),
        }
    }
}

impl UserPool {
    /// `arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}`
    fn new(arn: &str) -> Option<Self> {
        let parts: Vec<&str> = arn.split(':').collect();
        let [_, _, "cognito-idp", region, _, pool] = parts[..] else {
            return None;
        };
        let id = pool.strip_prefix("userpool/")?;
        Some(Self {
            issuer: format!("https://cognito-idp.{region}.amazonaws.com/{id}"),
            keys: Keys::new(region, id),
        })
    }
}

/// The token itself, before which clients may write what it is.
fn bearer(sent: &str) -> &str {
    match sent.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => token.trim(),
        _ => sent.trim(),
    }
}

/// Whether it is a token of the kind that the method takes, and has one of its scopes.
fn check_use(token: &Token<'_>, scopes: &[String]) -> Result<(), Failure> {
    let wanted = if scopes.is_empty() { "id" } else { "access" };
    if token.text("token_use") != Some(wanted) {
        let found = token.claims.get("token_use").cloned().unwrap_or(json!(null));
        return Err(refused(format!("its token_use is {found}, not {wanted:?}")));
    }
    let mut granted = token.text("scope").unwrap_or_default().split(' ');
    if scopes.is_empty() || granted.any(|scope| scopes.iter().any(|wanted| wanted == scope)) {
        return Ok(());
    }
    Err(refused(format!("it has none of the scopes {scopes:?}")))
}

/// 401 for a token that counts for nothing.
fn refused(problem: impl Into<String>) -> Failure {
    unauthorized().because(format!("the token is refused: {}", problem.into()))
}
