//! APIs without functions: integrations with services of AWS, each with the real one of the local
//! AWS behind it, called as a role.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use spillway_tests::{Answer, LocalAws, eventually, post, request};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const ROLE: &str = "arn:aws:iam::000000000000:role/gateway";

/// How long a service may take to do what it said it would.
const DEADLINE: Duration = Duration::from_secs(20);

/// Text that every layer could take for its own.
const AWKWARD: &str = "a&b=c+d %41 \"q\" 'p' \\ {\"j\": 1} $x #y é ✓ 🦀 <z/>";

/// An operation with a service, its request template and its header mappings.
fn operation(verb: &str, target: &str, template: &str, headers: Value) -> Value {
    let mapped = headers.as_object().expect("headers by name").iter().map(|(name, value)| {
        (
            format!("integration.request.header.{name}"),
            json!(format!("'{}'", value.as_str().unwrap())),
        )
    });
    let templates = if template.is_empty() { json!({}) } else { json!({JSON: template}) };
    json!({
        "responses": {"200": {}, "400": {}, "500": {}},
        "x-amazon-apigateway-integration": {
            "type": "aws",
            "httpMethod": verb,
            "uri": format!("arn:aws:apigateway:us-east-1:{target}"),
            "credentials": ROLE,
            "requestParameters": mapped.collect::<serde_json::Map<_, _>>(),
            "requestTemplates": templates,
            "responses": {
                "default": {"statusCode": "500", "responseTemplates": {JSON: "failed"}},
                "2\\d{2}": {"statusCode": "200"},
                "4\\d{2}": {"statusCode": "400"},
            },
        },
    })
}

/// Makes an API of paths and deploys it. The URL of its stage.
fn deploy(paths: Value) -> String {
    let endpoint = LocalAws::shared().endpoint();
    let document = json!({
        "openapi": "3.0.1",
        "info": {"title": "services", "version": "1"},
        "x-amazon-apigateway-binary-media-types": ["image/png"],
        "paths": paths,
    });
    let made =
        post(&format!("{endpoint}/restapis?mode=import"), JSON, document.to_string().as_bytes());
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    let api = made["id"].as_str().unwrap();
    let stage = json!({"stageName": "test"}).to_string();
    let deployed = post(&format!("{endpoint}/restapis/{api}/deployments"), JSON, stage.as_bytes());
    assert_eq!(deployed.status, 201, "{}", deployed.body);
    format!("{endpoint}/_aws/execute-api/{api}/test")
}

/// Posts JSON to an API, which has to answer 200.
#[track_caller]
fn send(url: &str, body: &Value) -> Answer {
    let answer = post(url, JSON, body.to_string().as_bytes());
    assert_status(&answer, 200);
    answer
}

/// Checks that an answer has a status, and of the service behind it no header.
#[track_caller]
fn assert_status(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.body);
    answer.assert_headers(&[("content-type", JSON), ("x-amzn-trace-id", "*")]);
}

fn call(target: &str, input: Value) -> Value {
    LocalAws::shared().call(target, &input)
}

/// Makes a queue. Its URL.
fn queue(name: &str) -> String {
    let made = call("AmazonSQS.CreateQueue", json!({"QueueName": name}));
    made["QueueUrl"].as_str().unwrap().to_owned()
}

/// The bodies of the messages that are in a queue, once there is one.
fn messages(queue: &str) -> Vec<String> {
    eventually("a message", DEADLINE, || {
        let input = json!({"QueueUrl": queue, "MaxNumberOfMessages": 10});
        let received = call("AmazonSQS.ReceiveMessage", input);
        let messages = received["Messages"].as_array()?.iter();
        let bodies: Vec<_> =
            messages.map(|message| message["Body"].as_str().unwrap().to_owned()).collect();
        (!bodies.is_empty()).then_some(bodies)
    })
}

