//! What filters match.

use serde_json::{Value, json};

use crate::filter::Filters;
use crate::mapping::Kind;
use crate::pattern::Pattern;

const QUEUE: Kind = Kind::Queue { fifo: false };

/// Which of these values of `v` a rule list accepts; `null` in the list stands for itself.
#[track_caller]
fn check(rules: Value, accepted: &[Value], refused: &[Value]) {
    let pattern = Pattern::parse(&json!({ "v": rules }).to_string()).expect("a pattern");
    for (values, expected) in [(accepted, true), (refused, false)] {
        for value in values {
            let record = json!({ "v": value, "other": 1 });
            assert_eq!(pattern.matches(&record), expected, "{rules} on {value}");
        }
    }
}

#[test]
fn values_are_compared_exactly() {
    check(
        json!(["a", 1]),
        &[json!("a"), json!(1)],
        &[json!("A"), json!("1"), json!(1.0), json!(2)],
    );
    check(json!([null]), &[json!(null)], &[json!(""), json!(0)]);
    check(json!([""]), &[json!("")], &[json!(null), json!("a")]);
    check(json!([true]), &[json!(true)], &[json!(false), json!("true")]);
    check(json!(["a"]), &[json!(["b", "a"])], &[json!(["b"]), json!([])]);
}

#[test]
fn text_is_compared_by_its_ends_and_in_any_case() {
    check(json!([{"prefix": "ab"}]), &[json!("abc")], &[json!("ABc"), json!("cab"), json!(1)]);
    check(json!([{"suffix": "bc"}]), &[json!("abc")], &[json!("bcd")]);
    check(json!([{"equals-ignore-case": "aB"}]), &[json!("Ab")], &[json!("abc")]);
    check(json!([{"prefix": {"equals-ignore-case": "aB"}}]), &[json!("ABC")], &[json!("cab")]);
    check(json!([{"suffix": {"equals-ignore-case": "bC"}}]), &[json!("aBc")], &[json!("bcd")]);
}

#[test]
fn anything_but_excludes_what_it_says() {
    check(json!([{"anything-but": "a"}]), &[json!("b"), json!(1)], &[json!("a")]);
    check(json!([{"anything-but": 1}]), &[json!(2)], &[json!(1)]);
    check(json!([{"anything-but": ["a", "b"]}]), &[json!("c")], &[json!("a"), json!("b")]);
    check(json!([{"anything-but": {"prefix": "a"}}]), &[json!("b")], &[json!("ab")]);
    check(
        json!([{"anything-but": {"prefix": ["a", "b"]}}]),
        &[json!("c")],
        &[json!("ab"), json!("b")],
    );
    check(json!([{"anything-but": {"suffix": "a"}}]), &[json!("ab")], &[json!("ba")]);
    check(json!([{"anything-but": {"equals-ignore-case": ["a"]}}]), &[json!("b")], &[json!("A")]);
}

#[test]
fn numbers_are_compared_as_numbers() {
    check(json!([{"numeric": ["=", 5]}]), &[json!(5), json!(5.0)], &[json!(4), json!("5")]);
    check(json!([{"numeric": [">", 1, "<=", 3]}]), &[json!(1.5), json!(3)], &[json!(1), json!(4)]);
    check(
        json!([{"numeric": [">=", 1]}, {"numeric": ["<", -1]}]),
        &[json!(1), json!(-2)],
        &[json!(0)],
    );
}

#[test]
fn what_is_not_there_exists_not() {
    let absent = json!({"other": 1});
    let matches = |pattern: Value| Pattern::parse(&pattern.to_string()).unwrap().matches(&absent);
    assert!(matches(json!({"v": [{"exists": false}]})));
    assert!(!matches(json!({"v": [{"exists": true}]})));
    assert!(!matches(json!({"v": [{"anything-but": "a"}]})));
    assert!(!matches(json!({"v": [null]})));
    assert!(matches(json!({"v": {"w": [{"exists": false}]}})));
    check(json!([{"exists": true}]), &[json!(null), json!(1), json!([1])], &[json!({"w": 1})]);
}

#[test]
fn all_members_have_to_match_and_one_of_or() {
    let matches = |pattern: Value, record: Value| {
        Pattern::parse(&pattern.to_string()).unwrap().matches(&record)
    };
    let both = json!({"a": [1], "b": {"c": [2]}});
    assert!(matches(both.clone(), json!({"a": 1, "b": {"c": 2}})));
    assert!(matches(both.clone(), json!({"a": 1, "b": [{"c": 3}, {"c": 2}]})));
    assert!(!matches(both, json!({"a": 1, "b": {"c": 3}})));
    let or = json!({"z": [0], "$or": [{"a": [1]}, {"b": [2]}]});
    assert!(matches(or.clone(), json!({"z": 0, "b": 2})));
    assert!(!matches(or.clone(), json!({"z": 0, "b": 3})));
    assert!(!matches(or, json!({"z": 1, "b": 2})));
}

