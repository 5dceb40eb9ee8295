//! Access logs: formats, variables and where lines go.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use super::harness::{Api, Call, Stub, api, function_uri, get, mock, post};
use super::logs::delivered;

const GROUP: &str = "arn:aws:logs:eu-west-1:123456789012:log-group:access";

fn logged(api: Api, format: &str, arn: &str) -> Api {
    let settings = json!({"format": format, "destinationArn": arn});
    let settings = serde_json::from_value(settings).unwrap();
    api.change_stage(|stage| stage.access_log_settings = Some(settings))
}

fn pets() -> Api {
    api(json!({"/pets/{id}": {"GET": {"methodIntegration": mock("0123456789")}}}))
}

/// The line of a request in a format.
async fn line(api: Api, format: &str, sent: Call) -> String {
    let stub = Stub::returning(r#"{"statusCode": 203, "body": "pet"}"#).await;
    logged(api, format, GROUP).aws(&stub).send(sent).await;
    let puts = delivered(&stub, "PutLogEvents", 1).await;
    assert_eq!(puts[0]["logGroupName"], "access");
    let events = puts[0]["logEvents"].as_array().unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["timestamp"], 1_428_582_896_789_i64);
    events[0]["message"].as_str().unwrap().to_owned()
}

async fn check(api: Api, format: &str, sent: Call, expected: &str) {
    assert_eq!(line(api, format, sent).await, expected, "{format}");
}

#[tokio::test]
async fn the_formats_of_aws_render() {
    for (format, expected) in [
        (
            "$context.identity.sourceIp $context.identity.caller $context.identity.user \
             [$context.requestTime] \"$context.httpMethod $context.resourcePath \
             $context.protocol\" $context.status $context.responseLength",
            "203.0.113.7 - - [09/Apr/2015:12:34:56 +0000] \"GET /pets/{id} HTTP/1.1\" 200 10",
        ),
        (
            "{ \"ip\": \"$context.identity.sourceIp\", \"user\":\"$context.identity.user\", \
             \"status\":$context.status }",
            "{ \"ip\": \"203.0.113.7\", \"user\":\"-\", \"status\":200 }",
        ),
        (
            "<request><ip>$context.identity.sourceIp</ip><length>${context.responseLength}\
             </length></request>",
            "<request><ip>203.0.113.7</ip><length>10</length></request>",
        ),
        (
            "$context.identity.sourceIp,$context.httpMethod,$context.stage,$context.status",
            "203.0.113.7,GET,test,200",
        ),
    ] {
        check(pets(), format, get("/pets/7"), expected).await;
    }
}

#[tokio::test]
async fn variables_have_their_values() {
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": function_uri()});
    let function = || api(json!({"/": {"GET": {"methodIntegration": proxy}}}));
    let trace = |stage: &mut crate::model::Stage| stage.tracing_enabled = true;
    for (variable, expected) in [
        ("accountId", "123456789012"),
        ("apiId", "a1b2c3d4e5"),
        ("authorize.status", "-"),
        ("authenticate.error", "-"),
        ("authorizer.principalId", "-"),
        ("authorizer.latency", "-"),
        ("deploymentId", "d1e2f3"),
        ("domainPrefix", "a1b2c3d4e5"),
        ("error.message", "-"),
        ("identity.userAgent", "-"),
        ("integration.status", "203"),
        ("integration.integrationStatus", "200"),
        ("integrationStatus", "200"),
        ("integration.error", "-"),
        ("path", "/test/"),
        ("requestTimeEpoch", "1428582896789"),
        ("resourceId", "res0"),
        ("status", "203"),
        ("waf.status", "-"),
        ("webaclArn", "-"),
        ("wafResponseCode", "-"),
        ("xrayTraceId", "1-2-3"),
        ("unheardOf", "-"),
    ] {
        let sent = get("/").header("x-amzn-trace-id", "Self=1;Root=1-2-3;Parent=4");
        check(function().change_stage(trace), &format!("$context.{variable}"), sent, expected)
            .await;
    }
    let latency = line(function(), "$context.integrationLatency", get("/")).await;
    assert!(latency.parse::<u64>().is_ok(), "{latency}");
}

