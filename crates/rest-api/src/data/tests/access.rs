//! Methods that are not open.

use serde_json::json;

use super::harness::{Api, INTERNAL, api, check, get, mock, refused};

fn closed(method: serde_json::Value) -> Api {
    let mut method = method;
    method["methodIntegration"] = mock("open");
    let authorizer = |kind: &str, source: &str| {
        serde_json::from_value(json!({"type": kind, "identitySource": source})).unwrap()
    };
    api(json!({"/": {"GET": method}})).change(|api| {
        let token = authorizer("TOKEN", "method.request.header.X-Token");
        let pool = authorizer("COGNITO_USER_POOLS", "method.request.header.Authorization");
        let all = [("token", token), ("pool", pool)];
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
async fn an_authorization_that_is_not_known_opens_nothing() {
    let method = json!({"authorizationType": "NEW"});
    check(&closed(method), get("/"), INTERNAL, "authorization NEW is not").await;
}
