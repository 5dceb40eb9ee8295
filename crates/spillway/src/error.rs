//! What can go wrong, by what the caller can do about it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};

use local_aws::{Faults, Iam};

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no Spillway repository here or above {}: change into your clone", from.display())]
    NoRepository { from: PathBuf },

    #[error("missing tools:\n{}", list(missing))]
    MissingTools { missing: Vec<String> },

    #[error(transparent)]
    LocalAws(#[from] local_aws::Error),

    #[error("the local AWS on port {port} did not start: {reason}")]
    NotStarted { port: u16, reason: String },

    #[error("no local AWS runs on port {port}: start it with scripts/up")]
    NotRunning { port: u16 },

    #[error(
        "the local AWS on port {port} runs with {} policies: stop it with scripts/down, or choose \
         another port with --port",
        match runs { Iam::Enforced => "enforced", Iam::Ignored => "ignored" }
    )]
    OtherIam { port: u16, runs: Iam },

    #[error(
        "the local AWS on port {port} runs with {runs}: stop it with scripts/down, or choose another \
         port with --port"
    )]
    OtherFaults { port: u16, runs: Faults },

    #[error("{pattern:?} is not applied to the local AWS on port {port}: run scripts/up")]
    NotApplied { pattern: String, port: u16 },

    #[error(
        "{pattern} has no dead letters to read: its outputs lack `dead_letter_queue` or `queue`; {}",
        match &known[..] {
            [] => "no pattern that is applied has both".to_owned(),
            known => format!("these have both: {}", known.join(", ")),
        }
    )]
    NoDeadLetterQueue { pattern: String, known: Vec<String> },

    #[error(
        "nobody says where the messages of {source_url} come from: name the queue with --queue"
    )]
    NoQueue { source_url: String },

    #[error("no dead letter {id:?} in {url}")]
    NoSuchLetter { id: String, url: String },

    #[error("{url} is not on this machine: add --remote if you mean it")]
    NotOnThisMachine { url: String },

    #[error("`{command}` failed with {status}")]
    Failed { command: String, status: ExitStatus },

    #[error("SPILLWAY_PROVIDER_MIRROR is {}, which holds no {provider}", named.display())]
    NoMirror { named: PathBuf, provider: &'static str },

    #[error("no function {name:?} on the local AWS; there are: {}", known.join(", "))]
    NoSuchFunction { name: String, known: Vec<String> },

    #[error("the local AWS did not answer {action}")]
    Request { action: &'static str, source: Box<ureq::Error> },

    #[error("the local AWS could not be asked for {target}")]
    Call { target: String, source: Box<aws_call::Error> },

    #[error("the local AWS answered {target} with {status}: {answer}")]
    Refused { target: String, status: u16, answer: String },

    #[error("could not read the output of {what}")]
    Output { what: &'static str, source: serde_json::Error },

    #[error("could not zip {}", path.display())]
    Zip { path: PathBuf, source: zip::result::ZipError },

    #[error("could not {action} {}", path.display())]
    Io { action: &'static str, path: PathBuf, source: io::Error },

    #[error("could not read {}", path.display())]
    Input { path: PathBuf, source: io::Error },

    #[error("{} is no request", path.display())]
    BadRequest { path: PathBuf, source: mapping_template::CaseError },

    #[error(transparent)]
    RestApi(#[from] rest_api::LoadError),

    #[error("{given:?} is no URL: it must begin with http:// or https://")]
    NoUrl { given: String },

    #[error("none of the stages can be served")]
    NoStageServed,

    #[error("interrupted; nothing was left running that did not run before")]
    Interrupted,
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(match self {
            Self::NoRepository { .. }
            | Self::MissingTools { .. }
            | Self::NoMirror { .. }
            | Self::Input { .. }
            | Self::BadRequest { .. }
            | Self::NotOnThisMachine { .. }
            | Self::NoUrl { .. }
            | Self::NoDeadLetterQueue { .. }
            | Self::NoQueue { .. }
            | Self::OtherIam { .. }
            | Self::OtherFaults { .. }
            | Self::RestApi(rest_api::LoadError::Document(_))
            | Self::NoSuchFunction { .. }
            | Self::LocalAws(local_aws::Error::PortTaken { .. }) => 2,
            Self::Interrupted => 130,
            _ => 1,
        })
    }
}

fn list(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n")
}
