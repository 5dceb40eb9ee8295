//! What clients get when the gateway answers itself.

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use super::harness::{INTERNAL, api, call, check, get, mock, ok, one, post, refused, show};
use crate::data::compiled::Compiled;
use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::data::request::Request;
use crate::data::{DataPlane, LARGEST_BODY, identify};

/// The answer for a failure of one type, with its ids.
fn answer(kind: ResponseType) -> String {
    let api = one(mock("hi"));
    let served = api.served();
    let compiled = Compiled::new(&served);
    let mut exchange = Exchange::new(&served, &compiled, Request::new(get("/").incoming()));
    let mut response = Failure::new(kind).answer(&mut exchange);
    identify(response.headers_mut(), "id", "extended");
    show(&response)
}

#[test]
fn every_type_has_its_status_message_and_error_type() {
    use ResponseType as Type;
    for (kind, status, error_type, body) in [
        (
            Type::AccessDenied,
            403,
            "AccessDeniedException",
            r#"{"Message":"User is not authorized to access this resource"}"#,
        ),
        (
            Type::ApiConfigurationError,
            500,
            "InternalServerErrorException",
            r#"{"message": "Internal server error"}"#,
        ),
        (
            Type::AuthorizerConfigurationError,
            500,
            "AuthorizerConfigurationException",
            r#"{"message": "Internal server error"}"#,
        ),
        (Type::AuthorizerFailure, 500, "AuthorizerConfigurationException", r#"{"message":null}"#),
        (
            Type::BadRequestBody,
            400,
            "BadRequestException",
            r#"{"message": "Invalid request body"}"#,
        ),
        (Type::BadRequestParameters, 400, "BadRequestException", r#"{"message": null}"#),
        (Type::Default4xx, 400, "BadRequestException", r#"{"message":null}"#),
        (
            Type::Default5xx,
            500,
            "InternalServerErrorException",
            r#"{"message": "Internal server error"}"#,
        ),
        (Type::ExpiredToken, 403, "ExpiredTokenException", r#"{"message":null}"#),
        (
            Type::IntegrationFailure,
            504,
            "InternalServerErrorException",
            r#"{"message":"Internal server error"}"#,
        ),
        (
            Type::IntegrationTimeout,
            504,
            "InternalServerErrorException",
            r#"{"message":"Endpoint request timed out"}"#,
        ),
        (Type::InvalidApiKey, 403, "ForbiddenException", r#"{"message":"Forbidden"}"#),
        (Type::InvalidSignature, 403, "InvalidSignatureException", r#"{"message":null}"#),
        (
            Type::MissingAuthenticationToken,
            403,
            "MissingAuthenticationTokenException",
            r#"{"message":"Missing Authentication Token"}"#,
        ),
        (Type::QuotaExceeded, 429, "LimitExceededException", r#"{"message":"Limit Exceeded"}"#),
        (Type::RequestTooLarge, 413, "RequestTooLargeException", r#"{"message":null}"#),
        (Type::ResourceNotFound, 404, "ResourceNotFoundException", r#"{"message":null}"#),
        (Type::Throttled, 429, "TooManyRequestsException", r#"{"message":"Too Many Requests"}"#),
        (Type::Unauthorized, 401, "UnauthorizedException", r#"{"message":"Unauthorized"}"#),
        (
            Type::UnsupportedMediaType,
            415,
            "BadRequestException",
            r#"{"message":"Unsupported Media Type"}"#,
        ),
        (Type::WafFiltered, 403, "ForbiddenException", r#"{"message":"Forbidden"}"#),
    ] {
        assert_eq!(answer(kind), refused(status, error_type, body), "{kind:?}");
    }
}

#[tokio::test]
async fn a_type_may_be_replaced() {
    let api = api(json!({})).variable("team", "pets").gateway_response(
        "MISSING_AUTHENTICATION_TOKEN",
        json!({
            "statusCode": "404",
            "responseParameters": {
                "gatewayresponse.header.X-Static": "'yes'",
                "gatewayresponse.header.X-Stage": "context.stage",
                "gatewayresponse.header.X-Team": "stageVariables.team",
                "gatewayresponse.header.X-Query": "method.request.querystring.q",
                "gatewayresponse.header.X-Header": "method.request.header.x-in",
                "gatewayresponse.header.X-Missing": "method.request.header.x-out",
                "gatewayresponse.header.Content-Type": "'text/plain'",
                "gatewayresponse.path.x": "'no header'",
            },
            "responseTemplates": {
                "application/json":
                    "$context.error.message|${context.error.messageString}|\
                     $context.error.responseType|$context.stage.|$stageVariables.team|\
                     $method.request.querystring.q|${method.request.header.X-In}|\
                     $context.nothing|$input.body|#if(true)5$|$|${context.stage|$context",
                "text/html": "never",
            },
        }),
    );
    let call = get("/no?q=a%20b").header("x-in", "in").header("accept", "text/html");
    let expected = "404\n\
         content-type: text/plain\n\
         x-amzn-errortype: MissingAuthenticationTokenException\n\
         x-header: in\nx-query: a b\nx-stage: test\nx-static: yes\nx-team: pets\n\n\
         Missing Authentication Token|\"Missing Authentication Token\"|\
         MISSING_AUTHENTICATION_TOKEN|test.|pets|a b|in||$input.body|#if(true)5$|$|\
         ${context.stage|$context";
    check(&api, call, expected, "").await;
}

#[tokio::test]
async fn a_class_may_be_replaced_and_a_type_goes_before_it() {
    let custom = |status: Option<&str>, body: &str| json!({"statusCode": status, "responseTemplates": {"application/json": body}});
    let faulty = json!({"type": "MOCK", "requestTemplates": {"application/json": "{}"}});
    let api = api(json!({
        "/fault": {"GET": {"methodIntegration": faulty}},
        "/key": {"GET": {"apiKeyRequired": true}},
    }))
    .gateway_response("DEFAULT_4XX", custom(Some("418"), "any 4xx"))
    .gateway_response("DEFAULT_5XX", custom(None, "any 5xx:$context.error.messageString"))
    .gateway_response("INVALID_API_KEY", custom(None, "key"));
    for (path, status, error_type, body, logged) in [
        ("/no", 418, "MissingAuthenticationTokenException", "any 4xx", ""),
        ("/key", 403, "ForbiddenException", "key", ""),
    ] {
        check(&api, get(path), &refused(status, error_type, body), logged).await;
    }
    let body = r#"any 5xx: "Internal server error""#;
    let expected = refused(500, "InternalServerErrorException", body);
    check(&api, get("/fault"), &expected, "needs a statusCode").await;
}

#[tokio::test]
async fn a_large_body_is_refused_before_anything_else() {
    let expected = "413\ncontent-type: text/plain\nx-amzn-errortype: RequestTooLargeException\n\n\
         HTTP content length exceeded 10485760 bytes.";
    assert_eq!(show(&DataPlane::refuse_large_body()), expected);
    let api = one(mock("$input.body.length()"));
    check(&api, post(vec![b'1'; LARGEST_BODY + 1]), expected, "").await;
    let call = call("GET", "/no").body(vec![b' '; LARGEST_BODY + 1]);
    check(&api, call, expected, "").await;
}

#[tokio::test]
async fn headers_have_a_limit_that_they_share() {
    let api = one(mock("fine"));
    let room = 10_240 - get("/").incoming().headers["host"].len();
    let with = |length: usize| get("/").header("x-a", "12345").header("x-b", &"b".repeat(length));
    check(&api, with(room - 5), &ok("fine"), "").await;
    let expected = "431\ncontent-type: text/plain\n\nHTTP header is larger than 10240 bytes.";
    check(&api, with(room - 4), expected, "").await;
}

#[tokio::test]
async fn a_fault_tells_the_log_and_not_the_client() {
    let mut integration = mock("fine");
    integration["integrationResponses"]["200"]["responseTemplates"] =
        json!({"application/json": "line one\n#set($x = )"});
    let api = one(integration);
    check(&api, get("/"), INTERNAL, "API_CONFIGURATION_ERROR: ").await;
    let log = api.log();
    for part in ["API a1b2c3d4e5, stage test, request ", "GET /: ", ":2:11: "] {
        assert!(log.contains(part), "{part:?} is missing in {log}");
    }
}

#[tokio::test]
async fn a_status_that_is_none_does_not_stop_a_fault_from_being_told() {
    let api = api(json!({})).gateway_response(
        "DEFAULT_4XX",
        json!({"statusCode": "what", "responseParameters": {
            "gatewayresponse.header.bad name": "'x'",
            "gatewayresponse.header.x-break": "'a\nb'",
        }}),
    );
    let body = r#"{"message":"Missing Authentication Token"}"#;
    let expected = refused(403, "MissingAuthenticationTokenException", body);
    check(&api, get("/"), &expected, "").await;
    let response = api.send(get("/").body(Bytes::from_static(b"\xff"))).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
}

#[test]
fn what_is_not_there_is_forbidden() {
    let expected = refused(403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
    assert_eq!(show(&DataPlane::refuse_unknown_stage()), expected);
}
