//! The command line: its words, their help, and nothing else.

use clap::{Args, Parser, Subcommand, ValueEnum};
use local_aws::{Fault, Faults, Iam};

use crate::dlq::Dlq;
use crate::load::Load;
use crate::render::Render;
use crate::rest_api::RestApi;

/// Serverless ingestion patterns for AWS, whole on a laptop.
#[derive(Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,

    /// The port of the local AWS, which also names it: each port is a cloud of its own.
    #[arg(long, global = true, default_value_t = 4566, env = "SPILLWAY_PORT",
          value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) port: u16,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start the local AWS, package the functions and apply the stack.
    ///
    /// Run it again after a change: what is the same stays as it is.
    Up {
        /// Apply only these patterns, and remove the others if they are there.
        #[arg(long, value_name = "PATTERN", num_args = 1..)]
        only: Vec<Pattern>,
        #[command(flatten)]
        settings: CloudSettings,
    },
    /// Destroy the stack and stop the local AWS.
    Down,
    /// Say what runs and where it answers. Exit status 1 if nothing runs.
    Status {
        /// Print `{"endpoint","faults":{"rules","seed"},"patterns":{NAME:{"url",...}},"processes":[...]}`.
        #[arg(long)]
        json: bool,
    },
    /// Print what the functions logged.
    Logs {
        /// A function's name, or the end of it, such as `submission-url`. All of them if left out.
        function: Option<String>,
        /// Go on printing until interrupted.
        #[arg(long, short)]
        follow: bool,
    },
    /// Print the last requests that the local AWS answered: when, who, what, status and time. A failed
    /// call of a REST API shows what its integration sent and got.
    Requests {
        /// Go on printing until interrupted.
        #[arg(long, short)]
        follow: bool,
        /// Print each as `{"id","time","caller","service","operation","status","duration_ms"}`, with its
        /// `detail` if there is one, and with the `fault` that struck it on purpose.
        #[arg(long)]
        json: bool,
    },
    /// Print the variables with which terraform, the AWS CLI and SDKs use the local AWS.
    ///
    /// In a shell: eval "$(spillway env)"
    Env {
        /// Print a JSON object instead of `export` lines.
        #[arg(long)]
        json: bool,
    },
    /// Build the functions and zip them for Lambda.
    Package {
        /// What the zips are for.
        #[arg(long, value_enum, default_value_t = Profile::Release)]
        profile: Profile,
        /// What a deploy runs on; this machine's own if left out. Any other needs its Rust target.
        #[arg(long, value_enum)]
        architecture: Option<Architecture>,
    },
    /// Send a pattern rounds of requests at once, and say how they were answered.
    ///
    /// Exit status 1 if a request failed.
    Load(Load),
    /// Read what a pattern could not take, or send it back to be tried again.
    Dlq(Dlq),
    /// Render an API Gateway mapping template, or check templates for mistakes.
    Render(Render),
    /// Serve a REST API on this machine, from an OpenAPI document or from a control plane.
    RestApi(RestApi),
    /// Supervise the local AWS in the foreground until standard input ends.
    #[command(hide = true)]
    Serve(CloudSettings),
}

/// What a local AWS is started with.
#[derive(Args)]
pub(crate) struct CloudSettings {
    /// Refuse what policies do not allow, as AWS does: requests have to be signed, and users and
    /// roles may do no more than their policies say.
    #[arg(long)]
    enforce_iam: bool,
    /// Let calls fail on purpose, such as `dynamodb:PutItem=throttle@10%`. May be given several times;
    /// the first that strikes a call has its way.
    ///
    /// OPERATION may be `*`. FAULT is `throttle` (the service's own exception), `error` (500, nothing
    /// is executed) or `lost` (executed, and the answer is a 500 all the same). Terraform's calls are
    /// struck like anybody's.
    #[arg(long = "fault", value_name = "SERVICE:OPERATION=FAULT@PERCENT%")]
    faults: Vec<Fault>,
    /// Choose which calls fail: the same seed strikes the same ones of the calls that a rule is about.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "faults")]
    fault_seed: u64,
}

impl CloudSettings {
    pub(crate) fn iam(&self) -> Iam {
        if self.enforce_iam { Iam::Enforced } else { Iam::Ignored }
    }

    pub(crate) fn faults(&self) -> Faults {
        Faults { rules: self.faults.clone(), seed: self.fault_seed }
    }

    /// The same as arguments.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<_> =
            self.faults.iter().map(|fault| format!("--fault={fault}")).collect();
        if !arguments.is_empty() {
            arguments.push(format!("--fault-seed={}", self.fault_seed));
        }
        if self.enforce_iam {
            arguments.push("--enforce-iam".to_owned());
        }
        arguments
    }
}

/// The patterns that `environments/local` can apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Pattern {
    AsyncSqs,
    CrudLambda,
    DynamoProxy,
    FunctionUrlIngest,
}

/// What packages are built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// A deploy: Linux, the smallest and fastest binaries, the same bytes on every machine.
    Release,
    /// The local AWS: this machine's own platform, built in seconds.
    Local,
}

/// The processors that Lambda offers, by Lambda's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Architecture {
    Arm64,
    #[value(name = "x86_64")]
    X86_64,
}

impl Architecture {
    /// Lambda's name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64",
            Self::X86_64 => "x86_64",
        }
    }

    pub(crate) fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 }
    }
}

impl Pattern {
    /// The kebab word that names the module and the key in Terraform's outputs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AsyncSqs => "async-sqs",
            Self::CrudLambda => "crud-lambda",
            Self::DynamoProxy => "dynamo-proxy",
            Self::FunctionUrlIngest => "function-url-ingest",
        }
    }
}
