//! The adapter on answers as DynamoDB gives them: what is asked of it, and what becomes of each
//! answer. The contract itself is run against a local AWS by the harness. Time is tokio's paused
//! clock, which jumps to the next timer whenever all wait.

use crate::service::{cancelled, create, fault, known, none, of, once, reason, table, update};
use aws_sdk_dynamodb::types::ReturnValue;
use lambda_kit::testing::ScriptedService;
use lambda_kit::{CallError, Chain};
use order_api::{Delete, Error, List, Orders as _, Placeholders, Written};
use serde_json::{Value, json};

#[tokio::test(start_paused = true)]
async fn a_call_asks_for_what_was_asked_for_and_no_more() {
    let service = ScriptedService::new([(200, json!({}))]);
    table(&service).create(&create(), None).await.unwrap();
    let expected = json!({
        "TableName": "orders",
        "Item": { "id": { "S": "a" }, "n": { "N": "1.50" } },
        "ConditionExpression": "attribute_not_exists(#i)",
        "ExpressionAttributeNames": { "#i": "id" },
        "ReturnValues": "NONE",
    });
    assert_eq!(service.asked(0), expected);

    let list = List {
        limit: 7,
        after: Some(of(r#"{"id":"a"}"#)),
        filter: None,
        projection: None,
        placeholders: Placeholders::default(),
        consistent: false,
    };
    let page = table(&service).list(&list).await.unwrap();
    assert_eq!((page.items.len(), page.scanned, page.next), (0, 0, None));
    let expected = json!({
        "TableName": "orders",
        "Limit": 7,
        "ExclusiveStartKey": { "id": { "S": "a" } },
        "ConsistentRead": false,
    });
    assert_eq!(service.asked(1), expected);
    assert_eq!(service.operations(), ["PutItem", "Scan"]);
}

#[tokio::test(start_paused = true)]
async fn errors_of_dynamodb_are_told_apart() {
    for (code, expected) in [
        ("ValidationException", "DynamoDB refused the request: not today"),
        ("ConditionalCheckFailedException", "the condition does not hold"),
        ("TransactionConflictException", "another write of the same goes on"),
        ("ProvisionedThroughputExceededException", "DynamoDB throttles"),
        ("RequestLimitExceeded", "DynamoDB throttles"),
        ("ThrottlingException", "DynamoDB throttles"),
        ("ResourceNotFoundException", "DynamoDB failed, refused the call or was not reached"),
        ("AccessDeniedException", "DynamoDB failed, refused the call or was not reached"),
        ("InternalServerError", "DynamoDB failed, refused the call or was not reached"),
    ] {
        let service = ScriptedService::new([fault(code)]);
        let error = table(&service).update(&update(ReturnValue::None), None).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{code}");
        if matches!(error, Error::Call(_)) {
            assert!(Chain(&error).to_string().contains("not today"), "{}", Chain(&error));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_late_is_told_from_one_that_is_wrong() {
    for once in [None, Some(&once())] {
        let error = table(&ScriptedService::new([])).create(&create(), once).await.unwrap_err();
        assert!(matches!(error, Error::Call(CallError::TimedOut { .. })), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn updates_and_deletions_ask_for_all_that_was_asked_for() {
    let service = ScriptedService::new([(200, json!({}))]);
    table(&service).update(&update(ReturnValue::UpdatedNew), None).await.unwrap();
    let expected = json!({
        "TableName": "orders",
        "Key": { "id": { "S": "a" } },
        "UpdateExpression": "SET #n = #n + :one, b[0].c = :one REMOVE d",
        "ConditionExpression": "attribute_exists(#i)",
        "ExpressionAttributeNames": { "#n": "n", "#i": "id" },
        "ExpressionAttributeValues": { ":one": { "N": "1" } },
        "ReturnValues": "UPDATED_NEW",
    });
    assert_eq!(service.asked(0), expected);
    let delete = Delete {
        key: of(r#"{"id":"a"}"#),
        condition: Some("n = :n".to_owned()),
        placeholders: Placeholders { names: [].into(), values: of(r#"{":n":1.50}"#) },
        returns: ReturnValue::AllOld,
    };
    table(&service).delete(&delete).await.unwrap();
    let expected = json!({
        "TableName": "orders",
        "Key": { "id": { "S": "a" } },
        "ConditionExpression": "n = :n",
        "ExpressionAttributeValues": { ":n": { "N": "1.50" } },
        "ReturnValues": "ALL_OLD",
    });
    assert_eq!(service.asked(1), expected);
}

#[tokio::test(start_paused = true)]
async fn item_and_record_are_written_in_one_transaction() {
    let service = ScriptedService::new([(200, json!({}))]);
    let written = table(&service).create(&create(), Some(&once())).await.unwrap();
    assert_eq!(written, Written::default());
    assert_eq!(service.operations(), ["TransactWriteItems"]);
    let asked = service.asked(0);
    assert!(asked["ClientRequestToken"].is_string(), "the SDK may repeat it");
    let item = json!({ "Put": {
        "TableName": "orders",
        "Item": { "id": { "S": "a" }, "n": { "N": "1.50" } },
        "ConditionExpression": "attribute_not_exists(#i)",
        "ExpressionAttributeNames": { "#i": "id" },
    }});
    assert_eq!(asked["TransactItems"][0], item);
    let record = &asked["TransactItems"][1]["Put"];
    assert_eq!(record["TableName"], "records");
    assert_eq!(record["ConditionExpression"], "attribute_not_exists(id) OR expires_at <= :now");
    assert_eq!(record["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
    let number = |value: &Value| value["N"].as_str().unwrap().parse::<u64>().unwrap();
    let now = number(&record["ExpressionAttributeValues"][":now"]);
    assert_eq!(number(&record["Item"]["expires_at"]), now + 86_400);
    assert_eq!(record["Item"]["id"], json!({ "S": "key" }));
    assert_eq!(record["Item"]["fingerprint"], json!({ "S": "print" }));
    assert_eq!(record["Item"]["answer"], json!({ "S": "null" }));
}

#[tokio::test(start_paused = true)]
async fn old_attributes_are_read_in_front_of_the_transaction_and_stored_with_it() {
    let old = json!({ "Item": { "n": { "N": "1" }, "d": { "S": "x" } } });
    let service = ScriptedService::new([(200, old), (200, json!({}))]);
    let update = update(ReturnValue::UpdatedOld);
    let written = table(&service).update(&update, Some(&once())).await.unwrap();
    let attributes = r#"{"d":"x","n":1}"#;
    assert_eq!(written.attributes.as_deref(), Some(attributes));
    assert_eq!(service.operations(), ["GetItem", "TransactWriteItems"]);
    let expected = json!({
        "TableName": "orders",
        "Key": { "id": { "S": "a" } },
        "ProjectionExpression": "#n, b[0].c, d",
        "ExpressionAttributeNames": { "#n": "n" },
        "ConsistentRead": true,
    });
    assert_eq!(service.asked(0), expected);
    let transaction = service.asked(1);
    let record = &transaction["TransactItems"][1]["Put"]["Item"];
    assert_eq!(record["answer"], json!({ "S": attributes }));
}

#[tokio::test(start_paused = true)]
async fn old_attributes_that_no_record_can_hold_are_refused_before_anything_is_written() {
    let old = |length| json!({ "Item": { "d": { "S": "x".repeat(length) } } });
    let update = update(ReturnValue::AllOld);
    let service = ScriptedService::new([(200, old(409_600 - 1024 - 8)), (200, json!({}))]);
    table(&service).update(&update, Some(&once())).await.unwrap();
    assert_eq!(service.operations(), ["GetItem", "TransactWriteItems"]);

    let record = |expires_at: &str| {
        let mut record = known("print", Some(r#"{"n":1}"#))["Item"].clone();
        record["expires_at"] = json!({ "N": expires_at });
        json!({ "Item": record })
    };
    for found in [json!({}), record("1")] {
        let service = ScriptedService::new([(200, old(409_600 - 1024 - 7)), (200, found)]);
        let error = table(&service).update(&update, Some(&once())).await.unwrap_err();
        assert!(error.to_string().contains("ReturnValues asks for more"), "{error}");
        assert!(matches!(error, Error::Refused { .. }));
        assert_eq!(service.operations(), ["GetItem", "GetItem"]);
    }

    // The item has grown since the first time.
    let service = ScriptedService::new([(200, old(409_600)), (200, record("4102444800"))]);
    let written = table(&service).update(&update, Some(&once())).await.unwrap();
    assert_eq!(written, Written { attributes: Some(r#"{"n":1}"#.to_owned()), replayed: true });
    let expected = json!({
        "TableName": "records",
        "Key": { "id": { "S": "key" } },
        "ConsistentRead": true,
    });
    assert_eq!(service.asked(1), expected);
}

#[tokio::test(start_paused = true)]
async fn an_update_is_refused_in_words_about_the_update() {
    let name = "com.amazon.coral.validate#ValidationException";
    let message = "Invalid ProjectionExpression: Attribute name is a reserved keyword";
    let service = ScriptedService::new([(400, json!({ "__type": name, "message": message }))]);
    let update = update(ReturnValue::UpdatedOld);
    let error = table(&service).update(&update, Some(&once())).await.unwrap_err();
    let expected = "DynamoDB refused the request: \
                    Invalid UpdateExpression: Attribute name is a reserved keyword";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test(start_paused = true)]
async fn new_attributes_are_read_behind_the_transaction_and_put_on_record() {
    let new = json!({ "Item": { "id": { "S": "a" }, "n": { "N": "2" } } });
    let recorded = |answer: &str| json!({ "Attributes": { "answer": { "S": answer } } });
    let own = r#"{"id":"a","n":2}"#;
    for (completed, expected) in [
        ((200, recorded(own)), own),
        // Someone else was first.
        ((200, recorded(r#"{"n":7}"#)), r#"{"n":7}"#),
        // The write has happened, so the client is told.
        (fault("ThrottlingException"), own),
        (fault("ValidationException"), own),
    ] {
        let service = ScriptedService::new([(200, json!({})), (200, new.clone()), completed]);
        let update = update(ReturnValue::AllNew);
        let written = table(&service).update(&update, Some(&once())).await.unwrap();
        assert_eq!(written, Written { attributes: Some(expected.to_owned()), replayed: false });
        assert_eq!(service.operations()[..3], ["TransactWriteItems", "GetItem", "UpdateItem"]);
        let transaction = service.asked(0);
        assert!(transaction["TransactItems"][1]["Put"]["Item"]["answer"].is_null());
        let completion = service.asked(2);
        assert_eq!(completion["UpdateExpression"], "SET answer = if_not_exists(answer, :answer)");
        assert_eq!(completion["ConditionExpression"], "fingerprint = :fingerprint");
        assert_eq!(completion["ExpressionAttributeValues"][":answer"], json!({ "S": own }));
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_whose_record_is_there_is_answered_from_it() {
    for (of_item, answer, expected) in [
        (none(), "null", None),
        (reason("ConditionalCheckFailed"), r#"{"n":1}"#, Some(r#"{"n":1}"#)),
    ] {
        let service = ScriptedService::new([cancelled(of_item, known("print", Some(answer)))]);
        let written = table(&service).create(&create(), Some(&once())).await.unwrap();
        let expected = Written { attributes: expected.map(str::to_owned), replayed: true };
        assert_eq!(written, expected);
    }
    let service = ScriptedService::new([cancelled(none(), known("other", Some("null")))]);
    let error = table(&service).create(&create(), Some(&once())).await.unwrap_err();
    assert!(matches!(error, Error::KeyReused), "{error}");
    assert_eq!(service.operations(), ["TransactWriteItems"]);
}

/// The first one ended between its transaction and the answer.
#[tokio::test(start_paused = true)]
async fn a_record_without_an_answer_gets_one() {
    let new = json!({ "Item": { "n": { "N": "2" } } });
    let done = json!({ "Attributes": { "answer": { "S": r#"{"n":2}"# } } });
    let service =
        ScriptedService::new([cancelled(none(), known("print", None)), (200, new), (200, done)]);
    let update = update(ReturnValue::UpdatedNew);
    let written = table(&service).update(&update, Some(&once())).await.unwrap();
    assert_eq!(written, Written { attributes: Some(r#"{"n":2}"#.to_owned()), replayed: true });
    assert_eq!(service.operations(), ["TransactWriteItems", "GetItem", "UpdateItem"]);
}

#[tokio::test(start_paused = true)]
async fn a_transaction_that_meets_another_is_tried_again() {
    let conflict = || cancelled(none(), reason("TransactionConflict"));
    let service = ScriptedService::new([
        conflict(),
        conflict(),
        cancelled(none(), known("print", Some("null"))),
    ]);
    let written = table(&service).create(&create(), Some(&once())).await.unwrap();
    assert!(written.replayed);
    assert_eq!(service.operations().len(), 3);

    for reasons in [conflict(), cancelled(reason("TransactionConflict"), none())] {
        let service = ScriptedService::new([reasons]);
        let error = table(&service).create(&create(), Some(&once())).await.unwrap_err();
        assert!(matches!(error, Error::Conflict), "{error}");
        assert_eq!(service.operations().len(), 4);
    }
}

#[tokio::test(start_paused = true)]
async fn reasons_of_a_cancelled_transaction_are_told_apart() {
    for (of_item, of_record, expected) in [
        (reason("ConditionalCheckFailed"), none(), "the condition does not hold"),
        (reason("ValidationError"), none(), "DynamoDB refused the request: not today"),
        (none(), reason("ValidationError"), "DynamoDB refused the request: not today"),
        (reason("ThrottlingError"), none(), "DynamoDB throttles"),
        (none(), reason("ProvisionedThroughputExceeded"), "DynamoDB throttles"),
        (
            reason("ItemCollectionSizeLimitExceeded"),
            none(),
            "DynamoDB failed, refused the call or was not reached",
        ),
    ] {
        let service = ScriptedService::new([cancelled(of_item, of_record)]);
        let error = table(&service).create(&create(), Some(&once())).await.unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    for (code, expected) in [
        ("ValidationException", "DynamoDB refused the request: not today"),
        ("TransactionInProgressException", "another write of the same goes on"),
        ("ThrottlingException", "DynamoDB throttles"),
        ("ResourceNotFoundException", "DynamoDB failed, refused the call or was not reached"),
    ] {
        let service = ScriptedService::new([fault(code)]);
        let error = table(&service).create(&create(), Some(&once())).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{code}");
    }
}
