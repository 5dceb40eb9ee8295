//! `crud-lambda` through real HTTP: the requests of the system it takes over from work as they are,
//! whatever is wrong is named, and what is sent twice with one key happens once.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{Answer, LocalAws, Stack, eventually, get, post, request};

const PATTERN: &str = "crud-lambda";
const JSON: &str = "application/json";
const PATIENCE: Duration = Duration::from_secs(30);
const JACKET: &str = r#"{"id":"1234ABCG","order_date":"2024-11-04T10:30:00Z","price":78.89,"product":"Beautiful Jacket"}"#;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::local().only(&[PATTERN]).apply());

fn url() -> String {
    STACK.url(PATTERN)
}

fn send(body: &str) -> Answer {
    post(&url(), JSON, body.as_bytes())
}

fn ask(operation: &str, payload: &str) -> Answer {
    send(&format!(r#"{{"operation":"{operation}","payload":{payload}}}"#))
}

fn ask_once(key: &str, operation: &str, payload: &str) -> Answer {
    let body = format!(r#"{{"operation":"{operation}","payload":{payload}}}"#);
    let headers = [("Content-Type", JSON), ("Idempotency-Key", key)];
    request("POST", &url(), &headers, body.as_bytes())
}

/// The stored item, as DynamoDB has it.
fn stored(id: &str) -> Option<Value> {
    let key = json!({"id": {"S": id}});
    let input = json!({"TableName": STACK.output(PATTERN, "table"), "Key": key});
    let output = LocalAws::shared().call("DynamoDB_20120810.GetItem", &input);
    output.get("Item").cloned()
}

/// The headers that every answer of the function has.
const OWN: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    ("content-type", JSON),
    ("x-amzn-trace-id", "*"),
    ("x-content-type-options", "nosniff"),
];

/// Checks that an answer has the function's headers, `further` and no others.
#[track_caller]
fn assert_headers(answer: &Answer, further: &[(&str, &str)]) {
    answer.assert_headers(&[&OWN[..], further].concat());
}

#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &str) {
    assert_answer_with(answer, status, body, &[]);
}

#[track_caller]
fn assert_answer_with(answer: &Answer, status: u16, body: &str, further: &[(&str, &str)]) {
    assert_eq!((answer.status, answer.body.as_str()), (status, body));
    assert_headers(answer, further);
}

/// A refusal by the function in which each of `words` stands.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, words: &[&str]) {
    assert_refusal(answer, status, words);
    assert_headers(answer, &[]);
}

#[track_caller]
fn assert_refusal(answer: &Answer, status: u16, words: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let body = answer.json();
    assert!(body["message"].is_string(), "{body}");
    let text = body.to_string().replace("\\\"", "\"");
    for word in words {
        assert!(text.contains(word), "{word:?} is not in {text}");
    }
    assert!(answer.body.len() < 2_000, "an answer of {} bytes", answer.body.len());
}

