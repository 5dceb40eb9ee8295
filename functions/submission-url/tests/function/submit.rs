//! Submissions through the handler: what is accepted, and which values are refused.

use crate::call::{Answer, Call, get, post};
use serde_json::{Value, json};
use submission_url::testing::Memory;
use submission_url::{Field, Fields};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";
pub(crate) const JSON: &str = "application/json";
const EMAIL_RULE: &str =
    "must be letters and digits, starting with a letter, then @, letters or digits and .com";

/// Sends `call` and expects 400 with exactly these errors; nothing may be stored.
pub(crate) fn refused(call: Call, errors: Value) -> Answer {
    let memory = Memory::default();
    let answer = call.send(&memory, &memory);
    assert_eq!(answer.json(), json!({ "message": "invalid input", "errors": errors }));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.metrics["SubmissionsRejected"], 1);
    assert_eq!(get("").send(&memory, &memory).json(), json!([]), "something was stored");
    answer
}

/// Sends `call` and expects that exactly this is stored.
pub(crate) fn accepted(call: Call, user_name: &str, email: &str, pincode: &str) {
    let memory = Memory::default();
    let answer = call.send(&memory, &memory);
    let message = format!("{user_name} is added to database.");
    assert_eq!(answer.json(), json!({ "message": message, "id": email }));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.metrics["SubmissionsAccepted"], 1);
    assert!(answer.metrics["FlowDuration"].is_number());
    let values = [user_name, email, pincode];
    let sent: Fields = Field::ALL.into_iter().zip(values).collect();
    assert_eq!(memory.submitted(), [sent]);
    let listed = get("").send(&memory, &memory).json();
    assert_eq!(listed[0]["user_name"], user_name);
    assert_eq!(listed[0]["id"], email);
    assert_eq!(listed[0]["pincode"], pincode);
}

/// A query of a good submission with another `pincode`, `email` or `user_name`.
pub(crate) fn with(field: &str, value: &str) -> Call {
    let mut query = String::new();
    for (name, good) in [("user_name", "Ada"), ("email", "ada@example.com"), ("pincode", "12345")] {
        query += &format!("&{name}={}", if name == field { value } else { good });
    }
    get(&query[1..])
}

