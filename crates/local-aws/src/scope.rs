//! The credential scope of a signed request: the region and the service that it was signed for.

use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;

/// What stands in a signature beside the key: `AKID/date/region/service/aws4_request`.
pub(crate) struct Scope {
    pub(crate) region: String,
    pub(crate) service: String,
}

impl Scope {
    /// The scope in the `Authorization` header or, of a presigned URL, in the query.
    pub(crate) fn read(head: &Parts) -> Option<Self> {
        let in_header = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let credential = match in_header.and_then(|value| value.split_once("Credential=")) {
            Some((_, rest)) => rest.split([',', ' ']).next()?.to_owned(),
            None => {
                let mut pairs = form_urlencoded::parse(head.uri.query()?.as_bytes());
                pairs.find(|(name, _)| name == "X-Amz-Credential")?.1.into_owned()
            }
        };
        let mut parts = credential.split('/').skip(2);
        Some(Self { region: parts.next()?.to_owned(), service: parts.next()?.to_owned() })
    }
}
