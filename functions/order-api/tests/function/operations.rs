//! Good requests through the handler, and what the table holds afterwards.

use crate::call::{ask, post};
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::item::Item;
use order_api::testing::{Memory, contract};
use order_api::{Create, Delete, Error, List, Once, Orders, Page, Read, Update, Written};
use proptest::prelude::*;
use serde_json::{Value, json};

const JACKET: &str = r#"{"id":"1234ABCG","order_date":"2024-11-04T10:30:00Z","price":78.89,"product":"Beautiful Jacket"}"#;

#[tokio::test]
async fn the_double_keeps_the_contract() {
    contract(&&Memory::default(), "double").await;
}

#[test]
fn the_requests_of_the_original_work_as_they_are() {
    let memory = Memory::default();
    let original = |operation: &str, payload: &str| {
        post(format!(
            r#"{{"operation":"{operation}","tableName":"order-microservice-db","payload":{payload}}}"#
        ))
        .send(&memory)
    };
    original("create", &format!(r#"{{"Item":{JACKET}}}"#)).is(200, "{}");
    let key = r#"{"Key":{"id":"1234ABCG"}}"#;
    original("read", key).is(200, &format!(r#"{{"Item":{JACKET}}}"#));
    let update = r#"{"Key":{"id":"1234ABCG"},"UpdateExpression":"SET price = :p",
        "ExpressionAttributeValues":{":p":59.50},"ReturnValues":"UPDATED_NEW"}"#;
    original("update", update).is(200, r#"{"Attributes":{"price":59.50}}"#);
    let listed = JACKET.replace("78.89", "59.50");
    let page = format!(r#"{{"Count":1,"ScannedCount":1,"Items":[{listed}]}}"#);
    original("list", "{}").is(200, &page);
    original("delete", key).is(200, "{}");
    original("read", key).is(200, "{}");
    original("echo", r#"{ "a" : [1.0, 1E400] }"#).is(200, r#"{ "a" : [1.0, 1E400] }"#);
    original("ping", "{}").is(200, "\"pong\"");
}

#[test]
fn table_and_payload_may_be_left_out() {
    let memory = Memory::default();
    let page = r#"{"Count":0,"ScannedCount":0,"Items":[]}"#;
    post(r#"{"operation":"list"}"#).send(&memory).is(200, page);
    post(r#"{"operation":"list","tableName":"shop-orders"}"#).send(&memory).is(200, page);
    post(r#"{"operation":"ping"}"#).send(&memory).is(200, "\"pong\"");
    post(r#"{"operation":"ping","payload":[7]}"#).send(&memory).is(200, "\"pong\"");
    post(r#"{"operation":"echo"}"#).send(&memory).is(200, "null");
    for payload in ["null", "7", "\"\\ud800\"", "[]", "\"\u{1f600}\""] {
        ask("echo", payload).send(&memory).is(200, payload);
    }
    // base64 of {"operation":"ping"}
    post("eyJvcGVyYXRpb24iOiJwaW5nIn0=").encoded().send(&memory).is(200, "\"pong\"");
}

#[test]
fn no_depth_is_too_deep_for_an_echo() {
    let deep = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    for payload in [deep.clone(), format!(r#"{{"a":{deep}}}"#)] {
        let answer = ask("echo", &payload).header("Idempotency-Key", "key");
        answer.send(&Memory::default()).is(200, &payload);
    }
    let answer = ask("create", &format!(r#"{{"Item":{{"id":"a","x":{deep}}}}}"#));
    let answer = answer.header("Idempotency-Key", "key").send(&Memory::default());
    assert_eq!((answer.status, answer.text.contains("32 levels deep")), (400, true));
}

#[test]
fn answers_are_measured_and_kept_by_no_cache() {
    let memory = Memory::default();
    let answer = ask("create", r#"{"Item":{"id":"a"}}"#).send(&memory);
    assert_eq!(answer.metrics["RequestsAnswered"], 1);
    assert!(answer.metrics["TableDuration"].is_number());
    assert_eq!(answer.headers["Cache-Control"], "no-store");
    assert_eq!(answer.headers["X-Content-Type-Options"], "nosniff");
    let answer = post(r#"{"operation":"ping"}"#).send(&memory);
    assert_eq!(answer.metrics["RequestsAnswered"], 1);
    assert!(answer.metrics["TableDuration"].is_null());
}

#[test]
fn a_list_goes_on_where_its_page_ended() {
    let memory = Memory::default();
    for number in 0..250 {
        let item = format!(r#"{{"Item":{{"id":"{number:03}"}}}}"#);
        ask("create", &item).send(&memory).is(200, "{}");
    }
    let mut payload = json!({});
    let mut sizes = Vec::new();
    loop {
        let page = ask("list", &payload.to_string()).send(&memory).json();
        let items = page["Items"].as_array().unwrap();
        assert_eq!((&page["Count"], &page["ScannedCount"]), (&json!(items.len()), &page["Count"]));
        sizes.push(items.len());
        if page["LastEvaluatedKey"].is_null() {
            break;
        }
        payload = json!({ "ExclusiveStartKey": page["LastEvaluatedKey"] });
    }
    assert_eq!(sizes, [100, 100, 50]);
    let most = ask("list", r#"{"Limit":1000}"#).send(&memory).json();
    assert_eq!(most["Count"], 250);
}

/// A table with one large item.
struct Large(String);

impl Orders for Large {
    async fn create(&self, _: &Create, _: Option<&Once>) -> Result<Written, Error> {
        Ok(Written::default())
    }

    async fn read(&self, _: &Read) -> Result<Option<Item>, Error> {
        Ok(Some(Item::from([("text".to_owned(), AttributeValue::S(self.0.clone()))])))
    }

    async fn update(&self, _: &Update, _: Option<&Once>) -> Result<Written, Error> {
        Ok(Written::default())
    }

    async fn delete(&self, _: &Delete) -> Result<Written, Error> {
        Ok(Written::default())
    }

    async fn list(&self, _: &List) -> Result<Page, Error> {
        Ok(Page::default())
    }
}

#[test]
fn an_answer_that_lambda_cannot_carry_says_so() {
    let read = || ask("read", r#"{"Key":{"id":"a"}}"#);
    let message = r#"{"message":"the answer is larger than 6 MB; ask for less of it"}"#;
    read().send(Large("x".repeat(6 * 1024 * 1024))).is(400, message);
    // Seven bytes each, once the body is a string inside JSON.
    read().send(Large("\u{1}".repeat(900_000))).is(400, message);
    assert_eq!(read().send(Large("\u{1}".repeat(800_000))).status, 200);
    // Two bytes each.
    for blank in ["\n", "\r", "\t"] {
        let echo = |count: usize| ask("echo", &format!("[{}]", blank.repeat(count)));
        echo(3_200_000).send(Large(String::new())).is(400, message);
        assert_eq!(echo(3_100_000).send(Large(String::new())).status, 200);
    }
}

/// Any JSON that an item can hold, as text. Objects have distinct names.
fn json_text() -> impl Strategy<Value = String> {
    let number = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,15})?([eE][+-]?[0-9]{1,2})?";
    let leaf = prop_oneof![
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        number.prop_map(|text| text),
        Just("true".to_owned()),
        Just("null".to_owned()),
    ];
    leaf.prop_recursive(5, 32, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5)
                .prop_map(|elements| format!("[{}]", elements.join(","))),
            proptest::collection::btree_map(".{1,8}", inner, 0..5).prop_map(object),
        ]
    })
}

fn object(members: std::collections::BTreeMap<String, String>) -> String {
    let member =
        |(name, value): (&String, &String)| format!("{}:{value}", Value::from(name.clone()));
    format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(","))
}

proptest! {
    #[test]
    fn an_item_comes_back_as_it_was_sent(
        mut members in proptest::collection::btree_map(".{1,8}", json_text(), 0..6)
    ) {
        members.insert("id".to_owned(), "\"a\"".to_owned());
        let item = object(members);
        let memory = Memory::default();
        let created = ask("create", &format!(r#"{{"Item":{item}}}"#)).send(&memory);
        prop_assert_eq!((created.status, created.text.as_str()), (200, "{}"));
        let read = ask("read", r#"{"Key":{"id":"a"}}"#).send(&memory);
        prop_assert_eq!(read.text, format!(r#"{{"Item":{item}}}"#));
    }

    #[test]
    fn no_body_makes_the_function_fail(
        body in "[\\[\\]{}\":,0-9a-z\\\\u ]{0,40}|\\{\"operation\":\"(create|list|update)\",\"payload\":[\\[\\]{}\":,0-9a-zA-Z\\\\]{0,30}\\}"
    ) {
        let status = post(body).send(&Memory::default()).status;
        prop_assert!(matches!(status, 200 | 400 | 403), "{}", status);
    }
}
