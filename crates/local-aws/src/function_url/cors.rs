//! Cross-origin headers, which Lambda adds by the URL's configuration whatever the function says.

use hyper::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN,
};
use hyper::{HeaderMap, Response};

use super::config::Config;

/// Headers to put on an answer; none where the origin is not admitted.
pub(crate) struct CorsHeaders(HeaderMap);

impl CorsHeaders {
    /// Puts them on `response`, in place of those that the function has set.
    pub(crate) fn on<T>(self, mut response: Response<T>) -> Response<T> {
        response.headers_mut().extend(self.0);
        response
    }
}

/// What a request's origin is told.
pub(crate) fn headers(config: &Config, request: &HeaderMap) -> CorsHeaders {
    let mut headers = HeaderMap::new();
    let (Some(cors), Some(origin)) = (&config.cors, request.get(ORIGIN)) else {
        return CorsHeaders(headers);
    };
    let is_admitted = cors
        .allow_origins
        .iter()
        .any(|allowed| allowed == "*" || allowed.as_bytes() == origin.as_bytes());
    if !is_admitted {
        return CorsHeaders(headers);
    }
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    let lists = [
        (ACCESS_CONTROL_ALLOW_METHODS, &cors.allow_methods),
        (ACCESS_CONTROL_ALLOW_HEADERS, &cors.allow_headers),
        (ACCESS_CONTROL_EXPOSE_HEADERS, &cors.expose_headers),
    ];
    for (name, values) in lists {
        if let Ok(value) = values.join(",").parse()
            && !values.is_empty()
        {
            headers.insert(name, value);
        }
    }
    if cors.allow_credentials {
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, "true".parse().expect("a valid value"));
    }
    if let Some(seconds) = cors.max_age {
        headers.insert(ACCESS_CONTROL_MAX_AGE, seconds.into());
    }
    CorsHeaders(headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function_url::config::Cors;

    fn told(origin: &str) -> HeaderMap {
        let mut config = Config::for_test("us-east-1");
        config.cors = Some(Cors {
            allow_origins: vec!["https://shop.example".into()],
            allow_methods: vec!["GET".into(), "POST".into()],
            max_age: Some(300),
            ..Cors::default()
        });
        let mut request = HeaderMap::new();
        request.insert(ORIGIN, origin.parse().unwrap());
        headers(&config, &request).0
    }

    #[test]
    fn an_admitted_origin_is_told_what_it_may_do() {
        let headers = told("https://shop.example");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_ORIGIN], "https://shop.example");
        assert_eq!(headers[ACCESS_CONTROL_ALLOW_METHODS], "GET,POST");
        assert_eq!(headers[ACCESS_CONTROL_MAX_AGE], "300");
        assert!(!headers.contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }

    #[test]
    fn another_origin_is_told_nothing() {
        assert!(told("https://other.example").is_empty());
    }
}
