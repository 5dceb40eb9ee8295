//! `user-writer`'s adapter on the DynamoDB of the local AWS. What its queue and its mapping do is tested
//! with the pattern.

use lambda_kit::{Aws, Settings};
use serde_json::json;
use spillway_tests::LocalAws;
use user_writer::DynamoDb;

/// The suite that the unit tests run on their double. It has a table of its own.
#[test]
fn the_adapter_keeps_the_contract_of_its_double() {
    let cloud = LocalAws::shared();
    let table = json!({
        "TableName": "contract-users",
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "ID", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "ID", "KeyType": "HASH"}],
    });
    cloud.call("DynamoDB_20120810.CreateTable", &table);
    let aws = Aws::from_settings(&Settings::from_variables(cloud.environment())).unwrap();
    let client = aws_sdk_dynamodb::Client::new(aws.config());
    let users = DynamoDb::new(client, "contract-users".into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(user_writer::testing::contract(&users, "contract"));
}
