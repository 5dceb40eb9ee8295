//! Services of AWS: the request that each gets.

use http::{Request, Response};
use serde_json::{Value as Json, json};

use super::harness::{Api, Call, INTERNAL, Stub, api, call, check, get, one, post};

const ROLE: &str = "arn:aws:iam::123456789012:role/gateway";

/// What every call has, or what differs from run to run.
const USUAL: [&str; 9] = [
    "authorization",
    "content-length",
    "host",
    "user-agent",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
    "x-amzn-trace-id",
    "x-amzn-apigateway-api-id",
];

pub(super) fn integration(target: &str) -> Json {
    json!({
        "type": "AWS",
        "httpMethod": "POST",
        "uri": format!("arn:aws:apigateway:eu-west-1:{target}"),
        "credentials": ROLE,
        "integrationResponses": {"200": {"statusCode": "200"}},
    })
}

/// An integration with further members.
pub(super) fn with(target: &str, members: Json) -> Json {
    let mut integration = integration(target);
    integration.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    integration
}

/// The part of a signature that says for which service it is, the request line, the headers that
/// are not usual, a blank line and the body.
fn show(request: &Request<bytes::Bytes>) -> String {
    let headers = request.headers();
    let scope = headers["authorization"].to_str().unwrap().split('/').collect::<Vec<_>>();
    let mut lines: Vec<String> = headers
        .iter()
        .filter(|(name, _)| !USUAL.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap()))
        .collect();
    lines.sort();
    let body = String::from_utf8_lossy(request.body());
    format!("{} {} {}\n{}\n{body}", scope[3], request.method(), request.uri(), lines.concat())
}

/// Checks the request that a service gets.
async fn check_sent(api: Api, call: Call, expected: &str) {
    let stub = Stub::returning("").await;
    let sent = format!("{call:?}");
    let answer = api.aws(&stub).answer(call).await;
    assert!(answer.starts_with("200\n"), "for {sent}: {answer}");
    assert_eq!(show(&stub.received()), expected, "for {sent}");
}

