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
//! On its way a request leaves a [`trace`]. When it is answered, what the stage wants to know of that
//! is given to [`crate::delivery`]: a line of its access log, the execution log, samples for metrics.
//!
//! Left out so far: web ACLs and caching.

mod access;
mod access_log;
mod compiled;
mod context;
mod detail;
mod event;
mod exchange;
mod execution_log;
mod gateway_response;
mod headers;
mod integration;
mod log;
mod media_type;
mod parameters;
mod policy;
mod ready;
mod request;
mod response;
mod response_type;
mod route;
mod schema;
mod template;
#[cfg(test)]
mod tests;
mod trace;
mod validate;

use std::sync::Arc;

use aws_call::{Aws, Outbound};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, Uri};

use self::access::Access;
use self::access_log::Outcome;
pub use self::detail::Detail;
use self::exchange::Exchange;
use self::gateway_response::{Failure, ResponseType};
pub(crate) use self::log::{Log, chain};
use self::ready::Ready;
pub(crate) use self::request::Incoming;
use self::request::Request;
use crate::credentials::Credentials;
use crate::delivery::{Delivery, Line, Record, Sample};
use crate::served::Served;
use crate::usage::Subscriptions;

/// The largest body of a request.
pub(crate) const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// The most bytes that the values of a request's headers may have together.
const LARGEST_HEADERS: usize = 10_240;

/// What lies behind the gateway.
#[derive(Clone, Debug)]
pub(crate) struct Backend {
    outbound: Arc<Outbound>,
    aws: Arc<Aws>,
    delivery: Delivery,
    log: Log,
}

impl Backend {
    /// Calls AWS at `aws_endpoint` if there is one, which a local AWS is.
    pub(crate) fn new(aws_endpoint: Option<Uri>, log: Log) -> Self {
        let outbound = Arc::new(Outbound::new());
        let is_local = aws_endpoint.is_some();
        let aws = Arc::new(Aws::new(Arc::clone(&outbound), aws_endpoint));
        let delivery = Delivery::new(is_local.then(|| Arc::clone(&aws)), log.clone());
        Self { outbound, aws, delivery, log }
    }
}

/// Serves stages.
#[derive(Clone, Debug)]
pub(crate) struct DataPlane {
    access: Access,
    backend: Backend,
    ready: Arc<Ready>,
}

impl DataPlane {
    pub(crate) fn new(
        backend: Backend,
        credentials: Arc<dyn Credentials>,
        subscriptions: Arc<dyn Subscriptions>,
    ) -> Self {
        let access = Access::new(credentials, subscriptions);
        Self { access, backend, ready: Arc::default() }
    }

    /// The same with other credentials.
    pub(crate) fn with_credentials(self, credentials: Arc<dyn Credentials>) -> Self {
        Self { access: self.access.with_credentials(credentials), ..self }
    }

    /// Answers a request for a stage, whatever happens.
    pub(crate) async fn answer(&self, served: &Arc<Served>, incoming: Incoming) -> Response<Bytes> {
        if incoming.headers.values().map(HeaderValue::len).sum::<usize>() > LARGEST_HEADERS {
            return identified(gateway_response::headers_too_large());
        }
        let compiled = self.ready.get(served);
        let mut exchange = Exchange::new(served, &compiled, Request::new(incoming));
        let mut response = match self.serve(&mut exchange).await {
            Ok(response) => {
                execution_log::succeeded(&mut exchange, &response);
                response
            }
            Err(failure) => {
                self.log(&exchange, &failure);
                let response = failure.answer(&mut exchange);
                execution_log::failed(&mut exchange, &failure, &response);
                if let Some(detail) = &mut exchange.detail {
                    detail.failure = failure.log_line();
                }
                response
            }
        };
        let is_error = response.status().as_u16() >= 400;
        if let Some(detail) = exchange.detail.take().filter(|detail| is_error && !detail.is_empty())
        {
            response.extensions_mut().insert(detail);
        }
        let Request { id, extended_id, .. } = &exchange.request;
        identify(response.headers_mut(), id, extended_id);
        execution_log::completed(&mut exchange, response.status().as_u16());
        self.report(served, exchange, &response);
        response
    }

    /// Forgets what is not delivered yet.
    pub(crate) fn clear(&self) {
        self.backend.delivery.clear();
    }

    /// Tells whoever looks after the stage what came of a request.
    fn report(&self, served: &Arc<Served>, exchange: Exchange<'_>, response: &Response<Bytes>) {
        let (status, length) = (response.status().as_u16(), response.body().len());
        let latency = exchange.trace.elapsed();
        let access = exchange.compiled.access_log.as_ref().map(|format| {
            let outcome = Outcome { exchange: &exchange, status, length, latency };
            let milliseconds = exchange.request.received.as_millisecond();
            Line { milliseconds, text: format.render(&outcome) }
        });
        let sample = Sample {
            status,
            latency,
            integration_latency: exchange.trace.integration.latency,
            method: exchange.detailed_method(),
        };
        let execution = exchange.trace.into_lines();
        let record = Record { served: Arc::clone(served), access, execution, sample };
        self.backend.delivery.take(record);
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
        // A web ACL comes here.
        access::check(&self.access, &self.backend, exchange, method).await?;
        execution_log::started(exchange);
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
