//! Functions that get the request itself.

use http::Response;
use serde_json::{Value as Json, json};

use super::harness::{
    ACCOUNT, Api, FUNCTION, INTERNAL, Stub, api, body_json, call, check, function_uri, get, one,
    post, refused, traced,
};

fn proxy() -> Json {
    json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": function_uri()})
}

/// The event that a function gets, with ids in the place of random ones.
async fn event(api: Api, call: super::harness::Call) -> Json {
    let stub = Stub::returning("{}").await;
    let api = api.aws(&stub);
    assert_eq!(api.answer(call).await, traced(200, ""), "log: {}", api.log());
    let mut event = body_json(&stub.received());
    for (id, length) in [("requestId", 36), ("extendedRequestId", 16)] {
        let id = &mut event["requestContext"][id];
        assert_eq!(id.as_str().unwrap().len(), length);
        *id = json!("*");
    }
    let trace = event["headers"]["X-Amzn-Trace-Id"].as_str().unwrap();
    assert!(trace.starts_with("Root=1-552671f0-") && trace.len() == 40, "{trace}");
    event["headers"]["X-Amzn-Trace-Id"] = json!("*");
    event["multiValueHeaders"]["X-Amzn-Trace-Id"] = json!(["*"]);
    event
}

#[tokio::test]
async fn an_event_has_every_field_of_format_1_0() {
    let api = api(json!({"/pets/{id}/{rest+}": {"ANY": {"methodIntegration": proxy()}}}))
        .variable("team", "pets");
    let call = call("POST", "//pets/a%2Bb/c/d+e/?q=1&q=2&r=a+b&s=%2B&t")
        .header("content-type", "application/json;charset=utf-8")
        .header("user-agent", "curl/8")
        .header("x-twice", "1")
        .header("x-twice", "2")
        .header("x-forwarded-for", "192.0.2.1")
        .header("connection", "keep-alive")
        .header("content-length", "13")
        .header("expect", "100-continue")
        .header("www-authenticate", "Basic")
        .header("via", "1.1 proxy")
        .body("{\"a\": \"✓\\n\"}");
    let host = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
    let host_and_port = format!("{host}:4566");
    let expected = json!({
        "resource": "/pets/{id}/{rest+}",
        "path": "/pets/a%2Bb/c/d+e/",
        "httpMethod": "POST",
        "headers": {
            "Host": host_and_port,
            "User-Agent": "curl/8",
            "X-Amzn-Trace-Id": "*",
            "X-Forwarded-For": "192.0.2.1, 203.0.113.7",
            "X-Forwarded-Port": "4566",
            "X-Forwarded-Proto": "http",
            "content-type": "application/json;charset=utf-8",
            "via": "1.1 proxy",
            "x-twice": "2",
        },
        "multiValueHeaders": {
            "Host": [host_and_port],
            "User-Agent": ["curl/8"],
            "X-Amzn-Trace-Id": ["*"],
            "X-Forwarded-For": ["192.0.2.1, 203.0.113.7"],
            "X-Forwarded-Port": ["4566"],
            "X-Forwarded-Proto": ["http"],
            "content-type": ["application/json;charset=utf-8"],
            "via": ["1.1 proxy"],
            "x-twice": ["1", "2"],
        },
        "queryStringParameters": {"q": "2", "r": "a b", "s": "+", "t": ""},
        "multiValueQueryStringParameters": {"q": ["1", "2"], "r": ["a b"], "s": ["+"], "t": [""]},
        "pathParameters": {"id": "a%2Bb", "rest": "c/d+e"},
        "stageVariables": {"team": "pets"},
        "requestContext": {
            "resourceId": "res0",
            "resourcePath": "/pets/{id}/{rest+}",
            "httpMethod": "POST",
            "extendedRequestId": "*",
            "requestTime": "09/Apr/2015:12:34:56 +0000",
            "path": "/test//pets/a%2Bb/c/d+e/",
            "accountId": ACCOUNT,
            "protocol": "HTTP/1.1",
            "stage": "test",
            "domainPrefix": "a1b2c3d4e5",
            "requestTimeEpoch": 1_428_582_896_789_i64,
            "requestId": "*",
            "identity": {
                "cognitoIdentityPoolId": null,
                "accountId": null,
                "cognitoIdentityId": null,
                "caller": null,
                "sourceIp": "203.0.113.7",
                "principalOrgId": null,
                "accessKey": null,
                "cognitoAuthenticationType": null,
                "cognitoAuthenticationProvider": null,
                "userArn": null,
                "userAgent": "curl/8",
                "user": null,
            },
            "domainName": host,
            "deploymentId": "d1e2f3",
            "apiId": "a1b2c3d4e5",
        },
        "body": "{\"a\": \"✓\\n\"}",
        "isBase64Encoded": false,
    });
    assert_eq!(event(api, call).await, expected);
}

#[tokio::test]
async fn what_a_request_does_not_have_is_null() {
    let event = event(one(proxy()), get("/")).await;
    for field in [
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
    ] {
        assert_eq!(event[field], Json::Null, "{field}");
    }
    assert_eq!(event["requestContext"]["identity"]["userAgent"], Json::Null);
    assert_eq!(event["isBase64Encoded"], json!(false));
    assert_eq!(event["path"], json!("/"));
}

