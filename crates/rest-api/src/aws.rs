//! Calls to AWS: signed with Signature Version 4 and sent to a local AWS, or to the service's public
//! endpoint if there is none.

use std::env;
use std::sync::Arc;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningError, SigningSettings, sign};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, Method, Request, Response, Uri};
use http_body_util::Full;

use crate::outbound::{Outbound, Unreachable};

/// What a local AWS takes from everybody.
const ANYBODY: &str = "test";

/// Why AWS was not called or did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The request cannot be written down.
    #[error("{service} cannot be called with this request")]
    Request {
        service: String,
        #[source]
        cause: http::Error,
    },
    /// The request cannot be signed.
    #[error("the request to {service} cannot be signed")]
    Signature {
        service: String,
        #[source]
        cause: SigningError,
    },
    /// There is no answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

/// One call.
pub(crate) struct Call<'a> {
    /// The service as signatures name it, such as `lambda`.
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) method: Method,
    /// As it goes over the wire.
    pub(crate) path_and_query: &'a str,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// AWS, as one account sees it.
#[derive(Debug)]
pub(crate) struct Aws {
    outbound: Arc<Outbound>,
    endpoint: Option<Uri>,
    credentials: Credentials,
}

impl Aws {
    /// Calls `endpoint` if there is one, with the credentials of the environment.
    pub(crate) fn new(outbound: Arc<Outbound>, endpoint: Option<Uri>) -> Self {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let key = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        let (id, secret) = key.unwrap_or_else(|| (ANYBODY.to_owned(), ANYBODY.to_owned()));
        let token = variable("AWS_SESSION_TOKEN");
        let credentials = Credentials::new(id, secret, token, None, "environment");
        Self { outbound, endpoint, credentials }
    }

    /// Signs and sends a call. Any status is an answer.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Response<Bytes>, Error> {
        let Call { service, region, method, path_and_query, headers, body } = call;
        let refused = |cause| Error::Request { service: service.to_owned(), cause };
        let uri = self.uri(service, region, path_and_query).map_err(refused)?;
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        if let Some(host) = uri.authority().and_then(|host| host.as_str().parse().ok()) {
            request.headers_mut().insert(HOST, host);
        }
        *request.uri_mut() = uri;
        self.sign(service, region, &mut request, &body)
            .map_err(|cause| Error::Signature { service: service.to_owned(), cause })?;
        Ok(self.outbound.send(request).await?)
    }

    fn uri(&self, service: &str, region: &str, path: &str) -> Result<Uri, http::Error> {
        let uri = match &self.endpoint {
            Some(endpoint) => Uri::builder()
                .scheme(endpoint.scheme_str().unwrap_or("http"))
                .authority(endpoint.authority().map_or("", |authority| authority.as_str())),
            None => {
                let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
                let host = format!("{service}.{region}.amazonaws.com{suffix}");
                Uri::builder().scheme("https").authority(host)
            }
        };
        uri.path_and_query(path).build()
    }

    fn sign(
        &self,
        service: &str,
        region: &str,
        request: &mut Request<Full<Bytes>>,
        body: &[u8],
    ) -> Result<(), SigningError> {
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .expect("every part of the parameters is set")
            .into();
        let uri = request.uri().to_string();
        // Only what is text can be signed, and all of it need not be.
        let headers = request
            .headers()
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let signable = SignableRequest::new(
            request.method().as_str(),
            &uri,
            headers,
            SignableBody::Bytes(body),
        )?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }
}
