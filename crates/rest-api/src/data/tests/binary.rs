//! Payloads that are not text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Response;
use serde_json::{Value as Json, json};

use super::harness::{
    INTERNAL, Stub, body_json, check, function_uri, get, one, post, show, traced,
};

const BINARY: &[u8] = b"\x89PNG\xff\x00";
const TEXT: &[u8] = b"aGVsbG8=";

fn http(stub: &Stub) -> Json {
    json!({
        "type": "HTTP",
        "httpMethod": "POST",
        "uri": stub.uri,
        "integrationResponses": {"200": {"statusCode": "200"}},
    })
}

/// The two settings, and none.
const NONE: Option<&str> = None;
const TO_BINARY: Option<&str> = Some("CONVERT_TO_BINARY");
const TO_TEXT: Option<&str> = Some("CONVERT_TO_TEXT");

#[tokio::test]
async fn request_payloads_are_converted() {
    let encoded = STANDARD.encode(BINARY);
    let encoded = encoded.as_bytes();
    for (body, media_type, binary_types, handling, expected) in [
        (TEXT, "text/plain", &[][..], NONE, TEXT),
        (TEXT, "image/png", &[], TO_BINARY, b"hello"),
        (TEXT, "text/plain", &[], TO_TEXT, TEXT),
        (TEXT, "text/plain", &["image/png"], NONE, TEXT),
        (TEXT, "text/plain", &["image/png"], TO_BINARY, b"hello"),
        (TEXT, "text/plain", &["image/png"], TO_TEXT, TEXT),
        (BINARY, "image/png", &["image/png"], NONE, BINARY),
        (BINARY, "image/png", &["image/png"], TO_BINARY, BINARY),
        (BINARY, "image/png", &["image/png"], TO_TEXT, encoded),
        // Wildcards, parameters and case.
        (BINARY, "image/png", &["image/*"], NONE, BINARY),
        (BINARY, "Image/PNG; q=1", &["text/csv", "image/png"], NONE, BINARY),
        (BINARY, "image/png", &["*/*"], TO_TEXT, encoded),
        // What is not told to be binary is text, whatever it is.
        (BINARY, "image/png", &["image/gif"], NONE, "\u{fffd}PNG\u{fffd}\0".as_bytes()),
    ] {
        let stub = Stub::returning("").await;
        let mut integration = http(&stub);
        integration["contentHandling"] = json!(handling);
        let api = one(integration).binary(binary_types);
        let answer = api.answer(post(body).header("content-type", media_type)).await;
        // An empty answer is base64 of nothing and text of nothing alike.
        assert_eq!(answer, traced(200, ""), "{}", api.log());
        let row = (media_type, binary_types, handling);
        assert_eq!(&stub.received().body()[..], expected, "{row:?}");
    }
}

#[tokio::test]
async fn response_payloads_are_converted() {
    let encoded = STANDARD.encode(BINARY);
    let encoded = encoded.as_bytes();
    const PNG: &[&str] = &["image/png"];
    for (body, media_type, accept, binary_types, handling, expected) in [
        (TEXT, "text/plain", "text/plain", &[][..], NONE, TEXT),
        (TEXT, "text/plain", "text/plain", &[], TO_BINARY, b"hello"),
        (TEXT, "text/plain", "text/plain", &[], TO_TEXT, TEXT),
        (TEXT, "text/plain", "text/plain", PNG, NONE, TEXT),
        (TEXT, "text/plain", "text/plain", PNG, TO_BINARY, b"hello"),
        (TEXT, "text/plain", "text/plain", PNG, TO_TEXT, TEXT),
        (TEXT, "text/plain", "image/png", PNG, NONE, b"hello"),
        (TEXT, "text/plain", "image/png", PNG, TO_BINARY, b"hello"),
        (TEXT, "text/plain", "image/png", PNG, TO_TEXT, TEXT),
        (BINARY, "image/png", "text/plain", PNG, NONE, encoded),
        (BINARY, "image/png", "text/plain", PNG, TO_BINARY, BINARY),
        (BINARY, "image/png", "text/plain", PNG, TO_TEXT, encoded),
        (BINARY, "image/png", "image/png", PNG, NONE, BINARY),
        (BINARY, "image/png", "image/png", PNG, TO_BINARY, BINARY),
        (BINARY, "image/png", "image/png", PNG, TO_TEXT, encoded),
        // Only the first accepted type counts.
        (BINARY, "image/png", "image/webp, image/png", PNG, NONE, encoded),
        (BINARY, "image/png", "image/png, text/plain", PNG, NONE, BINARY),
    ] {
        let answer = Response::builder().header("content-type", media_type).body(body).unwrap();
        let stub = Stub::answering(answer).await;
        let mut integration = http(&stub);
        integration["integrationResponses"]["200"]["contentHandling"] = json!(handling);
        let api = one(integration).binary(binary_types);
        let response = api.send(get("/").header("accept", accept)).await;
        let row = (media_type, accept, binary_types, handling);
        assert_eq!(&response.body()[..], expected, "{row:?}: {}", api.log());
        assert!(show(&response).starts_with("200\ncontent-type: application/json\n"), "{row:?}");
    }
}

