//! Execution logs, as they arrive in CloudWatch: the group, and every line.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Response;
use serde_json::{Value as Json, json};

use super::harness::{Api, Call, Stub, api, call, function_uri, get, mock};

/// The stage's setting for all methods.
fn logging(level: &str, data_trace: bool) -> Json {
    json!({"*/*": {"loggingLevel": level, "dataTraceEnabled": data_trace}})
}

pub(super) fn settings(api: Api, settings: Json) -> Api {
    api.change_stage(|stage| stage.method_settings = serde_json::from_value(settings).unwrap())
}

/// What was delivered to an operation, as soon as it is `count` calls.
pub(super) async fn delivered(stub: &Stub, operation: &str, count: usize) -> Vec<Json> {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let delivered = stub.deliveries(operation);
        if delivered.len() >= count {
            return delivered;
        }
        assert!(Instant::now() < deadline, "{delivered:?} is not {count} of {operation}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Sends a request and checks its execution log: ids are `ID`, times are `n ms`. The metrics come
/// after all logs, so that what is not there by then never comes.
async fn check(api: Api, stub: &Stub, sent: Call, expected: &[&str]) {
    let response = api.aws(stub).send(sent).await;
    let id = response.headers()["x-amzn-requestid"].to_str().unwrap().to_owned();
    let extended_id = response.headers()["x-amz-apigw-id"].to_str().unwrap().to_owned();
    delivered(stub, "PutMetricData", 1).await;
    let puts = stub.deliveries("PutLogEvents");
    let mut lines = Vec::new();
    for put in &puts {
        assert_eq!(put["logGroupName"], "API-Gateway-Execution-Logs_a1b2c3d4e5/test");
        let stream = put["logStreamName"].as_str().unwrap();
        assert!(stream.len() == 32 && stream.bytes().all(|byte| byte.is_ascii_hexdigit()));
        for event in put["logEvents"].as_array().unwrap() {
            let line = event["message"].as_str().unwrap();
            let line = line.strip_prefix(&format!("({id}) ")).expect("the id comes first");
            let line = line.replace(&extended_id, "EXTENDED").replace(&id, "ID");
            let varying = [("latency: ", "n ms"), ("date=", "*}")];
            let varying = varying.into_iter().find_map(|(name, shown)| {
                Some(format!("{}{name}{shown}", line.split_once(name)?.0))
            });
            lines.push(varying.unwrap_or(line));
        }
    }
    assert_eq!(lines, expected);
}

fn function() -> Api {
    let integration = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": function_uri()});
    api(json!({"/pets/{id}": {"GET": {"methodIntegration": integration}}}))
}

/// Answers as the function, and as everything else with nothing.
async fn returning(failed: bool, payload: &'static str) -> Stub {
    Stub::by(move |request| {
        let mut response = Response::new(Bytes::new());
        if request.uri().path().contains("/functions/") {
            *response.body_mut() = Bytes::from_static(payload.as_bytes());
            response.headers_mut().insert("x-amzn-requestid", "lambda-1".parse().unwrap());
            if failed {
                let value = "Unhandled".parse().unwrap();
                response.headers_mut().insert("x-amz-function-error", value);
            }
        }
        Some(response)
    })
    .await
}

const OPENING: [&str; 6] = [
    "Extended Request Id: EXTENDED",
    "Verifying Usage Plan for request: ID. API Key:  API Stage: a1b2c3d4e5/test",
    "API Key  authorized because method 'GET /pets/{id}' does not require API Key. Request will not \
     contribute to throttle or quota limits",
    "Usage Plan check succeeded for API Key  and API Stage a1b2c3d4e5/test",
    "Starting execution for request: ID",
    "HTTP Method: GET, Resource Path: /pets/7",
];

fn after_opening(rest: &[&'static str]) -> Vec<&'static str> {
    [&OPENING[..], rest].concat()
}

#[tokio::test]
async fn information_tells_what_is_done_and_shows_no_payload() {
    let stub = returning(false, r#"{"statusCode": 201, "body": "secret"}"#).await;
    let api = settings(function(), logging("INFO", false));
    let expected = after_opening(&[
        "Successfully completed execution",
        "Method completed with status: 201",
        "AWS Integration Endpoint RequestId : lambda-1",
    ]);
    check(api, &stub, get("/pets/7?page=2"), &expected).await;
}

#[tokio::test]
async fn traced_data_shows_every_payload() {
    let stub = returning(false, r#"{"statusCode":200,"body":"hi"}"#).await;
    let integration = json!({
        "type": "AWS",
        "httpMethod": "POST",
        "uri": function_uri(),
        "requestTemplates": {"application/json": "$input.params('page')"},
        "integrationResponses": {"200": {
            "statusCode": "200",
            "responseTemplates": {"application/json": "$input.path('$.body')"},
        }},
    });
    let api = api(json!({"/pets/{id}": {"GET": {"methodIntegration": integration}}}));
    let api =
        settings(api, logging("INFO", true)).change_stage(|stage| stage.tracing_enabled = true);
    let sent = get("/pets/7?page=2").header("x-amzn-trace-id", "Root=1-2-3");
    let expected = after_opening(&[
        "Method request path: {id=7}",
        "Method request query string: {page=2}",
        "Method request headers: {Host=a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com:4566, \
         X-Forwarded-For=203.0.113.7, X-Forwarded-Port=4566, X-Forwarded-Proto=http, \
         X-Amzn-Trace-Id=Root=1-2-3}",
        "Method request body before transformations: ",
        "Endpoint request URI: https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/\
         arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations",
        "Endpoint request headers: {accept=application/json, \
         user-agent=AmazonAPIGateway_a1b2c3d4e5, x-amzn-trace-id=Root=1-2-3}",
        "Endpoint request body after transformations: 2",
        "Sending request to https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/\
         arn:aws:lambda:eu-west-1:123456789012:function:pets/invocations",
        "Received response. Status: 200, Integration latency: n ms",
        "Endpoint response headers: {x-amzn-requestid=lambda-1, content-length=30, date=*}",
        "Endpoint response body before transformations: {\"statusCode\":200,\"body\":\"hi\"}",
        "Method response body after transformations: hi",
        "Method response headers: {content-type=application/json, x-amzn-trace-id=Root=1-2-3}",
        "Successfully completed execution",
        "Method completed with status: 200",
        "AWS Integration Endpoint RequestId : lambda-1",
        "X-ray Tracing ID : Root=1-2-3",
    ]);
    check(api, &stub, sent, &expected).await;
}

#[tokio::test]
async fn errors_alone_are_told_of_requests_that_fail() {
    let error = |level: &str| settings(function(), logging(level, false));
    let stub = returning(false, r#"{"statusCode": 200}"#).await;
    check(error("ERROR"), &stub, get("/pets/7"), &[]).await;

    let stub = returning(true, r#"{"errorMessage": "no such pet"}"#).await;
    let expected = [
        "Extended Request Id: EXTENDED",
        "Lambda execution failed with status 200 due to customer function error: no such pet. \
         Lambda request id: lambda-1",
        "Gateway response type: DEFAULT_5XX with status code: 502",
    ];
    check(error("ERROR"), &stub, get("/pets/7"), &expected).await;

    let stub = returning(false, "secret").await;
    let expected = [
        "Extended Request Id: EXTENDED",
        "Execution failed due to configuration error: Malformed Lambda proxy response: expected \
         value at line 1 column 1",
        "Gateway response type: DEFAULT_5XX with status code: 502",
    ];
    check(error("ERROR"), &stub, get("/pets/7"), &expected).await;
    check(error("OFF"), &returning(false, "secret").await, get("/pets/7"), &[]).await;
}

#[tokio::test]
async fn every_refusal_says_why() {
    let down = json!({
        "type": "HTTP_PROXY",
        "httpMethod": "GET",
        "uri": Stub::closed().uri,
    });
    let token = json!({"type": "TOKEN", "identitySource": "method.request.header.X-Token"});
    let model = json!({"type": "object", "required": ["name"]});
    let with = |key: &str, value: Json| {
        let mut method = json!({"methodIntegration": mock("ok"), "requestValidatorId": "v"});
        method[key] = value;
        method
    };
    for (method, sent, expected) in [
        (
            with("methodIntegration", down),
            get("/"),
            [
                "Execution failed due to a network error communicating with endpoint",
                "Gateway response type: INTEGRATION_FAILURE with status code: 504",
            ],
        ),
        (
            with("requestParameters", json!({"method.request.querystring.page": true})),
            get("/"),
            [
                "Missing required request parameters: [page]",
                "Gateway response type: BAD_REQUEST_PARAMETERS with status code: 400",
            ],
        ),
        (
            with("requestModels", json!({"application/json": "Pet"})),
            call("GET", "/").body("{}"),
            [
                "Request body does not match model schema for content type application/json: \
                 [object has missing required properties ([\"name\"])]",
                "Gateway response type: BAD_REQUEST_BODY with status code: 400",
            ],
        ),
        (
            json!({"authorizationType": "CUSTOM", "authorizerId": "token"}),
            get("/"),
            [
                "Unauthorized request: ID",
                "Gateway response type: UNAUTHORIZED with status code: 401",
            ],
        ),
    ] {
        let stub = Stub::returning("{}").await;
        let token = serde_json::from_value(token.clone()).unwrap();
        let api = api(json!({"/": {"GET": method}}))
            .validator()
            .model("Pet", &model)
            .change(|api| drop(api.authorizers.insert("token".to_owned(), token)));
        let [why, response] = expected;
        let expected = ["Extended Request Id: EXTENDED", why, response];
        check(settings(api, logging("ERROR", true)), &stub, sent, &expected).await;
    }
}

#[tokio::test]
async fn a_methods_own_setting_goes_before_that_of_all() {
    for (own, is_logged) in [
        ("pets~1{id}/GET", true),
        ("~1pets~1{id}/GET", true),
        ("pets/{id}/GET", true),
        ("pets~1{id}/POST", false),
        ("pets/GET", false),
    ] {
        let stub = Stub::returning("secret").await;
        let mut levels = logging("OFF", false);
        levels[own] = json!({"loggingLevel": "ERROR"});
        let api = settings(function(), levels).aws(&stub);
        api.send(get("/pets/7")).await;
        delivered(&stub, "PutMetricData", 1).await;
        assert_eq!(!stub.deliveries("PutLogEvents").is_empty(), is_logged, "{own}");
    }
}

#[tokio::test]
async fn secrets_show_their_end_and_long_lines_are_cut() {
    let stub = Stub::returning("{}").await;
    let api = settings(
        api(json!({"/": {"GET": {"methodIntegration": mock("ok")}}})),
        logging("INFO", true),
    );
    let long = "é".repeat(600);
    let sent = call("GET", "/")
        .header("authorization", "Bearer 0123456789")
        .header("x-api-key", "short")
        .body(long);
    api.aws(&stub).send(sent).await;
    let puts = delivered(&stub, "PutLogEvents", 1).await;
    let events = puts[0]["logEvents"].as_array().unwrap();
    let lines: Vec<&str> = events.iter().map(|event| event["message"].as_str().unwrap()).collect();
    let find = |what: &str| *lines.iter().find(|line| line.contains(what)).unwrap();
    assert!(find("Verifying").contains("API Key: ***** API Stage"), "{lines:?}");
    let headers = find("Method request headers");
    assert!(headers.contains("Authorization=***********456789,"), "{headers}");
    assert!(headers.contains("x-api-key=*****,"), "{headers}");
    let (_, body) = find("body before").split_once(") ").unwrap();
    let text = body.strip_suffix(" [TRUNCATED]").expect("the line is cut");
    assert!((1023..=1024).contains(&text.len()), "{} bytes", text.len());
}

#[tokio::test]
async fn a_missing_group_is_made_if_it_is_the_gateways_own() {
    let stub = Stub::by(|request| {
        let mut response = Response::new(Bytes::new());
        let is_made = request.headers().get("x-amz-target");
        let is_made = is_made.is_some_and(|target| target == "Logs_20140328.CreateLogStream");
        if is_made && !MADE.swap(true, std::sync::atomic::Ordering::Relaxed) {
            *response.status_mut() = http::StatusCode::BAD_REQUEST;
            *response.body_mut() = r#"{"__type":"ResourceNotFoundException"}"#.into();
        }
        Some(response)
    })
    .await;
    static MADE: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    let api = settings(function(), logging("ERROR", false)).aws(&stub);
    api.send(get("/pets/7")).await;
    delivered(&stub, "PutLogEvents", 1).await;
    let group = json!({"logGroupName": "API-Gateway-Execution-Logs_a1b2c3d4e5/test"});
    assert_eq!(stub.deliveries("CreateLogGroup"), [group]);
    assert_eq!(stub.deliveries("CreateLogStream").len(), 2);
}
