//! Calls against a stub on loopback that records what it gets.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::{Aws, Call, Error, Outbound, Role};

type Requests = Arc<Mutex<Vec<Request<Bytes>>>>;

/// A local AWS whose STS answers with a status and a text, and everything else with nothing.
async fn aws(sts_status: u16, sts_answer: &'static str) -> (Aws, Requests) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let requests = Requests::default();
    let recorded = Arc::clone(&requests);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let recorded = Arc::clone(&recorded);
            let service = service_fn(move |request: Request<hyper::body::Incoming>| {
                let recorded = Arc::clone(&recorded);
                async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await.unwrap().to_bytes();
                    let is_sts = body.starts_with(b"Action=AssumeRole");
                    recorded.lock().unwrap().push(Request::from_parts(head, body));
                    let (status, text) = if is_sts { (sts_status, sts_answer) } else { (200, "") };
                    let body = Full::new(Bytes::from_static(text.as_bytes()));
                    let response = Response::builder().status(status).body(body);
                    Ok::<_, Infallible>(response.unwrap())
                }
            });
            let connection = hyper::server::conn::http1::Builder::new();
            tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
        }
    });
    (Aws::new(Arc::new(Outbound::new()), Some(endpoint.parse().unwrap())), requests)
}

fn call<'a>(service: &'a str, role: Option<&'static str>) -> Call<'a> {
    Call {
        service,
        host: service,
        region: "eu-west-1",
        method: Method::POST,
        path_and_query: "/a%20b?c=d",
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"{}"),
        role: role.map(|arn| Role { arn, session: "session" }),
    }
}

fn signature(request: &Request<Bytes>) -> &str {
    request.headers()[AUTHORIZATION].to_str().unwrap()
}

const ROLE: &str = "arn:aws:iam::000000000000:role/writer";

const ASSUMED: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
    <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey>\
    <SessionToken>token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>\
    </Credentials></AssumeRoleResult></AssumeRoleResponse>";

#[tokio::test]
async fn a_call_is_signed_for_its_service_and_region() {
    let (aws, requests) = aws(200, "").await;
    assert_eq!(aws.call(call("dynamodb", None)).await.unwrap().status(), 200);
    let request = &requests.lock().unwrap()[0];
    assert_eq!(request.uri(), "/a%20b?c=d");
    assert!(signature(request).contains("/eu-west-1/dynamodb/aws4_request"));
    assert!(!request.headers().contains_key("x-amz-content-sha256"));
}

#[tokio::test]
async fn s3_gets_the_digest_of_the_payload() {
    let (aws, requests) = aws(200, "").await;
    aws.call(call("s3", None)).await.unwrap();
    let request = &requests.lock().unwrap()[0];
    let digest = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    assert_eq!(request.headers()["x-amz-content-sha256"], digest);
}

#[tokio::test]
async fn a_role_is_assumed_once_for_many_calls() {
    let (aws, requests) = aws(200, ASSUMED).await;
    let calls = || aws.call(call("sqs", Some(ROLE)));
    let (first, second) = tokio::join!(calls(), calls());
    assert!(first.is_ok() && second.is_ok());
    let requests = requests.lock().unwrap();
    assert_eq!(requests.len(), 3);
    let form = "Action=AssumeRole&Version=2011-06-15\
        &RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2Fwriter&RoleSessionName=session";
    assert_eq!(requests[0].body(), form);
    assert!(signature(&requests[0]).contains("/eu-west-1/sts/aws4_request"));
    for request in &requests[1..] {
        assert!(signature(request).contains("Credential=ASIAROLE/"));
        assert_eq!(request.headers()["x-amz-security-token"], "token");
    }
}

#[tokio::test]
async fn credentials_that_are_about_to_end_are_not_used_again() {
    let ended = "<AccessKeyId>A</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
        <SessionToken>t</SessionToken><Expiration>2001-01-01T00:00:00Z</Expiration>";
    let (aws, requests) = aws(200, ended).await;
    for _ in 0..2 {
        aws.call(call("sqs", Some(ROLE))).await.unwrap();
    }
    assert_eq!(requests.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn a_role_that_may_not_be_assumed_calls_nothing() {
    let denied = "<Error><Code>AccessDenied</Code></Error>";
    let (aws, requests) = aws(403, denied).await;
    let error = aws.call(call("sqs", Some(ROLE))).await.unwrap_err();
    assert!(matches!(error, Error::Role { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains(ROLE) && text.contains(denied) && text.contains("403"), "{text}");
    assert_eq!(requests.lock().unwrap().len(), 1);
}
