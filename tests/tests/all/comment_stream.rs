//! `comment-stream`'s adapter on the DynamoDB of the local AWS. What its stream and its mapping do is
//! tested with the pattern.

use comment_stream::DynamoDb;
use lambda_kit::{Aws, Settings};
use serde_json::json;
use spillway_tests::LocalAws;

/// The suite that the unit tests run on their double. It has tables of its own.
#[test]
fn the_adapter_keeps_the_contract_of_its_double() {
    let cloud = LocalAws::shared();
    for (name, key) in [("contract-stats", "pageId"), ("contract-events", "eventId")] {
        let table = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        });
        cloud.call("DynamoDB_20120810.CreateTable", &table);
    }
    let aws = Aws::from_settings(&Settings::from_variables(cloud.environment())).unwrap();
    let client = aws_sdk_dynamodb::Client::new(aws.config());
    let stats = DynamoDb::new(client, "contract-stats".into(), "contract-events".into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(comment_stream::testing::contract(&stats, "contract"));
}