#[tokio::test]
async fn an_action_of_a_json_service_gets_its_target() {
    for (target, expected) in [
        ("dynamodb:action/PutItem", "dynamodb 1.0 DynamoDB_20120810.PutItem"),
        ("kinesis:action/PutRecord", "kinesis 1.1 Kinesis_20131202.PutRecord"),
        ("firehose:action/PutRecord", "firehose 1.1 Firehose_20150804.PutRecord"),
        ("states:action/StartExecution", "states 1.0 AWSStepFunctions.StartExecution"),
        ("states:action/StartSyncExecution", "states 1.0 AWSStepFunctions.StartSyncExecution"),
    ] {
        let [name, version, operation] = expected.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{expected} is service, version and operation");
        };
        let action = target.split_once('/').unwrap().1;
        let expected = format!(
            "{name} POST /?Action={action}\naccept: application/json\n\
             content-type: application/x-amz-json-{version}\nx-amz-target: {operation}\n\n{{\"a\":1}}"
        );
        let template =
            json!({"requestTemplates": {"application/json": r#"{"a":$input.json('$.b')}"#}});
        check_sent(one(with(target, template)), post(r#"{"b":1}"#), &expected).await;
    }
}

#[tokio::test]
async fn what_an_integration_maps_goes_before_what_the_gateway_adds() {
    let members = json!({"requestParameters": {
        "integration.request.header.X-Amz-Target": "'DynamoDB_20111205.GetItem'",
        "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
        "integration.request.header.Accept": "'text/plain'",
    }});
    let expected = "dynamodb POST /?Action=GetItem\naccept: text/plain\n\
         content-type: application/x-amz-json-1.1\nx-amz-target: DynamoDB_20111205.GetItem\n\n{}";
    check_sent(one(with("dynamodb:action/GetItem", members)), post("{}"), expected).await;
}

#[tokio::test]
async fn other_services_get_what_the_integration_says_and_nothing_else() {
    let events = json!({"requestParameters": {
        "integration.request.header.X-Amz-Target": "'AWSEvents.PutEvents'",
        "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
    }});
    let sent = "events POST /?Action=PutEvents\naccept: application/json\n\
         content-type: application/x-amz-json-1.1\nx-amz-target: AWSEvents.PutEvents\n\n{}";
    check_sent(one(with("events:action/PutEvents", events)), post("{}"), sent).await;
    for (target, expected) in [
        ("unheard-of:action/Do", "unheard-of POST /?Action=Do"),
        ("sub.unheard-of:path//a/b", "unheard-of POST /a/b"),
        ("email:action/SendEmail", "ses POST /?Action=SendEmail"),
        ("streams.dynamodb:action/ListStreams", "dynamodb POST /?Action=ListStreams"),
    ] {
        let expected = format!("{expected}\naccept: application/json\n\n{{}}");
        check_sent(one(integration(target)), post("{}"), &expected).await;
    }
}

#[tokio::test]
async fn a_query_string_is_encoded_whatever_is_in_it() {
    let members = json!({
        "requestParameters": {
            "integration.request.path.topic": "method.request.header.topic",
            "integration.request.querystring.Message": "method.request.body.text",
        },
        "requestTemplates": {"application/json": ""},
    });
    let target = "sns:action/Publish&Version=2010-03-31&TopicArn={topic}";
    let call =
        post(r#"{"text": "a&b=c d+e%é"}"#).header("topic", "arn:aws:sns:x:1:t&Action=Delete%");
    let expected = "sns POST /?Action=Publish&Version=2010-03-31\
         &TopicArn=arn%3Aaws%3Asns%3Ax%3A1%3At%26Action%3DDelete%25\
         &Message=a%26b%3Dc%20d%2Be%25%C3%A9\naccept: application/json\n\n\
         {\"text\": \"a&b=c d+e%é\"}";
    check_sent(one(with(target, members)), call, expected).await;
}

#[tokio::test]
async fn a_form_for_sqs_carries_any_message() {
    let members = json!({
        "requestParameters": {
            "integration.request.header.Content-Type": "'application/x-www-form-urlencoded'",
        },
        "requestTemplates": {
            "application/json": "Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
        },
    });
    for message in
        ["{\"a\": 1}", "a&Action=PurgeQueue", "1+1=2", "100% %41", "é ✓ 🦀", "\r\n\t\"\\'", "{}"]
    {
        let stub = Stub::returning("").await;
        let target = "sqs:path/123456789012/${stageVariables.queue}";
        let api = one(with(target, members.clone())).variable("queue", "orders").aws(&stub);
        assert!(api.answer(post(message)).await.starts_with("200\n"));
        let request = stub.received();
        assert_eq!(request.uri(), "/123456789012/orders");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        let form: Vec<_> = form_urlencoded::parse(request.body()).into_owned().collect();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(form, [pair("Action", "SendMessage"), pair("MessageBody", message)]);
    }
}

#[tokio::test]
async fn sqs_takes_json_as_well() {
    let members = json!({"requestParameters": {
        "integration.request.header.X-Amz-Target": "'AmazonSQS.SendMessage'",
        "integration.request.header.Content-Type": "'application/x-amz-json-1.0'",
    }});
    let expected = "sqs POST /1/q\naccept: application/json\n\
         content-type: application/x-amz-json-1.0\nx-amz-target: AmazonSQS.SendMessage\n\n{}";
    check_sent(one(with("sqs:path/1/q", members)), post("{}"), expected).await;
}

#[tokio::test]
async fn ssm_is_reached_by_its_query_string_alone() {
    let members = json!({
        "httpMethod": "GET",
        "requestParameters": {
            "integration.request.querystring.Name": "'/a b'",
            "integration.request.querystring.WithDecryption": "'true'",
        },
    });
    let target = "ssm:action/GetParameter&Version=2014-11-06&Tags.member.1=x&Tags.member.2=y";
    let expected = "ssm GET /?Action=GetParameter&Version=2014-11-06&Tags.member.1=x\
         &Tags.member.2=y&Name=%2Fa%20b&WithDecryption=true\naccept: application/json\n\
         content-type: application/x-amz-json-1.1\nx-amz-target: AmazonSSM.GetParameter\n\n\
         {\"Tags\":[\"x\",\"y\"],\"Name\":\"/a b\",\"WithDecryption\":true}";
    check_sent(one(with(target, members)), post(r#"{"Name": "ignored"}"#), expected).await;
}

#[tokio::test]
async fn s3_paths_are_filled_in_as_the_client_wrote_them() {
    let members = json!({
        "httpMethod": "ANY",
        "requestParameters": {
            "integration.request.path.key": "method.request.path.key",
            "integration.request.querystring.versionId": "method.request.querystring.v",
        },
    });
    for (target, sent, expected) in [
        ("s3:path/bucket/{key}", "/a/b%2Fc/d+e", "GET /bucket/a/b%2Fc/d+e"),
        ("s3:path/bucket/{key}", "/%C3%A9%20%25%3F", "GET /bucket/%C3%A9%20%25%3F"),
        ("bucket.s3:path/{key}", "/k?v=1%2F2", "GET /bucket/k?versionId=1%2F2"),
        ("s3:path/${stageVariables.bucket}/{key}?acl", "/k?v=1", "GET /mine/k?acl&versionId=1"),
    ] {
        let api = api(json!({"/{key+}": {"ANY": {
            "methodIntegration": with(target, members.clone()),
        }}}));
        let expected = format!("s3 {expected}\naccept: application/json\n\n");
        check_sent(api.variable("bucket", "mine"), get(sent), &expected).await;
    }
}

#[tokio::test]
async fn s3_gets_and_gives_bytes() {
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\xff\x00";
    let answer = Response::builder().header("content-type", "image/png").body(PNG).unwrap();
    let stub = Stub::answering(answer).await;
    let members = json!({
        "httpMethod": "PUT",
        "integrationResponses": {"200": {
            "statusCode": "200",
            "responseParameters": {
                "method.response.header.Content-Type": "integration.response.header.Content-Type",
            },
        }},
    });
    let api = one(with("s3:path/bucket/key", members)).binary(&["image/png"]).aws(&stub);
    let call = call("PUT", "/").header("content-type", "image/png").header("accept", "image/png");
    let answer = api.send(call.body(PNG)).await;
    assert_eq!((answer.status().as_u16(), &answer.body()[..]), (200, PNG));
    assert_eq!(answer.headers()["content-type"], "image/png");
    let request = stub.received();
    assert_eq!(
        (&request.body()[..], &request.headers()["content-type"]),
        (PNG, &"image/png".parse().unwrap())
    );
}

#[tokio::test]
async fn what_cannot_be_called_is_a_fault() {
    let mapped = |name: &str| {
        let name = format!("integration.request.header.{name}");
        json!({"requestParameters": {name: "'x'"}})
    };
    for (target, members, reason) in [
        ("dynamodb", json!({}), "is no URI of an AWS integration"),
        ("dynamodb:table/x", json!({}), "AWS ARN for integration must contain path or action"),
        ("s3:path/b/{key}", json!({}), "nothing is mapped to {key}"),
        ("dynamodb:action/ GetItem", json!({}), "dynamodb cannot be called with this request"),
        ("sqs:path/1/q", mapped("Authorization"), "header Authorization may not be mapped"),
        ("sqs:path/1/q", mapped("Expect"), "header Expect may not be mapped"),
    ] {
        let stub = Stub::returning("").await;
        let api = one(with(target, members)).aws(&stub);
        check(&api, post("{}"), INTERNAL, reason).await;
        assert_eq!(stub.count(), 0);
    }
}
