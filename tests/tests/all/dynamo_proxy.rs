//! `dynamo-proxy` through real HTTP: what one client writes another one reads, whatever text it is; a
//! page is read to its end and no further; whatever is wrong is named; every comment counts once.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{Answer, LocalAws, Stack, eventually, get, post, request, spillway};

const PATTERN: &str = "dynamo-proxy";
const JSON: &str = "application/json";

/// How long what is behind the stream may take, poison that is tried ten times again included.
const PATIENCE: Duration = Duration::from_secs(120);

/// What ends strings, values, objects and directives, and what is rare.
const TEXTS: [&str; 18] = [
    "\"",
    "'",
    "\\",
    "\\\\'\\\"",
    "\\u0041 \\n",
    "a/b?c=d&e=f%20+;g#h",
    "\u{1}\u{1f}\u{7f}",
    "two\r\nlines\tand a tab",
    "\u{2028}\u{feff}\u{202e}right to left",
    "Zoë 🦀 山田 👩‍👩‍👧 e\u{301}",
    "{\"S\": \"x\"}",
    "\"}, \"stolen\": {\"S\": \"x",
    "]}}",
    "null",
    "#set($x = 1)$x #end #[[ ]]# ##",
    "$context.requestId ${input.body} $!{x} \\$x",
    "<script>alert(1)</script>",
    " leading and trailing ",
];

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::local().only(&[PATTERN]).apply());

fn url() -> String {
    STACK.url(PATTERN)
}

fn call(target: &str, input: &Value) -> Value {
    LocalAws::shared().call(target, input)
}

fn table() -> String {
    STACK.output(PATTERN, "table")
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}

/// Checks an answer of DynamoDB's as the API gives it on: JSON, with `further` headers and no others.
#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value, further: &[(&str, &str)]) {
    assert_eq!((answer.status, answer.json()), (status, body.clone()));
    let usual = [("content-type", JSON), ("x-amzn-trace-id", "*")];
    answer.assert_headers(&[&usual[..], further].concat());
}

/// Checks an answer of API Gateway's own.
#[track_caller]
fn assert_refused(answer: &Answer, status: u16, error_type: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    answer.assert_headers(&[("content-type", JSON), ("x-amzn-errortype", error_type)]);
}

/// Stores a comment. Its id.
#[track_caller]
fn create(page: &str, user: &str, message: &str) -> String {
    let comment = json!({"pageId": page, "userName": user, "message": message});
    let answer = post(&url(), JSON, comment.to_string().as_bytes());
    let id = answer.header("x-amzn-requestid");
    assert_answer(&answer, 200, &json!({"commentId": id}), &[]);
    id.to_owned()
}

fn list(page: &str, query: &str) -> Answer {
    get(&format!("{}/{}{query}", url(), encoded(page)))
}

fn stats(page: &str) -> Answer {
    get(&format!("{}/{}/stats", url(), encoded(page)))
}

/// Waits until a page has so many comments, and answers with the time of the newest.
#[track_caller]
fn counted(page: &str, count: i64) -> Value {
    eventually(&format!("{count} comments on {page}"), PATIENCE, || {
        let stats = stats(page);
        assert_eq!(stats.status, 200, "{}", stats.body);
        let stats = stats.json();
        (stats["count"] == count).then(|| stats["lastCommentAt"].clone())
    })
}

#[test]
fn any_text_is_read_as_it_was_written() {
    let long: String = TEXTS.concat().chars().cycle().take(100_000).collect();
    let texts = || TEXTS.into_iter().chain([long.as_str()]);
    for (number, text) in texts().enumerate() {
        let page = format!("{} {number}", TEXTS[number % TEXTS.len()]);
        let user = TEXTS[(number + 7) % TEXTS.len()];
        let id = create(&page, user, text);

        let key = json!({"commentId": {"S": id}});
        let stored = call("DynamoDB_20120810.GetItem", &json!({"TableName": table(), "Key": key}));
        let at = &stored["Item"]["createdAt"]["S"];
        let item = json!({
            "commentId": {"S": id},
            "pageId": {"S": page},
            "userName": {"S": user},
            "message": {"S": text},
            "createdAt": {"S": at},
        });
        assert_eq!(stored["Item"], item);

        let comment = json!({"commentId": id, "userName": user, "message": text, "createdAt": at});
        assert_answer(&list(&page, ""), 200, &json!({"comments": [comment]}), &[]);
        let newest = counted(&page, 1);
        let expected = json!({"pageId": page, "count": 1, "lastCommentAt": newest});
        assert_eq!(newest, *at);
        assert_answer(&stats(&page), 200, &expected, &[]);
    }
}

