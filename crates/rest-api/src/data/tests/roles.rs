//! As whom services are called: the roles of integrations.

use http::Response;
use serde_json::{Value as Json, json};

use super::harness::{
    Api, DENIED, INTERNAL, Stub, check, function_uri, get, ok, one, post, refused, traced,
};

const WRITER: &str = "arn:aws:iam::123456789012:role/writer";

/// What the log says before why.
const NOT_ASSUMED: &str =
    "API Gateway does not have permission to assume the provided role arn:aws:iam::";

fn integration(kind: &str, uri: &str, credentials: &str) -> Json {
    json!({
        "type": kind,
        "httpMethod": "POST",
        "uri": uri,
        "credentials": credentials,
        "integrationResponses": {
            "200": {"statusCode": "200"},
            "403": {"statusCode": "403", "selectionPattern": "4\\d{2}"},
        },
    })
}

fn service(credentials: &str) -> Json {
    let uri = "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem";
    integration("AWS", uri, credentials)
}

/// Checks which role was assumed for an answer, and that the call is the session's.
async fn check_assumed(api: Api, stub: &Stub, answer: &str, role: &str) {
    check(&api.aws(stub), post("{}"), answer, "").await;
    assert_eq!(stub.assumed(), [(role.to_owned(), "BackplaneAssumeRoleSession".to_owned())]);
    let headers = stub.received().headers().clone();
    let signature = headers["authorization"].to_str().unwrap();
    assert!(signature.contains("Credential=ASIAROLE/"), "{signature}");
    assert_eq!(headers["x-amz-security-token"], "token");
}

#[tokio::test]
async fn a_service_is_called_as_the_role_of_the_integration() {
    let stub = Stub::returning("{}").await;
    check_assumed(one(service(WRITER)), &stub, &traced(200, "{}"), WRITER).await;
}

#[tokio::test]
async fn a_role_may_be_named_by_a_stage_variable() {
    let stub = Stub::returning("{}").await;
    let role = "arn:aws:iam::123456789012:role/${stageVariables.role}";
    let api = one(service(role)).variable("role", "writer");
    check_assumed(api, &stub, &traced(200, "{}"), WRITER).await;
}

#[tokio::test]
async fn a_function_is_called_as_the_role_of_the_integration() {
    let stub = Stub::returning(r#"{"body": "done"}"#).await;
    let api = one(integration("AWS", &function_uri(), WRITER));
    check_assumed(api, &stub, &traced(200, r#"{"body": "done"}"#), WRITER).await;
    let stub = Stub::returning(r#"{"body": "done"}"#).await;
    let api = one(integration("AWS_PROXY", &function_uri(), WRITER));
    check_assumed(api, &stub, &traced(200, "done"), WRITER).await;
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_a_fault() {
    let uri = function_uri();
    for integration in
        [service(DENIED), integration("AWS", &uri, DENIED), integration("AWS_PROXY", &uri, DENIED)]
    {
        let stub = Stub::returning("{}").await;
        check(&one(integration).aws(&stub), post("{}"), INTERNAL, NOT_ASSUMED).await;
        assert_eq!(stub.count(), 0, "the service is not called");
    }
    // Its type is that of a configuration that cannot work.
    let answer = json!({"statusCode": "503", "responseTemplates": {"application/json": "{}"}});
    let stub = Stub::returning("{}").await;
    let api = one(service(DENIED)).gateway_response("API_CONFIGURATION_ERROR", answer).aws(&stub);
    check(&api, post("{}"), &refused(503, "InternalServerErrorException", "{}"), NOT_ASSUMED).await;
}

#[tokio::test]
async fn what_a_role_may_not_do_is_an_answer_of_the_service() {
    let said = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}"#;
    let answer = Response::builder().status(400).body(said.as_bytes()).unwrap();
    let stub = Stub::answering(answer).await;
    check_assumed(one(service(WRITER)), &stub, &traced(403, said), WRITER).await;
}

#[tokio::test]
async fn credentials_that_cannot_be_used_are_a_fault() {
    for (credentials, reason) in [
        ("arn:aws:iam::*:user/*", "a caller's own credentials cannot be used here"),
        ("${stageVariables.none}", "Role ARN must be specified for AWS integrations"),
    ] {
        let stub = Stub::returning("{}").await;
        check(&one(service(credentials)).aws(&stub), get("/"), INTERNAL, reason).await;
        assert_eq!((stub.count(), stub.assumed()), (0, Vec::new()));
    }
}

#[tokio::test]
async fn a_mock_needs_no_role() {
    let mut mock = super::harness::mock("{}");
    mock["credentials"] = json!(DENIED);
    check(&one(mock), get("/"), &ok("{}"), "").await;
}
