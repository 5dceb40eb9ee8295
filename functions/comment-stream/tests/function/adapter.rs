//! The adapter on answers as DynamoDB gives them: what is asked of it, and what becomes of each
//! answer. The contract itself is run against a local AWS by the harness. Time is tokio's paused
//! clock, which jumps to the next timer whenever all wait.

use comment_stream::{Change, DynamoDb, Error, PageStats as _, Transaction};
use lambda_kit::testing::ScriptedService;
use lambda_kit::{CallError, Chain};
use serde_json::{Value, json};
use std::time::SystemTime;

const LATE: &str = "2026-11-20T12:56:07.042Z";

/// Two events, one change with a newest comment and one without.
fn transaction() -> Transaction {
    let change = |page_id: &str, difference, newest: Option<&str>| Change {
        page_id: page_id.to_owned(),
        difference,
        newest: newest.map(str::to_owned),
    };
    Transaction {
        events: vec!["e1".to_owned(), "e2".to_owned()],
        changes: vec![change("a", 2, Some(LATE)), change("b", -1, None)],
    }
}

async fn write_to(service: &ScriptedService) -> Result<(), Error> {
    let client = aws_sdk_dynamodb::Client::new(&service.config());
    let stats = DynamoDb::new(client, "stats".to_owned(), "markers".to_owned());
    stats.write(&transaction()).await
}

fn fault(code: &str) -> (u16, Value) {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    (400, json!({ "__type": name, "message": "not today" }))
}

/// A transaction that is cancelled for these reasons of its items.
fn cancelled(codes: &[&str]) -> (u16, Value) {
    let (status, mut body) = fault("TransactionCanceledException");
    let reasons = codes.iter().map(|code| json!({ "Code": code, "Message": "not today" }));
    body["CancellationReasons"] = reasons.collect();
    (status, body)
}

#[tokio::test(start_paused = true)]
async fn markers_and_changes_are_written_in_one_transaction() {
    let service = ScriptedService::new([(200, json!({}))]);
    write_to(&service).await.unwrap();
    assert_eq!(service.operations(), ["TransactWriteItems"]);
    let asked = service.asked(0);
    assert!(asked["ClientRequestToken"].is_string(), "the SDK may repeat it");
    let items = asked["TransactItems"].as_array().unwrap();
    assert_eq!(items.len(), 4);
    let expires_at = &items[0]["Put"]["Item"]["expiresAt"];
    for (item, event) in items.iter().zip(["e1", "e2"]) {
        let marker = json!({ "Put": {
            "TableName": "markers",
            "Item": { "eventId": { "S": event }, "expiresAt": expires_at },
            "ConditionExpression": "attribute_not_exists(eventId)",
        }});
        assert_eq!(*item, marker);
    }
    let newer = json!({ "Update": {
        "TableName": "stats",
        "Key": { "pageId": { "S": "a" } },
        "UpdateExpression": "ADD #count :difference SET lastCommentAt = :newest",
        "ConditionExpression": "attribute_not_exists(lastCommentAt) OR lastCommentAt < :newest",
        "ExpressionAttributeNames": { "#count": "count" },
        "ExpressionAttributeValues": { ":difference": { "N": "2" }, ":newest": { "S": LATE } },
    }});
    assert_eq!(items[2], newer);
    let fewer = json!({ "Update": {
        "TableName": "stats",
        "Key": { "pageId": { "S": "b" } },
        "UpdateExpression": "ADD #count :difference",
        "ExpressionAttributeNames": { "#count": "count" },
        "ExpressionAttributeValues": { ":difference": { "N": "-1" } },
    }});
    assert_eq!(items[3], fewer);
}

#[tokio::test(start_paused = true)]
async fn a_marker_outlives_every_redelivery() {
    let seconds = || SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let before = seconds();
    let service = ScriptedService::new([(200, json!({}))]);
    write_to(&service).await.unwrap();
    let item = &service.asked(0)["TransactItems"][0]["Put"]["Item"];
    let expires_at: u64 = item["expiresAt"]["N"].as_str().unwrap().parse().unwrap();
    let eight_days = 8 * 86_400;
    assert!((before + eight_days..=seconds() + eight_days).contains(&expires_at));
}

#[tokio::test(start_paused = true)]
async fn all_that_stands_against_a_transaction_is_named() {
    let (failed, wrong) = ("ConditionalCheckFailed", "ValidationError");
    for (codes, counted, up_to_date, refused) in [
        ([failed, "None", "None", "None"], &["e1"][..], &[][..], &[][..]),
        ([failed, failed, failed, "None"], &["e1", "e2"], &["a"], &[]),
        (["None", "None", failed, wrong], &[], &["a"], &["b"]),
        (["None", failed, wrong, "TransactionConflict"], &["e2"], &[], &["a"]),
    ] {
        let service = ScriptedService::new([cancelled(&codes)]);
        match write_to(&service).await.unwrap_err() {
            Error::Cancelled { counted: events, up_to_date: pages, refused: broken } => {
                assert!(events.iter().eq(counted), "{codes:?}: {events:?}");
                assert!(pages.iter().eq(up_to_date), "{codes:?}: {pages:?}");
                assert!(broken.keys().eq(refused), "{codes:?}: {broken:?}");
                assert!(broken.values().all(|message| message == "not today"));
            }
            error => panic!("{codes:?}: {error:?}"),
        }
        assert_eq!(service.operations().len(), 1, "the function decides what to try again");
    }
}

#[tokio::test(start_paused = true)]
async fn errors_of_dynamodb_are_told_apart() {
    let of_second_change = |code| cancelled(&["None", "None", "None", code]);
    let service = "DynamoDB failed, refused the call or was not reached";
    let refused = "DynamoDB refused the transaction";
    for (answer, expected) in [
        (of_second_change("TransactionConflict"), "another write of the same goes on"),
        (cancelled(&["TransactionConflict"; 4]), "another write of the same goes on"),
        (of_second_change("ThrottlingError"), "DynamoDB throttles"),
        (of_second_change("ProvisionedThroughputExceeded"), "DynamoDB throttles"),
        (of_second_change("ItemCollectionSizeLimitExceeded"), service),
        (cancelled(&["ValidationError", "None", "None", "None"]), refused),
        (cancelled(&["ConditionalCheckFailed"]), service),
        (fault("TransactionInProgressException"), "another write of the same goes on"),
        (fault("TransactionConflictException"), "another write of the same goes on"),
        (fault("ProvisionedThroughputExceededException"), "DynamoDB throttles"),
        (fault("ThrottlingException"), "DynamoDB throttles"),
        (fault("RequestLimitExceeded"), "DynamoDB throttles"),
        (fault("AccessDeniedException"), service),
        (fault("ResourceNotFoundException"), service),
        (fault("ValidationException"), refused),
        (fault("InternalServerError"), service),
    ] {
        let error = write_to(&ScriptedService::new([answer.clone()])).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{}", answer.1);
        if !matches!(error, Error::Conflict) {
            let message =
                if answer.1["CancellationReasons"].is_null() { "not today" } else { "cancel" };
            let chain = Chain(&error).to_string().to_lowercase();
            assert!(chain.contains(message), "{chain}");
        }
    }
    let error = write_to(&ScriptedService::new([])).await.unwrap_err();
    assert!(matches!(error, Error::Call(CallError::TimedOut { .. })), "{error}");
}
