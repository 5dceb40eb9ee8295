//! The data plane: what happens to a request for a stage.
//!
//! A stage serves a snapshot, so everything that its requests share is made once: routes, mappings
//! and patterns at its first request, templates and schemas when each is first needed
//! ([`compiled`]). [`DataPlane`] keeps this for as long as the stage stays the same one.
//!
//! A request then goes through the checks in the order in which API Gateway makes them, which
//! [`DataPlane::serve`] shows: route, policy and credentials, validation, and last the integration,
//! where the body is given to a template or passes through, a backend is called, and its answer is
//! made the client's. Each check may end the request with a [`gateway_response::Failure`]: a gateway
//! response for the client, and a line for the log if the client is not told everything.
//!
//! Left out so far: everything about credentials that are there ([`access`]), throttling and quotas,
//! web ACLs, caching, access logs, and integrations with services other than Lambda.

mod access;
mod compiled;
mod context;
mod exchange;
mod gateway_response;
mod headers;
mod integration;
mod log;
mod media_type;
mod parameters;
mod ready;
mod request;
mod response;
mod route;
mod schema;
mod template;
#[cfg(test)]
mod tests;
mod validate;

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, Uri};

use self::exchange::Exchange;
use self::gateway_response::{Failure, ResponseType};
pub(crate) use self::log::Log;
use self::ready::Ready;
pub(crate) use self::request::Incoming;
use self::request::Request;
use crate::aws::Aws;
use crate::outbound::Outbound;
use crate::served::Served;

/// The largest body of a request.
pub(crate) const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The most bytes that the values of a request's headers may have together.
const LARGEST_HEADERS: usize = 10_240;

/// What lies behind the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Backend {
    outbound: Arc<Outbound>,
    aws: Arc<Aws>,
    log: Log,
}

impl Backend {
    /// Calls AWS at `aws_endpoint` if there is one, which a local AWS is.
    pub(crate) fn new(aws_endpoint: Option<Uri>, log: Log) -> Self {
        let outbound = Arc::new(Outbound::new());
        let aws = Arc::new(Aws::new(Arc::clone(&outbound), aws_endpoint));
        Self { outbound, aws, log }
    }
}

/// Serves stages.
#[derive(Clone, Debug)]
pub(crate) struct DataPlane {
    backend: Backend,
    ready: Arc<Ready>,
}

impl DataPlane {
    pub(crate) fn new(backend: Backend) -> Self {
        Self { backend, ready: Arc::default() }
    }

    /// Answers a request for a stage, whatever happens.
    pub(crate) async fn answer(&self, served: &Arc<Served>, incoming: Incoming) -> Response<Bytes> {
        if incoming.headers.values().map(HeaderValue::len).sum::<usize>() > LARGEST_HEADERS {
            return identified(gateway_response::headers_too_large());
        }
        let compiled = self.ready.get(served);
        let mut exchange = Exchange::new(served, &compiled, Request::new(incoming));
        let answer = self.serve(&mut exchange).await;
        let mut response = answer.unwrap_or_else(|failure| {
            self.log(&exchange, &failure);
            failure.answer(&exchange)
        });
        let Request { id, extended_id, .. } = &exchange.request;
        identify(response.headers_mut(), id, extended_id);
        response
    }

    /// The answer to a request whose body is larger than [`LARGEST_BODY`].
    pub(crate) fn refuse_large_body() -> Response<Bytes> {
        identified(gateway_response::request_too_large())
    }

    /// The answer to a request for an API or a stage that is not there.
    pub(crate) fn refuse_unknown_stage() -> Response<Bytes> {
        identified(gateway_response::forbidden())
    }

    /// The pipeline.
    async fn serve(&self, exchange: &mut Exchange<'_>) -> Result<Response<Bytes>, Failure> {
        if exchange.request.body.len() > LARGEST_BODY {
            return Ok(gateway_response::request_too_large());
        }
        let no_route = || Failure::new(ResponseType::MissingAuthenticationToken);
        let method = exchange.route().ok_or_else(no_route)?;
        // A web ACL comes here, and throttling behind the API key.
        access::check(exchange, method)?;
        validate::check(exchange, method)?;
        let integration = method
            .integration
            .as_ref()
            .ok_or_else(|| Failure::configuration("the method has no integration"))?;
        integration::serve(&self.backend, exchange, integration).await
    }

    fn log(&self, exchange: &Exchange<'_>, failure: &Failure) {
        let Some(reason) = failure.log_line() else {
            return;
        };
        let api = &exchange.served.definition.rest_api.id;
        let stage = &exchange.served.stage.stage_name;
        let Request { id, verb, path, .. } = &exchange.request;
        let line = format!("API {api}, stage {stage}, request {id}, {verb} {path}: {reason}");
        self.backend.log.line(&line);
    }
}

/// An answer to a request that went nowhere.
fn identified(mut response: Response<Bytes>) -> Response<Bytes> {
    let (id, extended_id) = request::new_ids();
    identify(response.headers_mut(), &id, &extended_id);
    response
}

/// What every answer carries, the gateway's own ones too.
fn identify(headers: &mut HeaderMap, id: &str, extended_id: &str) {
    for (name, value) in [("x-amzn-requestid", id), ("x-amz-apigw-id", extended_id)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
}
