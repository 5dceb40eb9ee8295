//! The adapters of ports on the DynamoDB of the local AWS keep what their doubles keep: the suites that
//! the unit tests of functions and of lambda-kit run on the doubles. Each suite has tables of its own.
//! What a pattern does with an adapter is tested with the pattern.

use lambda_kit::idempotency::RecordTable;
use lambda_kit::{Aws, Settings};
use serde_json::json;
use spillway_tests::LocalAws;

/// Creates tables, by their names and string keys, and runs a suite on a client.
fn check(tables: &[(&str, &str)], suite: impl AsyncFnOnce(aws_sdk_dynamodb::Client)) {
    let cloud = LocalAws::shared();
    for (name, key) in tables {
        let table = json!({
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
        });
        cloud.call("DynamoDB_20120810.CreateTable", &table);
    }
    let aws = Aws::from_settings(&Settings::from_variables(cloud.environment())).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(suite(aws_sdk_dynamodb::Client::new(aws.config())));
}

#[test]
fn comment_streams_adapter_keeps_the_contract() {
    check(&[("contract-stats", "pageId"), ("contract-events", "eventId")], async |client| {
        let (stats, events) = ("contract-stats".into(), "contract-events".into());
        let stats = comment_stream::DynamoDb::new(client, stats, events);
        comment_stream::testing::contract(&stats, "contract").await;
    });
}

#[test]
fn order_apis_adapter_keeps_the_contract() {
    check(&[("contract-orders", "id"), ("contract-records", "id")], async |client| {
        let (orders, records) = ("contract-orders".into(), "contract-records".into());
        let orders = order_api::DynamoDb::new(client, orders, records);
        order_api::testing::contract(&orders, "contract").await;
    });
}

#[test]
fn user_writers_adapter_keeps_the_contract() {
    check(&[("contract-users", "ID")], async |client| {
        let users = user_writer::DynamoDb::new(client, "contract-users".into());
        user_writer::testing::contract(&users, "contract").await;
    });
}

#[test]
fn a_record_table_keeps_the_contract() {
    check(&[("contract-leases", "id")], async |client| {
        let records =
            |lifetime| RecordTable::new(client.clone(), "contract-leases".into(), lifetime);
        lambda_kit::testing::idempotency::contract(records, "contract").await;
    });
}