#[tokio::test]
async fn what_is_no_base64_cannot_become_binary() {
    let stub = Stub::returning("no base64!").await;
    let mut integration = http(&stub);
    integration["contentHandling"] = json!("CONVERT_TO_BINARY");
    check(&one(integration), post("no base64!"), INTERNAL, "is no base64").await;
    assert_eq!(stub.count(), 0);
    let mut integration = http(&stub);
    integration["integrationResponses"]["200"]["contentHandling"] = json!("CONVERT_TO_BINARY");
    check(&one(integration), get("/"), INTERNAL, "is no base64").await;
}

#[tokio::test]
async fn a_template_reads_binary_only_as_base64() {
    let stub = Stub::returning("").await;
    let mut integration = http(&stub);
    integration["requestTemplates"] = json!({"image/png": "<$input.body>"});
    let call = post(BINARY).header("content-type", "image/png");
    let api = one(integration.clone()).binary(&["image/png"]);
    check(&api, call.clone(), INTERNAL, "cannot read a binary payload").await;
    assert_eq!(stub.count(), 0);
    integration["contentHandling"] = json!("CONVERT_TO_TEXT");
    let api = one(integration).binary(&["image/png"]);
    check(&api, call, &traced(200, ""), "").await;
    assert_eq!(stub.received().body(), &format!("<{}>", STANDARD.encode(BINARY)));
}

#[tokio::test]
async fn a_function_gets_binary_as_base64() {
    let integration = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": function_uri()});
    for (types, expected, encoded) in [
        (&["image/*"][..], STANDARD.encode(BINARY), true),
        (&["text/csv"], "\u{fffd}PNG\u{fffd}\0".to_owned(), false),
    ] {
        let stub = Stub::returning("{}").await;
        let api = one(integration.clone()).binary(types).aws(&stub);
        let call = post(BINARY).header("content-type", "image/png");
        check(&api, call, &traced(200, ""), "").await;
        let event = body_json(&stub.received());
        assert_eq!(event["body"], json!(expected));
        assert_eq!(event["isBase64Encoded"], json!(encoded));
    }
}

#[tokio::test]
async fn a_function_answers_binary_to_who_accepts_it() {
    let integration = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": function_uri()});
    for (payload, accept, expected) in [
        (r#"{"body": "aGk=", "isBase64Encoded": true}"#, Some("image/png"), "hi"),
        (r#"{"body": "aGk=", "isBase64Encoded": true}"#, Some("text/plain"), "aGk="),
        (r#"{"body": "aGk=", "isBase64Encoded": true}"#, None, "aGk="),
        (r#"{"body": "aGk=", "isBase64Encoded": false}"#, Some("image/png"), "aGk="),
    ] {
        let stub = Stub::returning(payload).await;
        let api = one(integration.clone()).binary(&["image/*"]).aws(&stub);
        let call = accept.map_or(get("/"), |accept| get("/").header("accept", accept));
        check(&api, call, &traced(200, expected), "").await;
    }
}
