//! Services of AWS: what clients get of their answers, and whoever runs the API of failures.

use http::Response;
use serde_json::json;

use super::harness::{Api, Call, Stub, check, one, post, refused, traced};
use super::services::{integration, with};
use crate::data::Detail;

/// Checks what a client gets of a service's answer.
async fn check_answer(target: &str, answer: Response<&'static [u8]>, expected: &str) {
    let stub = Stub::answering(answer).await;
    check(&one(integration(target)).aws(&stub), post("{}"), expected, "").await;
}

fn xml(status: u16, text: &'static str) -> Response<&'static [u8]> {
    let builder = Response::builder().status(status).header("content-type", "text/xml");
    builder.body(text.as_bytes()).unwrap()
}

fn service_json(status: u16, text: &'static str) -> Response<&'static [u8]> {
    let builder = Response::builder().status(status).header("x-amzn-requestid", "r-1");
    builder.body(text.as_bytes()).unwrap()
}

#[tokio::test]
async fn xml_of_a_query_service_becomes_the_json_that_aws_has() {
    for (target, answer, expected) in [
        (
            "sqs:path/1/q",
            "<SendMessageResponse xmlns='http://queue.amazonaws.com/doc/2012-11-05/'>\
             <SendMessageResult><MessageId>m</MessageId><MD5OfMessageBody>d</MD5OfMessageBody>\
             </SendMessageResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
             </SendMessageResponse>",
            r#"{"SendMessageResponse":{"ResponseMetadata":{"RequestId":"r"},"SendMessageResult":{"MD5OfMessageAttributes":null,"MD5OfMessageBody":"d","MD5OfMessageSystemAttributes":null,"MessageId":"m","SequenceNumber":null}}}"#,
        ),
        (
            "sqs:path/1/q",
            "<?xml version='1.0'?><ReceiveMessageResponse><ReceiveMessageResult/>\
             </ReceiveMessageResponse>",
            r#"{"ReceiveMessageResponse":{"ReceiveMessageResult":{"messages":null}}}"#,
        ),
        (
            "sqs:path/1/q",
            "<ReceiveMessageResponse><ReceiveMessageResult><Message><Body>&lt;\"&amp;é\n</Body>\
             </Message></ReceiveMessageResult></ReceiveMessageResponse>",
            r#"{"ReceiveMessageResponse":{"ReceiveMessageResult":{"messages":[{"Attributes":null,"Body":"<\"&é\n","MD5OfMessageAttributes":null,"MessageAttributes":null}]}}}"#,
        ),
        (
            "sns:action/ListTopics",
            "<ListTopicsResponse><ListTopicsResult><Topics><member><TopicArn>a</TopicArn></member>\
             <member><TopicArn>b</TopicArn></member></Topics></ListTopicsResult>\
             </ListTopicsResponse>",
            r#"{"ListTopicsResponse":{"ListTopicsResult":{"Topics":[{"TopicArn":"a"},{"TopicArn":"b"}]}}}"#,
        ),
        ("sns:action/Publish", "no xml", "no xml"),
        (
            "s3:path/bucket/key",
            "<Error><Code>NoSuchKey</Code></Error>",
            "<Error><Code>NoSuchKey</Code></Error>",
        ),
    ] {
        check_answer(target, xml(200, answer), &traced(200, expected)).await;
    }
    let error = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code>\
         <Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let expected =
        r#"{"Error":{"Code":"AccessDenied","Message":"no","Type":"Sender"},"RequestId":"r"}"#;
    check_answer("sqs:path/1/q", xml(403, error), &traced(200, expected)).await;
}

#[tokio::test]
async fn xml_stays_xml_for_whom_accepts_no_json() {
    let stub = Stub::answering(xml(200, "<SendMessageResponse/>")).await;
    let members =
        json!({"requestParameters": {"integration.request.header.Accept": "'application/xml'"}});
    let api = one(with("sqs:path/1/q", members)).aws(&stub);
    check(&api, post("{}"), &traced(200, "<SendMessageResponse/>"), "").await;
}

#[tokio::test]
async fn an_answer_of_ssm_is_wrapped_once() {
    let wrapped = r#"{"GetParameterResponse":{"GetParameterResult":{"Parameter":{"Name":"n"}},"ResponseMetadata":{"RequestId":"r-1"}}}"#;
    for (status, answer, expected) in [
        (200, r#"{"Parameter":{"Name":"n"}}"#, wrapped),
        (200, wrapped, wrapped),
        (
            400,
            r#"{"__type":"com.amazonaws.ssm#ParameterNotFound","message":"no"}"#,
            r#"{"Error":{"Code":"ParameterNotFound","Message":"no","Type":"Sender"},"RequestId":"r-1"}"#,
        ),
        (502, "no json", "no json"),
    ] {
        let answer = service_json(status, answer);
        check_answer("ssm:action/GetParameter", answer, &traced(200, expected)).await;
    }
}

/// What an item API makes of an error: a client that is too fast is told to wait.
const REFUSED: &str = "#set($type = $input.path('$.__type').split('#'))\
    #if($type[1] == 'ProvisionedThroughputExceededException')\
    #set($context.responseOverride.status = 429)\
    #set($context.responseOverride.header.Retry-After = '1')#end\
    {\"message\":\"refused\"}";

/// An item API: errors of the service by their status.
fn item(stub: &Stub) -> Api {
    let responses = json!({
        "200": {
            "statusCode": "200",
            "responseTemplates": {"application/json": "{\"id\":\"$context.requestId.length()\"}"},
            "responseParameters": {
                "method.response.header.x-id": "integration.response.header.x-amzn-requestid",
            },
        },
        "400": {
            "statusCode": "400",
            "selectionPattern": "4\\d{2}",
            "responseTemplates": {"application/json": REFUSED},
        },
        "500": {
            "statusCode": "500",
            "selectionPattern": "5\\d{2}",
            "responseTemplates": {"application/json": "{\"message\":\"failed\"}"},
        },
    });
    let members = json!({
        "timeoutInMillis": 2000,
        "requestTemplates": {"application/json": r#"{"TableName":"t","Item":$input.json('$')}"#},
        "integrationResponses": responses,
    });
    one(with("dynamodb:action/PutItem", members)).aws(stub)
}

#[tokio::test]
async fn the_status_of_a_service_chooses_the_response() {
    let throttled =
        r#"{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}"#;
    let invalid = r#"{"__type":"com.amazon.coral.validate#ValidationException","message":"x"}"#;
    let head = "content-type: application/json";
    let trace = "x-amzn-trace-id: *";
    for (status, answer, expected) in [
        (200, "{}", format!("200\n{head}\n{trace}\nx-id: r-1\n\n{{\"id\":\"36\"}}")),
        (
            400,
            throttled,
            format!("429\n{head}\nretry-after: 1\n{trace}\n\n{{\"message\":\"refused\"}}"),
        ),
        (400, invalid, format!("400\n{head}\n{trace}\n\n{{\"message\":\"refused\"}}")),
        (503, "busy", format!("500\n{head}\n{trace}\n\n{{\"message\":\"failed\"}}")),
    ] {
        let stub = Stub::answering(service_json(status, answer)).await;
        check(&item(&stub), post("{}"), &expected, "").await;
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_the_gateways_error() {
    let body = r#"{"message":"Endpoint request timed out"}"#;
    let mut integration = integration("dynamodb:action/PutItem");
    integration["timeoutInMillis"] = json!(50);
    let api = one(integration).aws(&Stub::silent().await);
    let expected = refused(504, "InternalServerErrorException", body);
    check(&api, post("{}"), &expected, "INTEGRATION_TIMEOUT: no answer").await;
    let body = r#"{"message":"Network error communicating with endpoint"}"#;
    let expected = refused(504, "InternalServerErrorException", body);
    check(&item(&Stub::closed()), post("{}"), &expected, "INTEGRATION_FAILURE").await;
}

#[tokio::test]
async fn a_failed_mapping_shows_what_was_sent_and_what_came_back() {
    let detail = |call: Call, stub: Stub| async move {
        item(&stub).send(call).await.extensions().get::<Detail>().cloned()
    };
    let uri = "POST arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem".to_owned();
    let told = |request: &str, status: Option<u16>, answer: Option<String>| Detail {
        integration: uri.clone(),
        request: Some(request.to_owned()),
        status,
        answer,
        failure: None,
    };
    let long = "x".repeat(2000).leak();
    let refused = Stub::answering(service_json(400, long)).await;
    let found = detail(post(r#"{"a":1}"#), refused).await;
    let shown = format!("{} [2000 bytes]", "x".repeat(1024));
    let sent = r#"{"TableName":"t","Item":{"a":1}}"#;
    assert_eq!(found, Some(told(sent, Some(400), Some(shown))));

    // A response template that fails hides what came back from the client alone.
    let broken = Stub::answering(service_json(400, "[")).await;
    let found = detail(post("{}"), broken).await.unwrap();
    assert_eq!((found.status, found.answer.as_deref()), (Some(400), Some("[")));
    assert!(found.failure.is_some_and(|reason| reason.starts_with("API_CONFIGURATION_ERROR: ")));

    // A request template that fails has sent nothing.
    let found = detail(post("{"), Stub::returning("{}").await).await.unwrap();
    assert_eq!((found.request, found.status), (None, None));
    assert!(found.failure.is_some());
    assert_eq!(detail(post("{}"), Stub::returning("{}").await).await, None);
}
