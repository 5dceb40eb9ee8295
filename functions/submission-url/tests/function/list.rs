//! The list through the handler: pages, tokens, and the page for a browser.

use crate::call::{Answer, Call, get, post};
use lambda_kit::CallError;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::SystemTime;
use submission_url::testing::{Always, Memory, Never, contract};
use submission_url::{Error, Page, Submission};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn stored(number: usize) -> Submission {
    Submission {
        id: format!("a{number:03}@x.com"),
        user_name: Some(format!("Name {number}")),
        pincode: Some("1234".to_owned()),
        created_at: Some(format!("2026-11-20T12:{:02}:00.000Z", number % 60)),
    }
}

fn memory(submissions: usize) -> Memory {
    let memory = Memory::default();
    (0..submissions).for_each(|number| memory.put(stored(number)));
    memory
}

/// The reference to the next page of an answer.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get("Link")?;
    Some(link.strip_prefix("<?").unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned())
}

fn browse(memory: &Memory, query: &str) -> Answer {
    let answer = get(query).header("accept", BROWSER).send(memory, memory);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["Content-Type"], "text/html; charset=utf-8");
    answer
}

#[tokio::test]
async fn the_double_keeps_the_contract() {
    let memory = Memory::default();
    contract(&&memory, &&memory, "contract").await;
}

#[test]
fn submissions_are_listed_newest_first() {
    let memory = memory(0);
    for number in [1, 3, 2] {
        memory.put(stored(number));
    }
    let undated = Submission { user_name: None, pincode: None, created_at: None, ..stored(0) };
    memory.put(undated);
    let answer = get("").send(&memory, &memory);
    let expected = json!([
        { "id": "a003@x.com", "user_name": "Name 3", "pincode": "1234", "created_at": "2026-11-20T12:03:00.000Z" },
        { "id": "a002@x.com", "user_name": "Name 2", "pincode": "1234", "created_at": "2026-11-20T12:02:00.000Z" },
        { "id": "a001@x.com", "user_name": "Name 1", "pincode": "1234", "created_at": "2026-11-20T12:01:00.000Z" },
        { "id": "a000@x.com", "user_name": null, "pincode": null, "created_at": null },
    ]);
    assert_eq!(answer.json(), expected);
    assert_eq!((answer.status, next(&answer)), (200, None));
    assert_eq!(answer.metrics, Value::Null);
}

#[test]
fn without_a_field_every_request_is_for_the_list() {
    let memory = memory(3);
    for call in [
        get(""),
        get("&"),
        get("").method("POST"),
        post("text/plain", ""),
        get("utm_source=mail&name=Ada"),
        get("limit=3"),
        get("%zz=1"),
        get("").header("accept", "application/json, text/html;q=0.9"),
        post("application/json", "{}").method("GET"),
    ] {
        let answer = call.send(&memory, &memory);
        assert_eq!(answer.json().as_array().map(Vec::len), Some(3));
        assert_eq!(answer.headers["Vary"], "Accept");
    }
    assert!(memory.submitted().is_empty());
}

#[test]
fn the_pages_together_hold_every_submission_once() {
    let memory = memory(120);
    for (query, sizes) in [
        ("", &[50, 50, 20][..]),
        ("limit=50", &[50, 50, 20]),
        ("limit=100", &[100, 20]),
        ("limit=60", &[60, 60]),
        ("limit=1", &[1; 120]),
    ] {
        let mut found = Vec::new();
        let mut query = Some(query.to_owned());
        let mut ids = BTreeSet::new();
        while let Some(this) = query {
            let answer = get(&this).send(&memory, &memory);
            let page = answer.json();
            let page = page.as_array().unwrap();
            found.push(page.len());
            ids.extend(page.iter().map(|submission| submission["id"].to_string()));
            query = next(&answer);
        }
        assert_eq!((found.as_slice(), ids.len()), (sizes, 120));
    }
}

