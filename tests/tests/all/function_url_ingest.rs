//! `function-url-ingest` through real HTTP: what is accepted is stored as it was sent, and what is
//! not accepted is answered with every field that is wrong and reaches no table.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use lambda_kit::{Aws, Settings};
use serde_json::{Value, json};
use spillway_tests::{Answer, LocalAws, Stack, get, post, request};
use submission_url::{DynamoDb, StepFunctions};

const PATTERN: &str = "function-url-ingest";
const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::local().only(&[PATTERN]).apply());

fn url() -> String {
    STACK.url(PATTERN)
}

/// The stored item, as DynamoDB has it.
fn stored(email: &str) -> Option<Value> {
    let key = json!({"id": {"S": email}});
    let input = json!({"TableName": STACK.output(PATTERN, "table"), "Key": key});
    let output = LocalAws::shared().call("DynamoDB_20120810.GetItem", &input);
    output.get("Item").cloned()
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn query(user_name: &str, email: &str, pincode: &str) -> String {
    let (user_name, email, pincode) = (encoded(user_name), encoded(email), encoded(pincode));
    format!("{}?user_name={user_name}&email={email}&pincode={pincode}", url())
}

#[track_caller]
fn assert_refused(answer: &Answer, fields: &[&str]) {
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.header("content-type"), JSON);
    let body = answer.json();
    assert_eq!(body["message"], "invalid input");
    let named: BTreeSet<_> =
        body["errors"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(named, fields.iter().copied().collect(), "{body}");
    assert!(answer.body.len() < 2_000, "an answer of {} bytes", answer.body.len());
}

#[test]
fn a_valid_submission_is_stored_and_listed() {
    let answer = get(&query("Ada", "ada1@x.com", "1234"));
    assert_eq!(answer.status, 200);
    let expected = r#"{"message":"Ada is added to database.","id":"ada1@x.com"}"#;
    assert_eq!(answer.body, expected);

    let item = stored("ada1@x.com").unwrap();
    assert_eq!(item["user_name"]["S"], "Ada");
    assert_eq!(item["pincode"]["S"], "1234");
    let listed = get(&format!("{}?limit=100", url())).json();
    let listed = listed.as_array().unwrap().iter().find(|each| each["id"] == "ada1@x.com").unwrap();
    assert_eq!(listed["created_at"], item["created_at"]["S"]);
}

#[test]
fn a_submission_may_come_as_a_form_or_as_json() {
    let form = b"user_name=Form+Person&email=form%40x.com&pincode=123456";
    assert_eq!(post(&url(), FORM, form).status, 200);
    assert_eq!(stored("form@x.com").unwrap()["user_name"]["S"], "Form Person");

    let body = json!({"user_name": "JSON", "email": "json@x.com", "pincode": "12345"});
    assert_eq!(post(&url(), JSON, body.to_string().as_bytes()).status, 200);
    assert_eq!(stored("json@x.com").unwrap()["pincode"]["S"], "12345");
}

#[test]
fn a_second_submission_keeps_the_first_ones_date() {
    assert_eq!(get(&query("First", "twice@x.com", "1111")).status, 200);
    let first = stored("twice@x.com").unwrap();
    assert_eq!(get(&query("Second", "twice@x.com", "2222")).status, 200);
    let second = stored("twice@x.com").unwrap();
    assert_eq!(second["user_name"]["S"], "Second");
    assert_eq!(second["created_at"], first["created_at"]);
}

#[test]
fn whatever_a_name_is_it_is_stored_as_it_was_sent() {
    let names = [
        "Robert'); DROP TABLE Students;--",
        "\"quoted\" and \\backslashed\\",
        "two\nlines\r\nand\ttabs",
        "<script>alert(1)</script>",
        "Zoë 🦀 山田 \u{202e}right to left",
        "${user} #{x} {{y}} %{z}",
        "{% $states.input.email %}",
        "$string($states)",
        "null",
        "a\u{0}b",
        " leading and trailing ",
    ];
    for (number, name) in names.into_iter().enumerate() {
        let email = format!("name{number}@x.com");
        let answer = get(&query(name, &email, "1234"));
        assert_eq!(answer.status, 200, "{name:?}: {}", answer.body);
        assert_eq!(stored(&email).unwrap()["user_name"]["S"], name);

        let email = format!("namejson{number}@x.com");
        let body = json!({"user_name": name, "email": email, "pincode": "1234"}).to_string();
        assert_eq!(post(&url(), JSON, body.as_bytes()).status, 200, "{name:?}");
        assert_eq!(stored(&email).unwrap()["user_name"]["S"], name);
    }
}

#[test]
fn every_bad_field_of_a_query_is_named() {
    let ok = "user_name=Bad&email=bad%40x.com&pincode=1234";
    let long = "a".repeat(2_000);
    let cases: &[(&str, &[&str])] = &[
        ("email=bad%40x.com&pincode=1234", &["user_name"]),
        ("user_name=Bad&pincode=1234", &["email"]),
        ("user_name=Bad&email=bad%40x.com", &["pincode"]),
        ("pincode=1234", &["user_name", "email"]),
        ("user_name=&email=&pincode=", &["user_name", "email", "pincode"]),
        ("user_name=Bad&email=bad%40x.com&pincode=123", &["pincode"]),
        ("user_name=Bad&email=bad%40x.com&pincode=1234567", &["pincode"]),
        ("user_name=Bad&email=bad%40x.com&pincode=12a4", &["pincode"]),
        ("user_name=Bad&email=bad%40x.com&pincode=1234%0A", &["pincode"]),
        ("user_name=Bad&email=bad%40x.com&pincode=%D9%A1%D9%A2%D9%A3%D9%A4", &["pincode"]),
        ("user_name=Bad&email=a.b%40x.com&pincode=1234", &["email"]),
        ("user_name=Bad&email=1a%40x.com&pincode=1234", &["email"]),
        ("user_name=Bad&email=a%40x.org&pincode=1234", &["email"]),
        ("user_name=Bad&email=bad%40x.com%0A&pincode=1234", &["email"]),
        ("user_name=Bad&email=a%40x.org&pincode=123", &["email", "pincode"]),
        ("user_name=%zz&email=bad%40x.com&pincode=1234", &["user_name"]),
        ("user_name=%zz&email=bad%40x.com&pincode=1", &["user_name", "pincode"]),
        ("user_name=%FF%FE&email=bad%40x.com&pincode=1234", &["user_name"]),
        ("user_name=Bad&user_name=Bad&email=bad%40x.com&pincode=1234", &["user_name"]),
        ("user_name=Bad&email=bad%40x.com&email=b%40x.com&pincode=1", &["email", "pincode"]),
        ("email=%24%7Bx%7D&user_name=Bad&pincode=%7B%25+1+%25%7D", &["email", "pincode"]),
        ("email=%3Cscript%3E&user_name=Bad&pincode=1234", &["email"]),
        ("email=%F0%9F%A6%80%40x.com&user_name=Bad&pincode=1234", &["email"]),
    ];
    for (query, fields) in cases {
        let answer = get(&format!("{}?{query}", url()));
        assert_refused(&answer, fields);
    }
    assert_refused(&get(&format!("{}?{}", url(), ok.replace("Bad", &long))), &["user_name"]);
    assert_eq!(stored("bad@x.com"), None, "nothing that was refused is stored");
}

#[test]
fn every_bad_field_of_a_body_is_named() {
    let email = "badbody@x.com";
    let megabyte = "a".repeat(1_000_000);
    let with =
        |user_name: Value| json!({"user_name": user_name, "email": email, "pincode": "1234"});
    let cases: &[(&str, Vec<u8>, &[&str])] = &[
        (JSON, b"{}".to_vec(), &["user_name", "email", "pincode"]),
        (JSON, b"[]".to_vec(), &["body"]),
        (JSON, b"[{\"user_name\":\"Bad\"}]".to_vec(), &["body"]),
        (JSON, b"\"text\"".to_vec(), &["body"]),
        (JSON, b"{\"user_name\":".to_vec(), &["body"]),
        (JSON, b"{\"user_name\":\"\xff\"}".to_vec(), &["body"]),
        (JSON, with(json!(7)).to_string().into_bytes(), &["user_name"]),
        (JSON, with(json!(null)).to_string().into_bytes(), &["user_name"]),
        (JSON, with(json!({"a": 1})).to_string().into_bytes(), &["user_name"]),
        (JSON, with(json!(megabyte)).to_string().into_bytes(), &["user_name"]),
        (
            JSON,
            br#"{"user_name":"A","user_name":"B","email":"badbody@x.com","pincode":"1"}"#.to_vec(),
            &["user_name", "pincode"],
        ),
        (FORM, b"user_name=Bad&email=badbody%40x.com&pincode=12".to_vec(), &["pincode"]),
        (FORM, b"user_name=%E2%82&email=badbody%40x.com&pincode=1234".to_vec(), &["user_name"]),
        (
            FORM,
            format!("user_name={megabyte}&email={email}&pincode=1234").into_bytes(),
            &["user_name"],
        ),
    ];
    for (content_type, body, fields) in cases {
        assert_refused(&post(&url(), content_type, body), fields);
    }
    let twice = format!("{}?pincode=1234", url());
    let body = json!({"user_name": "Bad", "email": email, "pincode": "1234"}).to_string();
    assert_refused(&post(&twice, JSON, body.as_bytes()), &["pincode"]);

    let answer = post(&url(), "text/plain", b"user_name=Bad");
    assert_eq!(answer.status, 415, "{}", answer.body);
    assert_eq!(stored(email), None, "nothing that was refused is stored");
}

#[test]
fn the_list_is_paged_by_links() {
    let emails: BTreeSet<_> = (0..5).map(|number| format!("page{number}@x.com")).collect();
    for email in &emails {
        assert_eq!(get(&query("Page", email, "1234")).status, 200);
    }
    let mut seen = BTreeSet::new();
    let mut next = "?limit=2".to_owned();
    loop {
        let page = get(&format!("{}{next}", url()));
        assert_eq!(page.status, 200, "{}", page.body);
        let items = page.json();
        let items = items.as_array().unwrap();
        assert!(items.len() <= 2);
        let dates: Vec<_> = items.iter().map(|item| item["created_at"].as_str().unwrap()).collect();
        assert!(dates.is_sorted_by(|newer, older| newer >= older), "{dates:?}");
        for item in items {
            assert!(seen.insert(item["id"].as_str().unwrap().to_owned()), "{item} came twice");
        }
        let link = page.header("link");
        if link.is_empty() {
            break;
        }
        next = link.strip_prefix('<').unwrap().split_once(">; rel=\"next\"").unwrap().0.to_owned();
    }
    assert!(emails.is_subset(&seen), "{seen:?}");
}

#[test]
fn a_bad_limit_or_a_tampered_token_is_refused() {
    for limit in ["0", "101", "-1", "ten", ""] {
        assert_refused(&get(&format!("{}?limit={limit}", url())), &["limit"]);
    }
    for email in ["token1@x.com", "token2@x.com"] {
        assert_eq!(get(&query("Token", email, "1234")).status, 200);
    }
    let link = get(&format!("{}?limit=1", url())).header("link").to_owned();
    let token = link.split_once("next_token=").unwrap().1.split(['&', '>']).next().unwrap();
    assert_eq!(get(&format!("{}?next_token={token}", url())).status, 200);
    for index in 0..token.len() {
        let mut tampered = token.as_bytes().to_vec();
        tampered[index] = if tampered[index] == b'A' { b'B' } else { b'A' };
        let tampered = String::from_utf8(tampered).unwrap();
        assert_refused(&get(&format!("{}?next_token={tampered}", url())), &["next_token"]);
    }
}

#[test]
fn a_browser_gets_a_page_in_which_nothing_that_was_stored_is_markup() {
    assert_eq!(get(&query("<b>&\"'Mallory", "mallory@x.com", "1234")).status, 200);
    let accept = [("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    let page = request("GET", &format!("{}?limit=100", url()), &accept, b"");
    assert_eq!(page.status, 200);
    assert!(page.header("content-type").starts_with("text/html"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(page.body.contains("mallory@x.com"));
    assert!(page.body.contains("&lt;b&gt;&amp;"), "{}", page.body);
    assert!(!page.body.contains("<b>"), "{}", page.body);
}

#[test]
fn other_paths_and_methods_are_refused() {
    let answer = get(&format!("{}other", url()));
    assert_eq!((answer.status, answer.json()["message"].is_string()), (404, true));
    for method in ["PUT", "DELETE", "PATCH"] {
        let answer = request(method, &url(), &[], b"");
        assert_eq!((answer.status, answer.header("allow")), (405, "GET, POST"), "{method}");
    }
}

/// The suite that the unit tests run on their doubles.
#[test]
fn the_adapters_keep_the_contract_of_their_doubles() {
    let environment = STACK.aws().environment();
    let aws = Aws::from_settings(&Settings::from_variables(environment)).unwrap();
    let config = aws_sdk_sfn::config::Builder::from(aws.config()).interceptor(aws.host_prefix());
    let flow = StepFunctions::new(config, STACK.output(PATTERN, "state_machine"));
    let client = aws_sdk_dynamodb::Client::new(aws.config());
    let submissions = DynamoDb::new(client, STACK.output(PATTERN, "table"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(submission_url::testing::contract(&flow, &submissions, "contract"));
}

#[test]
fn a_second_plan_is_empty_and_destroy_leaves_nothing() {
    let stack = Stack::local().apply();
    stack.assert_no_changes();
    let (aws, name) = (stack.aws(), format!("{}-", stack.name()));
    let api = stack.url("crud-lambda").split('/').nth(5).unwrap().to_owned();
    let marked = |names: &Value, field: &str, mark: &str| -> Vec<Value> {
        let is_mine = |each: &&Value| {
            let each = if field.is_empty() { each } else { &each[field] };
            each.as_str().unwrap().contains(mark)
        };
        names.as_array().unwrap().iter().filter(is_mine).cloned().collect()
    };
    let mine = |names: &Value, field: &str| marked(names, field, &name);
    let there_is = || {
        let tables = aws.call("DynamoDB_20120810.ListTables", &json!({}));
        let machines = aws.call("AWSStepFunctions.ListStateMachines", &json!({}));
        let logs = aws.call("Logs_20140328.DescribeLogGroups", &json!({}));
        let functions = get(&format!("{}/2015-03-31/functions/", aws.endpoint())).json();
        let apis = get(&format!("{}/restapis?limit=500", aws.endpoint())).json();
        [
            mine(&tables["TableNames"], ""),
            mine(&machines["stateMachines"], "name"),
            mine(&apis["item"], "name"),
            mine(&logs["logGroups"], "logGroupName"),
            // API Gateway names the group of its execution logs by the API's id.
            marked(&logs["logGroups"], "logGroupName", &api),
            mine(&functions["Functions"], "FunctionName"),
        ]
    };
    for kind in there_is() {
        assert!(!kind.is_empty(), "every kind of resource was there: {:?}", there_is());
    }
    stack.destroy();
    for kind in there_is() {
        assert!(kind.is_empty(), "left behind: {kind:?}");
    }
}
