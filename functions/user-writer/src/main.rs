//! Wires the function to its table and the environment.

use lambda_kit::{Aws, Error, Service, Settings};
use std::process::ExitCode;
use user_writer::{DynamoDb, UserWriter};

fn main() -> ExitCode {
    lambda_kit::run(async |settings: &Settings| -> Result<_, Error> {
        let [table, _] = settings.require(["USERS_TABLE_NAME", "MAXIMUM_RECEIVES"])?;
        let maximum_receives = settings.whole_number("MAXIMUM_RECEIVES")?;
        let aws = Aws::from_settings(settings)?;
        let client = aws_sdk_dynamodb::Client::new(aws.config());
        aws.warm(&[Service::DYNAMODB]).await;
        Ok(UserWriter::new(DynamoDb::new(client, table), maximum_receives))
    })
}