#[tokio::test]
async fn a_trace_that_the_client_began_goes_on() {
    let stub = Stub::returning("{}").await;
    let api = one(proxy()).aws(&stub);
    let call = get("/").header("x-amzn-trace-id", "Root=1-2-3");
    assert_eq!(api.send(call).await.headers()["x-amzn-trace-id"], "Root=1-2-3");
    let request = stub.received();
    assert_eq!(body_json(&request)["headers"]["X-Amzn-Trace-Id"], json!("Root=1-2-3"));
    assert_eq!(request.headers()["x-amzn-trace-id"], "Root=1-2-3");
}

#[tokio::test]
async fn the_call_is_signed_and_goes_to_the_function() {
    let stub = Stub::returning("{}").await;
    let uri = "arn:aws:apigateway:us-east-1:lambda:path//2015-03-31/functions/\
        arn:aws:lambda:eu-west-1:${stageVariables.account}:function:${stageVariables.f}/invocations";
    let mut integration = proxy();
    integration["uri"] = json!(uri);
    let api = one(integration).variable("account", ACCOUNT).variable("f", "pets:live").aws(&stub);
    check(&api, get("/"), &traced(200, ""), "").await;
    let request = stub.received();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), &*format!("/2015-03-31/functions/{FUNCTION}:live/invocations"));
    let signature = request.headers()["authorization"].to_str().unwrap();
    assert!(signature.starts_with("AWS4-HMAC-SHA256 Credential="), "{signature}");
    assert!(signature.contains("/eu-west-1/lambda/aws4_request"), "{signature}");
    assert_eq!(request.headers()["host"], stub.uri.trim_start_matches("http://"));
}

