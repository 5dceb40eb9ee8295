//! Faults on purpose: calls that fail as the command line says, and no others.

use std::sync::LazyLock;

use serde_json::{Value, json};
use spillway_tests::{Answer, LocalAws, get, request, spillway};

/// The rules of this file, each about calls that only one test makes.
const RULES: [&str; 6] = [
    "--fault=dynamodb:PutItem=throttle@100%",
    "--fault=dynamodb:DescribeLimits=error@10%",
    "--fault=lambda:Invoke=throttle@100%",
    "--fault=sns:Publish=error@100%",
    "--fault=sqs:SendMessage=lost@100%",
    "--fault-seed=7",
];

static FAULTY: LazyLock<LocalAws> = LazyLock::new(|| LocalAws::with(&RULES));

/// A request that is signed for a service, by name only.
fn signed(service: &str, path: &str, kind: &str, body: &str) -> Answer {
    let scope =
        format!("AWS4-HMAC-SHA256 Credential=test/20261120/us-east-1/{service}/aws4_request");
    let headers = [("Authorization", scope.as_str()), ("Content-Type", kind)];
    request("POST", &format!("{}{path}", FAULTY.endpoint()), &headers, body.as_bytes())
}

const FORM: &str = "application/x-www-form-urlencoded";

#[test]
fn a_rule_strikes_the_operation_that_it_names_and_no_other() {
    let table = json!({
        "TableName": "faults",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
    });
    FAULTY.call("DynamoDB_20120810.CreateTable", &table);
    let put = json!({"TableName": "faults", "Item": {"id": {"S": "a"}}});
    let (status, answer) = FAULTY.answer("DynamoDB_20120810.PutItem", &put);
    let exception = "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException";
    assert_eq!((status, &answer["__type"]), (400, &json!(exception)));

    let key = json!({"TableName": "faults", "Key": {"id": {"S": "b"}}});
    FAULTY.call("DynamoDB_20120810.UpdateItem", &key);
    let found = FAULTY.call("DynamoDB_20120810.Scan", &json!({"TableName": "faults"}));
    assert_eq!(found["Items"], json!([{"id": {"S": "b"}}]));

    let rule = "dynamodb:PutItem=throttle@100%";
    let journal = get(&format!("{}/_spillway/requests", FAULTY.endpoint())).json();
    let of_table = |operation: &str| -> Vec<Value> {
        let requests = journal["requests"].as_array().unwrap().iter();
        requests.filter(|request| request["operation"] == operation).cloned().collect()
    };
    assert_eq!(of_table("PutItem")[0]["fault"], rule);
    assert_eq!(of_table("UpdateItem")[0].get("fault"), None);
    let shown = FAULTY.command(&["requests"]).assert().success();
    let shown = String::from_utf8_lossy(&shown.get_output().stdout).into_owned();
    assert!(shown.contains(&format!("on purpose: {rule}")), "{shown}");
}

#[test]
fn a_lost_answer_is_that_of_a_call_that_was_executed() {
    let queue = FAULTY.call("AmazonSQS.CreateQueue", &json!({"QueueName": "faults"}));
    let url = queue["QueueUrl"].as_str().unwrap();
    let message = json!({"QueueUrl": url, "MessageBody": "in JSON"});
    let (status, answer) = FAULTY.answer("AmazonSQS.SendMessage", &message);
    assert_eq!((status, &answer["__type"]), (500, &json!("com.amazonaws.sqs#InternalFailure")));
    // What a form asks for stands in its body alone.
    let form = "Action=SendMessage&MessageBody=in+a+form";
    let answer = signed("sqs", "/000000000000/faults", FORM, form);
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("<Code>InternalFailure</Code>"), "{}", answer.body);

    let input = json!({"QueueUrl": url, "MaxNumberOfMessages": 10});
    let received = FAULTY.call("AmazonSQS.ReceiveMessage", &input);
    let bodies: Vec<_> =
        received["Messages"].as_array().unwrap().iter().map(|it| &it["Body"]).collect();
    assert_eq!(bodies, ["in JSON", "in a form"]);
}

#[test]
fn each_service_tells_of_its_fault_in_its_protocol() {
    let path = "/2015-03-31/functions/nobody/invocations";
    let answer = signed("lambda", path, "application/json", "{}");
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("x-amzn-errortype"), "TooManyRequestsException");
    let answer = signed("sns", "/", FORM, "Action=Publish&TopicArn=nowhere&Message=hello");
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("<Code>InternalError</Code>"), "{}", answer.body);
    assert_eq!(signed("sns", "/", FORM, "Action=ListTopics").status, 200);
}

#[test]
fn the_same_calls_fail_in_each_run() {
    let strikes = |aws: &LocalAws| -> Vec<usize> {
        let is_struck = |_: &usize| match aws.answer("DynamoDB_20120810.DescribeLimits", &json!({}))
        {
            (200, _) => false,
            (500, _) => true,
            other => panic!("{other:?}"),
        };
        (0..1000).filter(is_struck).collect()
    };
    // On clouds of their own: a journal that remembers this many calls has forgotten all others.
    let first = strikes(&LocalAws::with(&RULES));
    assert!((70..=130).contains(&first.len()), "{} of 1,000", first.len());
    assert_eq!(strikes(&LocalAws::with(&RULES)), first);
}

#[test]
fn status_says_which_faults_are_on() {
    let output = FAULTY.command(&["status", "--json"]).output().unwrap();
    let status: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rules: Vec<_> = RULES[..5].iter().map(|rule| rule.replace("--fault=", "")).collect();
    assert_eq!(status["faults"], json!({"rules": rules, "seed": 7}));
    let output = FAULTY.command(&["status"]).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("faults dynamodb:PutItem=throttle@100%, "), "{shown}");
}

#[test]
fn a_cloud_with_other_faults_is_not_taken_for_this_one() {
    let asked = ["up", "--fault", "dynamodb:PutItem=lost@5%"];
    let output = LocalAws::shared().command(&asked).assert().code(2);
    let errors = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(errors.contains("runs with no faults: stop it with scripts/down"), "{errors}");
    let output = FAULTY.command(&["up"]).assert().code(2);
    let errors = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(errors.contains("runs with faults dynamodb:PutItem=throttle@100%, "), "{errors}");
}

#[test]
fn what_is_no_rule_is_refused_before_anything_starts() {
    for (arguments, expected) in [
        (
            ["--fault", "dynamodb:PutItem=slow@1%"],
            "FAULT must be throttle, error or lost; got \"slow\"",
        ),
        (["--fault", "mail:Send=error@1%"], "SERVICE must be one of dynamodb, events, "),
        (
            ["--fault", "lambda:PutItem=error@1%"],
            "OPERATION of lambda must be * or one of Invoke; ",
        ),
        (["--fault", "sqs:*=error@101%"], "PERCENT must be 0.01 to 100 "),
        (["--fault", "sqs"], "a rule must be SERVICE:OPERATION=FAULT@PERCENT%; got \"sqs\""),
        (["--fault-seed", "1"], "--fault <"),
    ] {
        for command in ["up", "serve"] {
            let mut command = assert_cmd::Command::from(spillway(&[command]));
            let output = command.args(arguments).assert().code(2);
            let errors = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
            assert!(errors.contains(expected), "{errors}");
        }
    }
}