#[test]
fn the_requests_of_the_original_work_as_they_are() {
    let original = |operation: &str, payload: &str| {
        send(&format!(
            r#"{{"operation":"{operation}","tableName":"order-microservice-db","payload":{payload}}}"#
        ))
    };
    let key = r#"{"Key":{"id":"1234ABCG"}}"#;
    assert_answer(&original("create", &format!(r#"{{"Item":{JACKET}}}"#)), 200, "{}");
    assert_eq!(stored("1234ABCG").unwrap()["price"], json!({"N": "78.89"}));
    assert_answer(&original("read", key), 200, &format!(r#"{{"Item":{JACKET}}}"#));
    let update = r#"{"Key":{"id":"1234ABCG"},"UpdateExpression":"SET price = :p",
        "ExpressionAttributeValues":{":p":59.95},"ReturnValues":"UPDATED_NEW"}"#;
    assert_answer(&original("update", update), 200, r#"{"Attributes":{"price":59.95}}"#);
    let list = original("list", r#"{"Limit":1000}"#);
    assert_headers(&list, &[]);
    let list = list.json();
    let items = list["Items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["price"] == 59.95), "{list}");
    assert_answer(&original("delete", key), 200, "{}");
    assert_answer(&original("read", key), 200, "{}");
    assert_answer(&original("echo", r#"{"a":[1.0,"b"]}"#), 200, r#"{"a":[1.0,"b"]}"#);
    assert_answer(&original("ping", "{}"), 200, "\"pong\"");

    // What `curl --data` sends if it is not told otherwise.
    let form = post(&url(), "application/x-www-form-urlencoded", br#"{"operation":"ping"}"#);
    assert_answer(&form, 200, "\"pong\"");
}

#[test]
fn numbers_and_texts_come_back_digit_by_digit() {
    for (number, members) in [
        r#""n":12345678901234567890123456789012345678"#,
        r#""n":-0.000000000000000000000000000000000001"#,
        r#""n":[0.1,0.2,0.3,99999999999999999999]"#,
        r#""t":"\"quoted\" \\ 'single' \n\t""#,
        r#""t":"Zoë 🦀 山田 é ${x} #set($a=1)""#,
        r#""t":["<script>alert(1)</script>","null",null,true,{}]"#,
    ]
    .into_iter()
    .enumerate()
    {
        let item = format!(r#"{{"id":"exact{number}",{members}}}"#);
        assert_answer(&ask("create", &format!(r#"{{"Item":{item}}}"#)), 200, "{}");
        let read = ask("read", &format!(r#"{{"Key":{{"id":"exact{number}"}}}}"#));
        assert_answer(&read, 200, &format!(r#"{{"Item":{item}}}"#));
    }
}

#[test]
fn a_body_that_is_no_request_is_refused() {
    let long = format!(r#"{{"operation":"{}"}}"#, "x".repeat(100_000));
    for (body, words) in [
        ("{", "body is not valid JSON at line 1"),
        ("{\"operation\":", "body is not valid JSON at line 1"),
        ("operation=ping", "body is not valid JSON at line 1, column 1"),
        ("[]", "body must be a JSON object, not an array"),
        ("\"ping\"", "body must be a JSON object, not a string"),
        ("null", "body must be a JSON object, not null"),
        ("7", "body must be a JSON object, not a number"),
        ("true", "body must be a JSON object, not true or false"),
        ("{}", "operation is missing"),
        ("{\"operation\":null}", "received null"),
        ("{\"operation\":7}", "received 7"),
        ("{\"operation\":[\"ping\"]}", "received [\"ping\"]"),
        ("{\"operation\":\"PING\"}", "received \"PING\""),
        ("{\"operation\":\"\"}", "received \"\""),
        ("{\"operation\":\"ping \"}", "received \"ping \""),
        ("{\"operation\":\"ping\",\"tableName\":7}", "tableName must be a string; received 7"),
        ("{\"operation\":\"ping\",\"x\":7}", "allowed: operation, payload, tableName"),
        (long.as_str(), "operation must be one of"),
    ] {
        assert_refused(&send(body), 400, &[words]);
    }
    let names = ["create", "read", "update", "delete", "list", "echo", "ping", "drop"];
    assert_refused(&send(r#"{"operation":"drop"}"#), 400, &names);
    assert_refused(&send(r#"{"payload":{}}"#), 400, &["operation"]);
    assert_refused(&send(""), 400, &["operation"]);
}

#[test]
fn everything_that_is_wrong_is_named_with_what_is_allowed() {
    let key = r#""Key":{"id":"bad"}"#;
    let update = |rest: &str| format!("{{{key},{rest}}}");
    for (operation, payload, words) in [
        ("create", "{}".to_owned(), vec!["payload.Item", "missing"]),
        ("create", "[]".to_owned(), vec!["payload", "object"]),
        ("create", r#"{"Item":{"price":1}}"#.to_owned(), vec!["payload.Item.id", "missing"]),
        ("create", r#"{"Item":{"id":7}}"#.to_owned(), vec!["payload.Item.id", "string"]),
        ("create", r#"{"Item":{"id":""}}"#.to_owned(), vec!["payload.Item.id", "2,048"]),
        ("create", r#"{"Item":{"id":"bad","n":1E+126}}"#.to_owned(), vec!["payload.Item.n"]),
        ("create", r#"{"Item":{"id":"bad","a":1,"a":2}}"#.to_owned(), vec!["twice", "\"a\""]),
        (
            "create",
            r#"{"Item":{"id":"bad"},"TableName":"x"}"#.to_owned(),
            vec!["payload.TableName", "allowed", "ReturnValues"],
        ),
        (
            "create",
            r#"{"Item":{"id":"bad"},"ReturnValues":"ALL_NEW"}"#.to_owned(),
            vec!["payload.ReturnValues", "NONE, ALL_OLD", "ALL_NEW"],
        ),
        ("read", "{}".to_owned(), vec!["payload.Key", "missing"]),
        ("read", r#"{"Key":{}}"#.to_owned(), vec!["payload.Key.id", "missing"]),
        ("read", update(r#""ConsistentRead":"yes""#), vec!["ConsistentRead", "true or false"]),
        ("read", update(r##""ProjectionExpression":"#p""##), vec!["ProjectionExpression", "#p"]),
        ("read", r#"{"Key":{"id":"a","b":1}}"#.to_owned(), vec!["payload.Key.b", "key"]),
        ("update", format!("{{{key}}}"), vec!["payload.UpdateExpression", "missing"]),
        ("update", update(r#""UpdateExpression":"""#), vec!["must not be empty"]),
        ("update", update(r#""UpdateExpression":"PLEASE""#), vec!["SET, REMOVE, ADD or DELETE"]),
        ("update", update(r#""UpdateExpression":"SET a = :a""#), vec![":a", "not define"]),
        (
            "update",
            update(r#""UpdateExpression":"REMOVE a","ExpressionAttributeValues":{":x":1}"#),
            vec![":x", "used in no expression"],
        ),
        (
            "update",
            update(r#""UpdateExpression":"REMOVE a","ReturnValues":"ALL""#),
            vec!["ReturnValues", "UPDATED_NEW"],
        ),
        // These are DynamoDB's own words.
        (
            "update",
            update(r#""UpdateExpression":"SET a = = :a","ExpressionAttributeValues":{":a":1}"#),
            vec!["UpdateExpression"],
        ),
        (
            "update",
            update(r#""UpdateExpression":"SET id = :a","ExpressionAttributeValues":{":a":"b"}"#),
            vec!["id"],
        ),
        ("delete", "{}".to_owned(), vec!["payload.Key", "missing"]),
        ("delete", update(r#""Limit":1"#), vec!["payload.Limit", "allowed"]),
        ("list", "[]".to_owned(), vec!["payload", "object"]),
        ("list", r#"{"Limit":0}"#.to_owned(), vec!["payload.Limit", "1 to 1000", "0"]),
        ("list", r#"{"Limit":1001}"#.to_owned(), vec!["payload.Limit", "1 to 1000", "1001"]),
        ("list", r#"{"Limit":"9"}"#.to_owned(), vec!["payload.Limit"]),
        ("list", r#"{"limit":9}"#.to_owned(), vec!["payload.limit", "allowed", "Limit"]),
        ("list", r#"{"ExclusiveStartKey":"a"}"#.to_owned(), vec!["ExclusiveStartKey", "object"]),
        ("list", r#"{"FilterExpression":7}"#.to_owned(), vec!["FilterExpression", "string"]),
    ] {
        assert_refused(&ask(operation, &payload), 400, &words);
    }
    for table in ["other", "", "order-microservice-db2"] {
        let body = json!({"operation": "list", "tableName": table, "payload": {}});
        assert_refused(&send(&body.to_string()), 403, &["tableName", "order-microservice-db"]);
    }
    assert_eq!(stored("bad"), None, "nothing that was refused is stored");
}

#[test]
fn a_condition_that_does_not_hold_is_a_conflict() {
    let create = r#"{"Item":{"id":"once"},"ConditionExpression":"attribute_not_exists(id)"}"#;
    assert_answer(&ask("create", create), 200, "{}");
    let message = "ConditionExpression does not hold";
    assert_refused(&ask("create", create), 409, &[message]);
    let update = r#"{"Key":{"id":"never"},"ConditionExpression":"attribute_exists(id)",
        "UpdateExpression":"SET a = :a","ExpressionAttributeValues":{":a":1}}"#;
    assert_refused(&ask("update", update), 409, &[message]);
    assert_eq!(stored("never"), None);
}

#[test]
fn the_list_is_paged() {
    let ids: BTreeSet<String> = (0..7).map(|number| format!("page{number}")).collect();
    for id in &ids {
        assert_answer(&ask("create", &format!(r#"{{"Item":{{"id":"{id}"}}}}"#)), 200, "{}");
    }
    let mut seen = BTreeSet::new();
    let mut payload = json!({"Limit": 2});
    loop {
        let page = ask("list", &payload.to_string());
        assert_eq!(page.status, 200, "{}", page.body);
        assert_headers(&page, &[]);
        let page = page.json();
        let items = page["Items"].as_array().unwrap();
        assert!(items.len() <= 2 && page["ScannedCount"].as_u64().unwrap() <= 2, "{page}");
        for item in items {
            assert!(seen.insert(item["id"].as_str().unwrap().to_owned()), "{item} came twice");
        }
        match page.get("LastEvaluatedKey") {
            Some(key) => payload["ExclusiveStartKey"] = key.clone(),
            None => break,
        }
    }
    assert!(ids.is_subset(&seen), "{seen:?}");
}

#[test]
fn a_request_that_is_sent_again_with_its_key_happens_once() {
    let add = r#"{"Key":{"id":"counter"},"UpdateExpression":"ADD n :one",
        "ExpressionAttributeValues":{":one":1},"ReturnValues":"ALL_NEW"}"#;
    let expected = r#"{"Attributes":{"id":"counter","n":1}}"#;
    let replayed = [("idempotent-replayed", "true")];
    for further in [&[][..], &replayed, &replayed] {
        let answer = ask_once("key-1", "update", add);
        assert_answer_with(&answer, 200, expected, further);
    }
    assert_eq!(stored("counter").unwrap()["n"], json!({"N": "1"}));
    assert_refused(
        &ask_once("key-1", "update", &add.replace(":one\":1", ":one\":2")),
        422,
        &["Idempotency-Key"],
    );
    assert_refused(&ask_once("key 1", "update", add), 400, &["Idempotency-Key"]);

    let threads: Vec<_> = (0..8)
        .map(|_| {
            let add = add.replace("counter", "raced");
            thread::spawn(move || ask_once("key-2", "update", &add))
        })
        .collect();
    let mut first = 0;
    for answer in threads.into_iter().map(|thread| thread.join().unwrap()) {
        if answer.status == 409 {
            assert_refusal(&answer, 409, &["try again"]);
            assert_headers(&answer, &[("retry-after", "1")]);
            continue;
        }
        let expected = r#"{"Attributes":{"id":"raced","n":1}}"#;
        let is_first = answer.header("idempotent-replayed").is_empty();
        assert_answer_with(&answer, 200, expected, if is_first { &[] } else { &replayed });
        first += u32::from(is_first);
    }
    assert!(first <= 1, "{first} requests with one key were the first");
    assert_eq!(stored("raced").unwrap()["n"], json!({"N": "1"}));
}

/// API Gateway's own answers, which the function has no part in.
#[test]
fn other_paths_and_methods_are_refused_as_json() {
    for answer in [get(&url()), post(&format!("{}s", url()), JSON, b"{}")] {
        assert_refusal(&answer, 403, &["Missing Authentication Token"]);
        let kind = ("x-amzn-errortype", "MissingAuthenticationTokenException");
        answer.assert_headers(&[("content-type", JSON), kind]);
    }
}

#[test]
fn requests_are_logged_and_counted() {
    let cloud = LocalAws::shared();
    let id = ask("ping", "{}").header("x-amzn-requestid").to_owned();
    let name = format!("{}-order-api", STACK.name());
    let line = eventually("the request in the access log", PATIENCE, || {
        let group = format!("/aws/apigateway/{name}");
        let input = json!({"logGroupName": group, "filterPattern": format!("\"{id}\"")});
        let found = cloud.call("Logs_20140328.FilterLogEvents", &input);
        found["events"][0]["message"].as_str().map(str::to_owned)
    });
    let line: Value = serde_json::from_str(&line).expect("a line is JSON");
    let member = |name: &str| line[name].as_str().unwrap_or_else(|| panic!("{name} in {line}"));
    for (name, expected) in [
        ("requestId", id.as_str()),
        ("status", "200"),
        ("integrationStatus", "200"),
        ("protocol", "HTTP/1.1"),
        ("errorType", "-"),
        ("wafStatus", "-"),
    ] {
        assert_eq!(member(name), expected, "{name} of {line}");
    }
    for name in ["responseLength", "responseLatency", "integrationLatency"] {
        assert!(member(name).parse::<u64>().is_ok(), "{name} of {line}");
    }
    eventually("the request among the metrics", PATIENCE, || {
        let input = json!({
            "Namespace": "AWS/ApiGateway",
            "MetricName": "Count",
            "Dimensions": [{"Name": "ApiName", "Value": name}],
            "StartTime": 0,
            "EndTime": 4_102_444_800_u64,
            "Period": 86400,
            "Statistics": ["Sum"],
        });
        let found = cloud.call("GraniteServiceVersion20100801.GetMetricStatistics", &input);
        found["Datapoints"][0]["Sum"].as_f64().filter(|&sum| sum >= 1.0)
    });
}

#[test]
fn a_second_plan_is_empty() {
    STACK.assert_no_changes();
}
