//! `async-sqs` through real HTTP: what is accepted becomes a user or says why not, whatever is in it,
//! and what cannot be accepted is named.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{Answer, Stack, eventually, get, post, request};

const PATTERN: &str = "async-sqs";
const JSON: &str = "application/json";

/// How long a message may take, five tries of one that fails included.
const PATIENCE: Duration = Duration::from_secs(120);

/// What API Gateway adds to an answer of a service.
const TRACED: (&str, &str) = ("x-amzn-trace-id", "*");

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::local().only(&[PATTERN]).apply());

fn url(path: &str) -> String {
    format!("{}{path}", STACK.url(PATTERN))
}

fn create(body: &str) -> Answer {
    post(&url("/users"), JSON, body.as_bytes())
}

/// Has a body accepted. The id of its message.
#[track_caller]
fn accepted(body: &str) -> String {
    let answer = create(body);
    assert_eq!(answer.status, 202, "{body}: {}", answer.body);
    let id = answer.json()["messageId"].as_str().unwrap().to_owned();
    assert_eq!(answer.json(), json!({"messageId": id}));
    answer.assert_headers(&[
        ("content-type", JSON),
        ("location", &format!("./status/{id}")),
        ("x-sqs-message-id", &id),
        TRACED,
    ]);
    id
}

/// What becomes of a message below a URL, once that is known.
fn outcome(url: &str, id: &str) -> Value {
    eventually(&format!("what became of {id}"), PATIENCE, || {
        let answer = get(&format!("{url}/status/{id}"));
        if answer.status == 200 {
            answer.assert_headers(&[("content-type", JSON), TRACED]);
            return Some(answer.json());
        }
        assert_unknown(&answer);
        None
    })
}

#[track_caller]
fn assert_unknown(answer: &Answer) {
    let message =
        "nothing is known of a message with this id; if it was accepted, try again in a second";
    assert_eq!((answer.status, answer.json()), (404, json!({"message": message})));
    answer.assert_headers(&[("content-type", JSON), ("retry-after", "1"), TRACED]);
}

#[track_caller]
fn assert_no_user(answer: &Answer) {
    assert_eq!((answer.status, answer.json()), (404, json!({"message": "User not found"})));
    answer.assert_headers(&[("content-type", JSON), TRACED]);
}

/// The user that a message became, as the API tells it.
#[track_caller]
fn user_of(id: &str) -> Value {
    let outcome = outcome(&STACK.url(PATTERN), id);
    let user = outcome["userID"].as_str().unwrap_or_else(|| panic!("{outcome}"));
    assert_eq!(outcome, json!({"status": "done", "userID": user}));
    let answer = get(&url(&format!("/users/{user}")));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.assert_headers(&[("content-type", JSON), TRACED]);
    let answer = answer.json();
    assert_eq!(answer["ID"], user);
    answer
}

