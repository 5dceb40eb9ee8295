//! The adapters on answers as Step Functions and DynamoDB give them: what is asked of the services,
//! and what becomes of each answer. The contract itself is run against a real endpoint by the
//! harness.

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use lambda_kit::{Aws, Chain, Settings};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use submission_url::{
    DynamoDb, Error, Field, Fields, Page, StepFunctions, SubmissionFlow as _, Submissions as _,
    Verdict,
};

/// A service that always gives the same answer, and notes the last thing it was asked.
#[derive(Debug, Clone)]
struct Service {
    status: u16,
    body: String,
    asked: Arc<Mutex<Value>>,
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        *self.asked.lock().unwrap() = asked;
        let body = SdkBody::from(self.body.clone());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(self.status.try_into().unwrap(), body)))
    }
}

fn service(status: u16, body: &Value) -> (Service, aws_types::SdkConfig) {
    let service = Service { status, body: body.to_string(), asked: Arc::default() };
    let settings = Settings::from_variables([
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ]);
    let connector = SharedHttpConnector::new(service.clone());
    let config = Aws::from_settings(&settings).unwrap().config().to_builder();
    let config = config
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .retry_config(aws_smithy_types::retry::RetryConfig::disabled())
        .build();
    (service, config)
}

async fn submit(status: u16, body: Value) -> (Value, Result<Verdict, Error>) {
    let (service, config) = service(status, &body);
    let flow = StepFunctions::new(aws_sdk_sfn::Client::new(&config), "arn:machine".to_owned());
    let fields: Fields =
        [(Field::Email, "a@x.com"), (Field::UserName, "\"A\"")].into_iter().collect();
    let verdict = flow.submit(&fields).await;
    let asked = service.asked.lock().unwrap().clone();
    (asked, verdict)
}

async fn list(status: u16, body: Value, after: Option<&str>) -> (Value, Result<Page, Error>) {
    let (service, config) = service(status, &body);
    let table = DynamoDb::new(aws_sdk_dynamodb::Client::new(&config), "table".to_owned());
    let page = table.page(7, after).await;
    let asked = service.asked.lock().unwrap().clone();
    (asked, page)
}

/// An execution's description with this status and more members.
fn ended(status: &str, more: Value) -> Value {
    let mut description = json!({
        "executionArn": "arn:execution", "startDate": 1.0, "stopDate": 2.0, "status": status,
    });
    description.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    description
}

fn succeeded(output: &str) -> Value {
    ended("SUCCEEDED", json!({ "output": output }))
}

#[tokio::test]
async fn the_state_machine_gets_the_fields_that_are_there() {
    let (asked, verdict) = submit(200, succeeded(r#"{"id":"a@x.com"}"#)).await;
    assert_eq!(verdict.unwrap(), Verdict::Stored { id: "a@x.com".to_owned() });
    assert_eq!(asked["stateMachineArn"], "arn:machine");
    let input: Value = serde_json::from_str(asked["input"].as_str().unwrap()).unwrap();
    assert_eq!(input, json!({ "user_name": "\"A\"", "email": "a@x.com" }));
}

#[tokio::test]
async fn errors_in_the_output_are_a_refusal() {
    let output = r#"{"errors":{"pincode":"is missing","email":"must be good"}}"#;
    let (_, verdict) = submit(200, succeeded(output)).await;
    let rules = [("email", "must be good"), ("pincode", "is missing")];
    let rules = rules.map(|(name, rule)| (name.to_owned(), rule.to_owned())).into();
    assert_eq!(verdict.unwrap(), Verdict::Refused { rules });
}

#[tokio::test]
async fn output_that_was_not_agreed_on_is_an_error() {
    for output in
        ["", "{}", "[]", r#"{"errors":{}}"#, r#"{"id":"a","errors":{"b":"c"}}"#, r#"{"id":1}"#]
    {
        let error = submit(200, succeeded(output)).await.1.unwrap_err();
        assert!(matches!(error, Error::FlowOutput { .. }), "{output}: {error}");
    }
}

#[tokio::test]
async fn an_execution_that_fails_says_why_to_the_log() {
    let more = json!({ "error": "States.TaskFailed", "cause": "no such table" });
    let error = submit(200, ended("FAILED", more)).await.1.unwrap_err();
    let text = "execution arn:execution failed with States.TaskFailed: no such table";
    assert_eq!(error.to_string(), text);
    let error = submit(200, ended("TIMED_OUT", json!({}))).await.1.unwrap_err();
    assert_eq!(error.to_string(), "execution arn:execution timed out");
}

#[tokio::test]
async fn a_call_that_is_refused_is_told_from_one_that_is_throttled() {
    let refusal = |code: &str| json!({ "__type": code, "message": "not today" });
    for (status, code, throttled) in [
        (400, "ThrottlingException", true),
        (400, "com.amazonaws.swf.service.v2.model#ThrottlingException", true),
        (400, "KmsThrottlingException", true),
        (429, "TooManyRequestsException", true),
        (400, "StateMachineDoesNotExist", false),
        (400, "AccessDeniedException", false),
        (500, "InternalServerError", false),
    ] {
        let error = submit(status, refusal(code)).await.1.unwrap_err();
        assert_eq!(matches!(error, Error::Throttled { .. }), throttled, "{code}: {error}");
        assert_eq!(matches!(error, Error::Service { .. }), !throttled, "{code}: {error}");
        assert!(Chain(&error).to_string().contains("not today"), "{}", Chain(&error));
    }
    for (code, throttled) in
        [("ProvisionedThroughputExceededException", true), ("ResourceNotFoundException", false)]
    {
        let error = list(400, refusal(code), None).await.1.unwrap_err();
        assert_eq!(matches!(error, Error::Throttled { .. }), throttled, "{code}: {error}");
    }
}

#[tokio::test]
async fn a_page_of_the_table_starts_behind_the_last_key() {
    let answer = json!({
        "Items": [
            { "id": { "S": "a@x.com" }, "user_name": { "S": "A" }, "pincode": { "S": "01234" },
              "created_at": { "S": "2026-11-20T12:56:07Z" } },
            { "id": { "S": "b@x.com" }, "pincode": { "N": "1234" }, "user_name": { "BOOL": true } },
        ],
        "LastEvaluatedKey": { "id": { "S": "b@x.com" } },
    });
    let (asked, page) = list(200, answer, Some("0@x.com")).await;
    assert_eq!(asked["TableName"], "table");
    assert_eq!(asked["Limit"], 7);
    assert_eq!(asked["ExclusiveStartKey"], json!({ "id": { "S": "0@x.com" } }));
    let page = page.unwrap();
    let expected = json!([
        { "id": "a@x.com", "user_name": "A", "pincode": "01234", "created_at": "2026-11-20T12:56:07Z" },
        { "id": "b@x.com", "user_name": null, "pincode": "1234", "created_at": null },
    ]);
    assert_eq!(json!(page.submissions), expected);
    assert_eq!(page.next.as_deref(), Some("b@x.com"));

    let (asked, page) = list(200, json!({ "Items": [] }), None).await;
    assert_eq!(asked["ExclusiveStartKey"], Value::Null);
    assert_eq!(page.unwrap(), Page::default());
}
