//! A backend of the tests, which records what it gets.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tokio::net::TcpListener;

type Requests = Arc<Mutex<Vec<Request<Bytes>>>>;

/// A backend on loopback that records what it gets. Its STS lets everybody assume every role, except
/// [`DENIED`].
pub(super) struct Stub {
    pub(super) uri: String,
    received: Requests,
    assumed: Requests,
}

/// A role that nobody may assume.
pub(super) const DENIED: &str = "arn:aws:iam::123456789012:role/denied";

const SESSION: &str = "<Credentials><AccessKeyId>ASIAROLE</AccessKeyId>\
    <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
    <Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>";

/// What STS answers.
fn assume_role(form: &[u8]) -> Response<Full<Bytes>> {
    let mut pairs = form_urlencoded::parse(form);
    let is_denied = pairs.any(|(name, value)| name == "RoleArn" && value == DENIED);
    let (status, text) =
        if is_denied { (403, "<Code>AccessDenied</Code>") } else { (200, SESSION) };
    Response::builder().status(status).body(text.into()).unwrap()
}

/// What a stub answers to a request; never, if it is nothing.
type Answer = dyn Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync;

impl Stub {
    /// Gives everybody the same answer.
    pub(super) async fn answering(answer: Response<&'static [u8]>) -> Self {
        let answer = answer.map(Bytes::from_static);
        Self::by(move |_| Some(answer.clone())).await
    }

    /// A function that returns something.
    pub(super) async fn returning(payload: &'static str) -> Self {
        Self::answering(Response::new(payload.as_bytes())).await
    }

    /// Never answers.
    pub(super) async fn silent() -> Self {
        Self::by(|_| None).await
    }

    /// Takes no connections: nobody listens at port 1.
    pub(super) fn closed() -> Self {
        let uri = "http://127.0.0.1:1".to_owned();
        Self { uri, received: Arc::default(), assumed: Arc::default() }
    }

    /// Answers each request by itself.
    pub(super) async fn by(
        answer: impl Fn(&Request<Bytes>) -> Option<Response<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        let answer: Arc<Answer> = Arc::new(answer);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("http://{}", listener.local_addr().unwrap());
        let (received, assumed) = (Requests::default(), Requests::default());
        let (record, sts) = (Arc::clone(&received), Arc::clone(&assumed));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (record, sts) = (Arc::clone(&record), Arc::clone(&sts));
                let answer = Arc::clone(&answer);
                let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                    let (record, sts) = (Arc::clone(&record), Arc::clone(&sts));
                    let answer = Arc::clone(&answer);
                    async move {
                        let (parts, body) = request.into_parts();
                        let body = body.collect().await.unwrap().to_bytes();
                        if body.starts_with(b"Action=AssumeRole") {
                            let answer = assume_role(&body);
                            sts.lock().unwrap().push(Request::from_parts(parts, body));
                            return Ok(answer);
                        }
                        let request = Request::from_parts(parts, body);
                        let answer = answer(&request);
                        record.lock().unwrap().push(request);
                        match answer {
                            Some(answer) => Ok::<_, Infallible>(answer.map(Full::new)),
                            None => std::future::pending().await,
                        }
                    }
                });
                let connection = TokioIo::new(connection);
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(connection, service),
                );
            }
        });
        Self { uri, received, assumed }
    }

    /// All requests that came, in their order.
    pub(super) fn all(&self) -> Vec<Request<Bytes>> {
        self.received.lock().unwrap().clone()
    }

    /// The only request of an integration that came.
    pub(super) fn received(&self) -> Request<Bytes> {
        let received = self.of_caller(|caller| caller != DELIVERIES);
        assert_eq!(received.len(), 1, "{received:?}");
        received[0].clone()
    }

    /// The roles that were assumed, with the names of their sessions.
    pub(super) fn assumed(&self) -> Vec<(String, String)> {
        let requests = self.assumed.lock().unwrap();
        let member = |request: &Request<Bytes>, wanted: &str| {
            let mut pairs = form_urlencoded::parse(request.body());
            pairs.find(|(name, _)| name == wanted).unwrap().1.into_owned()
        };
        let role = |request| (member(request, "RoleArn"), member(request, "RoleSessionName"));
        requests.iter().map(role).collect()
    }

    pub(super) fn count(&self) -> usize {
        self.of_caller(|caller| caller != DELIVERIES).len()
    }

    /// What was delivered to an operation so far.
    pub(super) fn deliveries(&self, operation: &str) -> Vec<Json> {
        let is_it = |request: &&Request<Bytes>| {
            let target = request.headers().get("x-amz-target");
            target.is_some_and(|target| target.to_str().unwrap().ends_with(operation))
        };
        let delivered = self.of_caller(|caller| caller == DELIVERIES);
        delivered.iter().filter(is_it).map(body_json).collect()
    }

    fn of_caller(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<Request<Bytes>> {
        let caller = |request: &Request<Bytes>| {
            let caller = request.headers().get("user-agent");
            caller.map_or_else(String::new, |caller| caller.to_str().unwrap().to_owned())
        };
        let received = self.received.lock().unwrap();
        received.iter().filter(|request| is_wanted(&caller(request))).cloned().collect()
    }
}

/// The user agent of what tells CloudWatch of requests.
const DELIVERIES: &str = "apigateway";

/// The body of a request as JSON.
pub(super) fn body_json(request: &Request<Bytes>) -> Json {
    serde_json::from_slice(request.body()).unwrap()
}