#[test]
fn what_is_accepted_becomes_a_user() {
    let id = accepted(r#"{"name":"Ada Lovelace","email":"ada@example.com"}"#);
    let user = user_of(&id);
    let created_at = user["createdAt"].as_str().unwrap();
    let shape = created_at.replace(|c: char| c.is_ascii_digit(), "0");
    assert_eq!(shape, "0000-00-00T00:00:00.000Z", "{created_at}");
    let expected = json!({
        "ID": user["ID"],
        "name": "Ada Lovelace",
        "email": "ada@example.com",
        "createdAt": created_at,
    });
    assert_eq!(user, expected);

    let key = json!({"ID": {"S": user["ID"]}});
    let input = json!({"TableName": STACK.output(PATTERN, "table"), "Key": key});
    let stored = STACK.aws().call("DynamoDB_20120810.GetItem", &input);
    assert_eq!(stored["Item"]["SQSMessageID"], json!({"S": id}));
}

#[test]
fn any_text_becomes_a_user_as_it_is() {
    let nasty = [
        "a&b=c+d %41 %",
        "&Action=PurgeQueue&MessageBody=x",
        "\"quoted\" 'single' \\ back /slash",
        "\"}, \"Name\": {\"S\": \"x",
        "tab\t line\n \u{1}\u{7f}\u{2028}",
        "Zoë 山田太郎 🦀 👩‍👩‍👧 é",
        "${x} $context.requestId #set($a=1) #end ##",
        "<script>alert(1)</script> &amp; ]]>",
    ];
    let bodies = nasty.map(|text| json!({"name": text, "email": format!("{text}@")}));
    let ids = bodies.each_ref().map(|body| accepted(&body.to_string()));
    for (id, body) in ids.iter().zip(&bodies) {
        let user = user_of(id);
        assert_eq!((&user["name"], &user["email"]), (&body["name"], &body["email"]));
    }
}

#[test]
fn location_leads_to_the_status_from_any_spelling_of_the_path() {
    let body = br#"{"name":"Ada Lovelace","email":"ada@example.com"}"#;
    let at = |path: &str| {
        let answer = post(&url(path), JSON, body);
        assert_eq!(answer.status, 202, "{}", answer.body);
        let id = answer.json()["messageId"].as_str().unwrap().to_owned();
        answer.header("location").replace(&id, "ID")
    };
    assert_eq!((at("/users"), at("/users/")), ("./status/ID".into(), "../status/ID".into()));
}

#[test]
fn what_is_wrong_with_a_body_is_named_and_goes_nowhere() {
    let long = |count: usize| "x".repeat(count);
    let user = |name: &str, email: &str| json!({"name": name, "email": email}).to_string();
    for (body, reason) in [
        (String::new(), "required"),
        ("{}".to_owned(), "required"),
        ("[]".to_owned(), "object"),
        ("null".to_owned(), "object"),
        ("\"Ada Lovelace\"".to_owned(), "object"),
        ("{".to_owned(), ""),
        ("name=Ada+Lovelace&email=ada".to_owned(), ""),
        (r#"{"name":"Ada Lovelace"}"#.to_owned(), "email"),
        (r#"{"email":"ada@example.com"}"#.to_owned(), "name"),
        (r#"{"name":7,"email":"ada@example.com"}"#.to_owned(), "string"),
        (r#"{"name":null,"email":"ada@example.com"}"#.to_owned(), "string"),
        (r#"{"name":"Ada Lovelace","email":["a@b"]}"#.to_owned(), "string"),
        (r#"{"name":"Ada Lovelace","email":"a@b","ID":"1"}"#.to_owned(), "ID"),
        (user("Ada!", "ada@example.com"), "too short"),
        (user(&long(257), "ada@example.com"), "too long"),
        (user("Ada Lovelace", "a@"), "too short"),
        (user("Ada Lovelace", &long(321)), "too long"),
    ] {
        let answer = create(&body);
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
        let answered = answer.json();
        let message = "the body must be a JSON object of name (5 to 256 characters) and email (3 to 320), and nothing else";
        assert_eq!(answered["message"], message, "{body}");
        let told = answered["reason"].as_str().unwrap();
        assert!(told.contains(reason), "{body}: {told}");
        answer
            .assert_headers(&[("content-type", JSON), ("x-amzn-errortype", "BadRequestException")]);
    }
    let form = post(&url("/users"), "application/x-www-form-urlencoded", b"Action=PurgeQueue");
    let expected = json!({"message": "Unsupported Media Type"});
    assert_eq!((form.status, form.json()), (415, expected));
    let bounds = [user("Ada L", "a@b"), user(&long(256), &long(320))];
    for body in bounds {
        accepted(&body);
    }
}

#[test]
fn what_the_services_have_no_room_for_is_named() {
    let refused = |answer: &Answer, message: &str| {
        assert_eq!((answer.status, answer.json()), (400, json!({"message": message})));
        answer.assert_headers(&[("content-type", JSON), TRACED]);
    };
    let user = r#"{"name":"Ada Lovelace","email":"ada@example.com"}"#;
    let padded = |size: usize| format!("{}{user}", " ".repeat(size - user.len()));
    refused(&create(&padded(262_145)), "the body must be of 262144 bytes or less");
    accepted(&padded(262_144));
    let message =
        "name and email must not contain the characters U+FFFE and U+FFFF, unless they are escaped";
    refused(&create(&user.replace("Ada", "Ada\u{fffe}")), message);
    accepted(&user.replace("Ada", "Ada\\ufffe"));
}

#[test]
fn whatever_is_unknown_is_not_found() {
    for id in ["c6af9ac6-7b61-4e6b-9a41-93e8deadbeef", "%27", "%22%7D", "a%2Fb", "%F0%9F%A6%80"] {
        assert_unknown(&get(&url(&format!("/status/{id}"))));
        assert_no_user(&get(&url(&format!("/users/{id}"))));
    }
    for (method, path) in
        [("GET", "/users"), ("GET", "/status/"), ("POST", "/status/x"), ("DELETE", "/users/x")]
    {
        let answer = request(method, &url(path), &[], b"");
        let expected = json!({"message": "Missing Authentication Token"});
        assert_eq!((answer.status, answer.json()), (403, expected), "{method} {path}");
    }
}

#[test]
fn a_second_plan_is_empty() {
    STACK.assert_no_changes();
}

#[test]
fn what_fails_for_good_is_a_dead_letter_and_says_why_until_it_succeeds() {
    let stack = Stack::local().only(&[PATTERN]).apply();
    let url = stack.url(PATTERN);
    let queue = stack.output(PATTERN, "queue");
    // So that five receives are soon over; a request that waits still hides messages for as long as
    // it was to before.
    let soon = json!({"QueueUrl": queue, "Attributes": {"VisibilityTimeout": "1"}});
    stack.aws().call("AmazonSQS.SetQueueAttributes", &soon);
    stack.restart_mapping(PATTERN);
    let send = |body: &str, attributes: Value| {
        let input =
            json!({"QueueUrl": queue, "MessageBody": body, "MessageAttributes": attributes});
        let sent = stack.aws().call("AmazonSQS.SendMessage", &input);
        sent["MessageId"].as_str().unwrap().to_owned()
    };
    let poison = [
        (
            r#"{"name":"Ada","email":"ada@example.com"}"#,
            "name must be 5 to 256 characters long, not 3",
        ),
        ("poison", "the body must be a JSON object; it is not JSON at line 1, column 1"),
    ];
    let ids = poison.map(|(body, _)| send(body, json!({})));
    let good = send(r#"{"name":"Grace Hopper","email":"grace@example.com"}"#, json!({}));
    assert_eq!(outcome(&url, &good)["status"], "done", "others go on meanwhile");
    for (id, (_, reason)) in ids.iter().zip(poison) {
        assert_eq!(outcome(&url, id), json!({"status": "failed", "reason": reason}));
    }

    let mut dead = Vec::new();
    eventually("both are dead letters", PATIENCE, || {
        let input = json!({"QueueUrl": stack.output(PATTERN, "dead_letter_queue"), "MaxNumberOfMessages": 10});
        let received = stack.aws().call("AmazonSQS.ReceiveMessage", &input);
        let bodies = received["Messages"].as_array().into_iter().flatten();
        dead.extend(bodies.map(|message| message["Body"].as_str().unwrap().to_owned()));
        (dead.len() >= 2).then_some(())
    });
    assert_eq!(BTreeSet::from_iter(dead), BTreeSet::from(poison.map(|(body, _)| body.to_owned())));

    let index = json!({
        "TableName": stack.output(PATTERN, "table"),
        "IndexName": "SQSMessageID-index",
        "KeyConditionExpression": "SQSMessageID = :id",
        "ExpressionAttributeValues": {":id": {"S": ids[0]}},
    });
    let items = stack.aws().call("DynamoDB_20120810.Query", &index);
    let failed = items["Items"][0]["ID"]["S"].as_str().unwrap().to_owned();
    assert_no_user(&get(&format!("{url}/users/{failed}")));

    let original = json!({"OriginalMessageId": {"DataType": "String", "StringValue": ids[0]}});
    send(r#"{"name":"Ada Lovelace","email":"ada@example.com"}"#, original);
    let expected = json!({"status": "done", "userID": failed});
    eventually("the failure gave way", PATIENCE, || {
        (outcome(&url, &ids[0]) == expected).then_some(())
    });
    assert_eq!(get(&format!("{url}/users/{failed}")).json()["name"], "Ada Lovelace");

    let (aws, name) = (stack.aws(), format!("{}-user", stack.name()));
    stack.destroy();
    let roles = [("Action", "ListRoles"), ("Version", "2010-05-08"), ("MaxItems", "1000")];
    for left in [
        aws.call("AmazonSQS.ListQueues", &json!({})).to_string(),
        aws.call("DynamoDB_20120810.ListTables", &json!({})).to_string(),
        aws.call("Logs_20140328.DescribeLogGroups", &json!({})).to_string(),
        aws.query("iam", &roles),
        aws.rest("apigateway", "GET", "/restapis?limit=500", ""),
        aws.rest("lambda", "GET", "/2015-03-31/functions/?MaxItems=1000", ""),
    ] {
        assert!(!left.contains(&name), "something of {name} is left: {left}");
    }
    let mappings = format!("/2015-03-31/event-source-mappings/?FunctionName={name}-writer");
    eventually("the mapping is gone", PATIENCE, || {
        (!aws.rest("lambda", "GET", &mappings, "").contains(&name)).then_some(())
    });
}
