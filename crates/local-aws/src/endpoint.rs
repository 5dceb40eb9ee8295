//! The one endpoint: an HTTP server that answers what it owns and streams the rest to MiniStack.
//!
//! It answers for itself below `/_spillway/`: its health at `health`, the last requests at `requests`
//! ([`crate::journal`]). It owns REST APIs, their control plane and calls to them ([`rest_api`]),
//! event source mappings ([`event_sources`]), which MiniStack loses records with, and function URLs
//! ([`crate::function_url`]), which MiniStack serves with requests that it has altered.
//!
//! Event sources hear of what it hands on, so that what was written is fetched at once.
//!
//! What it hands on to MiniStack can be struck by faults ([`crate::fault`]): everything that programs,
//! functions, REST APIs and event source mappings call of other services. What MiniStack's services
//! ask of each other never comes by, and what the endpoint owns never fails on purpose.

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use event_sources::EventSources;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, Limited};
use hyper::header::CONTENT_TYPE;
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode, Uri};
use rest_api::{Gateway, RequestBody, Target, serve_http};
use tokio::net::TcpListener;

use crate::call::Call;
use crate::fault::{Faults, Injector, Kind, rest_operation};
use crate::function_url::FunctionUrls;
use crate::identities::Identities;
use crate::journal::Journal;
use crate::scope::Scope;
use crate::upstream::{Upstream, log};

/// A body that is streamed or at hand.
pub(crate) type Body = UnsyncBoxBody<Bytes, BodyError>;

/// Why a streamed body broke off.
pub(crate) type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// The account of MiniStack's cloud.
const ACCOUNT: &str = "000000000000";

/// The region of requests that are not signed.
pub(crate) const REGION: &str = "us-east-1";

/// Larger than any form: SQS takes a MiB, which may be written in three times as many characters.
const LARGEST_FORM: usize = 8 * 1024 * 1024;

/// Larger than any event source mapping.
const LARGEST_MAPPING: usize = 1024 * 1024;

/// Everything that answers.
#[derive(Clone)]
pub(crate) struct Endpoint {
    upstream: Upstream,
    function_urls: FunctionUrls,
    rest_apis: Gateway,
    event_sources: EventSources,
    faults: Arc<Injector>,
    journal: Arc<Journal>,
}

impl Endpoint {
    /// An endpoint at `url` in front of a MiniStack, with faults on purpose.
    pub(crate) fn new(url: &str, upstream: Upstream, faults: &Faults) -> Self {
        let function_urls = FunctionUrls::new(upstream.clone());
        let url: Uri = url.parse().expect("the endpoint's URL is one");
        let identities = Identities::new(upstream.clone());
        let rest_apis = Gateway::new(ACCOUNT, Some(url.clone()), log).with_credentials(identities);
        let event_sources = EventSources::new(ACCOUNT, url, log);
        let faults = Arc::new(Injector::new(faults));
        let journal = Arc::default();
        Self { upstream, function_urls, rest_apis, event_sources, faults, journal }
    }

    /// Forgets what belongs to a cloud that is gone.
    pub(crate) fn clear(&self) {
        self.rest_apis.clear();
        self.event_sources.clear();
    }

    /// Answers every connection until the future is dropped.
    pub(crate) async fn serve(&self, ipv4: TcpListener, ipv6: Option<TcpListener>) {
        let second = async {
            match ipv6 {
                Some(listener) => self.accept(listener).await,
                None => pending().await,
            }
        };
        tokio::join!(self.accept(ipv4), second);
    }

    async fn accept(&self, listener: TcpListener) {
        let endpoint = self.clone();
        serve_http(listener, move |request, peer| {
            let endpoint = endpoint.clone();
            async move { endpoint.answer(request, peer).await }
        })
        .await;
    }

    /// Answers a request and writes it down, save those about the endpoint itself and the many with
    /// which event sources are polled.
    async fn answer(&self, request: Request<RequestBody>, peer: SocketAddr) -> Response<Body> {
        if let Some(response) = self.about_itself(request.uri()) {
            return response;
        }
        let began = Instant::now();
        let (call, response) = self.route(request, peer).await;
        let is_routine = call.is_poll() || call.is_report();
        if !(is_routine && response.status().is_success()) {
            self.journal.record(&call, &response, began.elapsed());
        }
        response
    }

