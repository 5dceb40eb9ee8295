//! Wires the function to its state machine, its table and the environment.

use lambda_kit::{Aws, Error, Service, Settings};
use std::process::ExitCode;
use submission_url::{DynamoDb, StepFunctions, SubmissionUrl};

fn main() -> ExitCode {
    lambda_kit::run(async |settings: &Settings| -> Result<_, Error> {
        let [state_machine_arn, table_name] =
            settings.require(["STATE_MACHINE_ARN", "TABLE_NAME"])?;
        let aws = Aws::from_settings(settings)?;
        let config =
            aws_sdk_sfn::config::Builder::from(aws.config()).interceptor(aws.host_prefix());
        let flow = StepFunctions::new(config, state_machine_arn);
        let client = aws_sdk_dynamodb::Client::new(aws.config());
        aws.warm(&[Service::DYNAMODB, Service::STEP_FUNCTIONS_SYNC]).await;
        let submissions = DynamoDb::new(client, table_name.clone());
        Ok(SubmissionUrl::new(flow, submissions, &table_name))
    })
}
