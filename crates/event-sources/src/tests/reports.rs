//! What the answers of functions mean.

use crate::report::{Report, read};

#[track_caller]
fn check(answer: &str, expected: &Report) {
    assert_eq!(read(answer.as_bytes(), &["a", "b", "c"]), *expected, "{answer}");
}

#[test]
fn nothing_reported_is_success() {
    let nothing = [
        "",
        "null",
        "{}",
        r#"{"batchItemFailures":[]}"#,
        r#"{"batchItemFailures":null}"#,
        r#"{"x":1}"#,
    ];
    for answer in nothing {
        check(answer, &Report::Succeeded);
    }
}

#[test]
fn what_is_malformed_fails_the_batch() {
    let malformed = [
        "no JSON",
        r#""text""#,
        "[]",
        r#"{"batchItemFailures":"a"}"#,
        r#"{"batchItemFailures":[{"itemIdentifier":""}]}"#,
        r#"{"batchItemFailures":[{"itemIdentifier":null}]}"#,
        r#"{"batchItemFailures":[{"ItemIdentifier":"a"}]}"#,
        r#"{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"unknown"}]}"#,
        r#"{"batchItemFailures":["a"]}"#,
    ];
    for answer in malformed {
        check(answer, &Report::Failed);
    }
}

#[test]
fn records_are_found_by_their_ids() {
    let answer = r#"{"batchItemFailures":[{"itemIdentifier":"c"},{"itemIdentifier":"b"},{"itemIdentifier":"c"}]}"#;
    check(answer, &Report::FailedAt(vec![1, 2]));
}