#[test]
fn a_good_submission_is_accepted_in_every_form() {
    let ada = |call| accepted(call, "Ada L.", "ada@example.com", "12345");
    let query = "user_name=Ada+L.&email=ada%40example.com&pincode=12345";
    let object = r#"{"user_name":"Ada L.","email":"ada@example.com","pincode":"12345"}"#;
    ada(get(query));
    ada(get("").method("POST").query(query));
    ada(get("&&user_name=Ada%20L.&utm_source=x&email=ada@example.com&=&limit=0&pincode=12345&"));
    ada(post(FORM, query));
    ada(post("Application/JSON; charset=utf-8", object));
    ada(post(JSON, r#"{"user_name":"Ad","more":{"user_name":1}}"#.replace("Ad", "Ada L."))
        .query("email=ada@example.com&pincode=12345"));
    // base64 of the form `user_name=Ada+L.` and of the object `{"pincode":"12345"}`
    ada(post(FORM, "").base64("dXNlcl9uYW1lPUFkYStMLg==").query(&query[17..]));
    ada(post(JSON, "").base64("eyJwaW5jb2RlIjoiMTIzNDUifQ==").query(&query[..42]));
    ada(get(query).header("accept", "text/html"));
    // A body of a GET has no meaning.
    ada(post(JSON, "[1]").method("GET").query(query));
}

#[test]
fn the_boundaries_of_each_rule_are_good() {
    accepted(with("pincode", "1234"), "Ada", "ada@example.com", "1234");
    accepted(with("pincode", "123456"), "Ada", "ada@example.com", "123456");
    accepted(with("email", "a@0.com"), "Ada", "a@0.com", "12345");
    let longest = "x".repeat(1024);
    accepted(with("user_name", &longest), &longest, "ada@example.com", "12345");
}

#[test]
fn a_name_is_stored_as_it_was_sent() {
    for (encoded, name) in [
        ("%22quoted%22+%27single%27", "\"quoted\" 'single'"),
        ("two%0D%0Alines%00", "two\r\nlines\0"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("%F0%9F%98%80+%E6%97%A5%E6%9C%AC", "😀 日本"),
        ("日本", "日本"),
        ("$%7Bjndi%7D${x}", "${jndi}${x}"),
        ("{%25+$states.input+%25}", "{% $states.input %}"),
        ("a%2Bb=c%26d", "a+b=c&d"),
        ("+", " "),
    ] {
        accepted(with("user_name", encoded), name, "ada@example.com", "12345");
    }
}

#[test]
fn every_missing_or_empty_field_is_named_at_once() {
    for (query, errors) in [
        ("user_name=Ada&email=ada@example.com", json!({ "pincode": "is missing" })),
        ("user_name=Ada&pincode=12345", json!({ "email": "is missing" })),
        ("email=ada@example.com&pincode=12345", json!({ "user_name": "is missing" })),
        ("user_name=Ada", json!({ "email": "is missing", "pincode": "is missing" })),
        (
            "user_name=&email&pincode=",
            json!({ "user_name": "is empty", "email": "is empty", "pincode": "is empty" }),
        ),
        (
            "user_name=&email=ada@example.com",
            json!({ "user_name": "is empty", "pincode": "is missing" }),
        ),
    ] {
        refused(get(query), errors.clone());
        refused(post(FORM, query), errors);
    }
    let missing =
        json!({ "user_name": "is missing", "email": "is missing", "pincode": "is missing" });
    refused(post(JSON, "{}"), missing.clone());
    refused(post(JSON, " {\"other\":1} "), missing.clone());
    refused(post(FORM, "other=1"), missing);
}

#[test]
fn a_value_that_breaks_a_rule_is_named_with_the_rule_and_the_value() {
    for pincode in ["123", "1234567", "12a4", "１２３４", "12 45", "-1234", "{% 1 %}", "1234\n"]
    {
        let encoded = pincode.replace(' ', "+").replace('%', "%25").replace('\n', "%0A");
        let received = json!(pincode);
        let errors = json!({ "pincode": format!("must be 4 to 6 digits; received {received}") });
        refused(with("pincode", &encoded), errors);
    }
    for email in [
        "a.b@x.com",
        "1a@x.com",
        "a@x.org",
        "a@x.com.com",
        "a@@x.com",
        "@x.com",
        "a@.com",
        "\"a\"@x.com",
    ] {
        let received = json!(email);
        let errors = json!({ "email": format!("{EMAIL_RULE}; received {received}") });
        refused(with("email", email), errors);
    }
    refused(
        get("user_name=Ada&email=x&pincode=1"),
        json!({
            "email": format!("{EMAIL_RULE}; received \"x\""),
            "pincode": "must be 4 to 6 digits; received \"1\"",
        }),
    );
}

#[test]
fn long_values_are_refused_and_clipped_at_64_characters() {
    let megabyte = "x".repeat(1024 * 1024);
    let problem = |length: usize, clipped: &str| {
        format!("must be at most 1,024 bytes long, not {length}; received \"{clipped}…\"")
    };
    let shown = "x".repeat(64);
    refused(with("user_name", &megabyte), json!({ "user_name": problem(1_048_576, &shown) }));
    let body = format!(r#"{{"user_name":"{megabyte}","email":"a@x.com","pincode":"1234"}}"#);
    let answer = refused(post(JSON, body), json!({ "user_name": problem(1_048_576, &shown) }));
    assert!(answer.text.len() < 300);
    let emoji = "😀".repeat(257);
    let shown = "😀".repeat(64);
    refused(with("user_name", &emoji), json!({ "user_name": problem(1028, &shown) }));
    let pincode = "1".repeat(65);
    let problem = format!("must be 4 to 6 digits; received \"{}…\"", "1".repeat(64));
    refused(with("pincode", &pincode), json!({ "pincode": problem }));
}

#[test]
fn the_flow_is_asked_unless_nothing_good_is_left_to_ask_about() {
    for (query, asked) in [
        ("user_name=Ada&email=%&pincode=1234", 1),
        ("user_name=&email=%ff&pincode=1234", 1),
        ("user_name=&email=%ff&pincode=1&pincode=2", 0),
        ("user_name=&email=%ff", 0),
    ] {
        let memory = Memory::default();
        assert_eq!(get(query).send(&memory, &memory).status, 400);
        assert_eq!(memory.submitted().len(), asked, "{query}");
    }
    let memory = Memory::default();
    get("user_name=Ada&email=%&pincode=1234").send(&memory, &memory);
    let rest = [(Field::UserName, "Ada"), (Field::Pincode, "1234")].into_iter().collect();
    assert_eq!(memory.submitted(), [rest]);
}
