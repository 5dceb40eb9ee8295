//! The one endpoint: what it answers itself, and what it only passes on.

use std::fs;
use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{Answer, LocalAws, eventually, get, repository, request};

fn url(path: &str) -> String {
    format!("{}{path}", LocalAws::shared().endpoint())
}

fn send(method: &str, path: &str, body: &Value) -> Answer {
    request(
        method,
        &url(path),
        &[("Content-Type", "application/json")],
        body.to_string().as_bytes(),
    )
}

#[test]
fn it_says_that_it_is_well() {
    let answer = get(&url("/_spillway/health"));
    assert_eq!((answer.status, answer.json()), (200, json!({"status": "ok"})));
}

#[test]
fn a_large_object_goes_through_as_it_is() {
    let object: Vec<u8> = (0..20_000_000_u32).map(|n| b'a' + (n % 23) as u8).collect();
    assert_eq!(request("PUT", &url("/endpoint-test"), &[], b"").status, 200);
    let path = url("/endpoint-test/a%20key/with%2Bsigns?x-id=PutObject");
    assert_eq!(request("PUT", &path, &[], &object).status, 200);
    let answer = get(&url("/endpoint-test/a%20key/with%2Bsigns"));
    assert_eq!(answer.status, 200);
    assert!(answer.body.as_bytes() == object, "{} bytes came back", answer.body.len());
}

#[test]
fn an_error_of_a_service_comes_back_as_the_service_says_it() {
    let headers = [("X-Amz-Target", "DynamoDB_20120810.DescribeTable")];
    let body = json!({"TableName": "no-such-table"}).to_string();
    let answer = request("POST", &url("/"), &headers, body.as_bytes());
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("ResourceNotFoundException"), "{}", answer.body);
}

#[test]
fn a_function_url_that_does_not_exist_is_forbidden() {
    let answer = get(&url("/_aws/lambda-url/nosuchid/"));
    assert_eq!((answer.status, answer.json()), (403, json!({"Message": "Forbidden"})));
}

#[test]
fn a_function_url_wants_a_signature_and_answers_origins_as_it_is_configured() {
    // The shared local AWS comes with packaged functions.
    LocalAws::shared();
    let zip = fs::read(repository().join("target/lambda-local/submission-url/bootstrap.zip"));
    let function = json!({
        "FunctionName": "signed-only",
        "Runtime": "provided.al2023",
        "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/any",
        "Code": {"ZipFile": base64(&zip.unwrap())},
        "Environment": {"Variables": {"STATE_MACHINE_ARN": "none", "TABLE_NAME": "none"}},
    });
    assert_eq!(send("POST", "/2015-03-31/functions", &function).status, 201);
    let config = json!({
        "AuthType": "AWS_IAM",
        "Cors": {"AllowOrigins": ["https://shop.example"], "AllowMethods": ["GET"], "MaxAge": 60},
    });
    let created = send("POST", "/2021-10-31/functions/signed-only/url", &config).json();
    let host = created["FunctionUrl"].as_str().unwrap().trim_start_matches("https://");
    let host = host.trim_end_matches('/').to_owned();
    let id = host.split('.').next().unwrap();
    let path = url(&format!("/_aws/lambda-url/{id}/elsewhere"));

    assert_eq!(get(&path).status, 403);
    let signed = [("Authorization", "AWS4-HMAC-SHA256 Credential=test")];
    let answer = eventually("the function is active", Duration::from_secs(30), || {
        let answer = request("GET", &path, &signed, b"");
        (answer.status != 502).then_some(answer)
    });
    assert_eq!(answer.status, 404, "the function's own answer: {}", answer.body);
    let by_host = [signed[0], ("Host", host.as_str())];
    assert_eq!(request("GET", &url("/elsewhere"), &by_host, b"").status, 404);

    let origin = ("Origin", "https://shop.example");
    let preflight = request("OPTIONS", &path, &[origin], b"");
    assert_eq!((preflight.status, preflight.header("access-control-max-age")), (200, "60"));
    let answer = request("GET", &path, &[signed[0], origin], b"");
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
    let other = request("GET", &path, &[signed[0], ("Origin", "https://other.example")], b"");
    assert_eq!(other.header("access-control-allow-origin"), "");

    let deleted = request("DELETE", &url("/2021-10-31/functions/signed-only/url"), &[], b"");
    assert_eq!(deleted.status, 204);
    assert_eq!(request("GET", &path, &signed, b"").status, 403);
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
