//! Requests that cannot be read as they should: text that is no text, fields given twice, bodies that
//! are not what they say.

use crate::call::{get, post};
use crate::submit::{FORM, JSON, refused, with};
use serde_json::json;
use submission_url::testing::Memory;

#[test]
fn what_is_no_text_is_named_and_the_rest_is_judged_too() {
    let encoding = "is not valid percent-encoding; received";
    let utf8 = "is not valid UTF-8; received";
    for (value, problem) in [
        ("%", format!("{encoding} \"%\"")),
        ("a%4", format!("{encoding} \"a%4\"")),
        ("%zz", format!("{encoding} \"%zz\"")),
        ("%+1", format!("{encoding} \"%+1\"")),
        ("%%41", format!("{encoding} \"%%41\"")),
        ("%ff", format!("{utf8} \"%ff\"")),
        ("a%C3", format!("{utf8} \"a%C3\"")),
        ("%ED%A0%80", format!("{utf8} \"%ED%A0%80\"")),
        ("%C0%AF", format!("{utf8} \"%C0%AF\"")),
    ] {
        refused(with("user_name", value), json!({ "user_name": problem }));
        let query = format!("email={value}&pincode=1");
        let errors = json!({
            "email": problem,
            "pincode": "must be 4 to 6 digits; received \"1\"",
            "user_name": "is missing",
        });
        refused(get(&query), errors.clone());
        refused(post(FORM, query), errors);
    }
    // base64 of `user_name=` and the byte FF
    let errors = json!({
        "user_name": format!("{utf8} \"\u{fffd}\""), "email": "is missing", "pincode": "is missing",
    });
    refused(post(FORM, "").base64("dXNlcl9uYW1lPf8="), errors);
}

#[test]
fn a_field_given_twice_is_named_wherever_it_was_given() {
    let twice = |values: &str| format!("is given more than once; received {values}");
    let query = "user_name=Ada&email=ada@example.com&pincode=12345&pincode=";
    refused(get(&format!("{query}99")), json!({ "pincode": twice("\"12345\", \"99\"") }));
    refused(get(&format!("{query}12345")), json!({ "pincode": twice("\"12345\", \"12345\"") }));
    refused(post(FORM, format!("{query}%F")), json!({ "pincode": twice("\"12345\", \"%F\"") }));
    refused(
        get("pin%63ode=1&pincode=2&pincode=3&user_name=Ada&email=ada@example.com"),
        json!({ "pincode": twice("\"1\", \"2\", …") }),
    );
    refused(
        post(
            JSON,
            r#"{"email":"a@x.com","\u0065mail":"b@x.com","user_name":"Ada","pincode":"1234"}"#,
        ),
        json!({ "email": twice("\"a@x.com\", \"b@x.com\"") }),
    );
    refused(
        post(JSON, r#"{"email":"a@x.com","user_name":"Ada"}"#).query("email=b@x.com"),
        json!({ "email": twice("\"b@x.com\", \"a@x.com\""), "pincode": "is missing" }),
    );
}

#[test]
fn a_body_that_is_no_object_of_strings_is_refused() {
    for (body, problem) in [
        ("[1,2]", "must be a JSON object, not an array"),
        ("null", "must be a JSON object, not null"),
        ("\"user_name=Ada\"", "must be a JSON object, not a string"),
        ("true", "must be a JSON object, not true or false"),
        (" 12", "must be a JSON object, not a number"),
        ("{", "is not valid JSON at line 1, column 1"),
        ("{\"user_name\":\"Ada\"}}", "is not valid JSON at line 1, column 20"),
        ("{'user_name':'Ada'}", "is not valid JSON at line 1, column 2"),
        (" ", "is not valid JSON at line 1, column 1"),
        ("user_name=Ada", "is not valid JSON at line 1, column 1"),
        (r#"{"\ud800":"x"}"#, "has a name that is not valid Unicode"),
    ] {
        refused(post(JSON, body), json!({ "body": problem }));
    }
    refused(post(JSON, "").base64("/w=="), json!({ "body": "is not valid UTF-8" }));
    refused(post(JSON, "").base64("e30"), json!({ "body": "is marked as base64 and is not" }));
    refused(
        post(JSON, "[]").query("email=&pincode=1234"),
        json!({ "body": "must be a JSON object, not an array", "email": "is empty" }),
    );

    for (value, problem) in [
        ("12345", "must be a string, not a number; received \"12345\""),
        ("null", "must be a string, not null; received \"null\""),
        ("true", "must be a string, not true or false; received \"true\""),
        ("[\"1\"]", "must be a string, not an array; received \"[\\\"1\\\"]\""),
        ("{}", "must be a string, not an object; received \"{}\""),
        ("\"\\udc00\"", "is not valid Unicode; received \"\\\"\\\\udc00\\\"\""),
    ] {
        let body = format!(r#"{{"user_name":"Ada","email":"ada@example.com","pincode":{value}}}"#);
        refused(post(JSON, body), json!({ "pincode": problem }));
    }
}

#[test]
fn other_media_types_are_refused() {
    let body = r#"{"user_name":"Ada","email":"ada@example.com","pincode":"12345"}"#;
    for media_type in ["text/plain", "multipart/form-data; boundary=x", "", "application/json5"] {
        let memory = Memory::default();
        let answer = post(media_type, body).send(&memory, &memory);
        assert_eq!(answer.status, 415, "{media_type:?}");
        assert!(answer.json()["message"].as_str().unwrap().contains("application/json"));
        assert!(memory.submitted().is_empty());
    }
}
