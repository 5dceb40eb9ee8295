//! Wires the function to its tables and the environment.

use comment_stream::{CommentStream, DynamoDb};
use lambda_kit::{Aws, Error, Service, Settings};
use std::process::ExitCode;

fn main() -> ExitCode {
    lambda_kit::run(async |settings: &Settings| -> Result<_, Error> {
        let [stats, markers] = settings.require(["STATS_TABLE_NAME", "EVENTS_TABLE_NAME"])?;
        let aws = Aws::from_settings(settings)?;
        let client = aws_sdk_dynamodb::Client::new(aws.config());
        aws.warm(&[Service::DYNAMODB]).await;
        Ok(CommentStream::new(DynamoDb::new(client, stats, markers)))
    })
}
