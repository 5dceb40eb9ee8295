//! Functions that get what a template makes of a request.

use http::Response;
use serde_json::{Value as Json, json};

use super::harness::{
    Api, FUNCTION, INTERNAL, Stub, check, function_uri, get, one, post, refused, traced,
};

/// A function with responses for errors of its own.
fn function() -> Json {
    json!({
        "type": "AWS",
        "httpMethod": "POST",
        "uri": function_uri(),
        "integrationResponses": {
            "200": {"statusCode": "200"},
            "400": {"statusCode": "400", "selectionPattern": "Bad .*"},
            "409": {
                "statusCode": "409",
                "selectionPattern": "Conflict(.|\\n)*",
                "responseTemplates": {"application/json": "$input.path('$.errorType')"},
            },
        },
    })
}

async fn check_function(stub: &Stub, expected: &str, logged: &str) {
    check(&one(function()).aws(stub), get("/"), expected, logged).await;
}

fn failing(payload: &'static str) -> Response<&'static [u8]> {
    let builder = Response::builder().header("x-amz-function-error", "Unhandled");
    builder.body(payload.as_bytes()).unwrap()
}

#[tokio::test]
async fn what_a_function_returns_passes_through() {
    for payload in [r#"{"a": "✓"}"#, "null", "", "\"Pass\"", r#"{"errorMessage": "Bad luck"}"#] {
        check_function(&Stub::returning(payload).await, &traced(200, payload), "").await;
    }
}

#[tokio::test]
async fn the_message_of_an_error_chooses_the_response() {
    for (payload, expected) in [
        (r#"{"errorMessage": "Bad luck"}"#, traced(400, r#"{"errorMessage": "Bad luck"}"#)),
        (r#"{"errorMessage": "Conflict\nhere", "errorType": "E"}"#, traced(409, "E")),
        // A dot matches no newline, a pattern has to match everything, and case counts.
        (r#"{"errorMessage": "Bad\nluck"}"#, traced(200, r#"{"errorMessage": "Bad\nluck"}"#)),
        (r#"{"errorMessage": "Too Bad x"}"#, traced(200, r#"{"errorMessage": "Too Bad x"}"#)),
        (r#"{"errorMessage": "bad luck"}"#, traced(200, r#"{"errorMessage": "bad luck"}"#)),
        (r#"{"errorMessage": null}"#, traced(200, r#"{"errorMessage": null}"#)),
        ("no json", traced(200, "no json")),
    ] {
        check_function(&Stub::answering(failing(payload)).await, &expected, "").await;
    }
}

#[tokio::test]
async fn an_error_without_a_match_and_a_default_is_a_fault() {
    let mut integration = function();
    let responses = integration["integrationResponses"].as_object_mut().unwrap();
    responses.remove("200");
    let stub = Stub::answering(failing(r#"{"errorMessage": "other"}"#)).await;
    let reason = "no integration response matches \"other\"";
    check(&one(integration).aws(&stub), get("/"), INTERNAL, reason).await;
}

#[tokio::test]
async fn a_function_gets_the_templates_text_and_mapped_headers() {
    let stub = Stub::answering(Response::builder().status(202).body(&b""[..]).unwrap()).await;
    let mut integration = function();
    integration["requestTemplates"] = json!({"application/json": r#"{"name": $input.json('$.name'), "q": "$input.params('q')"}"#});
    integration["requestParameters"] = json!({
        "integration.request.header.X-Amz-Invocation-Type": "'Event'",
        "integration.request.header.X-Stage": "context.stage",
    });
    let api = one(integration).aws(&stub);
    let call = super::harness::call("POST", "/?q=1")
        .header("content-type", "application/json")
        .header("x-client", "not for functions")
        .body(r#"{"name": "Ada"}"#);
    check(&api, call, &traced(200, ""), "").await;
    let request = stub.received();
    assert_eq!(request.uri(), &*format!("/2015-03-31/functions/{FUNCTION}/invocations"));
    assert_eq!(&request.body()[..], br#"{"name": "Ada", "q": "1"}"#);
    let headers = request.headers();
    for (name, value) in [
        ("x-amz-invocation-type", "Event"),
        ("x-stage", "test"),
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("user-agent", "AmazonAPIGateway_a1b2c3d4e5"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert!(headers["authorization"].to_str().unwrap().contains("x-amz-invocation-type"));
    for name in ["x-client", "x-amzn-apigateway-api-id"] {
        assert!(!headers.contains_key(name), "{name}");
    }
}

#[tokio::test]
async fn a_body_without_a_template_goes_on_as_it_is() {
    let stub = Stub::returning("{}").await;
    let api = one(function()).aws(&stub);
    check(&api, post("{ \"a\":1.00 }"), &traced(200, "{}"), "").await;
    assert_eq!(&stub.received().body()[..], b"{ \"a\":1.00 }");
}

#[tokio::test]
async fn a_payload_that_lambda_cannot_read_is_an_answer() {
    let said = r#"{"Type":"User","message":"Could not parse request body into json"}"#;
    let answer = Response::builder().status(400).body(said.as_bytes()).unwrap();
    check_function(&Stub::answering(answer).await, &traced(200, said), "").await;
}

#[tokio::test]
async fn a_function_that_lambda_does_not_run_is_a_fault() {
    for status in [403, 404, 429, 500, 503] {
        let answer = Response::builder().status(status).body(&b"{\"message\": \"no\"}"[..]);
        let stub = Stub::answering(answer.unwrap()).await;
        check_function(&stub, INTERNAL, &format!("Lambda answered {status}")).await;
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_a_timeout() {
    let stub = Stub::silent().await;
    let mut integration = function();
    integration["timeoutInMillis"] = json!(50);
    let body = r#"{"message":"Endpoint request timed out"}"#;
    let expected = refused(504, "InternalServerErrorException", body);
    let api: Api = one(integration).aws(&stub);
    check(&api, get("/"), &expected, "INTEGRATION_TIMEOUT: no answer").await;
}
