//! The adapter on answers as DynamoDB gives them: what is asked of it, and what becomes of each
//! answer. The contract itself is run against a local AWS by the harness. Time is tokio's paused
//! clock, which jumps to the next timer whenever all wait.

use lambda_kit::testing::ScriptedService;
use lambda_kit::{CallError, Chain};
use serde_json::{Value, json};
use user_writer::{DynamoDb, Error, Failure, User, Users as _, Written};

fn user() -> User {
    User {
        id: "u-1".to_owned(),
        sqs_message_id: "m-1".to_owned(),
        name: "Alice".to_owned(),
        email: "a@b".to_owned(),
        created_at: "2026-11-20T09:00:00.001Z".to_owned(),
    }
}

fn failure() -> Failure {
    Failure {
        id: "u-1".to_owned(),
        sqs_message_id: "m-1".to_owned(),
        reason: "email is missing".to_owned(),
        failed_at: "2026-11-20T09:00:00.001Z".to_owned(),
    }
}

fn users(service: &ScriptedService) -> DynamoDb {
    DynamoDb::new(aws_sdk_dynamodb::Client::new(&service.config()), "users".to_owned())
}

fn fault(status: u16, code: &str) -> (u16, Value) {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    (status, json!({ "__type": name, "message": "not today" }))
}

#[tokio::test(start_paused = true)]
async fn an_item_is_put_unless_a_user_is_there() {
    let service = ScriptedService::new([(200, json!({}))]);
    assert_eq!(users(&service).create(&user()).await.unwrap(), Written::Now);
    assert_eq!(users(&service).fail(&failure()).await.unwrap(), Written::Now);
    assert_eq!(service.operations(), ["PutItem"; 2]);
    let put = |item: Value| {
        json!({
            "TableName": "users",
            "Item": item,
            "ConditionExpression": "attribute_not_exists(#name)",
            "ExpressionAttributeNames": { "#name": "Name" },
        })
    };
    let user = put(json!({
        "ID": { "S": "u-1" },
        "SQSMessageID": { "S": "m-1" },
        "Name": { "S": "Alice" },
        "Email": { "S": "a@b" },
        "CreatedAt": { "S": "2026-11-20T09:00:00.001Z" },
    }));
    assert_eq!(service.asked(0), user);
    let failure = put(json!({
        "ID": { "S": "u-1" },
        "SQSMessageID": { "S": "m-1" },
        "Reason": { "S": "email is missing" },
        "FailedAt": { "S": "2026-11-20T09:00:00.001Z" },
    }));
    assert_eq!(service.asked(1), failure);
}

#[tokio::test(start_paused = true)]
async fn a_condition_that_does_not_hold_is_a_user() {
    let service = ScriptedService::new([fault(400, "ConditionalCheckFailedException")]);
    assert_eq!(users(&service).create(&user()).await.unwrap(), Written::UserThere);
    assert_eq!(users(&service).fail(&failure()).await.unwrap(), Written::UserThere);
    assert_eq!(service.operations().len(), 2, "it is an answer, and is not asked for again");
}

#[tokio::test(start_paused = true)]
async fn errors_of_dynamodb_are_told_apart() {
    let service = "DynamoDB failed, refused the call or was not reached";
    for (answer, expected) in [
        (fault(400, "ValidationException"), "DynamoDB refused the item"),
        (fault(400, "ProvisionedThroughputExceededException"), "DynamoDB throttles"),
        (fault(400, "ThrottlingException"), "DynamoDB throttles"),
        (fault(400, "RequestLimitExceeded"), "DynamoDB throttles"),
        (fault(400, "AccessDeniedException"), service),
        (fault(400, "ResourceNotFoundException"), service),
        (fault(400, "TransactionConflictException"), service),
        (fault(500, "InternalServerError"), service),
        (fault(503, "ServiceUnavailable"), service),
    ] {
        let scripted = ScriptedService::new([answer.clone()]);
        let error = users(&scripted).create(&user()).await.unwrap_err();
        assert_eq!(error.to_string(), expected, "{}", answer.1);
        let chain = Chain(&error).to_string();
        assert!(chain.contains("not today"), "{chain}");
    }
    let error = users(&ScriptedService::new([])).create(&user()).await.unwrap_err();
    assert!(matches!(error, Error::Call(CallError::TimedOut { .. })), "{error}");
}
