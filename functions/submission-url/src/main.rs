//! Wires the function to its state machine, its table and the environment.

use aws_sdk_sfn::config::timeout::TimeoutConfig;
use lambda_kit::{Aws, Error, Service, Settings};
use std::{process::ExitCode, time::Duration};
use submission_url::{DynamoDb, StepFunctions, SubmissionUrl};

fn main() -> ExitCode {
    lambda_kit::run(async |settings: &Settings| -> Result<_, Error> {
        let [state_machine_arn, table_name] =
            settings.require(["STATE_MACHINE_ARN", "TABLE_NAME"])?;
        let aws = Aws::from_settings(settings)?;
        // An execution may take longer than other calls, so no attempt is cut short and repeated.
        let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(25)).build();
        let config = aws_sdk_sfn::config::Builder::from(aws.config())
            .interceptor(aws.host_prefix())
            .timeout_config(timeouts)
            .build();
        let flow = StepFunctions::new(aws_sdk_sfn::Client::from_conf(config), state_machine_arn);
        let client = aws_sdk_dynamodb::Client::new(aws.config());
        aws.warm(&[Service::DYNAMODB, Service::STEP_FUNCTIONS_SYNC]).await;
        let submissions = DynamoDb::new(client, table_name.clone());
        Ok(SubmissionUrl::new(flow, submissions, &table_name))
    })
}
