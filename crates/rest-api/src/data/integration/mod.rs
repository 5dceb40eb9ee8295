//! Integrations: what stands behind a method, and how it is called.
//!
//! A kind of backend is a variant of [`Endpoint`] and a file here that turns an [`Outgoing`] request
//! into a [`Reply`]. Proxies leave the request as it is, so they make their own of both.

mod http;
mod lambda;
mod lambda_proxy;
mod mock;
mod outgoing;

use std::borrow::Cow;
use std::sync::Arc;

use ::http::Response;
use bytes::Bytes;
use tokio::time::timeout;

use self::outgoing::Outgoing;
use super::Backend;
use super::compiled::CompiledIntegration;
use super::exchange::Exchange;
use super::gateway_response::{Failure, ResponseType};
use super::log::chain;
use super::request::Pair;
use super::response;
use crate::aws;
use crate::model::{Integration, IntegrationType, Strings};
use crate::outbound::Unreachable;

/// What an integration calls, its stage variables filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// Nothing: the gateway answers itself.
    Mock,
    /// A URI with placeholders for path parameters.
    Http { uri: String },
    /// A Lambda function by its ARN.
    Lambda { region: String, function: String },
    /// What cannot be called, and why.
    Unusable { reason: String },
}

/// What a backend answered.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<Pair>,
    pub(super) body: Bytes,
    /// What integration responses are chosen by: the status, but of functions their error.
    pub(super) selector: String,
}

/// Calls the backend of a method and makes the answer to the client of what comes back.
///
/// # Errors
/// Whatever the gateway has to answer itself.
pub(super) async fn serve(
    backend: &Backend,
    exchange: &mut Exchange<'_>,
    integration: &CompiledIntegration,
) -> Result<Response<Bytes>, Failure> {
    match integration.kind {
        IntegrationType::AwsProxy => {
            within(integration, lambda_proxy::serve(backend, exchange, integration)).await
        }
        IntegrationType::HttpProxy => {
            let outgoing = Outgoing::proxied(exchange, integration)?;
            let reply = call(backend, integration, outgoing).await?;
            response::proxied(&reply)
        }
        IntegrationType::Mock | IntegrationType::Http | IntegrationType::Aws => {
            let outgoing = Outgoing::transformed(exchange, integration)?;
            outgoing.add_overrides(&mut exchange.context);
            let reply = call(backend, integration, outgoing).await?;
            response::transformed(exchange, integration, &reply)
        }
    }
}

async fn call(
    backend: &Backend,
    integration: &CompiledIntegration,
    outgoing: Outgoing,
) -> Result<Reply, Failure> {
    match &integration.endpoint {
        Endpoint::Mock => mock::call(&outgoing),
        Endpoint::Http { uri } => within(integration, http::call(backend, uri, outgoing)).await,
        Endpoint::Lambda { region, function } => {
            within(integration, lambda::call(backend, region, function, outgoing)).await
        }
        Endpoint::Unusable { reason } => Err(Failure::configuration(reason.clone())),
    }
}

/// Gives a call the time that its integration has.
async fn within<T>(
    integration: &CompiledIntegration,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout(integration.timeout, call).await.unwrap_or_else(|_| {
        let reason = format!("no answer from the backend in {:?}", integration.timeout);
        Err(Failure::new(ResponseType::IntegrationTimeout).because(reason))
    })
}

impl Endpoint {
    pub(super) fn new(integration: &Integration, variables: &Strings) -> Self {
        let uri = substitute(integration.uri.as_deref().unwrap_or_default(), variables);
        let is_link = integration.connection_type.as_deref() == Some("VPC_LINK");
        match integration.kind {
            IntegrationType::Mock => Endpoint::Mock,
            IntegrationType::Http | IntegrationType::HttpProxy if is_link => {
                Endpoint::unusable("integrations through a VPC link are not supported yet")
            }
            IntegrationType::Http | IntegrationType::HttpProxy => {
                Endpoint::Http { uri: uri.into_owned() }
            }
            IntegrationType::Aws | IntegrationType::AwsProxy => Self::aws(&uri),
        }
    }

    /// `arn:{partition}:apigateway:{region}:{service}:{path|action}/{what}`
    fn aws(uri: &str) -> Self {
        let parts: Vec<&str> = uri.splitn(6, ':').collect();
        let [_, _, "apigateway", region, service, what] = parts[..] else {
            return Endpoint::unusable(format!("{uri:?} is no URI of an AWS integration"));
        };
        if service != "lambda" {
            let reason = format!("integrations with {service} are not supported yet ({uri})");
            return Endpoint::unusable(reason);
        }
        let function = what
            .split_once("/functions/")
            .and_then(|(_, rest)| rest.split_once("/invocations"))
            .map(|(function, _)| function);
        match function {
            Some(function) => {
                Endpoint::Lambda { region: region.to_owned(), function: function.to_owned() }
            }
            None => Endpoint::unusable(format!("{uri:?} names no function")),
        }
    }

    fn unusable(reason: impl Into<String>) -> Self {
        Endpoint::Unusable { reason: reason.into() }
    }
}

/// Fills in `${stageVariables.name}`; a variable that is not there becomes nothing.
fn substitute<'a>(text: &'a str, variables: &Strings) -> Cow<'a, str> {
    const OPENING: &str = "${stageVariables.";
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(OPENING) {
        let Some((name, behind)) = behind.split_once('}') else {
            break;
        };
        out.push_str(before);
        out.push_str(variables.get(name).map_or("", String::as_str));
        rest = behind;
    }
    if rest.len() == text.len() {
        return Cow::Borrowed(text);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// An answer's headers as text.
fn text_headers(headers: &::http::HeaderMap) -> Vec<Pair> {
    let text = |value: &::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let pair = |(name, value): (&::http::HeaderName, _)| {
        (Arc::from(name.as_str()), Arc::from(text(value)))
    };
    headers.iter().map(pair).collect()
}

/// What a backend that cannot be reached is told as.
fn unreachable(error: &Unreachable) -> Failure {
    let reason = chain(error);
    match error {
        Unreachable::Address { .. } | Unreachable::Name { .. } | Unreachable::Trust(_) => {
            Failure::configuration(reason)
        }
        Unreachable::Broken { .. } | Unreachable::TooLarge { .. } => {
            Failure::new(ResponseType::IntegrationFailure)
                .message("Network error communicating with endpoint")
                .because(reason)
        }
    }
}

/// What a service of AWS that cannot be called is told as.
fn uncallable(error: &aws::Error, status: u16) -> Failure {
    Failure::new(ResponseType::Default5xx).status(status).because(chain(error))
}
