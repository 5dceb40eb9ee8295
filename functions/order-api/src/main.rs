//! Wires the function to its tables and the environment.

use lambda_kit::{Aws, Error, Service, Settings};
use order_api::{DynamoDb, OrderApi};
use std::process::ExitCode;

fn main() -> ExitCode {
    lambda_kit::run(async |settings: &Settings| -> Result<_, Error> {
        let [table, records] = settings.require(["TABLE_NAME", "IDEMPOTENCY_TABLE_NAME"])?;
        let aws = Aws::from_settings(settings)?;
        let client = aws_sdk_dynamodb::Client::new(aws.config());
        aws.warm(&[Service::DYNAMODB]).await;
        let orders = DynamoDb::new(client, table.clone(), records);
        Ok(OrderApi::new(orders, settings.optional("TABLE_ALIAS"), &table))
    })
}
