//! Lambda function URLs: HTTP in, an event of payload format 2.0 to the function, HTTP out.
//!
//! A URL answers below `/_aws/lambda-url/<id>/`, and by the host `<id>.lambda-url.<region>.on.aws`
//! where that name leads here. MiniStack keeps the configuration and runs the function; what
//! happens to a request in between is done here, because MiniStack decodes the query and the body
//! before the function sees them.
//!
//! Left out: response streaming, which is refused, and the check of signatures. Under `AWS_IAM` a
//! request must carry a signature, but any will do.

mod config;
mod cors;
mod event;
mod reply;

use std::net::SocketAddr;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::header::{AUTHORIZATION, HOST};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};
use rest_api::RequestBody;

use crate::endpoint::{Body, json};
use crate::upstream::{Upstream, unavailable};
use config::{Config, Configs};

const PREFIX: &str = "/_aws/lambda-url/";

/// The most that a function takes as its event (6 MB and some room for the envelope).
const LARGEST_BODY: usize = 6_291_556;

/// Serves function URLs.
#[derive(Clone)]
pub(crate) struct FunctionUrls {
    upstream: Upstream,
    configs: Configs,
}

/// Which URL a request is for.
pub(crate) struct Target {
    id: String,
    /// The path that the function sees, as it was sent.
    path: String,
}

impl FunctionUrls {
    pub(crate) fn new(upstream: Upstream) -> Self {
        Self { configs: Configs::new(upstream.clone()), upstream }
    }

    /// The URL that a request is for, if it is for one at all.
    pub(crate) fn locate(&self, head: &Parts) -> Option<Target> {
        let path = head.uri.path();
        if let Some(rest) = path.strip_prefix(PREFIX) {
            let (id, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let path = if path.is_empty() { "/" } else { path };
            return Some(Target { id: id.to_owned(), path: path.to_owned() });
        }
        let host = head.headers.get(HOST)?.to_str().ok()?;
        let (id, rest) = host.split_once('.')?;
        let is_ours = rest.starts_with("lambda-url.");
        is_ours.then(|| Target { id: id.to_owned(), path: path.to_owned() })
    }

    /// Runs the function and answers with what it says.
    pub(crate) async fn answer(
        &self,
        target: Target,
        request: Request<RequestBody>,
        peer: SocketAddr,
    ) -> Response<Body> {
        let config = match self.configs.find(&target.id).await {
            Ok(Some(config)) => config,
            // AWS does not say whether there is such a URL.
            Ok(None) => return forbidden(),
            Err(gone) => return unavailable(&gone),
        };
        let cors = cors::headers(&config, request.headers());
        if request.method() == Method::OPTIONS && config.cors.is_some() {
            return cors.on(Response::new(crate::endpoint::full("")));
        }
        let response = self.invoke(&target, &config, request, peer).await;
        cors.on(response)
    }

    async fn invoke(
        &self,
        target: &Target,
        config: &Config,
        request: Request<RequestBody>,
        peer: SocketAddr,
    ) -> Response<Body> {
        if config.is_iam && !is_signed(&request) {
            return forbidden();
        }
        if config.is_streaming {
            let text =
                r#"{"Message":"RESPONSE_STREAM is not supported by the local AWS: use BUFFERED"}"#;
            return json(StatusCode::NOT_IMPLEMENTED, text);
        }
        let (parts, body) = request.into_parts();
        let body = match Limited::new(body, LARGEST_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return too_large(),
            // The client broke off; there is nobody to answer.
            Err(_) => return json(StatusCode::BAD_REQUEST, r#"{"Message":"incomplete body"}"#),
        };
        let event = event::event(&target.id, &target.path, config, &parts, &body, peer);
        let (path, payload) = (config.invocation_path(), event.to_string().into());
        match self.upstream.lambda(&config.region, Method::POST, &path, payload).await {
            Ok(outcome) => reply::reply(outcome),
            Err(failure) => unavailable(&failure),
        }
    }
}

fn is_signed<T>(request: &Request<T>) -> bool {
    let in_query = request.uri().query().unwrap_or_default().contains("X-Amz-Signature=");
    let in_header = request.headers().get(AUTHORIZATION);
    in_query || in_header.is_some_and(|value| value.as_bytes().starts_with(b"AWS4-HMAC-SHA256 "))
}

fn forbidden() -> Response<Body> {
    json(StatusCode::FORBIDDEN, r#"{"Message":"Forbidden"}"#)
}

fn too_large() -> Response<Body> {
    let text = format!(r#"{{"Message":"Request must be smaller than {LARGEST_BODY} bytes"}}"#);
    json(StatusCode::PAYLOAD_TOO_LARGE, text)
}
