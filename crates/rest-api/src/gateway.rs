//! The gateway as a whole: which requests are API Gateway's, and which plane answers them.

use std::error::Error;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Body;
use jiff::Timestamp;
use serde_json::json;

use crate::control::{ControlPlane, Settings};
use crate::credentials::{Credentials, Environment};
use crate::data::{Backend, DataPlane, Incoming, LARGEST_BODY, Log};
use crate::path::first_segment;
use crate::served::Served;

/// API Gateway for one account. Clones share everything.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub(crate) control: ControlPlane,
    data: DataPlane,
}

/// Whom a request is for.
#[derive(Debug)]
pub enum Target {
    /// The control plane.
    Control,
    /// A stage, or one that is not there: that is answered, too.
    Stage(Invocation),
}

/// A request for a stage.
#[derive(Debug)]
pub struct Invocation {
    served: Option<Arc<Served>>,
    /// Below the stage, as it was sent.
    path: String,
    /// The host that the client means.
    domain_name: String,
}

impl Gateway {
    /// A gateway without APIs. What its APIs call of AWS is at `aws_endpoint`, or in the real AWS if
    /// there is none. Requests are signed with the key of the environment, or `test` and `test` if
    /// it has none. `log` is told, a line each, what clients are not told.
    pub fn new(
        account_id: &str,
        aws_endpoint: Option<Uri>,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> Self {
        let settings = Settings { account_id: account_id.to_owned() };
        let backend = Backend::new(aws_endpoint, Log::new(log));
        let control = ControlPlane::new(settings);
        let variable = |name: &str| std::env::var(name).ok();
        let credentials = Arc::new(Environment::new(account_id, variable));
        let data = DataPlane::new(backend, credentials, Arc::new(control.clone()));
        Self { control, data }
    }

    /// The same with other keys than the environment's.
    #[must_use]
    pub fn with_credentials(mut self, credentials: impl Credentials + 'static) -> Self {
        self.data = self.data.with_credentials(Arc::new(credentials));
        self
    }

    /// Forgets every API, as if it had just been made.
    pub fn clear(&self) {
        self.control.clear();
        self.data.clear();
    }

    /// Whom a request is for, if it is for API Gateway at all. `signed_for` is the service in its
    /// signature. A stage is called
    /// - at `/restapis/{api}/{stage}/_user_request_/...`,
    /// - at `/_aws/execute-api/{api}/{stage}/...`, if there is such an API,
    /// - by the host `{api}.execute-api.{region}.amazonaws.com`, if there is such an API,
    /// - by a custom domain name.
    pub fn locate(&self, head: &Parts, signed_for: Option<&str>) -> Option<Target> {
        let path = head.uri.path();
        if let Some(invocation) = self.by_path(path).or_else(|| self.by_host(head)) {
            return Some(Target::Stage(invocation));
        }
        // Every other path could as well be a bucket's.
        let is_ours = signed_for == Some("apigateway") || path.starts_with("/restapis");
        (is_ours && ControlPlane::owns(path)).then_some(Target::Control)
    }

    fn by_path(&self, path: &str) -> Option<Invocation> {
        if let Some(rest) = path.strip_prefix("/_aws/execute-api/") {
            let (api, rest) = first_segment(rest);
            let (stage, path) = first_segment(rest);
            return self.control.has_api(api).then(|| self.invocation(api, stage, path));
        }
        let (api, rest) = first_segment(path.strip_prefix("/restapis/")?);
        let (stage, rest) = first_segment(rest);
        let path = rest.strip_prefix("/_user_request_")?;
        (path.is_empty() || path.starts_with('/')).then(|| self.invocation(api, stage, path))
    }

    fn by_host(&self, head: &Parts) -> Option<Invocation> {
        let host = head.headers.get(HOST)?.to_str().ok()?;
        let domain = host.rsplit_once(':').map_or(host, |(domain, _)| domain);
        if let Some((api, rest)) = domain.split_once('.')
            && rest.starts_with("execute-api.")
            && self.control.has_api(api)
        {
            let (stage, path) = first_segment(head.uri.path());
            let invocation = self.invocation(api, stage, path);
            return Some(Invocation { domain_name: domain.to_owned(), ..invocation });
        }
        let (served, path) = self.control.mapped(domain, head.uri.path())?;
        Some(Invocation { served: Some(served), path, domain_name: domain.to_owned() })
    }

    /// A request for a stage, known by name.
    pub(crate) fn invocation(&self, api: &str, stage: &str, path: &str) -> Invocation {
        let served = self.control.served(api, stage);
        let region = served.as_ref().map_or("us-east-1", |served| served.region.as_str());
        Invocation {
            domain_name: format!("{api}.execute-api.{region}.amazonaws.com"),
            path: if path.is_empty() { "/".to_owned() } else { path.to_owned() },
            served,
        }
    }

    /// Answers a request to the control plane of a region.
    pub async fn control<B>(&self, region: &str, request: Request<B>) -> Response<Bytes>
    where
        B: Body<Error: Into<Box<dyn Error + Send + Sync>>>,
    {
        let (head, body) = request.into_parts();
        match Limited::new(body, LARGEST_BODY).collect().await {
            Ok(body) => self.control.answer(region, Request::from_parts(head, body.to_bytes())),
            Err(error) => unreadable(&*error),
        }
    }

    /// Answers a request for a stage.
    pub async fn invoke<B>(
        &self,
        invocation: Invocation,
        request: Request<B>,
        source_ip: IpAddr,
    ) -> Response<Bytes>
    where
        B: Body<Error: Into<Box<dyn Error + Send + Sync>>>,
    {
        let Invocation { served, path, domain_name } = invocation;
        let received = Timestamp::now();
        let (head, body) = request.into_parts();
        let body = match Limited::new(body, LARGEST_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return DataPlane::refuse_large_body(),
            Err(error) => return unreadable(&*error),
        };
        let Some(served) = served else {
            return DataPlane::refuse_unknown_stage();
        };
        let incoming = Incoming {
            method: head.method,
            path,
            whole_path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
            source_ip,
            domain_name,
            received,
        };
        self.data.answer(&served, incoming).await
    }
}

/// The client broke off, or sent more than any operation takes.
fn unreadable(error: &(dyn Error + Send + Sync + 'static)) -> Response<Bytes> {
    if error.is::<LengthLimitError>() {
        message(StatusCode::PAYLOAD_TOO_LARGE, "the request is larger than 10 MB")
    } else {
        message(StatusCode::BAD_REQUEST, "the body ended early")
    }
}

fn message(status: StatusCode, text: &str) -> Response<Bytes> {
    let mut response = Response::new(json!({"message": text}).to_string().into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