#[test]
fn dynamodb_stores_and_finds_what_clients_send() {
    let table = json!({
        "TableName": "si-items",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    });
    call("DynamoDB_20120810.CreateTable", table);
    let item = |table: &str| {
        format!(
            r#"{{"TableName": "{table}", "Item": {{"id": {{"S": "$context.requestId"}}, "text": {{"S": $input.json('$.text')}}}}}}"#
        )
    };
    let query = r#"{"TableName": "si-items", "KeyConditionExpression": "id = :id",
        "ExpressionAttributeValues": {":id": {"S": $input.json('$.id')}}}"#;
    let put = |table| operation("POST", "dynamodb:action/PutItem", &item(table), json!({}));
    let url = deploy(json!({
        "/items": {"post": put("si-items")},
        "/query": {"post": operation("POST", "dynamodb:action/Query", query, json!({}))},
        "/nowhere": {"post": put("si-no-such-table")},
    }));
    let stored = send(&format!("{url}/items"), &json!({"text": AWKWARD}));
    assert_eq!(stored.json(), json!({}));
    let id = stored.header("x-amzn-requestid");
    let expected = json!([{"id": {"S": id}, "text": {"S": AWKWARD}}]);
    let scanned = call("DynamoDB_20120810.Scan", json!({"TableName": "si-items"}));
    assert_eq!(scanned["Items"], expected);
    assert_eq!(send(&format!("{url}/query"), &json!({"id": id})).json()["Items"], expected);

    // What fails is told to whoever runs the API, and not to the client.
    let refused = post(&format!("{url}/nowhere"), JSON, br#"{"text": "told"}"#);
    assert_status(&refused, 400);
    let output = LocalAws::shared().command(&["requests"]).assert().success();
    let output = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let told: Vec<&str> = output.lines().skip_while(|line| !line.contains("/nowhere")).collect();
    let shown = |name: &str, value: &str| {
        told[1..5].iter().any(|line| line.trim_start().starts_with(name) && line.contains(value))
    };
    assert!(
        shown("integration", "POST arn:aws:apigateway:us-east-1:dynamodb:action/PutItem"),
        "{output}"
    );
    assert!(shown("request", r#""TableName": "si-no-such-table""#), "{output}");
    assert!(shown("status", "400"), "{output}");
    assert!(shown("answer", "ResourceNotFoundException"), "{output}");
    assert!(output.contains("AssumeRole"), "{output}");
}

#[test]
fn sqs_gets_any_message_as_a_form_and_as_json() {
    let url_of_queue = queue("si-queue");
    let form = "Action=SendMessage&MessageBody=$util.urlEncode($input.path('$.text'))";
    let input =
        format!(r#"{{"QueueUrl": "{url_of_queue}", "MessageBody": $input.json('$.text')}}"#);
    let json_headers = json!({
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "AmazonSQS.SendMessage",
    });
    let path = "sqs:path/000000000000/si-queue";
    let url = deploy(json!({
        "/form": {"post": operation("POST", path, form, json!({"Content-Type": FORM}))},
        "/json": {"post": operation("POST", path, &input, json_headers)},
        "/none": {"post": operation(
            "POST", "sqs:path/000000000000/si-none", form, json!({"Content-Type": FORM}),
        )},
    }));
    let sent = send(&format!("{url}/form"), &json!({"text": AWKWARD})).json();
    let result = &sent["SendMessageResponse"]["SendMessageResult"];
    assert!(result["MessageId"].is_string() && result["SequenceNumber"].is_null(), "{sent}");
    assert_eq!(messages(&url_of_queue), [AWKWARD]);
    let sent = send(&format!("{url}/json"), &json!({"text": "by JSON"})).json();
    assert!(sent["MessageId"].is_string(), "{sent}");
    assert_eq!(messages(&url_of_queue), ["by JSON"]);
    let refused = post(&format!("{url}/none"), JSON, br#"{"text": "x"}"#);
    assert_status(&refused, 400);
    let code = &refused.json()["Error"]["Code"];
    assert_eq!(code, "AWS.SimpleQueueService.NonExistentQueue");
}

#[test]
fn sns_publishes_by_its_query_string() {
    let made = request(
        "POST",
        &LocalAws::shared().endpoint(),
        &[("Content-Type", FORM)],
        b"Action=CreateTopic&Name=si-topic",
    );
    assert_eq!(made.status, 200, "{}", made.body);
    let target = "sns:action/Publish&TopicArn=arn:aws:sns:us-east-1:000000000000:si-topic";
    let mut publish = operation("POST", target, "", json!({}));
    publish["parameters"] = json!([{"name": "text", "in": "query", "schema": {"type": "string"}}]);
    publish["x-amazon-apigateway-integration"]["requestParameters"]["integration.request.querystring.Message"] =
        json!("method.request.querystring.text");
    let url = deploy(json!({"/publish": {"post": publish}}));
    let sent = send(&format!("{url}/publish?text=a%26Subject%3Db"), &json!({})).json();
    assert!(sent["PublishResponse"]["PublishResult"]["MessageId"].is_string(), "{sent}");
}

#[test]
fn state_machines_run_at_once_or_later() {
    let definition = r#"{"StartAt": "Echo", "States": {"Echo": {"Type": "Pass", "End": true}}}"#;
    let machine = json!({
        "name": "si-machine", "definition": definition, "roleArn": ROLE, "type": "EXPRESS",
    });
    let machine = call("AWSStepFunctions.CreateStateMachine", machine);
    let arn = machine["stateMachineArn"].as_str().unwrap();
    let template = format!(
        r#"{{"stateMachineArn": "{arn}", "input": "$util.escapeJavaScript($input.json('$')).replaceAll("\\'", "'")"}}"#
    );
    let start =
        |action: &str| operation("POST", &format!("states:action/{action}"), &template, json!({}));
    let url = deploy(json!({
        "/start": {"post": start("StartExecution")},
        "/sync": {"post": start("StartSyncExecution")},
    }));
    let started = send(&format!("{url}/start"), &json!({"n": 1})).json();
    assert!(started["executionArn"].is_string() && started["startDate"].is_number(), "{started}");
    let ran = send(&format!("{url}/sync"), &json!({"text": AWKWARD})).json();
    assert_eq!(ran["status"], "SUCCEEDED", "{ran}");
    let output: Value = serde_json::from_str(ran["output"].as_str().unwrap()).unwrap();
    assert_eq!(output, json!({"text": AWKWARD}));
}

#[test]
fn kinesis_keeps_records() {
    call("Kinesis_20131202.CreateStream", json!({"StreamName": "si-stream", "ShardCount": 1}));
    let template = r#"{"StreamName": "si-stream", "PartitionKey": "$context.requestId", "Data": "$util.base64Encode($input.path('$.text'))"}"#;
    let url = deploy(json!({
        "/records": {"post": operation("POST", "kinesis:action/PutRecord", template, json!({}))},
    }));
    eventually("the stream", DEADLINE, || {
        let text = json!({"text": AWKWARD}).to_string();
        (post(&format!("{url}/records"), JSON, text.as_bytes()).status == 200).then_some(())
    });
    let shard = json!({
        "StreamName": "si-stream",
        "ShardId": "shardId-000000000000",
        "ShardIteratorType": "TRIM_HORIZON",
    });
    let iterator = call("Kinesis_20131202.GetShardIterator", shard);
    let records =
        call("Kinesis_20131202.GetRecords", json!({"ShardIterator": iterator["ShardIterator"]}));
    let data = records["Records"][0]["Data"].as_str().unwrap();
    assert_eq!(STANDARD.decode(data).unwrap(), AWKWARD.as_bytes());
}

#[test]
fn event_buses_pass_events_on() {
    let url_of_queue = queue("si-events");
    let pattern = json!({"source": ["si"]}).to_string();
    call("AWSEvents.PutRule", json!({"Name": "si-rule", "EventPattern": pattern}));
    let target = json!({"Id": "1", "Arn": "arn:aws:sqs:us-east-1:000000000000:si-events"});
    call("AWSEvents.PutTargets", json!({"Rule": "si-rule", "Targets": [target]}));
    let template = r#"{"Entries": [{"Source": "si", "DetailType": "t", "Detail": "$util.escapeJavaScript($input.json('$')).replaceAll("\\'", "'")"}]}"#;
    let headers = json!({
        "X-Amz-Target": "AWSEvents.PutEvents",
        "Content-Type": "application/x-amz-json-1.1",
    });
    let url = deploy(json!({
        "/events": {"post": operation("POST", "events:action/PutEvents", template, headers)},
    }));
    let put = send(&format!("{url}/events"), &json!({"text": AWKWARD})).json();
    assert_eq!(put["FailedEntryCount"], 0, "{put}");
    let event: Value = serde_json::from_str(&messages(&url_of_queue)[0]).unwrap();
    assert_eq!(event["detail"], json!({"text": AWKWARD}));
}

#[test]
fn parameters_are_read_by_a_query_string() {
    let parameter = json!({"Name": "/si/p q", "Value": AWKWARD, "Type": "String"});
    call("AmazonSSM.PutParameter", parameter);
    let read = |name: &str| {
        let target = format!("ssm:action/GetParameter&Name={name}");
        operation("POST", &target, "", json!({}))
    };
    let url = deploy(json!({
        "/there": {"get": read("/si/p%20q")},
        "/not-there": {"get": read("/si/none")},
    }));
    let answer = request("GET", &format!("{url}/there"), &[], b"");
    assert_status(&answer, 200);
    let answer = answer.json();
    let result = &answer["GetParameterResponse"]["GetParameterResult"];
    assert_eq!(result["Parameter"]["Value"], AWKWARD, "{answer}");
    let answer = request("GET", &format!("{url}/not-there"), &[], b"");
    assert_status(&answer, 400);
    assert_eq!(answer.json()["Error"]["Code"], "ParameterNotFound");
}

#[test]
fn buckets_keep_bytes() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\xff\x00\xfe";
    let bucket = format!("{}/si-bucket", LocalAws::shared().endpoint());
    assert_eq!(request("PUT", &bucket, &[], b"").status, 200);
    let object = |verb: &str| {
        let mut object = operation(verb, "s3:path/si-bucket/{key}", "", json!({}));
        object["parameters"] = json!([
            {"name": "key", "in": "path", "required": true, "schema": {"type": "string"}},
        ]);
        object["x-amazon-apigateway-integration"]["requestParameters"]["integration.request.path.key"] =
            json!("method.request.path.key");
        object
    };
    let url = deploy(json!({"/{key+}": {"put": object("PUT"), "get": object("GET")}}));
    let key = format!("{url}/a/%C3%A9%20%2B.png");
    let put = request("PUT", &key, &[("Content-Type", "image/png")], PNG);
    assert_status(&put, 200);
    // A client that accepts no binary gets it encoded.
    let got = request("GET", &key, &[("Accept", JSON)], b"");
    assert_status(&got, 200);
    assert_eq!(got.body, STANDARD.encode(PNG));
    let listed = request("GET", &format!("{bucket}?list-type=2"), &[], b"");
    assert!(listed.body.contains("<Key>a/é +.png</Key>"), "{}", listed.body);
    let none = request("GET", &format!("{url}/none"), &[], b"");
    assert_status(&none, 400);
    assert!(none.body.contains("<Code>NoSuchKey</Code>"), "{}", none.body);
}
