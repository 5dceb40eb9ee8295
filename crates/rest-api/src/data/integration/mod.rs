//! Integrations: what stands behind a method, and how it is called.
//!
//! A kind of backend is a variant of [`Endpoint`] and a file here that turns an [`Outgoing`] request
//! into a [`Reply`]. Proxies leave the request as it is, so they make their own of both.

mod http;
pub(super) mod lambda;
mod lambda_proxy;
mod mock;
mod outgoing;
mod query_protocol;
mod service;
mod uri;

use std::sync::Arc;

use ::http::Response;
use aws_call::Unreachable;
use bytes::Bytes;
use tokio::time::timeout;

use self::lambda::Function;
use self::outgoing::Outgoing;
use self::service::Service;
use super::Backend;
use super::compiled::CompiledIntegration;
use super::detail::Detail;
use super::exchange::Exchange;
use super::gateway_response::{Failure, ResponseType};
use super::log::chain;
use super::request::Pair;
use super::response;
use super::trace::Trace;
use crate::model::{Integration, IntegrationType, Strings};

/// What sessions of roles are called, as on AWS.
const SESSION: &str = "BackplaneAssumeRoleSession";

/// What an integration calls, its stage variables filled in.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// Nothing: the gateway answers itself.
    Mock,
    /// A URI with placeholders for path parameters.
    Http { uri: String },
    /// A Lambda function.
    Lambda(Function),
    /// Any other service of AWS.
    Service(Service),
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
    exchange.detail = Some(Detail::new(integration));
    match integration.kind {
        IntegrationType::AwsProxy => {
            within(integration, lambda_proxy::serve(backend, exchange, integration)).await
        }
        IntegrationType::HttpProxy => {
            let outgoing = Outgoing::proxied(exchange, integration)?;
            let reply = call(backend, exchange, integration, outgoing).await?;
            response::proxied(&reply)
        }
        IntegrationType::Mock | IntegrationType::Http | IntegrationType::Aws => {
            let outgoing = Outgoing::transformed(exchange, integration)?;
            outgoing.add_overrides(&mut exchange.context);
            let reply = call(backend, exchange, integration, outgoing).await?;
            response::transformed(exchange, integration, &reply)
        }
    }
}

/// Calls the backend and notes what was sent and what came back.
async fn call(
    backend: &Backend,
    exchange: &mut Exchange<'_>,
    integration: &CompiledIntegration,
    outgoing: Outgoing,
) -> Result<Reply, Failure> {
    if let Some(detail) = &mut exchange.detail {
        detail.sent(&outgoing.body);
    }
    let reply = answer(backend, &mut exchange.trace, integration, outgoing).await?;
    exchange.trace.received(reply.status, &reply.headers, &reply.body);
    if let Some(detail) = &mut exchange.detail {
        detail.received(&reply);
    }
    Ok(reply)
}

async fn answer(
    backend: &Backend,
    trace: &mut Trace,
    integration: &CompiledIntegration,
    outgoing: Outgoing,
) -> Result<Reply, Failure> {
    match &integration.endpoint {
        Endpoint::Mock => mock::call(&outgoing),
        Endpoint::Http { uri } => {
            within(integration, http::call(backend, trace, uri, outgoing)).await
        }
        Endpoint::Lambda(function) => {
            within(integration, lambda::call(backend, trace, function, outgoing)).await
        }
        Endpoint::Service(service) => {
            within(integration, service.call(backend, trace, outgoing)).await
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
    /// `uri` is the integration's, its stage variables filled in.
    pub(super) fn new(integration: &Integration, uri: &str, variables: &Strings) -> Self {
        let is_link = integration.connection_type.as_deref() == Some("VPC_LINK");
        match integration.kind {
            IntegrationType::Mock => Endpoint::Mock,
            IntegrationType::Http | IntegrationType::HttpProxy if is_link => {
                Endpoint::unusable("integrations through a VPC link are not supported yet")
            }
            IntegrationType::Http | IntegrationType::HttpProxy => {
                Endpoint::Http { uri: uri.to_owned() }
            }
            IntegrationType::Aws | IntegrationType::AwsProxy => {
                let credentials = integration.credentials.as_deref().unwrap_or_default();
                let credentials = substitute(credentials, variables);
                Self::aws(uri, credentials).unwrap_or_else(Endpoint::unusable)
            }
        }
    }

    /// `arn:{partition}:apigateway:{region}:{service}:{path|action}/{what}`
    fn aws(uri: &str, credentials: String) -> Result<Self, String> {
        let parts: Vec<&str> = uri.splitn(6, ':').collect();
        let [_, _, "apigateway", region, service, what] = parts[..] else {
            return Err(format!("{uri:?} is no URI of an AWS integration"));
        };
        let role = role(credentials)?;
        if service != "lambda" {
            let role = role.ok_or("Role ARN must be specified for AWS integrations")?;
            return Service::new(service, region, what, role).map(Endpoint::Service);
        }
        let function = what
            .split_once("/functions/")
            .and_then(|(_, rest)| rest.split_once("/invocations"))
            .map(|(function, _)| function);
        let function = function.ok_or_else(|| format!("{uri:?} names no function"))?;
        Ok(Endpoint::Lambda(Function::new(function, region, role)))
    }

    /// What a backend gets whose integration maps no `Content-Type`, whatever the client sent.
    fn media_type(&self) -> Option<&'static str> {
        match self {
            Endpoint::Service(service) => service.media_type(),
            _ => None,
        }
    }

    fn unusable(reason: impl Into<String>) -> Self {
        Endpoint::Unusable { reason: reason.into() }
    }
}

/// The role that a service is called as, if the integration has one.
fn role(credentials: String) -> Result<Option<String>, String> {
    if credentials.ends_with(":user/*") {
        return Err(format!(
            "credentials {credentials}: a caller's own credentials cannot be used here, since a \
             signature does not tell them"
        ));
    }
    Ok(Some(credentials).filter(|role| !role.is_empty()))
}

/// Fills in `${stageVariables.name}`; a variable that is not there becomes nothing.
pub(super) fn substitute(text: &str, variables: &Strings) -> String {
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
    out.push_str(rest);
    out
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
        _ => Failure::new(ResponseType::IntegrationFailure)
            .message("Network error communicating with endpoint")
            .because(reason),
    }
}

/// What a service of AWS that cannot be called is told as, in AWS's words if a role is the reason.
fn uncallable(error: &aws_call::Error, or: impl FnOnce(String) -> Failure) -> Failure {
    match error {
        aws_call::Error::Role { role, status, answer } => Failure::configuration(format!(
            "API Gateway does not have permission to assume the provided role {role}: STS \
             answered {status}: {answer}"
        )),
        error => or(chain(error)),
    }
}
