//! Signatures that are wrong, and what is said of them.

use serde_json::{Value as Json, json};

use super::{ANN, Signing, by, closed, presigned, signing, who};
use crate::data::tests::harness::{Call, HOST, INTERNAL, call, check, get, refused};

/// Of the canonical string below.
const DIGEST: &str = "06036ba3ca4af8ed80e983759f404b1b70e853a1e69c40b69e0d775132e1ad81";

#[tokio::test]
async fn a_wrong_secret_is_told_what_should_have_been_signed() {
    let wrong = by(("AKIAANN", "of nobody", None), get("/pets?a=1"));
    let canonical = format!(
        "GET\n/test/pets\na=1\nhost:{HOST}\nx-amz-date:20150409T123456Z\n\nhost;x-amz-date\n\
         e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    let message = format!(
        "The request signature we calculated does not match the signature you provided. Check your \
         AWS Secret Access Key and signing method. Consult the service documentation for details.\
         \n\nThe Canonical String for this request should have been\n'{canonical}'\n\n\
         The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20150409T123456Z\n\
         20150409/eu-west-1/execute-api/aws4_request\n{DIGEST}'\n"
    );
    let body = json!({"message": message}).to_string();
    let expected = refused(403, "InvalidSignatureException", &body);
    check(&closed(), wrong, &expected, "").await;
}

/// The type and the beginning of the message of a refusal.
async fn check_refused(call: Call, status: u16, error_type: &str, message: &str) {
    let sent = format!("{call:?}");
    let api = closed();
    let response = api.send(call).await;
    let body: Json = serde_json::from_slice(response.body()).unwrap();
    let got = body["message"].as_str().unwrap_or_default();
    assert_eq!(response.status().as_u16(), status, "{got} for {sent}");
    assert_eq!(response.headers()["x-amzn-errortype"], error_type, "{got} for {sent}");
    assert!(got.starts_with(message), "{got} for {sent}");
    assert_eq!(api.log(), "");
}

#[tokio::test]
async fn what_was_not_signed_is_refused() {
    let signed = || by(ANN, call("POST", "/pets?a=1").header("x-amz-meta", "1").body("body"));
    let mut other_path = signed();
    other_path.target = "/cats?a=1".to_owned();
    let mut other_query = signed();
    other_query.target = "/pets?a=2".to_owned();
    let mut other_method = signed();
    other_method.method = "PUT".parse().unwrap();
    let other_header = signed().header("x-amz-meta", "2");
    let other_body = signed().body("BODY");
    let in_query = presigned(ANN, get("/pets"));
    let mut longer = in_query.clone();
    longer.target = longer.target.replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    for call in [other_path, other_query, other_method, other_header, other_body, longer] {
        let message = "The request signature we calculated does not match the signature";
        check_refused(call, 403, "InvalidSignatureException", message).await;
    }
}

#[tokio::test]
async fn a_signature_holds_for_one_time_and_one_place() {
    let invalid = "InvalidSignatureException";
    // So late that its end would be after the last moment that there is.
    let mut last = presigned(ANN, get("/"));
    last.target = last.target.replace("20150409T123456", "99991230T215959");
    last.target = last.target.replace("20150409", "99991230");
    for (call, message) in [
        (last, "Signature not yet current: 99991230T215959Z is still later than 20150409T123956Z"),
        (
            by(ANN, get("/")).later(301.0),
            "Signature expired: 20150409T123456Z is now earlier than 20150409T123457Z \
             (20150409T123957Z - 5 min.)",
        ),
        (
            by(ANN, get("/")).later(-302.0),
            "Signature not yet current: 20150409T123456Z is still later than 20150409T123454Z \
             (20150409T122954Z + 5 min.)",
        ),
        (
            presigned(ANN, get("/")).later(61.0),
            "Signature expired: 20150409T123556Z is now earlier than 20150409T123557Z",
        ),
        (
            Signing { region: "us-east-1", ..signing(ANN) }.sign(get("/")),
            "Credential should be scoped to a valid region, not 'us-east-1'. ",
        ),
        (
            Signing { service: "s3", ..signing(ANN) }.sign(get("/")),
            "Credential should be scoped to correct service: 'execute-api'. ",
        ),
    ] {
        check_refused(call, 403, invalid, message).await;
    }
    check(&closed(), by(ANN, get("/")).later(290.0), &who(ANN), "").await;
    check(&closed(), by(ANN, get("/")).later(-290.0), &who(ANN), "").await;
    check(&closed(), presigned(ANN, get("/")).later(59.0), &who(ANN), "").await;
}

#[tokio::test]
async fn keys_that_are_not_in_use_are_refused() {
    let unknown = refused(
        403,
        "UnrecognizedClientException",
        r#"{"message":"The security token included in the request is invalid."}"#,
    );
    let expired = refused(
        403,
        "ExpiredTokenException",
        r#"{"message":"The security token included in the request is expired"}"#,
    );
    for (key, expected) in [
        (("AKIANOBODY", "x", None), &unknown),
        (("ASIASESSION", "of the session", None), &unknown),
        (("ASIASESSION", "of the session", Some("another token")), &unknown),
        (("AKIAANN", "of ann", Some("token")), &unknown),
        (("ASIAOLD", "x", Some("token")), &expired),
    ] {
        check(&closed(), by(key, get("/")), expected, "").await;
    }
    let broken = by(("AKIABROKEN", "x", None), get("/"));
    check(&closed(), broken, INTERNAL, "the caller's identity: IAM is away").await;
}

#[tokio::test]
async fn a_signature_that_is_not_whole_is_told_what_it_lacks() {
    let header = |value: &str| get("/").header("authorization", value);
    let dated = |value: &str| header(value).header("x-amz-date", "20150409T123456Z");
    let scope = "AKIAANN/20150409/eu-west-1/execute-api/aws4_request";
    let whole = |headers: &str| {
        format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={headers}, Signature=00")
    };
    for (call, error_type, message) in [
        (
            header("Bearer abc"),
            "IncompleteSignatureException",
            "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with \
             SHA-256 and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='.",
        ),
        (
            header("AWS4-HMAC-SHA256 Signature=00"),
            "IncompleteSignatureException",
            "Authorization header requires 'Credential' parameter. Authorization header requires \
             'SignedHeaders' parameter. Authorization header requires existence of either a \
             'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) \
             Authorization=",
        ),
        (
            header(&whole("host")),
            "IncompleteSignatureException",
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ),
        (
            dated(&whole("host").replace("SHA256", "SHA1")),
            "IncompleteSignatureException",
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'. ",
        ),
        (
            dated(&whole("host").replace("/aws4_request", "")),
            "IncompleteSignatureException",
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got 'AKIAANN/20150409/eu-west-1/execute-api'",
        ),
        (
            header(&whole("host")).header("x-amz-date", "yesterday"),
            "IncompleteSignatureException",
            "Date must be in ISO-8601 'basic format'. Got 'yesterday'.",
        ),
        (
            dated(&whole("x-amz-date")),
            "InvalidSignatureException",
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            dated(&whole("host").replace("20150409/", "20150408/")),
            "InvalidSignatureException",
            "Date in Credential scope does not match YYYYMMDD",
        ),
        (
            get("/?X-Amz-Signature=00&X-Amz-Date=20150409T123456Z&X-Amz-Expires=1"),
            "IncompleteSignatureException",
            "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string \
             parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
             'X-Amz-SignedHeaders'. Re-examine the query-string parameters.",
        ),
    ] {
        check_refused(call, 403, error_type, message).await;
    }
}