#[test]
fn a_page_without_comments_is_empty() {
    let page = "nothing here";
    assert_answer(&list(page, ""), 200, &json!({"comments": []}), &[]);
    let none = json!({"pageId": page, "count": 0, "lastCommentAt": null});
    assert_answer(&stats(page), 200, &none, &[]);
}

#[test]
fn a_page_is_read_newest_first_to_its_end_and_no_further() {
    for number in 0..5 {
        create("paged", "Ada", &number.to_string());
        create("beside", "Ada", "of another page");
    }
    let (mut query, mut comments, mut tokens) = ("?limit=2".to_owned(), Vec::new(), Vec::new());
    loop {
        let page = list("paged", &query);
        let mut page = page.json();
        comments.append(page["comments"].as_array_mut().unwrap());
        let Some(token) = page["nextToken"].as_str() else { break };
        query = format!("?limit=2&nextToken={token}");
        tokens.push(token.to_owned());
    }
    let whole = list("paged", "?limit=100");
    assert_answer(&whole, 200, &json!({"comments": comments}), &[]);
    let times: Vec<_> = comments.iter().map(|one| one["createdAt"].as_str().unwrap()).collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let mut messages: Vec<_> = comments.iter().map(|one| one["message"].clone()).collect();
    messages.sort_by_key(Value::to_string);
    assert_eq!(json!(messages), json!(["0", "1", "2", "3", "4"]));
    assert!(!tokens.is_empty());

    let token = &tokens[0];
    let refusal = |token: &str| {
        let rule = "nextToken must be what the page before answered with, unaltered";
        json!({"message": format!("{rule}; got \"{token}\"")})
    };
    let (first, rest) = token.split_at(1);
    let other = if first == "M" { "N" } else { "M" };
    for altered in [
        format!("{other}{rest}"),
        rest.to_owned(),
        token[..token.len() - 1].to_owned(),
        format!("{token}0"),
        "x".to_owned(),
        "{\"pageId\": {\"S\": \"beside\"}}".replace('"', "'"),
    ] {
        let answer = list("paged", &format!("?nextToken={}", encoded(&altered)));
        assert_answer(&answer, 400, &refusal(&altered), &[]);
    }
    // A token opens the page that it was made for and no other.
    assert_answer(&list("beside", &format!("?nextToken={token}")), 400, &refusal(token), &[]);
}

#[test]
fn what_is_wrong_with_a_comment_is_named() {
    let comment = |name: &str, value: Value| {
        let mut comment = json!({"pageId": "bad", "userName": "Ada", "message": "Hello"});
        comment[name] = value;
        comment.to_string()
    };
    let without = |name: &str| {
        let mut comment: Value = serde_json::from_str(&comment(name, json!("x"))).unwrap();
        comment.as_object_mut().unwrap().remove(name);
        comment.to_string()
    };
    for (body, reason) in [
        ("{".to_owned(), ""),
        ("[]".to_owned(), "object"),
        ("\"text\"".to_owned(), "object"),
        ("null".to_owned(), "object"),
        ("{}".to_owned(), "missing required properties"),
        (String::new(), "missing required properties"),
        (without("pageId"), "pageId"),
        (without("userName"), "userName"),
        (without("message"), "message"),
        (comment("pageId", json!("")), "too short"),
        (comment("userName", json!("")), "too short"),
        (comment("message", json!("")), "too short"),
        (comment("pageId", json!("é".repeat(513))), "too long"),
        (comment("userName", json!("é".repeat(257))), "too long"),
        (comment("message", json!("é".repeat(100_001))), "too long"),
        (comment("pageId", json!(7)), "string"),
        (comment("userName", json!(null)), "string"),
        (comment("message", json!(["Hello"])), "string"),
        (comment("message", json!({"S": "Hello"})), "string"),
        (comment("commentId", json!("mine")), "commentId"),
        (comment("createdAt", json!("1970-01-01T00:00:00.000Z")), "createdAt"),
    ] {
        let answer = post(&url(), JSON, body.as_bytes());
        assert_refused(&answer, 400, "BadRequestException");
        let told = answer.json();
        let rule = "the body must be a JSON object of pageId (1 to 512 characters), userName (1 to \
                    256) and message (1 to 100000), and nothing else";
        assert_eq!(told["message"], rule);
        let said = told["reason"].as_str().unwrap();
        assert!(said.contains(reason), "{reason:?} is not in {said:?}");
    }
    for media_type in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
        let answer = post(&url(), media_type, comment("message", json!("x")).as_bytes());
        assert_refused(&answer, 415, "BadRequestException");
        assert_eq!(answer.json(), json!({"message": "Unsupported Media Type"}));
    }
    assert_answer(&list("bad", ""), 200, &json!({"comments": []}), &[]);
}

