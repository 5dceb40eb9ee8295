//! Who may call a method.
//!
//! Credentials that are missing are told as AWS tells them. Credentials that are there cannot be
//! judged yet, and neither can a resource policy, so such requests are refused and the log says
//! what for: a method that is closed on AWS is never open here.

use super::compiled::CompiledMethod;
use super::exchange::Exchange;
use super::gateway_response::{Failure, ResponseType};

/// Lets an open method's requests through, and no others.
///
/// # Errors
/// 401 or 403 for missing credentials, 500 for what cannot be checked.
pub(super) fn check(exchange: &Exchange<'_>, method: &CompiledMethod) -> Result<(), Failure> {
    check_policy(exchange)?;
    check_authorization(exchange, method)?;
    check_api_key(exchange, method)
}

fn check_policy(exchange: &Exchange<'_>) -> Result<(), Failure> {
    let policy = exchange.served.definition.rest_api.policy.as_deref();
    match policy.map(str::trim) {
        None | Some("" | "{}") => Ok(()),
        Some(_) => Err(unsupported("resource policies are")),
    }
}

fn check_authorization(exchange: &Exchange<'_>, method: &CompiledMethod) -> Result<(), Failure> {
    let request = &exchange.request;
    let kind = match method.definition.authorization_type.as_str() {
        "" | "NONE" => return Ok(()),
        "AWS_IAM" => {
            let is_signed = request.header("Authorization").is_some()
                || request.query_values("X-Amz-Signature").next().is_some();
            if !is_signed {
                return Err(Failure::new(ResponseType::MissingAuthenticationToken));
            }
            "AWS_IAM"
        }
        other => {
            if let Some(header) = token_header(exchange, method)
                && request.header(header).is_none()
            {
                return Err(Failure::new(ResponseType::Unauthorized));
            }
            other
        }
    };
    Err(unsupported(&format!("authorization {kind} is")))
}

/// The header that holds the token of a Lambda or Cognito authorizer, if it is a token's.
fn token_header<'a>(exchange: &'a Exchange<'_>, method: &CompiledMethod) -> Option<&'a str> {
    let id = method.definition.authorizer_id.as_ref()?;
    let authorizer = exchange.served.definition.authorizers.get(id)?;
    let source = authorizer.identity_source.as_deref()?;
    let takes_token = matches!(authorizer.kind.as_str(), "TOKEN" | "COGNITO_USER_POOLS");
    source.strip_prefix("method.request.header.").filter(|_| takes_token)
}

fn check_api_key(exchange: &Exchange<'_>, method: &CompiledMethod) -> Result<(), Failure> {
    if !method.definition.api_key_required {
        return Ok(());
    }
    let is_in_header = exchange.served.definition.rest_api.api_key_source != "AUTHORIZER";
    if is_in_header && exchange.request.header("x-api-key").is_none() {
        return Err(Failure::new(ResponseType::InvalidApiKey));
    }
    Err(unsupported("API keys are"))
}

fn unsupported(what: &str) -> Failure {
    Failure::configuration(format!("{what} not supported yet, so the request is refused"))
}