#[tokio::test]
async fn requests_that_fail_are_logged_too() {
    let format = "$context.status $context.error.responseType $context.error.message \
        $context.error.messageString $context.resourcePath";
    for (sent, expected) in [
        (
            get("/nowhere"),
            "403 MISSING_AUTHENTICATION_TOKEN Missing Authentication Token \
             \"Missing Authentication Token\" -",
        ),
        (post(vec![b'x'; 10_485_761]), "413 - - - -"),
    ] {
        check(pets(), format, sent, expected).await;
    }
}

#[tokio::test]
async fn what_a_client_sends_never_ends_the_text_that_it_stands_in() {
    let sent = || get("/pets/7").header("user-agent", r#"a"b\c"#);
    let agent = "$context.identity.userAgent";
    for (format, expected) in [
        (format!(r#"{{"agent":"{agent}"}}"#), r#"{"agent":"a\"b\\c"}"#),
        (format!(r#"{{"a\"":"{agent}"}} {agent}"#), r#"{"a\"":"a\"b\\c"} a"b\c"#),
        (format!("${agent}.$$context $"), r#"$a"b\c.$$context $"#.to_owned().leak()),
    ] {
        check(pets(), &format, sent(), expected).await;
    }
}

#[tokio::test]
async fn a_delivery_stream_gets_lines_that_end() {
    let stub = Stub::returning("{}").await;
    let arn = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/amazon-apigateway-access";
    logged(pets(), "$context.status", arn).aws(&stub).send(get("/pets/7")).await;
    let puts = delivered(&stub, "PutRecordBatch", 1).await;
    let records = json!([{"Data": STANDARD.encode("200\n")}]);
    let expected = json!({"DeliveryStreamName": "amazon-apigateway-access", "Records": records});
    assert_eq!(puts, [expected]);
}

#[tokio::test]
async fn lines_that_cannot_be_delivered_are_dropped_and_that_is_said_once() {
    let stub = Stub::by(|request| {
        let is_stream = request.headers()["x-amz-target"] == "Logs_20140328.CreateLogStream";
        let mut response = Response::new(Bytes::new());
        if is_stream {
            *response.status_mut() = StatusCode::BAD_REQUEST;
            *response.body_mut() = r#"{"__type":"ResourceNotFoundException"}"#.into();
        }
        Some(response)
    })
    .await;
    let api = logged(pets(), "$context.status", GROUP).aws(&stub);
    let (plane, served) = (api.plane(), api.served());
    for count in 1..=2 {
        plane.answer(&served, get("/pets/7").incoming()).await;
        delivered(&stub, "PutMetricData", count).await;
    }
    assert!(stub.deliveries("CreateLogGroup").is_empty(), "the group is not the gateway's");
    let log = api.log();
    assert_eq!(log.lines().count(), 1, "{log}");
    assert!(log.contains("1 dropped that were for access: ") && log.contains("NotFound"), "{log}");
}

#[tokio::test]
async fn an_aws_that_is_down_does_not_matter_to_clients() {
    let api = logged(pets(), "$context.status", GROUP).aws(&Stub::closed());
    assert_eq!(api.send(get("/pets/7")).await.status(), 200);
    let deadline = Instant::now() + Duration::from_secs(10);
    while !api.log().contains("AWS/ApiGateway") {
        assert!(Instant::now() < deadline, "the log says nothing: {}", api.log());
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    assert!(api.log().contains("1 dropped that were for access: "), "{}", api.log());
}

#[tokio::test]
async fn without_a_local_aws_the_gateways_log_gets_the_lines() {
    let api = logged(pets(), "$context.status", GROUP);
    api.send(get("/pets/7")).await;
    assert_eq!(api.log(), "200");
}
