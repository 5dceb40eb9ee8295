//! The adapters on answers as Step Functions and DynamoDB give them: what is asked of the services,
//! and what becomes of each answer. The contract itself is run against a real endpoint by the
//! harness. Time is tokio's paused clock, which jumps to the next timer whenever all wait.

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use lambda_kit::{Aws, CallError, Chain, Settings};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use submission_url::{
    DynamoDb, Error, Field, Fields, Page, StepFunctions, SubmissionFlow as _, Submissions as _,
    Verdict,
};

/// A service that always gives the same answer after the same time, and notes what it was asked.
#[derive(Debug, Clone)]
struct Service {
    status: u16,
    body: String,
    takes: Duration,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        self.asked.lock().unwrap().push(asked);
        let response =
            HttpResponse::new(self.status.try_into().unwrap(), SdkBody::from(self.body.clone()));
        let takes = self.takes;
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(takes).await;
            Ok(response)
        })
    }
}

impl Service {
    fn new(status: u16, body: &Value, takes: Duration) -> Self {
        Self { status, body: body.to_string(), takes, asked: Arc::default() }
    }

    /// What a function makes its clients from, with this service at the other end.
    fn config(&self) -> aws_types::SdkConfig {
        let settings = Settings::from_variables([
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ]);
        let connector = SharedHttpConnector::new(self.clone());
        let config = Aws::from_settings(&settings).unwrap().config().to_builder();
        config.http_client(http_client_fn(move |_, _| connector.clone())).build()
    }

    /// All that it was asked, in order.
    fn asked(&self) -> Vec<Value> {
        self.asked.lock().unwrap().clone()
    }
}

async fn submit_to(service: &Service) -> Result<Verdict, Error> {
    let flow = StepFunctions::new((&service.config()).into(), "arn:machine".to_owned());
    let fields: Fields =
        [(Field::Email, "a@x.com"), (Field::UserName, "\"A\"")].into_iter().collect();
    flow.submit(&fields).await
}

async fn submit(status: u16, body: Value) -> Result<Verdict, Error> {
    submit_to(&Service::new(status, &body, Duration::ZERO)).await
}

async fn list(status: u16, body: Value, after: Option<&str>) -> (Value, Result<Page, Error>) {
    let service = Service::new(status, &body, Duration::ZERO);
    let client = aws_sdk_dynamodb::Client::new(&service.config());
    let page = DynamoDb::new(client, "table".to_owned()).page(7, after).await;
    (service.asked().pop().unwrap(), page)
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

#[tokio::test(start_paused = true)]
async fn the_state_machine_gets_the_fields_that_are_there() {
    let service = Service::new(200, &succeeded(r#"{"id":"a@x.com"}"#), Duration::ZERO);
    let verdict = submit_to(&service).await;
    assert_eq!(verdict.unwrap(), Verdict::Stored { id: "a@x.com".to_owned() });
    let asked = &service.asked()[0];
    assert_eq!(asked["stateMachineArn"], "arn:machine");
    let input: Value = serde_json::from_str(asked["input"].as_str().unwrap()).unwrap();
    assert_eq!(input, json!({ "user_name": "\"A\"", "email": "a@x.com" }));
}

#[tokio::test(start_paused = true)]
async fn errors_in_the_output_are_a_refusal() {
    let output = r#"{"errors":{"pincode":"is missing","email":"must be good"}}"#;
    let verdict = submit(200, succeeded(output)).await;
    let rules = [("email", "must be good"), ("pincode", "is missing")];
    let rules = rules.map(|(name, rule)| (name.to_owned(), rule.to_owned())).into();
    assert_eq!(verdict.unwrap(), Verdict::Refused { rules });
}

#[tokio::test(start_paused = true)]
async fn output_that_was_not_agreed_on_is_an_error() {
    for output in
        ["", "{}", "[]", r#"{"errors":{}}"#, r#"{"id":"a","errors":{"b":"c"}}"#, r#"{"id":1}"#]
    {
        let error = submit(200, succeeded(output)).await.unwrap_err();
        assert!(matches!(error, Error::FlowOutput { .. }), "{output}: {error}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_execution_that_fails_says_why_to_the_log() {
    let more = json!({ "error": "States.TaskFailed", "cause": "no such table" });
    let error = submit(200, ended("FAILED", more)).await.unwrap_err();
    let text = "execution arn:execution failed with States.TaskFailed: no such table";
    assert_eq!(error.to_string(), text);
    let error = submit(200, ended("TIMED_OUT", json!({}))).await.unwrap_err();
    assert_eq!(error.to_string(), "execution arn:execution timed out");
}

/// The clients are those of a function, whose other calls get 3 s and are repeated.
#[tokio::test(start_paused = true)]
async fn an_execution_is_waited_for_and_is_never_started_twice() {
    let fault = json!({ "__type": "InternalServerError" });
    for (status, body, takes_seconds, expected) in [
        (200, succeeded(r#"{"id":"a@x.com"}"#), 10, "stored"),
        (200, ended("TIMED_OUT", json!({})), 13, "execution arn:execution timed out"),
        (200, succeeded(r#"{"id":"a@x.com"}"#), 15, "Step Functions did not answer in time"),
        (500, fault, 0, "Step Functions failed, refused the call or was not reached"),
        (400, json!({ "__type": "ThrottlingException" }), 0, "Step Functions throttles"),
    ] {
        let service = Service::new(status, &body, Duration::from_secs(takes_seconds));
        let outcome = match submit_to(&service).await {
            Ok(_) => "stored".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!((outcome.as_str(), service.asked().len()), (expected, 1), "{body}");
    }
}

#[tokio::test(start_paused = true)]
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
        let error = submit(status, refusal(code)).await.unwrap_err();
        assert_eq!(
            matches!(error, Error::Call(CallError::Throttled { .. })),
            throttled,
            "{code}: {error}"
        );
        assert_eq!(
            matches!(error, Error::Call(CallError::Failed { .. })),
            !throttled,
            "{code}: {error}"
        );
        assert!(Chain(&error).to_string().contains("not today"), "{}", Chain(&error));
    }
    for (code, throttled) in
        [("ProvisionedThroughputExceededException", true), ("ResourceNotFoundException", false)]
    {
        let error = list(400, refusal(code), None).await.1.unwrap_err();
        assert_eq!(
            matches!(error, Error::Call(CallError::Throttled { .. })),
            throttled,
            "{code}: {error}"
        );
    }
}

#[tokio::test(start_paused = true)]
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