#[test]
fn a_bad_limit_or_token_is_named() {
    let memory = memory(3);
    let token = next(&get("limit=1").send(&memory, &memory)).unwrap();
    let token = token.split_once("next_token=").unwrap().1.to_owned();
    let limit = |received: &str| json!({ "limit": format!("must be a whole number from 1 to 100; received {received}") });
    let foreign = |received: &str| json!({ "next_token": format!("is not a token of this list; received {received}") });
    let mut altered = token.clone();
    altered.replace_range(5..6, if &token[5..6] == "A" { "B" } else { "A" });
    let cases = [
        ("limit=0".to_owned(), limit("\"0\"")),
        ("limit=101".to_owned(), limit("\"101\"")),
        ("limit=-1".to_owned(), limit("\"-1\"")),
        ("limit=+1".to_owned(), limit("\" 1\"")),
        ("limit=%2B1".to_owned(), limit("\"+1\"")),
        ("limit=1.5".to_owned(), limit("\"1.5\"")),
        ("limit=".to_owned(), limit("\"\"")),
        ("limit=256".to_owned(), limit("\"256\"")),
        ("limit=9999999999999999999999".to_owned(), limit("\"9999999999999999999999\"")),
        (
            "limit=1&limit=2".to_owned(),
            json!({ "limit": "is given more than once; received \"1\", \"2\"" }),
        ),
        ("limit=%".to_owned(), json!({ "limit": "is not valid percent-encoding; received \"%\"" })),
        ("next_token=".to_owned(), foreign("\"\"")),
        ("next_token=YUB4LmNvbQ".to_owned(), foreign("\"YUB4LmNvbQ\"")),
        (format!("next_token={altered}"), foreign(&format!("\"{altered}\""))),
        (format!("next_token={token}="), foreign(&format!("\"{token}=\""))),
        (
            "limit=x&next_token=%22%0A".to_owned(),
            json!({
                "limit": "must be a whole number from 1 to 100; received \"x\"",
                "next_token": "is not a token of this list; received \"\\\"\\n\"",
            }),
        ),
    ];
    for (query, errors) in cases {
        let answer = get(&query).header("accept", BROWSER).send(&memory, &memory);
        assert_eq!(
            answer.json(),
            json!({ "message": "invalid input", "errors": errors }),
            "{query}"
        );
        assert_eq!(answer.status, 400);
    }
    assert_eq!(get(&format!("next_token={token}")).send(&memory, &memory).status, 200);
}

#[test]
fn a_store_that_does_not_answer_is_a_5xx_without_internals() {
    let memory = Memory::default();
    let failing =
        |error: &dyn Fn() -> Error| get("").send(&memory, Always(move || Err::<Page, _>(error())));
    let source = || Box::new(std::io::Error::other("arn:aws:dynamodb"));
    let check = |answer: Answer, status| {
        assert_eq!(answer.status, status);
        assert!(
            !answer.text.contains("arn") && !answer.text.contains("DynamoDB"),
            "{}",
            answer.text
        );
    };
    check(failing(&|| CallError::Failed { service: "DynamoDB", source: source() }.into()), 502);
    check(failing(&|| CallError::TimedOut { service: "DynamoDB", source: source() }.into()), 504);
    let throttled =
        failing(&|| CallError::Throttled { service: "DynamoDB", source: source() }.into());
    assert_eq!(throttled.headers["Retry-After"], "1");
    check(throttled, 503);
    check(get("").send_until(SystemTime::now(), Never, Never), 504);
}

#[test]
fn a_browser_gets_a_page_with_ways_to_the_others() {
    let memory = memory(3);
    let first = browse(&memory, "limit=2");
    let query = next(&first).unwrap();
    let href = query.replace('&', "&amp;");
    assert!(first.text.contains(&format!("<a class=\"next\" rel=\"next\" href=\"?{href}\">")));
    assert!(!first.text.contains("First page"));
    assert!(first.text.contains("2 submissions on this page"));
    assert!(
        first
            .text
            .contains("<time datetime=\"2026-11-20T12:01:00.000Z\">20 Nov 2026, 12:01 UTC</time>")
    );
    let second = browse(&memory, &query);
    assert!(second.text.contains("<a href=\"?limit=2\">"));
    assert!(second.text.contains("1 submission on this page"));
    assert!(!second.text.contains("rel=\"next\""));
    assert!(browse(&Memory::default(), "").text.contains("Nothing here yet"));
    let store = Always(|| Ok(Page::default()));
    let behind = get(&query).header("accept", BROWSER).send(&memory, store);
    assert!(behind.text.contains("That was all"));
}

#[test]
fn every_value_on_the_page_is_escaped() {
    let nasty = "\"><script>alert('1')</script><img src=x onerror=alert(1)>&amp;";
    let memory = Memory::default();
    memory.put(Submission {
        id: nasty.to_owned(),
        user_name: Some(nasty.to_owned()),
        pincode: Some(nasty.to_owned()),
        created_at: Some(nasty.to_owned()),
    });
    let page = browse(&memory, "").text;
    assert!(!page.contains("<script") && !page.contains("<img"));
    let escaped = "&quot;&gt;&lt;script&gt;alert('1')&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&amp;amp;";
    assert_eq!(page.matches(escaped).count(), 4);
}

#[test]
fn the_page_may_load_nothing_but_its_own_style() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let answer = browse(&memory(1), "");
    let (_, rest) = answer.text.split_once("<style>").unwrap();
    let (style, _) = rest.split_once("</style>").unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    let policy = &answer.headers["Content-Security-Policy"];
    assert!(policy.starts_with("default-src 'none'; "));
    assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{policy}");
    assert_eq!(answer.headers["Referrer-Policy"], "no-referrer");
    assert!(!answer.text.contains(" style=") && !answer.text.contains("url("));
    assert_eq!(answer.headers["Vary"], "Accept");
}

#[test]
fn a_browser_may_submit_as_well() {
    let memory = Memory::default();
    let call: Call =
        get("user_name=Ada&email=ada@example.com&pincode=1234").header("accept", BROWSER);
    assert_eq!(call.send(&memory, &memory).json()["id"], "ada@example.com");
}