#[tokio::test]
async fn what_a_function_returns_is_what_the_client_gets() {
    for (payload, expected) in [
        ("{}", traced(200, "")),
        (r#"{"statusCode": 201}"#, traced(201, "")),
        (r#"{"statusCode": "404", "body": "no"}"#, traced(404, "no")),
        (r#"{"body": "{\"a\":\"✓\"}"}"#, traced(200, "{\"a\":\"✓\"}")),
        (
            r#"{"statusCode": null, "headers": null, "multiValueHeaders": null, "body": null, "isBase64Encoded": null}"#,
            traced(200, ""),
        ),
        (
            r#"{"headers": {"Content-Type": "text/plain", "X-Yes": true, "x-no": false}, "body": "a"}"#,
            "200\ncontent-type: text/plain\nx-amzn-trace-id: *\nx-no: false\nx-yes: true\n\na".to_owned(),
        ),
        (
            r#"{"headers": {"X-A": "1", "X-B": "1"}, "multiValueHeaders": {"x-a": ["1", "2"], "Set-Cookie": ["a=1", "b=2"]}}"#,
            "200\ncontent-type: application/json\nset-cookie: a=1\nset-cookie: b=2\n\
             x-a: 1\nx-a: 2\nx-amzn-trace-id: *\nx-b: 1\n\n"
                .to_owned(),
        ),
        // What describes the connection or the gateway itself gets another name.
        (
            r#"{"headers": {"Date": "now", "Content-Length": "9", "Server": "s", "Connection": "close", "x-amzn-RequestId": "r", "Transfer-Encoding": "chunked", "User-Agent": "u"}}"#,
            "200\ncontent-type: application/json\nuser-agent: u\nx-amzn-remapped-connection: close\n\
             x-amzn-remapped-content-length: 9\nx-amzn-remapped-date: *\n\
             x-amzn-remapped-server: s\nx-amzn-remapped-x-amzn-requestid: r\nx-amzn-trace-id: *\n\n"
                .to_owned(),
        ),
        // Nobody asked for binary, so base64 stays what it is.
        (r#"{"body": "aGk=", "isBase64Encoded": true}"#, traced(200, "aGk=")),
    ] {
        let stub = Stub::returning(payload).await;
        check(&one(proxy()).aws(&stub), get("/"), &expected, "").await;
    }
}

const BAD_GATEWAY: &str = r#"{"message": "Internal server error"}"#;

#[tokio::test]
async fn a_malformed_answer_is_a_bad_gateway() {
    let expected = refused(502, "InternalServerErrorException", BAD_GATEWAY);
    for payload in [
        "",
        "null",
        "\"text\"",
        "[]",
        "[200]",
        "42",
        "{",
        r#"{"statusCode": 200, "wrongValue": "value"}"#,
        r#"{"message": "hi"}"#,
        r#"{"statusCode": "two hundred"}"#,
        r#"{"statusCode": 99}"#,
        r#"{"statusCode": 100}"#,
        r#"{"statusCode": 101}"#,
        r#"{"statusCode": 600}"#,
        r#"{"statusCode": -1}"#,
        r#"{"statusCode": 200.5}"#,
        r#"{"statusCode": {}}"#,
        r#"{"body": {"a": 1}}"#,
        r#"{"body": 1}"#,
        r#"{"headers": []}"#,
        r#"{"headers": "a"}"#,
        r#"{"headers": {"a": 1}}"#,
        r#"{"headers": {"a": ["b"]}}"#,
        r#"{"headers": {"a": null}}"#,
        r#"{"headers": {"a b": "c"}}"#,
        r#"{"headers": {"a": "b\nc"}}"#,
        r#"{"multiValueHeaders": {"a": [1]}}"#,
        r#"{"multiValueHeaders": {"test-multi-invalid": "value1"}}"#,
        r#"{"isBase64Encoded": "true"}"#,
        r#"{"errorMessage": "boom", "errorType": "Error"}"#,
    ] {
        let stub = Stub::returning(payload).await;
        let logged = "DEFAULT_5XX: Malformed Lambda proxy response: ";
        let api = one(proxy()).aws(&stub);
        check(&api, get("/"), &expected, logged).await;
        assert!(api.log().ends_with(payload), "{payload:?} is not in {:?}", api.log());
    }
}

#[tokio::test]
async fn a_function_that_lambda_does_not_run_is_a_bad_gateway_or_a_fault() {
    for (status, expected) in [(403, 500), (400, 502), (404, 502), (429, 502), (500, 502)] {
        let answer = Response::builder().status(status).body(&b"{\"Message\": \"no\"}"[..]);
        let stub = Stub::answering(answer.unwrap()).await;
        let expected = refused(expected, "InternalServerErrorException", BAD_GATEWAY);
        let logged = format!("Lambda answered {status} ");
        let api = one(proxy()).aws(&stub);
        check(&api, get("/"), &expected, logged.trim_end()).await;
        assert!(api.log().contains("no") && api.log().contains(FUNCTION), "{}", api.log());
    }
}

#[tokio::test]
async fn a_lambda_that_cannot_be_reached_is_a_bad_gateway() {
    let stub = Stub::closed();
    let expected = refused(502, "InternalServerErrorException", BAD_GATEWAY);
    check(&one(proxy()).aws(&stub), get("/"), &expected, "127.0.0.1:1").await;
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_a_timeout() {
    let stub = Stub::silent().await;
    let mut integration = proxy();
    integration["timeoutInMillis"] = json!(50);
    let body = r#"{"message":"Endpoint request timed out"}"#;
    let expected = refused(504, "InternalServerErrorException", body);
    check(&one(integration).aws(&stub), get("/"), &expected, "no answer from the backend").await;
}

#[tokio::test]
async fn a_configuration_that_cannot_work_calls_nothing() {
    let stub = Stub::returning("{}").await;
    let failure =
        refused(500, "InternalServerErrorException", r#"{"message":"Internal server error"}"#);
    let uri = |service: &str| json!(format!("arn:aws:apigateway:eu-west-1:{service}"));
    for (field, value, expected, logged) in [
        ("httpMethod", json!("GET"), &*failure, "a function is called with POST"),
        ("uri", uri("sqs:path/1/q"), INTERNAL, "Role ARN must be specified for AWS integrations"),
        ("uri", uri("lambda:path/nothing"), INTERNAL, "names no function"),
        ("uri", json!("http://x"), INTERNAL, "is no URI of an AWS integration"),
        (
            "requestParameters",
            json!({"integration.request.header.Authorization": "'x'"}),
            INTERNAL,
            "header Authorization may not be mapped",
        ),
    ] {
        let mut integration = proxy();
        integration[field] = value;
        check(&one(integration).aws(&stub), get("/"), expected, logged).await;
    }
    assert_eq!(stub.count(), 0);
}

#[tokio::test]
async fn a_proxy_leaves_mappings_alone() {
    let stub = Stub::returning("{}").await;
    let mut integration = proxy();
    integration["requestParameters"] = json!({"integration.request.header.x-a": "'mapped'"});
    let api = one(integration).aws(&stub);
    check(&api, post("{}").header("x-a", "sent"), &traced(200, ""), "").await;
    assert_eq!(body_json(&stub.received())["headers"]["x-a"], json!("sent"));
}

#[tokio::test]
async fn the_log_shows_no_more_than_the_beginning_of_a_payload() {
    let stub = Stub::returning("é".repeat(100_000).leak()).await;
    let api = one(proxy()).aws(&stub);
    assert_eq!(api.send(get("/")).await.status(), 502);
    assert!(api.log().len() < 2_000 && api.log().ends_with("[200000 bytes]"), "{}", api.log());
}

#[tokio::test]
async fn requests_are_answered_side_by_side() {
    let stub = Stub::returning(r#"{"statusCode": 202}"#).await;
    let api = one(proxy()).aws(&stub);
    let (plane, served) = (api.plane(), api.served());
    let tasks: Vec<_> = (0..50)
        .map(|_| {
            let (plane, served) = (plane.clone(), std::sync::Arc::clone(&served));
            tokio::spawn(async move { plane.answer(&served, get("/").incoming()).await })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().status(), 202);
    }
    assert_eq!(stub.count(), 50);
}
