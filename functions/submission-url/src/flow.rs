//! The port to the flow that validates and stores a submission, and its adapter on Step Functions.

use crate::{Error, Fields};
use aws_sdk_sfn::Client;
use aws_sdk_sfn::config::Builder;
use aws_sdk_sfn::config::retry::RetryConfig;
use aws_sdk_sfn::config::timeout::TimeoutConfig;
use aws_sdk_sfn::types::SyncExecutionStatus;
use lambda_kit::CallError;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// One call: longer than the state machine may run (10 s), and shorter than the function may (15 s),
/// so that the log names who was late. The invocation's own deadline holds all the same.
const OPERATION_TIMEOUT: Duration = Duration::from_secs(14);

/// Validates and stores submissions.
pub trait SubmissionFlow {
    /// Submits what is there of a submission, and waits for the verdict.
    ///
    /// Only a submission with all fields is ever stored. Submitting the same again stores it again,
    /// under the same id.
    ///
    /// # Errors
    /// An [`Error`] if there is no verdict; then it is not known whether it was stored.
    async fn submit(&self, fields: &Fields) -> Result<Verdict, Error>;
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored.
    Stored {
        /// Its id.
        id: String,
    },
    /// It is not.
    Refused {
        /// The rule that each bad or missing field breaks, by the field's name: `must be 4 to 6
        /// digits`, `is missing`. Never empty.
        rules: BTreeMap<String, String>,
    },
}

/// The flow as an express state machine.
///
/// Its input is an object of the fields that are there. Its output is `{"id"}` or `{"errors"}`, and it
/// succeeds in both cases: what a person got wrong is no failure of the machine.
#[derive(Debug)]
pub struct StepFunctions {
    client: Client,
    state_machine_arn: String,
}

/// Exactly one of the two is there.
#[derive(Deserialize)]
struct Output {
    id: Option<String>,
    errors: Option<BTreeMap<String, String>>,
}

impl StepFunctions {
    /// The state machine of this ARN, called as `config` says, except for its timeouts and retries.
    ///
    /// A call waits as long as an execution may take, and is made once. Whatever ends it without
    /// an answer (time, a lost connection, a 5xx), the execution may have started and goes on, and
    /// a second one would run beside it. A call that is throttled has started nothing, but is not
    /// repeated either: the client is told when to, and does not keep a function waiting.
    pub fn new(config: Builder, state_machine_arn: String) -> Self {
        // A timeout that is not set here is taken from `config`, so the attempt's has to be disabled.
        let timeouts = TimeoutConfig::builder()
            .operation_timeout(OPERATION_TIMEOUT)
            .disable_operation_attempt_timeout()
            .build();
        let config = config.timeout_config(timeouts).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(config), state_machine_arn }
    }
}

impl SubmissionFlow for StepFunctions {
    async fn submit(&self, fields: &Fields) -> Result<Verdict, Error> {
        let call = self
            .client
            .start_sync_execution()
            .state_machine_arn(&self.state_machine_arn)
            .input(serde_json::json!(fields).to_string());
        let ended =
            call.send().await.map_err(|error| CallError::from_sdk("Step Functions", error))?;
        let execution = ended.execution_arn().to_owned();
        match ended.status() {
            SyncExecutionStatus::Succeeded => {
                verdict(ended.output().unwrap_or_default(), execution)
            }
            SyncExecutionStatus::TimedOut => Err(Error::FlowTimedOut { execution }),
            _ => Err(Error::FlowFailed {
                execution,
                error: ended.error().unwrap_or("no error named").to_owned(),
                cause: ended.cause().unwrap_or("no cause given").to_owned(),
            }),
        }
    }
}

fn verdict(output: &str, execution: String) -> Result<Verdict, Error> {
    match serde_json::from_str(output) {
        Ok(Output { id: Some(id), errors: None }) => Ok(Verdict::Stored { id }),
        Ok(Output { id: None, errors: Some(rules) }) if !rules.is_empty() => {
            Ok(Verdict::Refused { rules })
        }
        Ok(_) => Err(Error::FlowOutput { execution, source: None }),
        Err(source) => Err(Error::FlowOutput { execution, source: Some(source) }),
    }
}
