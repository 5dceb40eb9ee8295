//! The HTTP answer that Lambda makes of what a function returned.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, SET_COOKIE,
    TRANSFER_ENCODING, UPGRADE,
};
use hyper::{Response, StatusCode};
use serde_json::{Map, Value};

use crate::endpoint::{Body, full, json};

/// Why what a function returned is no HTTP answer.
#[derive(Debug)]
struct Malformed;

/// Makes the answer. A failed invocation is a 502 that says nothing of the failure, which is in the
/// function's log.
pub(crate) fn reply(outcome: Response<Bytes>) -> Response<Body> {
    if outcome.status() == StatusCode::TOO_MANY_REQUESTS {
        return json(StatusCode::TOO_MANY_REQUESTS, r#"{"Message":"Rate Exceeded."}"#);
    }
    if !outcome.status().is_success() || outcome.headers().contains_key("x-amz-function-error") {
        return bad_gateway();
    }
    let returned = serde_json::from_slice(outcome.body()).unwrap_or(Value::Null);
    let answer = match &returned {
        Value::Object(fields) if fields.contains_key("statusCode") => structured(fields),
        // Without a status it is the body of a 200.
        Value::String(text) => Ok(json(StatusCode::OK, text.clone())),
        _ => Ok(json(StatusCode::OK, outcome.body().clone())),
    };
    answer.unwrap_or_else(|Malformed| bad_gateway())
}

fn structured(fields: &Map<String, Value>) -> Result<Response<Body>, Malformed> {
    let mut response = Response::new(full(body(fields)?));
    *response.status_mut() = status(&fields["statusCode"])?;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in fields.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::try_from(name.as_str()).map_err(|_| Malformed)?;
        // How the body is framed is between the client and us.
        if ![CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE].contains(&name) {
            headers.insert(name, header_value(value)?);
        }
    }
    for cookie in fields.get("cookies").and_then(Value::as_array).into_iter().flatten() {
        headers.append(SET_COOKIE, header_value(cookie)?);
    }
    Ok(response)
}

fn status(value: &Value) -> Result<StatusCode, Malformed> {
    let code = match value {
        Value::String(text) => text.parse().ok(),
        _ => value.as_u64().and_then(|code| u16::try_from(code).ok()),
    };
    // Below 200 are no answers yet.
    let code = code.filter(|&code| code >= 200);
    code.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(Malformed)
}

fn body(fields: &Map<String, Value>) -> Result<Bytes, Malformed> {
    let is_encoded = fields.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or(false);
    match fields.get("body") {
        None | Some(Value::Null) => Ok(Bytes::new()),
        Some(Value::String(text)) if is_encoded => {
            STANDARD.decode(text).map(Bytes::from).map_err(|_| Malformed)
        }
        Some(Value::String(text)) => Ok(Bytes::from(text.clone())),
        Some(other) => Ok(Bytes::from(other.to_string())),
    }
}

fn header_value(value: &Value) -> Result<HeaderValue, Malformed> {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    HeaderValue::from_bytes(text.as_bytes()).map_err(|_| Malformed)
}

fn bad_gateway() -> Response<Body> {
    let mut response = Response::new(full("Internal Server Error"));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    async fn reply_to(returned: &'static str) -> (u16, String, String) {
        let (parts, body) = reply(Response::new(Bytes::from(returned))).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let content_type = parts.headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap());
        let content_type = content_type.unwrap_or_default().to_owned();
        (parts.status.as_u16(), content_type, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn what_a_function_returns_becomes_the_answer() {
        let json = "application/json";
        let cases = [
            (r#"{"statusCode":201,"body":"x"}"#, (201, json, "x")),
            (
                r#"{"statusCode":"404","headers":{"Content-Type":"text/plain"}}"#,
                (404, "text/plain", ""),
            ),
            (r#"{"statusCode":200,"body":"eA==","isBase64Encoded":true}"#, (200, json, "x")),
            (
                r#"{"statusCode":200,"headers":{"Content-Length":"99"},"body":"x"}"#,
                (200, json, "x"),
            ),
            (r#"{"statusCode":101}"#, (502, "", "Internal Server Error")),
            (r#"{"a":1}"#, (200, json, r#"{"a":1}"#)),
            (r#""text""#, (200, json, "text")),
            (r#"{"statusCode":"x"}"#, (502, "", "Internal Server Error")),
            (
                r#"{"statusCode":200,"body":"?","isBase64Encoded":true}"#,
                (502, "", "Internal Server Error"),
            ),
            (r#"{"statusCode":200,"headers":{"a b":"c"}}"#, (502, "", "Internal Server Error")),
        ];
        for (returned, (status, content_type, body)) in cases {
            assert_eq!(
                reply_to(returned).await,
                (status, content_type.into(), body.into()),
                "{returned}"
            );
        }
    }

    #[test]
    fn a_failed_invocation_tells_the_client_nothing() {
        let failed = Response::builder().header("X-Amz-Function-Error", "Unhandled");
        let response = reply(failed.body(Bytes::from(r#"{"errorMessage":"secret"}"#)).unwrap());
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    }

    #[test]
    fn cookies_become_headers_of_their_own() {
        let returned = r#"{"statusCode":200,"cookies":["a=1","b=2"]}"#;
        let response = reply(Response::new(Bytes::from(returned)));
        assert_eq!(response.headers().get_all(SET_COOKIE).iter().count(), 2);
    }
}