#[test]
fn what_is_no_pattern_is_refused() {
    let wrong = [
        "text",
        "[]",
        "{}",
        "1",
        r#"{"a":1}"#,
        r#"{"a":[]}"#,
        r#"{"a":[[1]]}"#,
        r#"{"a":{}}"#,
        r#"{"a":[{"unknown":1}]}"#,
        r#"{"a":[{"prefix":1}]}"#,
        r#"{"a":[{"prefix":"a","suffix":"b"}]}"#,
        r#"{"a":[{"exists":"yes"}]}"#,
        r#"{"a":[{"numeric":[]}]}"#,
        r#"{"a":[{"numeric":["=","1"]}]}"#,
        r#"{"a":[{"numeric":[">",2,"<",1]}]}"#,
        r#"{"a":[{"numeric":["<",1,">",2]}]}"#,
        r#"{"a":[{"anything-but":[]}]}"#,
        r#"{"a":[{"anything-but":{"unknown":"a"}}]}"#,
        r#"{"$or":[{"a":[1]}]}"#,
        r#"{"a":[{}]}"#,
        // EventBridge has these, for the rules of a bus alone.
        r#"{"a":[{"wildcard":"a*"}]}"#,
        r#"{"a":[{"anything-but":{"wildcard":"a*"}}]}"#,
    ];
    for text in wrong {
        assert!(Pattern::parse(text).is_none(), "{text}");
    }
}

#[track_caller]
fn check_source(kind: Kind, patterns: &[Value], record: Value, accepted: bool) {
    let texts = patterns.iter().map(ToString::to_string).collect();
    let filters = Filters::parse(kind, texts).expect("filters");
    assert_eq!(filters.accept(kind, &record), accepted, "{patterns:?} on {record}");
}

#[test]
fn one_of_the_filters_has_to_match() {
    let (one, two) = (json!({"a": [1]}), json!({"a": [2]}));
    check_source(Kind::DynamoDb, &[one.clone(), two.clone()], json!({"a": 2}), true);
    check_source(Kind::DynamoDb, &[one, two], json!({"a": 3}), false);
    check_source(Kind::DynamoDb, &[], json!({"a": 3}), true);
}

#[test]
fn a_message_is_compared_as_what_its_body_is() {
    let (json, plain) = (json!({"body": {"a": [1]}}), json!({"body": ["x"]}));
    let elsewhere = json!({"messageId": ["m"]});
    let message = |body: &str| json!({"messageId": "m", "body": body});
    for (pattern, body, accepted) in [
        (&plain, "x", true),
        (&plain, "y", false),
        (&elsewhere, "x", true),
        (&json, "x", false),
        (&plain, r#"{"a":1}"#, false),
        (&elsewhere, r#"{"a":1}"#, true),
        (&json, r#"{"a":1}"#, true),
        (&json, r#"{"a":2}"#, false),
    ] {
        check_source(QUEUE, std::slice::from_ref(pattern), message(body), accepted);
    }
}

#[test]
fn a_record_of_kinesis_is_compared_by_its_data() {
    let record = |data: &str| {
        use base64::Engine;
        let data = base64::prelude::BASE64_STANDARD.encode(data);
        json!({"kinesis": {"partitionKey": "p", "data": data}, "eventName": "e"})
    };
    let (data, key) = (json!({"data": {"a": [1]}}), json!({"partitionKey": ["p"]}));
    for (pattern, data, accepted) in [
        (&data, r#"{"a":1}"#, true),
        (&data, r#"{"a":2}"#, false),
        (&data, "plain", false),
        (&key, "plain", true),
    ] {
        check_source(Kind::Kinesis, std::slice::from_ref(pattern), record(data), accepted);
    }
}

#[test]
fn the_data_of_streams_has_to_be_compared_as_json() {
    assert!(Filters::parse(Kind::Kinesis, vec![r#"{"data":["x"]}"#.to_owned()]).is_none());
    assert!(Filters::parse(Kind::DynamoDb, vec![r#"{"dynamodb":["x"]}"#.to_owned()]).is_none());
    assert!(Filters::parse(QUEUE, vec![r#"{"body":["x"]}"#.to_owned()]).is_some());
}
