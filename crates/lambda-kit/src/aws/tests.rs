//! The configuration against a server on this machine: where calls go, and what was opened before.

use super::*;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

fn settings(more: &[(&str, &str)]) -> Settings {
    let base = [
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];
    Settings::from_variables(base.iter().chain(more).copied())
}

fn url(more: &[(&str, &str)], service: Service) -> String {
    Aws::from_settings(&settings(more)).unwrap().endpoints.url(&service)
}

#[test]
fn endpoints_follow_the_standard_variables() {
    let all = ("AWS_ENDPOINT_URL", "http://localhost:4566");
    let sfn = ("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:1");
    let plain = ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true");
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    let china = ("AWS_REGION", "cn-north-1");
    for (variables, service, expected) in [
        (&[][..], Service::DYNAMODB, "https://dynamodb.eu-west-1.amazonaws.com"),
        (&[], Service::STEP_FUNCTIONS_SYNC, "https://sync-states.eu-west-1.amazonaws.com"),
        (&[plain], Service::STEP_FUNCTIONS_SYNC, "https://states.eu-west-1.amazonaws.com"),
        (&[china], Service::DYNAMODB, "https://dynamodb.cn-north-1.amazonaws.com.cn"),
        (&[all], Service::DYNAMODB, "http://localhost:4566"),
        (&[all], Service::STEP_FUNCTIONS_SYNC, "http://sync-localhost:4566"),
        (&[all, plain], Service::STEP_FUNCTIONS_SYNC, "http://localhost:4566"),
        (&[all, sfn], Service::STEP_FUNCTIONS, "http://127.0.0.1:1"),
        (&[all, sfn], Service::DYNAMODB, "http://localhost:4566"),
        (&[all, ignore], Service::DYNAMODB, "https://dynamodb.eu-west-1.amazonaws.com"),
    ] {
        assert_eq!(url(variables, service), expected, "{variables:?}");
    }
}

#[test]
fn amazons_roots_are_enough_only_for_amazons_hosts() {
    for (variables, enough) in [
        (&[][..], true),
        (&[("AWS_ENDPOINT_URL", "http://localhost:4566")], true),
        (&[("AWS_ENDPOINT_URL_SFN", "https://private.example")], false),
        (&[("AWS_REGION", "cn-north-1")], false),
        (&[("AWS_REGION", "us-iso-east-1")], false),
    ] {
        let aws = Aws::from_settings(&settings(variables)).unwrap();
        assert_eq!(aws.endpoints.all_under_amazon_roots(), enough, "{variables:?}");
    }
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    for (settings, expected) in [
        (
            Settings::from_variables([("AWS_REGION", "eu-west-1")]),
            "missing or empty in the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY",
        ),
        (
            settings(&[("AWS_ENDPOINT_URL_SFN", "localhost")]),
            "AWS_ENDPOINT_URL_SFN must be an http or https URL; got \"localhost\"",
        ),
        (
            settings(&[("AWS_DISABLE_HOST_PREFIX_INJECTION", "1")]),
            "AWS_DISABLE_HOST_PREFIX_INJECTION must be true or false; got \"1\"",
        ),
    ] {
        let error = Aws::from_settings(&settings).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

/// What a server was asked: for each request the number of its connection, its first line and
/// its host.
type Asked = Arc<Mutex<Vec<(usize, String, String)>>>;

/// A server that answers every request with an empty object, on a port of its own.
async fn server() -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let asked = Asked::default();
    let log = Arc::clone(&asked);
    tokio::spawn(async move {
        for connection in 1.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                let mut received = Vec::new();
                while stream.read_buf(&mut received).await.is_ok_and(|read| read > 0) {
                    let text = String::from_utf8_lossy(&received).into_owned();
                    let Some((head, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    let header = |name: &str| {
                        let line =
                            head.lines().find(|line| line.to_lowercase().starts_with(name))?;
                        Some(line[name.len()..].trim().to_owned())
                    };
                    let length =
                        header("content-length:").map_or(0, |length| length.parse().unwrap());
                    if body.len() < length {
                        continue;
                    }
                    let first = head.lines().next().unwrap().to_owned();
                    log.lock().unwrap().push((connection, first, header("host:").unwrap()));
                    received.clear();
                    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (address, asked)
}

async fn start_sync(client: &aws_sdk_sfn::Client) -> bool {
    client
        .start_sync_execution()
        .state_machine_arn("arn:aws:states:eu-west-1:123456789012:stateMachine:s")
        .send()
        .await
        .is_ok()
}

#[tokio::test]
async fn a_call_uses_the_connection_that_was_warmed() {
    let (address, asked) = server().await;
    let endpoint = format!("http://{address}");
    let variables = [
        ("AWS_ENDPOINT_URL_SFN", endpoint.as_str()),
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true"),
    ];
    let aws = Aws::from_settings(&settings(&variables)).unwrap();
    aws.warm(&[Service::STEP_FUNCTIONS_SYNC]).await;
    let config =
        aws_sdk_sfn::config::Builder::from(aws.config()).interceptor(aws.host_prefix()).build();
    assert!(start_sync(&aws_sdk_sfn::Client::from_conf(config)).await);
    let asked = asked.lock().unwrap();
    let expected = [
        (1, "GET / HTTP/1.1".to_owned(), address.clone()),
        (1, "POST / HTTP/1.1".to_owned(), address.clone()),
    ];
    assert_eq!(*asked, expected);
}

#[tokio::test]
async fn the_prefix_is_before_the_hosts_name_unless_it_is_disabled() {
    for (disabled, host) in
        [("", "sync-aws.test"), ("false", "sync-aws.test"), ("TRUE", "aws.test")]
    {
        let variables = [
            ("AWS_ENDPOINT_URL", "http://aws.test"),
            ("AWS_DISABLE_HOST_PREFIX_INJECTION", disabled),
        ];
        let aws = Aws::from_settings(&settings(&variables)).unwrap();
        let hosts = Hosts::default();
        let connector = SharedHttpConnector::new(hosts.clone());
        let config = aws_sdk_sfn::config::Builder::from(aws.config())
            .interceptor(aws.host_prefix())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        assert!(start_sync(&aws_sdk_sfn::Client::from_conf(config)).await);
        assert_eq!(*hosts.0.lock().unwrap(), [host], "{disabled:?}");
    }
}

/// A connector that notes the hosts it is asked for and answers with an empty object.
#[derive(Debug, Clone, Default)]
struct Hosts(Arc<Mutex<Vec<String>>>);

impl HttpConnector for Hosts {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let host = request.uri().split('/').nth(2).unwrap();
        self.0.lock().unwrap().push(host.to_owned());
        let status = StatusCode::try_from(200).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::new(status, SdkBody::from("{}"))))
    }
}

#[tokio::test]
async fn warming_what_does_not_answer_is_no_error() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let aws = Aws::from_settings(&settings(&[("AWS_ENDPOINT_URL", &endpoint)])).unwrap();
    aws.warm(&[Service::DYNAMODB]).await;
}
