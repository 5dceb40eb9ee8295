//! One call: where it goes, who signs it, what comes back.

use std::env;
use std::sync::Arc;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningError,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::Full;

use crate::outbound::{Outbound, Unreachable};
use crate::roles::{Role, Roles};

/// The key and the secret of a local AWS's root.
const LOCAL_ROOT: &str = "test";

/// Why AWS was not called or did not answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The request cannot be written down.
    #[error("{service} cannot be called with this request")]
    Request {
        /// The service as signatures name it.
        service: String,
        /// What is wrong with it.
        #[source]
        cause: http::Error,
    },
    /// The request cannot be signed.
    #[error("the request to {service} cannot be signed")]
    Signature {
        /// The service as signatures name it.
        service: String,
        /// What is wrong with it.
        #[source]
        cause: SigningError,
    },
    /// The role cannot be assumed.
    #[error("the role {role} cannot be assumed: STS answered {status}: {answer}")]
    Role {
        /// The ARN of the role.
        role: String,
        /// The status of STS's answer.
        status: StatusCode,
        /// What STS said.
        answer: String,
    },
    /// There is no answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    /// The service as signatures name it, such as `lambda`.
    pub service: &'a str,
    /// The first labels of the service's public host, such as `lambda` or `streams.dynamodb`. A local
    /// AWS is called by its own name alone.
    pub host: &'a str,
    /// The region whose service is called.
    pub region: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// As it goes over the wire.
    pub path_and_query: &'a str,
    /// What goes with it besides `Host` and the signature.
    pub headers: HeaderMap,
    /// What is sent.
    pub body: Bytes,
    /// Who calls; the environment's own identity if it is nobody in particular.
    pub role: Option<Role<'a>>,
}

/// AWS, as one account sees it.
#[derive(Debug)]
pub struct Aws {
    outbound: Arc<Outbound>,
    endpoint: Option<Uri>,
    credentials: Credentials,
    roles: Roles,
}

impl Aws {
    /// Calls a local AWS as its root.
    pub fn local(outbound: Arc<Outbound>, endpoint: Uri) -> Self {
        let credentials = Credentials::new(LOCAL_ROOT, LOCAL_ROOT, None, None, "local");
        Self { outbound, endpoint: Some(endpoint), credentials, roles: Roles::default() }
    }

    /// Calls `endpoint` if there is one, with the credentials of the environment or, without any, as
    /// the root of a local AWS.
    pub fn new(outbound: Arc<Outbound>, endpoint: Option<Uri>) -> Self {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let key = variable("AWS_ACCESS_KEY_ID").zip(variable("AWS_SECRET_ACCESS_KEY"));
        let (id, secret) = key.unwrap_or_else(|| (LOCAL_ROOT.to_owned(), LOCAL_ROOT.to_owned()));
        let token = variable("AWS_SESSION_TOKEN");
        let credentials = Credentials::new(id, secret, token, None, "environment");
        Self { outbound, endpoint, credentials, roles: Roles::default() }
    }

    /// Signs and sends a call. Any status is an answer.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Role`] if the call's role cannot be assumed, of which the service then
    /// knows nothing.
    pub async fn call(&self, call: Call<'_>) -> Result<Response<Bytes>, Error> {
        match call.role {
            None => self.send(call, &self.credentials).await,
            Some(role) => {
                let credentials = self.roles.assume(self, role, call.region).await?;
                self.send(call, &credentials).await
            }
        }
    }

    /// Signs and sends a call with these credentials, whatever role it names.
    async fn send(
        &self,
        call: Call<'_>,
        credentials: &Credentials,
    ) -> Result<Response<Bytes>, Error> {
        let refused = |cause| Error::Request { service: call.service.to_owned(), cause };
        let uri = self.uri(&call).map_err(refused)?;
        let Call { service, region, method, headers, body, .. } = call;
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = method;
        *request.headers_mut() = headers;
        if let Some(host) = uri.authority().and_then(|host| host.as_str().parse().ok()) {
            request.headers_mut().insert(HOST, host);
        }
        *request.uri_mut() = uri;
        sign_request(&mut request, &body, credentials, service, region)
            .map_err(|cause| Error::Signature { service: service.to_owned(), cause })?;
        Ok(self.outbound.send(request).await?)
    }

    fn uri(&self, call: &Call<'_>) -> Result<Uri, http::Error> {
        let uri = match &self.endpoint {
            Some(endpoint) => Uri::builder()
                .scheme(endpoint.scheme_str().unwrap_or("http"))
                .authority(endpoint.authority().map_or("", |authority| authority.as_str())),
            None => {
                let suffix = if call.region.starts_with("cn-") { ".cn" } else { "" };
                let authority = format!("{}.{}.amazonaws.com{suffix}", call.host, call.region);
                Uri::builder().scheme("https").authority(authority)
            }
        };
        uri.path_and_query(call.path_and_query).build()
    }
}

fn sign_request(
    request: &mut Request<Full<Bytes>>,
    body: &[u8],
    credentials: &Credentials,
    service: &str,
    region: &str,
) -> Result<(), SigningError> {
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(SystemTime::now())
        .settings(settings(service))
        .build()
        .expect("every part of the parameters is set")
        .into();
    let uri = request.uri().to_string();
    // Only what is text can be signed, and all of it need not be.
    let headers = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let signable =
        SignableRequest::new(request.method().as_str(), &uri, headers, SignableBody::Bytes(body))?;
    let (instructions, _) = sign(signable, &parameters)?.into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

/// S3 takes paths as they are and wants the payload's digest in a header.
fn settings(service: &str) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if service == "s3" {
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    settings
}

impl Call<'_> {
    /// A call of one of the services with the query protocol, such as STS.
    pub(crate) fn query<'a>(service: &'a str, region: &'a str, form: String) -> Call<'a> {
        let mut headers = HeaderMap::new();
        let form_type = "application/x-www-form-urlencoded";
        headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(form_type));
        Call {
            service,
            host: service,
            region,
            method: Method::POST,
            path_and_query: "/",
            headers,
            body: form.into(),
            role: None,
        }
    }
}
