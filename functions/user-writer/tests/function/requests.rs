//! What bodies ask for: the rules, and what is said of those that break them.

use crate::batch::{EMAIL, NAME, failures, message, send, users};
use serde_json::json;
use user_writer::testing::Memory;

/// Sends a body for the last time between two good ones, and expects it to fail for this reason.
#[track_caller]
fn check_bad(body: &str, reason: &str) {
    let memory = Memory::default();
    let good = crate::batch::good();
    let batch = [message("m-0", 1, &good), message("m-1", 5, body), message("m-2", 1, &good)];
    let answer = send(&batch, &memory);
    answer.is(&["m-1"], 2, 0);
    let [failure] = &failures(&memory)[..] else { panic!("{:?}", memory.all()) };
    assert_eq!((failure.reason.as_str(), failure.sqs_message_id.as_str()), (reason, "m-1"));
    let error = format!("the request is not valid: {reason}");
    assert_eq!(answer.errors(), [("m-1", &*error, "a message failed at its last receive")]);
}

#[track_caller]
fn check_good(name: &str, email: &str) {
    let memory = Memory::default();
    send(&[message("m-1", 1, &json!({ "name": name, "email": email }).to_string())], &memory).is(
        &[],
        1,
        0,
    );
    let [user] = &users(&memory)[..] else { panic!("{:?}", memory.all()) };
    assert_eq!((user.name.as_str(), user.email.as_str()), (name, email));
}

#[test]
fn a_user_has_what_the_client_sent_character_by_character() {
    check_good("Alice", "a@b");
    check_good(&"日".repeat(5), &"é".repeat(3));
    check_good(&"😀".repeat(256), &"😀".repeat(320));
    check_good("a&b+c%20 \"\\\u{0}\n", " <@> ");
}

#[test]
fn lengths_are_counted_in_characters() {
    let body = |name: &str, email: &str| json!({ "name": name, "email": email }).to_string();
    let rule = "name must be 5 to 256 characters long, not";
    check_bad(&body("", EMAIL), &format!("{rule} 0"));
    check_bad(&body("日本日本", EMAIL), &format!("{rule} 4"));
    check_bad(&body(&"é".repeat(257), EMAIL), &format!("{rule} 257"));
    let rule = "email must be 3 to 320 characters long, not";
    check_bad(&body(NAME, "😀@"), &format!("{rule} 2"));
    check_bad(&body(NAME, &"x".repeat(321)), &format!("{rule} 321"));
}

#[test]
fn a_field_is_there_once_and_a_string() {
    for (value, kind) in [
        ("7", "a number"),
        ("-7.5e3", "a number"),
        ("null", "null"),
        ("true", "true or false"),
        ("false", "true or false"),
        (r#"["Alice"]"#, "an array"),
        (r#"{"S": "Alice"}"#, "an object"),
    ] {
        let body = format!(r#"{{"name": {value}, "email": "{EMAIL}"}}"#);
        check_bad(&body, &format!("name must be a string, not {kind}"));
    }
    let twice = format!(r#"{{"name": "{NAME}", "email": "{EMAIL}", "name": "{NAME}"}}"#);
    check_bad(&twice, "name must be there once, not 2 times");
    let surrogate = format!(r#"{{"name": "Alice \ud83d", "email": "{EMAIL}"}}"#);
    check_bad(&surrogate, "name must be Unicode text, not half of a surrogate pair");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    check_bad("{}", "name is missing; email is missing");
    check_bad(
        r#"{"name": "Al", "Email": "x", "email": 7, "phone": 8}"#,
        "name must be 5 to 256 characters long, not 2; email must be a string, not a number; \
         \"Email\" is not a field of a user, nor are 1 more",
    );
}

#[test]
fn an_unknown_field_is_named_at_a_readable_length() {
    let body = |field: &str| json!({ "name": NAME, "email": EMAIL, field: 1 }).to_string();
    check_bad(&body("phone"), "\"phone\" is not a field of a user");
    check_bad(&body(""), "\"\" is not a field of a user");
    check_bad(&body("a\"b\n"), "\"a\\\"b\\n\" is not a field of a user");
    let shown = "日".repeat(64);
    check_bad(&body(&"日".repeat(9_000)), &format!("{shown:?} is not a field of a user"));
}

#[test]
fn a_body_that_is_no_object_is_said_to_be_none() {
    let rule = "the body must be a JSON object";
    for (body, kind) in
        [("[]", "an array"), (" \"{}\"", "a string"), ("7", "a number"), ("null", "null")]
    {
        check_bad(body, &format!("{rule}, not {kind}"));
    }
    for (body, line, column) in [
        ("", 1, 0),
        ("name=Alice&email=a@b", 1, 2),
        ("{\"name\":\n\"Alice\",}", 2, 9),
        ("{} {}", 1, 4),
        ("{\"name\": \"Alice\"", 1, 16),
    ] {
        check_bad(body, &format!("{rule}; it is not JSON at line {line}, column {column}"));
    }
    let deep = format!("{{\"name\": {}", "[".repeat(200_000));
    check_bad(&deep, &format!("{rule}; it is not JSON at line 1, column {}", deep.len()));
}