    fn about_itself(&self, uri: &Uri) -> Option<Response<Body>> {
        match uri.path() {
            "/_spillway/health" => Some(match self.upstream.address() {
                Some(_) => json(StatusCode::OK, r#"{"status":"ok"}"#),
                None => json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"starting"}"#),
            }),
            "/_spillway/requests" => Some(match after(uri) {
                Some(after) => json(StatusCode::OK, self.journal.since(after)),
                None => {
                    let text = r#"{"message":"after must be the id of a request, a whole number"}"#;
                    json(StatusCode::BAD_REQUEST, text)
                }
            }),
            // What MiniStack's process answers below it is for nobody else.
            path if path.starts_with("/_spillway/") => {
                Some(json(StatusCode::NOT_FOUND, r#"{"message":"there is nothing at this path"}"#))
            }
            _ => None,
        }
    }

    /// Hands a request to whom it is for.
    async fn route(
        &self,
        request: Request<RequestBody>,
        peer: SocketAddr,
    ) -> (Call, Response<Body>) {
        let (head, body) = request.into_parts();
        if let Some(target) = self.function_urls.locate(&head) {
            let call = Call::of(&head, "lambda-url");
            let request = Request::from_parts(head, body);
            return (call, self.function_urls.answer(target, request, peer).await);
        }
        let scope = Scope::read(&head);
        if self.event_sources.owns(&head) {
            let call = Call::of(&head, "lambda");
            let response = match Limited::new(body, LARGEST_MAPPING).collect().await {
                Ok(body) => {
                    let region = scope.as_ref().map_or(REGION, |scope| &scope.region);
                    let request = Request::from_parts(head, body.to_bytes());
                    self.event_sources.answer(region, request).await.map(full)
                }
                Err(_) => json(StatusCode::BAD_REQUEST, r#"{"message":"the body ended early"}"#),
            };
            return (call, response);
        }
        let signed_for = scope.as_ref().map(|scope| scope.service.as_str());
        match self.rest_apis.locate(&head, signed_for) {
            Some(Target::Stage(invocation)) => {
                let call = Call::of(&head, "execute-api");
                let request = Request::from_parts(head, body);
                let response = self.rest_apis.invoke(invocation, request, peer.ip()).await;
                (call, response.map(full))
            }
            Some(Target::Control) => {
                let call = Call::of(&head, "apigateway");
                let region = scope.map_or_else(|| REGION.to_owned(), |scope| scope.region);
                let request = Request::from_parts(head, body);
                (call, self.rest_apis.control(&region, request).await.map(full))
            }
            None => {
                let call = Call::read(&head, scope.as_ref());
                let response = self.hand_on(&call, head, body).await;
                if let (true, Some(operation)) = (response.status().is_success(), call.named()) {
                    self.event_sources.heard(call.service(), operation);
                }
                (call, response)
            }
        }
    }

    /// Hands a request to MiniStack, unless a fault strikes it.
    async fn hand_on(&self, call: &Call, head: Parts, body: RequestBody) -> Response<Body> {
        let body = if !call.is_named_by_form(&head) {
            body.map_err(Into::into).boxed_unsync()
        } else if self.faults.concerns(call.service()) {
            // Which operation it is must be known before anything happens.
            match Limited::new(body, LARGEST_FORM).collect().await {
                Ok(form) => {
                    let form = form.to_bytes();
                    call.read_form(&form);
                    full(form)
                }
                Err(_) => {
                    let text = r#"{"message":"the form ended early or is larger than 8 MiB"}"#;
                    return json(StatusCode::BAD_REQUEST, text);
                }
            }
        } else {
            let mut watch = call.watch_form();
            let body = body.map_frame(move |frame| {
                watch(&frame);
                frame
            });
            body.map_err(Into::into).boxed_unsync()
        };
        let operation = call.named().or_else(|| rest_operation(call.service(), &head));
        let Some(fault) = self.faults.strike(call.service(), operation) else {
            return self.upstream.forward(Request::from_parts(head, body)).await;
        };
        let mut answer = fault.answer(&head).map(full);
        answer.extensions_mut().insert(fault.clone());
        match fault.kind() {
            // `serve_http` reads what the client still sends.
            Kind::Throttle | Kind::Error => {}
            Kind::Lost => {
                let request = Request::from_parts(head, body);
                drain(self.upstream.forward(request).await.into_body()).await;
            }
        }
        answer
    }
}

/// Reads a body to its end, whatever that is.
async fn drain(mut body: Body) {
    while let Some(Ok(_)) = body.frame().await {}
}

/// The id in `?after=`, 0 if there is none; nothing if it is no id.
fn after(uri: &Uri) -> Option<u64> {
    let query = uri.query().unwrap_or_default().as_bytes();
    match form_urlencoded::parse(query).find(|(name, _)| name == "after") {
        Some((_, id)) => id.parse().ok(),
        None => Some(0),
    }
}

/// An answer of our own.
pub(crate) fn json(status: StatusCode, text: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(full(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, "application/json".parse().expect("a valid value"));
    response
}

/// A body that is at hand.
pub(crate) fn full(content: impl Into<Bytes>) -> Body {
    Full::new(content.into()).map_err(|never| match never {}).boxed_unsync()
}
