//! Records that can never be counted: they are reported and explained, and the others are counted.

use crate::batch::{
    Answer, EARLY, LATE, comment, insert, modify, record, remove, send, sequence_number,
};
use comment_stream::testing::{Memory, Page};
use serde_json::{Value, json};

/// A comment whose `pageId` is this attribute.
fn on(page_id: Value) -> Value {
    let mut comment = comment("a", EARLY);
    comment["pageId"] = page_id;
    comment
}

fn on_no_page() -> Value {
    let mut comment = comment("a", EARLY);
    comment.as_object_mut().unwrap().remove("pageId");
    comment
}

/// Sends this record, of number 1, between two good ones, which are counted all the same, and expects
/// it to be reported for this reason.
#[track_caller]
fn check(poison: Value, reason: &str) -> Answer {
    let memory = Memory::default();
    let batch = [insert(0, comment("good", EARLY)), poison, insert(2, comment("good", LATE))];
    let answer = send(&batch, &memory);
    answer.is(&[1], 2);
    let good = Page { count: 2, last_comment_at: Some(LATE.to_owned()) };
    assert_eq!(memory.pages(), [("good".to_owned(), good)].into());
    let [line] = answer.logged("ERROR")[..] else { panic!("{:?}", answer.log) };
    assert_eq!(line["error"], reason);
    assert_eq!(line["sequenceNumber"], sequence_number(1));
    answer
}

#[test]
fn a_comment_on_no_page_is_reported() {
    let rule = "must be a string of 1 to 2,048 bytes; received";
    for (page_id, received) in [
        (json!({ "N": "7" }), "another type"),
        (json!({ "NULL": true }), "another type"),
        (json!({ "S": 7 }), "another type"),
        (json!("plain"), "another type"),
        (json!({ "S": "" }), "0 bytes"),
        (json!({ "S": "x".repeat(2_049) }), "2049 bytes"),
        (json!({ "S": "é".repeat(1_025) }), "2050 bytes"),
        (Value::Null, "nothing"),
    ] {
        let old = format!("pageId of OldImage {rule} {received}");
        let new = format!("pageId of NewImage {rule} {received}");
        check(insert(1, on(page_id.clone())), &new);
        check(remove(1, on(page_id.clone())), &old);
        check(modify(1, on(page_id.clone()), on(page_id)), &new);
    }
    check(insert(1, on_no_page()), &format!("pageId of NewImage {rule} nothing"));
}

#[test]
fn a_record_without_an_image_is_reported() {
    let rule = "is missing; the view type of the stream must be NEW_AND_OLD_IMAGES";
    let (old, new) = (("OldImage", comment("a", EARLY)), ("NewImage", comment("b", EARLY)));
    for (name, images, missing) in [
        ("INSERT", vec![], "NewImage"),
        ("INSERT", vec![old.clone()], "NewImage"),
        ("REMOVE", vec![], "OldImage"),
        ("REMOVE", vec![new.clone()], "OldImage"),
        ("MODIFY", vec![new], "OldImage"),
        ("MODIFY", vec![old], "NewImage"),
        ("MODIFY", vec![("OldImage", Value::Null)], "OldImage"),
    ] {
        check(record(1, name, &images), &format!("{missing} {rule}"));
    }
}

#[test]
fn a_record_of_no_known_change_is_reported() {
    for name in ["", "insert", "TRUNCATE"] {
        let reason = format!("eventName must be INSERT, MODIFY or REMOVE; received {name:?}");
        check(record(1, name, &[("NewImage", comment("a", EARLY))]), &reason);
    }
}

#[test]
fn an_event_whose_marker_could_not_be_stored_is_reported() {
    for (id, bytes) in [(String::new(), 0), ("x".repeat(2_049), 2_049)] {
        let mut record = insert(1, comment("a", EARLY));
        record["eventID"] = json!(id);
        let reason = "eventID must be a string of 1 to 2,048 bytes; received";
        let answer = check(record, &format!("{reason} {bytes} bytes"));
        assert_eq!(answer.logged("ERROR")[0]["eventId"], id);
    }
    // Two of them are two: they have no ids by which they could be copies of each other.
    let memory = Memory::default();
    let mut records = [insert(1, comment("a", EARLY)), insert(2, comment("a", EARLY))];
    records.iter_mut().for_each(|record| record["eventID"] = json!(""));
    send(&records, &memory).is(&[1, 2], 0);
}

#[test]
fn a_comment_that_is_spoiled_is_counted_out_and_one_that_is_mended_is_counted() {
    let memory = Memory::default();
    send(&[insert(1, on_no_page())], &memory).is(&[1], 0);
    send(&[modify(2, on_no_page(), comment("a", EARLY))], &memory).is(&[], 1);
    let page = |count| Page { count, last_comment_at: Some(EARLY.to_owned()) };
    assert_eq!(memory.pages()["a"], page(1));
    let spoiled = [modify(3, comment("a", EARLY), on_no_page())];
    send(&spoiled, &memory).is(&[3], 1);
    send(&spoiled, &memory).is(&[3], 0);
    send(&[remove(4, on_no_page())], &memory).is(&[4], 0);
    assert_eq!(memory.pages()["a"], page(0));
}