#[test]
fn what_is_wrong_with_a_parameter_is_named() {
    for limit in ["0", "101", "-1", "1.5", "01", "1e1", "many", "25 ", "\"'\\$x#end"] {
        let answer = list("bad", &format!("?limit={}", encoded(limit)));
        let message = format!("limit must be a whole number from 1 to 100; got \"{limit}\"");
        assert_answer(&answer, 400, &json!({"message": message}), &[]);
    }
    let page = "é".repeat(513);
    for answer in [list(&page, ""), stats(&page)] {
        let message = "pageId must be 1 to 512 characters; got 513";
        assert_answer(&answer, 400, &json!({"message": message}), &[]);
    }
    for (method, path) in
        [("GET", ""), ("GET", "/"), ("DELETE", "/bad"), ("GET", "/bad/stats/x"), ("PUT", "/bad")]
    {
        let answer = request(method, &format!("{}{path}", url()), &[], b"");
        assert_refused(&answer, 403, "MissingAuthenticationTokenException");
        assert_eq!(answer.json(), json!({"message": "Missing Authentication Token"}));
    }
}

#[test]
fn comments_that_go_or_move_count_no_more() {
    let first = create("left", "Ada", "goes");
    let second = create("left", "Ada", "moves");
    create("left", "Ada", "stays");
    let newest = counted("left", 3);

    let key = |id: &str| json!({"commentId": {"S": id}});
    call("DynamoDB_20120810.DeleteItem", &json!({"TableName": table(), "Key": key(&first)}));
    let update = json!({
        "TableName": table(),
        "Key": key(&second),
        "UpdateExpression": "SET pageId = :page",
        "ExpressionAttributeValues": {":page": {"S": "joined"}},
    });
    call("DynamoDB_20120810.UpdateItem", &update);
    assert_eq!(counted("left", 1), newest, "what was the newest once stays so");
    counted("joined", 1);
}

#[test]
fn a_burst_is_stored_and_counted_whole() {
    let load = spillway(&["load", PATTERN, "--url", &url(), "--json"]);
    let assert = assert_cmd::Command::from(load).assert().success();
    let figures: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!((&figures["rounds"], &figures["succeeded"]), (&json!(10), &json!(100)));
    // The page that the command's first example writes to.
    counted("breaking-news", 100);
}

#[test]
fn a_comment_that_cannot_be_counted_is_sent_away_and_the_others_count() {
    create("beside poison", "Ada", "before");
    let poison = json!({"commentId": {"S": "on no page"}});
    call("DynamoDB_20120810.PutItem", &json!({"TableName": table(), "Item": poison}));
    create("beside poison", "Ada", "after");
    counted("beside poison", 2);

    let queue = STACK.output(PATTERN, "failures_queue");
    let failure = eventually("where the poison is", PATIENCE, || {
        let received = call("AmazonSQS.ReceiveMessage", &json!({"QueueUrl": queue}));
        received["Messages"][0]["Body"].as_str().map(str::to_owned)
    });
    let failure: Value = serde_json::from_str(&failure).unwrap();
    assert_eq!(failure["requestContext"]["condition"], "RetryAttemptsExhausted", "{failure}");
    assert_eq!(failure["DDBStreamBatchInfo"]["batchSize"], 1, "{failure}");
    let number = failure["DDBStreamBatchInfo"]["startSequenceNumber"].as_str().unwrap();

    let group = format!("/aws/lambda/{}", STACK.output(PATTERN, "function"));
    let line = eventually("the reason in the log", PATIENCE, || {
        let filter = json!({"logGroupName": group, "filterPattern": format!("\"{number}\"")});
        let found = call("Logs_20140328.FilterLogEvents", &filter);
        found["events"][0]["message"].as_str().map(str::to_owned)
    });
    assert!(line.contains("pageId of NewImage must be a string"), "{line}");
}

#[test]
fn a_second_plan_is_empty() {
    STACK.assert_no_changes();
}
