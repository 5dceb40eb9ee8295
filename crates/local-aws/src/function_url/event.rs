//! The event of payload format 2.0, as Lambda makes it of an HTTP request.

use std::net::SocketAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{CONTENT_TYPE, COOKIE, USER_AGENT};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Version};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::config::Config;

/// The event for one request. Path and query are handed on as they were sent.
pub(crate) fn event(
    id: &str,
    path: &str,
    config: &Config,
    parts: &Parts,
    body: &[u8],
    peer: SocketAddr,
) -> Value {
    let query = parts.uri.query().unwrap_or_default();
    let domain = format!("{id}.lambda-url.{}.on.aws", config.region);
    let now = Timestamp::now();
    let text = body_as_text(&parts.headers, body);
    let mut event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers(&parts.headers, &domain, peer),
        "requestContext": {
            "accountId": "anonymous",
            "apiId": id,
            "domainName": domain,
            "domainPrefix": id,
            "http": {
                "method": parts.method.as_str(),
                "path": path,
                "protocol": protocol(parts.version),
                "sourceIp": peer.ip().to_string(),
                "userAgent": header(&parts.headers, USER_AGENT.as_str()),
            },
            "requestId": uuid::Uuid::new_v4().to_string(),
            "routeKey": "$default",
            "stage": "$default",
            "time": now.to_zoned(TimeZone::UTC).strftime("%d/%b/%Y:%H:%M:%S %z").to_string(),
            "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": text.is_none() && !body.is_empty(),
    });
    if !query.is_empty() {
        event["queryStringParameters"] = joined(form_urlencoded::parse(query.as_bytes()));
    }
    let cookies = cookies(&parts.headers);
    if !cookies.is_empty() {
        event["cookies"] = cookies.into();
    }
    if !body.is_empty() {
        event["body"] = text.map_or_else(|| STANDARD.encode(body), str::to_owned).into();
    }
    event
}

/// Bodies of these types reach a function as text, all others in base64. So do bytes that are no
/// text, whatever they are said to be: nothing is lost of them.
fn body_as_text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<&'a str> {
    let content_type = header(headers, CONTENT_TYPE.as_str()).to_ascii_lowercase();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let is_text = media_type.starts_with("text/")
        || media_type.ends_with("+json")
        || media_type.ends_with("+xml")
        || ["application/json", "application/javascript", "application/xml"].contains(&media_type);
    if is_text { std::str::from_utf8(body).ok() } else { None }
}

/// Names in lower case, values of one name joined by commas; cookies have a place of their own.
fn headers(headers: &HeaderMap, domain: &str, peer: SocketAddr) -> Value {
    let sent = headers.iter().filter(|(name, _)| *name != COOKIE).map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let mut object = joined(sent);
    // What Lambda's own front puts there, in place of what was sent to this machine.
    object["host"] = domain.into();
    object["x-forwarded-for"] = peer.ip().to_string().into();
    object["x-forwarded-port"] = "443".into();
    object["x-forwarded-proto"] = "https".into();
    object
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    let values = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split("; ")).map(str::to_owned).collect()
}

fn joined<N: Into<String>, V: AsRef<str>>(pairs: impl Iterator<Item = (N, V)>) -> Value {
    let mut object = Map::new();
    for (name, value) in pairs {
        let value = value.as_ref();
        object
            .entry(name.into())
            .and_modify(|present| {
                let joined = format!("{},{value}", present.as_str().unwrap_or_default());
                *present = joined.into();
            })
            .or_insert_with(|| value.into());
    }
    Value::Object(object)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn protocol(version: Version) -> &'static str {
    if version == Version::HTTP_10 { "HTTP/1.0" } else { "HTTP/1.1" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    fn event_of(uri: &str, headers: &[(&str, &str)], body: &[u8]) -> Value {
        let mut request = Request::post(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let config = Config::for_test("us-east-1");
        event("id", "/a%2Fb", &config, &parts, body, "127.0.0.1:1".parse().unwrap())
    }

    #[test]
    fn a_query_reaches_the_function_as_it_was_sent() {
        for query in ["a=%zz", "a=%ff", "a=1&b=2&a=3", "a=x+y%20z", "a", "a=b%26c;d", "%"] {
            let event = event_of(&format!("/?{query}"), &[], b"");
            assert_eq!(event["rawQueryString"], query);
        }
        assert_eq!(
            event_of("/?a=1&b=2&a=3+4", &[], b"")["queryStringParameters"],
            json!({"a": "1,3 4", "b": "2"})
        );
        assert_eq!(event_of("/", &[], b"").get("queryStringParameters"), None);
    }

    #[test]
    fn the_path_is_not_decoded() {
        let event = event_of("/", &[], b"");
        assert_eq!(event["rawPath"], "/a%2Fb");
        assert_eq!(event["requestContext"]["http"]["path"], "/a%2Fb");
    }

    #[test]
    fn text_stays_text_and_everything_else_is_base64() {
        let cases: [(&str, &[u8], Value, bool); 6] = [
            ("application/json; charset=utf-8", b"{}", json!("{}"), false),
            ("TEXT/plain", b"x", json!("x"), false),
            ("application/problem+json", b"{}", json!("{}"), false),
            ("application/x-www-form-urlencoded", b"a=b", json!("YT1i"), true),
            ("", b"a", json!("YQ=="), true),
            ("application/json", b"\xff", json!("/w=="), true),
        ];
        for (content_type, body, expected, encoded) in cases {
            let event = event_of("/", &[("content-type", content_type)], body);
            assert_eq!(
                (&event["body"], &event["isBase64Encoded"]),
                (&expected, &json!(encoded)),
                "{content_type}"
            );
        }
        assert_eq!(event_of("/", &[], b"").get("body"), None);
    }

    #[test]
    fn headers_are_joined_and_cookies_have_their_own_place() {
        let event = event_of("/", &[("X-A", "1"), ("x-a", "2"), ("Cookie", "a=1; b=2")], b"");
        assert_eq!(event["headers"]["x-a"], "1,2");
        assert_eq!(event["headers"].get("cookie"), None);
        assert_eq!(event["cookies"], json!(["a=1", "b=2"]));
        assert_eq!(event["headers"]["host"], "id.lambda-url.us-east-1.on.aws");
    }
}
