//! Requests that are wrong in a great many places, or at great length: their answers stay short.

use crate::call::{Call, ask, post};
use order_api::testing::Memory;

#[test]
fn of_very_many_problems_some_are_named() {
    let members = |count: u32, sign: &str| -> String {
        let members: Vec<_> = (0..count).map(|n| format!(r#""{sign}{n:06}":"x""#)).collect();
        members.join(",")
    };
    let several = |call: Call| {
        let answer = call.send(&Memory::default());
        assert_eq!(answer.status, 400);
        assert!(answer.text.len() < 6_000, "an answer of {} bytes", answer.text.len());
        let answer = answer.json();
        let named: Vec<String> = answer["errors"].as_object().unwrap().keys().cloned().collect();
        (answer["message"].as_str().unwrap().to_owned(), named)
    };
    let exactly = post(format!("{{{}}}", members(19, "x")));
    assert_eq!(several(exactly).0, "20 parameters are wrong");
    let more = "more than 20 parameters are wrong; these are some";
    let (message, named) = several(post(format!("{{{}}}", members(200_000, "x"))));
    assert_eq!((message.as_str(), named.len()), (more, 20));
    let key = r#""Key":{"id":"a"}"#;
    let used = ":a".repeat(2_000);
    let values = members(30_000, ":");
    let payload = format!(
        r#"{{{key},"ConditionExpression":"{used}","ExpressionAttributeValues":{{{values}}}}}"#
    );
    let (message, named) = several(ask("delete", &payload));
    assert_eq!((message.as_str(), named.len()), (more, 20));
    assert_eq!(named[0], "payload.ConditionExpression", "the first by path, in any order");
    assert_eq!(named[19], "payload.ExpressionAttributeValues[\":000018\"]");
}

#[test]
fn a_path_of_very_long_names_is_shortened() {
    let name = "n".repeat(60_000);
    let deep = format!(r#"{{"{name}":"#).repeat(6);
    let item = format!(r#"{{"Item":{{"id":"a","x":{deep}1E+999{}}}}}"#, "}".repeat(6));
    let answer = ask("create", &item).send(&Memory::default());
    assert_eq!(answer.status, 400);
    assert!(answer.text.starts_with(r#"{"message":"payload.Item.x[\"nnn"#), "{:.200}", answer.text);
    assert!(answer.text.len() < 2_000, "an answer of {} bytes", answer.text.len());
}
