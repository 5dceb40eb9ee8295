//! What an authorizer's function is told, and when it is not asked at all.

use serde_json::{Value as Json, json};

use super::{METHOD, answering, failed, guarded, misconfigured, request, token, unauthorized};
use crate::data::tests::harness::{
    ACCOUNT, Call, FUNCTION, body_json, call, check, function_uri, get, ok,
};

const ALLOWED: &str = "ada gold timed";

/// What the function is told of a request, with ids in the place of random ones.
async fn event(authorizer: &Json, call: Call) -> Json {
    let stub = answering("Allow", "*").await;
    check(&guarded(authorizer).variable("team", "pets").aws(&stub), call, &ok(ALLOWED), "").await;
    let request = stub.received();
    let path = format!("/2015-03-31/functions/{FUNCTION}/invocations");
    assert_eq!((request.method().as_str(), request.uri().path()), ("POST", path.as_str()));
    assert!(request.headers()["x-amzn-trace-id"].to_str().unwrap().starts_with("Root=1-"));
    body_json(&request)
}

#[tokio::test]
async fn a_token_is_told_as_it_was_sent() {
    let expected = json!({
        "type": "TOKEN",
        "methodArn": METHOD,
        "authorizationToken": "Bearer allow",
    });
    let call = get("/pets/7?q=1").header("x-token", "Bearer allow");
    assert_eq!(event(&token(), call).await, expected);
}

#[tokio::test]
async fn a_request_is_told_with_every_field() {
    let call = call("POST", "/pets/a%2Bb?q=1&q=2")
        .header("user-agent", "curl/8")
        .header("x-twice", "1")
        .header("x-twice", "2")
        .body("what is never told");
    let mut event = event(&request("", 0), call).await;
    for id in ["requestId", "extendedRequestId"] {
        event["requestContext"][id] = json!("*");
    }
    event["headers"]["X-Amzn-Trace-Id"] = json!("*");
    event["multiValueHeaders"]["X-Amzn-Trace-Id"] = json!(["*"]);
    let host = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";
    let host_and_port = format!("{host}:4566");
    let expected = json!({
        "type": "REQUEST",
        "methodArn": format!("{}/POST/pets/a%2Bb", METHOD.strip_suffix("/GET/pets/7").unwrap()),
        "resource": "/pets/{id}",
        "path": "/pets/a%2Bb",
        "httpMethod": "POST",
        "headers": {
            "Host": host_and_port,
            "User-Agent": "curl/8",
            "X-Amzn-Trace-Id": "*",
            "X-Forwarded-For": "203.0.113.7",
            "X-Forwarded-Port": "4566",
            "X-Forwarded-Proto": "http",
            "x-twice": "2",
        },
        "multiValueHeaders": {
            "Host": [host_and_port],
            "User-Agent": ["curl/8"],
            "X-Amzn-Trace-Id": ["*"],
            "X-Forwarded-For": ["203.0.113.7"],
            "X-Forwarded-Port": ["4566"],
            "X-Forwarded-Proto": ["http"],
            "x-twice": ["1", "2"],
        },
        "queryStringParameters": {"q": "2"},
        "multiValueQueryStringParameters": {"q": ["1", "2"]},
        "pathParameters": {"id": "a%2Bb"},
        "stageVariables": {"team": "pets"},
        "requestContext": {
            "resourceId": "res0",
            "resourcePath": "/pets/{id}",
            "httpMethod": "POST",
            "extendedRequestId": "*",
            "requestTime": "09/Apr/2015:12:34:56 +0000",
            "path": "/test/pets/a%2Bb",
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
    });
    assert_eq!(event, expected);
}

#[tokio::test]
async fn what_a_request_does_not_have_is_an_empty_object() {
    let event = event(&request("", 0), get("/owners")).await;
    for field in ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters"] {
        assert_eq!(event[field], json!({}), "{field}");
    }
}

#[tokio::test]
async fn whoever_is_not_known_by_anything_is_not_asked_about() {
    let sources = "method.request.header.X-Token, method.request.querystring.key,\
                   context.identity.userAgent,stageVariables.team";
    let all = get("/pets/7?key=1").header("x-token", "1").header("user-agent", "curl/8");
    let agent = |call: Call| call.header("user-agent", "curl/8");
    for (authorizer, call, is_asked) in [
        (token(), get("/pets/7").header("x-token", "1"), true),
        (token(), get("/pets/7"), false),
        (token(), get("/pets/7").header("x-token", ""), false),
        (request(sources, 60), all.clone(), true),
        (request(sources, 60), agent(get("/pets/7?key=1")), false),
        (request(sources, 60), agent(get("/pets/7")).header("x-token", "1"), false),
        (request(sources, 60), agent(get("/pets/7?key=")).header("x-token", "1"), false),
        (request(sources, 60), get("/pets/7?key=1").header("x-token", "1"), false),
        (request("stageVariables.other", 60), all, false),
        // Without a cache the function judges that itself.
        (request(sources, 0), get("/pets/7"), true),
        (request("", 60), get("/pets/7"), true),
    ] {
        let stub = answering("Allow", "*").await;
        let api = guarded(&authorizer).variable("team", "pets").aws(&stub);
        let expected = if is_asked { ok(ALLOWED) } else { unauthorized() };
        check(&api, call, &expected, "").await;
        assert_eq!(stub.count(), usize::from(is_asked), "{authorizer}");
    }
}

#[tokio::test]
async fn a_token_must_have_the_right_shape_as_a_whole() {
    for (shape, sent, is_asked) in [
        ("Bearer [a-z]+", "Bearer abc", true),
        ("Bearer [a-z]+", "Bearer abc1", false),
        ("Bearer [a-z]+", "my Bearer abc", false),
        ("", "anything", true),
    ] {
        let stub = answering("Allow", "*").await;
        let mut authorizer = token();
        authorizer["identityValidationExpression"] = json!(shape);
        let expected = if is_asked { ok(ALLOWED) } else { unauthorized() };
        let call = get("/pets/7").header("x-token", sent);
        check(&guarded(&authorizer).aws(&stub), call, &expected, "").await;
        assert_eq!(stub.count(), usize::from(is_asked), "{shape} {sent}");
    }
    let mut authorizer = token();
    authorizer["identityValidationExpression"] = json!("(");
    let call = get("/pets/7").header("x-token", "1");
    let reason = "identityValidationExpression";
    check(&guarded(&authorizer), call, &misconfigured(), reason).await;
}

#[tokio::test]
async fn the_uri_and_the_role_may_have_stage_variables() {
    let mut authorizer = token();
    authorizer["authorizerUri"] = json!(function_uri().replace("pets", "${stageVariables.f}"));
    authorizer["authorizerCredentials"] =
        json!(format!("arn:aws:iam::{ACCOUNT}:role/${{stageVariables.r}}"));
    let api = |role: &str| guarded(&authorizer).variable("f", "pets").variable("r", role);
    let call = get("/pets/7").header("x-token", "1");

    let stub = answering("Allow", "*").await;
    check(&api("caller").aws(&stub), call.clone(), &ok(ALLOWED), "").await;
    let role = format!("arn:aws:iam::{ACCOUNT}:role/caller");
    assert_eq!(stub.assumed(), [(role, "BackplaneAssumeRoleSession".to_owned())]);
    let request = stub.received();
    assert!(request.uri().path().ends_with(&format!("{FUNCTION}/invocations")));
    let signature = request.headers()["authorization"].to_str().unwrap();
    assert!(signature.contains("Credential=ASIAROLE/"), "{signature}");

    check(&api("denied").aws(&stub), call, &failed(), "cannot be assumed").await;
}
