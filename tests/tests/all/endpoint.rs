//! The one endpoint: what it answers itself, and what it only passes on.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
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

/// What a server answers to bytes that no HTTP client would send just so.
fn exchange(bytes: &[u8], ends_with: &str) -> String {
    let address = LocalAws::shared().endpoint().replace("http://", "");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    while !String::from_utf8_lossy(&answer).ends_with(ends_with) {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).expect("an answer before the deadline");
        assert_ne!(read, 0, "it ended with {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8(answer).unwrap()
}

#[test]
fn chunks_are_put_together_and_a_client_that_waits_for_100_is_told_to_go_on() {
    assert_eq!(request("PUT", &url("/endpoint-chunks"), &[], b"").status, 200);
    let head = "PUT /endpoint-chunks/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    let waits = format!("{head}Expect: 100-continue\r\nContent-Length: 4\r\n\r\n");
    assert_eq!(exchange(waits.as_bytes(), "\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");

    let chunks = "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunks}");
    assert!(exchange(chunked.as_bytes(), "\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(get(&url("/endpoint-chunks/a")).body, "abcd");
}

#[test]
fn signed_chunks_of_an_sdk_are_taken_apart_by_s3() {
    assert_eq!(request("PUT", &url("/endpoint-aws-chunks"), &[], b"").status, 200);
    let headers = [
        ("Content-Encoding", "aws-chunked"),
        ("X-Amz-Content-Sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        ("X-Amz-Decoded-Content-Length", "5"),
        ("X-Amz-Trailer", "x-amz-checksum-crc32"),
    ];
    let body = b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
    assert_eq!(request("PUT", &url("/endpoint-aws-chunks/a"), &headers, body).status, 200);
    assert_eq!(get(&url("/endpoint-aws-chunks/a")).body, "hello");
}

#[test]
fn a_bucket_is_found_by_the_host() {
    assert_eq!(request("PUT", &url("/endpoint-host"), &[], b"").status, 200);
    assert_eq!(request("PUT", &url("/endpoint-host/a"), &[], b"by path").status, 200);
    let host = [("Host", "endpoint-host.s3.us-east-1.amazonaws.com")];
    assert_eq!(request("GET", &url("/a"), &host, b"").body, "by path");
}

#[test]
fn hosts_with_the_prefix_that_sdks_put_before_them_are_the_same_endpoint() {
    let headers = [
        ("Host", "sync-localhost"),
        ("X-Amz-Target", "AWSStepFunctions.StartSyncExecution"),
        ("Content-Type", "application/x-amz-json-1.0"),
    ];
    let arn = "arn:aws:states:us-east-1:000000000000:stateMachine:no-such";
    let body = json!({"stateMachineArn": arn}).to_string();
    let answer = request("POST", &url("/"), &headers, body.as_bytes());
    assert_eq!(
        (answer.status, answer.json()["__type"].clone()),
        (400, json!("StateMachineDoesNotExist"))
    );
}

/// The entry of the only request that this caller made of this operation. Terraform runs beside.
fn journaled(caller: &str, operation: &str) -> Value {
    let journal = get(&url("/_spillway/requests")).json();
    let mut found = journal["requests"].as_array().unwrap().clone();
    found.retain(|entry| entry["operation"] == operation && entry["caller"] == caller);
    assert_eq!(found.len(), 1, "{operation}: {found:?}");
    found.remove(0)
}

#[test]
fn the_journal_says_who_asked_what_and_how_it_was_answered() {
    let signed = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
    let headers = [
        ("Authorization", signed),
        ("User-Agent", "journal-test/1.0 md/x"),
        ("X-Amz-Target", "DynamoDB_20120810.DescribeContinuousBackups"),
    ];
    let asked = json!({"TableName": "no-such-table"}).to_string();
    assert_eq!(request("POST", &url("/"), &headers, asked.as_bytes()).status, 400);
    let entry = journaled("journal-test", "DescribeContinuousBackups");
    assert_eq!((&entry["service"], &entry["status"]), (&json!("dynamodb"), &json!(400)));
    assert!(entry["duration_ms"].as_f64().unwrap() > 0.0, "{entry}");
    assert!(entry["time"].as_str().unwrap().ends_with('Z'), "{entry}");

    // The query protocol names its operation in the body.
    let form = b"Action=ListMFADevices&Version=2010-05-08";
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("User-Agent", "APN/1.0 Terraform/1.11 x"),
    ];
    request("POST", &url("/"), &headers, form);
    assert_eq!(journaled("terraform", "ListMFADevices")["service"], "-");

    get(&url("/_aws/lambda-url/journaled/path?query"));
    let entry = journaled("ureq", "GET /_aws/lambda-url/journaled/path");
    assert_eq!((&entry["service"], &entry["status"]), (&json!("lambda-url"), &json!(403)));

    let after = get(&url(&format!("/_spillway/requests?after={}", entry["id"]))).json();
    let later = after["requests"].as_array().unwrap().iter();
    assert!(later.clone().all(|later| later["id"].as_u64() > entry["id"].as_u64()), "{after}");
    assert_eq!(get(&url("/_spillway/requests?after=x")).status, 400);

    let printed = LocalAws::shared().command(&["requests"]).assert().success();
    let printed = String::from_utf8_lossy(&printed.get_output().stdout).into_owned();
    let line = printed.lines().find(|line| line.contains("journal-test")).unwrap();
    let words: Vec<_> = line.split_whitespace().collect();
    assert_eq!(words[1..5], ["journal-test", "dynamodb", "DescribeContinuousBackups", "400"]);
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
