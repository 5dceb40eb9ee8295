//! Methods that are not open.

use serde_json::json;

use super::harness::{Api, INTERNAL, api, check, get, mock, ok, refused};

fn closed(method: serde_json::Value) -> Api {
    let mut method = method;
    method["methodIntegration"] = mock("open");
    let authorizer = |kind: &str, source: &str| {
        serde_json::from_value(json!({"type": kind, "identitySource": source})).unwrap()
    };
    api(json!({"/": {"GET": method}})).change(|api| {
        let token = authorizer("TOKEN", "method.request.header.X-Token");
        let request = authorizer("REQUEST", "method.request.querystring.key");
        let pool = authorizer("COGNITO_USER_POOLS", "method.request.header.Authorization");
        let all = [("token", token), ("request", request), ("pool", pool)];
        api.authorizers = all.map(|(id, one)| (id.to_owned(), one)).into();
    })
}

#[tokio::test]
async fn missing_credentials_are_told_as_aws_tells_them() {
    let token = refused(
        403,
        "MissingAuthenticationTokenException",
        r#"{"message":"Missing Authentication Token"}"#,
    );
    let key = refused(403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
    let unauthorized = refused(401, "UnauthorizedException", r#"{"message":"Unauthorized"}"#);
    for (method, expected) in [
        (json!({"authorizationType": "AWS_IAM"}), &token),
        (json!({"authorizationType": "NONE", "apiKeyRequired": true}), &key),
        (json!({"authorizationType": "CUSTOM", "authorizerId": "token"}), &unauthorized),
        (json!({"authorizationType": "COGNITO_USER_POOLS", "authorizerId": "pool"}), &unauthorized),
    ] {
        check(&closed(method), get("/"), expected, "").await;
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_judged_open_nothing() {
    let signed = get("/").header("authorization", "AWS4-HMAC-SHA256 Credential=x");
    let token = get("/").header("x-token", "allow");
    let key = get("/").header("x-api-key", "secret");
    for (method, call, logged) in [
        (json!({"authorizationType": "AWS_IAM"}), signed.clone(), "authorization AWS_IAM is not"),
        (
            json!({"authorizationType": "AWS_IAM"}),
            get("/?X-Amz-Signature=1"),
            "authorization AWS_IAM is not",
        ),
        (json!({"authorizationType": "CUSTOM", "authorizerId": "token"}), token, "CUSTOM is not"),
        (
            json!({"authorizationType": "CUSTOM", "authorizerId": "request"}),
            get("/"),
            "authorization CUSTOM is not",
        ),
        (json!({"authorizationType": "CUSTOM"}), get("/"), "authorization CUSTOM is not"),
        (
            json!({"authorizationType": "COGNITO_USER_POOLS", "authorizerId": "pool"}),
            signed,
            "authorization COGNITO_USER_POOLS is not",
        ),
        (json!({"apiKeyRequired": true}), key, "API keys are not"),
        (json!({"authorizationType": "NEW"}), get("/"), "authorization NEW is not"),
    ] {
        check(&closed(method), call, INTERNAL, logged).await;
    }
}

#[tokio::test]
async fn an_api_key_from_an_authorizer_is_not_looked_for_in_the_header() {
    let api = closed(json!({"apiKeyRequired": true}))
        .change(|api| api.rest_api.api_key_source = "AUTHORIZER".to_owned());
    check(&api, get("/"), INTERNAL, "API keys are not").await;
}

#[tokio::test]
async fn a_resource_policy_opens_nothing() {
    let policy = |policy: &str| {
        let policy = policy.to_owned();
        closed(json!({})).change(|api| api.rest_api.policy = Some(policy))
    };
    let deny = policy(r#"{"Statement": [{"Effect": "Deny"}]}"#);
    check(&deny, get("/"), INTERNAL, "resource policies are not").await;
    check(&policy(""), get("/"), &ok("open"), "").await;
    check(&closed(json!({"authorizationType": "NONE"})), get("/"), &ok("open"), "").await;
}
