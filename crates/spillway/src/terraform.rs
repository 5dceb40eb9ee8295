//! Terraform on `environments/local`, against one local AWS.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use local_aws::{Instance, Record};
use serde_json::Value;

use crate::children;
use crate::cli::Pattern;
use crate::error::Error;
use crate::progress;
use crate::provider_mirror;
use crate::repository::{DEFAULT_PORT, Repository};

/// The stack of one instance, as Terraform knows it.
pub(crate) struct Terraform {
    environment: PathBuf,
    tools_dir: PathBuf,
    instance: Instance,
    variables: Vec<(String, String)>,
}

impl Terraform {
    /// Terraform with the settings of `instance`. With no pattern named, all are meant.
    pub(crate) fn new(
        repository: &Repository,
        instance: &Instance,
        only: &[Pattern],
    ) -> Result<Self, Error> {
        let mut variables = settings(repository, instance)?;
        if !only.is_empty() {
            let names: Vec<_> = only.iter().map(|pattern| pattern.name()).collect();
            variables.push(("TF_VAR_patterns".into(), Value::from(names).to_string()));
        }
        Ok(Self {
            environment: repository.environment(),
            tools_dir: repository.tools_dir(),
            instance: instance.clone(),
            variables,
        })
    }

    /// Makes the local AWS what the configuration says. State of an earlier cloud is dropped:
    /// what it lists went with that cloud.
    pub(crate) fn apply(&self, record: &Record) -> Result<Value, Error> {
        self.forget_other_clouds(record)?;
        self.init()?;
        let mut apply = self.command(&["apply", "-auto-approve"]);
        children::run_lines(apply.args(UNATTENDED), report)?;
        self.outputs()
    }

    /// Removes everything that is in the state.
    pub(crate) fn destroy(&self) -> Result<(), Error> {
        self.init()?;
        let mut destroy = self.command(&["destroy", "-auto-approve"]);
        children::run_lines(destroy.args(UNATTENDED), report)
    }

    fn outputs(&self) -> Result<Value, Error> {
        let text = children::read(&mut self.command(&["output", "-json", "patterns"]))?;
        serde_json::from_slice(&text)
            .map_err(|source| Error::Output { what: "terraform output", source })
    }

    fn init(&self) -> Result<(), Error> {
        let mut init = self.command(&["init", "-input=false", "-no-color", "-reconfigure"]);
        if self.instance.port() != DEFAULT_PORT {
            init.arg(format!("-backend-config=path={}", self.state().display()));
        }
        // The cache of providers does not bear two downloads at once.
        let path = self.tools_dir.join("terraform.lock");
        let lock = File::create(&path).map_err(Error::io("open", &path))?;
        lock.lock().map_err(Error::io("lock", &path))?;
        children::run_lines(&mut init, |line| {
            if line.starts_with("- Installing ") {
                progress::detail(line);
            }
        })
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("terraform");
        command
            .arg(format!("-chdir={}", self.environment.display()))
            .args(arguments)
            .env_remove("TF_WORKSPACE")
            .env("TF_IN_AUTOMATION", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn forget_other_clouds(&self, record: &Record) -> Result<(), Error> {
        let path = self.instance.dir().join("generation");
        if fs::read_to_string(&path).is_ok_and(|known| known == record.generation) {
            return Ok(());
        }
        for state in [self.state(), self.state().with_extension("tfstate.backup")] {
            if state.exists() {
                fs::remove_file(&state).map_err(Error::io("remove", &state))?;
            }
        }
        fs::write(&path, &record.generation).map_err(Error::io("write", &path))
    }

    /// The same file that the environment's backend block names for the default port.
    fn state(&self) -> PathBuf {
        self.instance.dir().join("terraform.tfstate")
    }
}

/// The environment variables with which Terraform works on this instance. For the default port
/// there are none but the configuration file, so that `terraform plan` typed by hand does the same.
pub(crate) fn settings(
    repository: &Repository,
    instance: &Instance,
) -> Result<Vec<(String, String)>, Error> {
    let mut settings = Vec::new();
    let mut set = |name: &str, value: String| settings.push((name.to_owned(), value));
    let config = provider_mirror::cli_config(repository)?;
    set("TF_CLI_CONFIG_FILE", config.display().to_string());
    if instance.port() != DEFAULT_PORT {
        set("TF_DATA_DIR", instance.dir().join("terraform").display().to_string());
        set("TF_VAR_endpoint", instance.endpoint());
    }
    Ok(settings)
}

/// A local cloud has no other user to wait for but an `up` that was killed a moment ago.
const UNATTENDED: [&str; 3] = ["-input=false", "-no-color", "-lock-timeout=30s"];

/// Shows what happens to resources, without the plan that nobody is asked about.
fn report(line: &str) {
    let happened =
        [": Creating...", ": Modifying...", ": Destroying...", " complete after ", " complete!"];
    if happened.iter().any(|what| line.contains(what)) || line.starts_with("No changes.") {
        progress::detail(line);
    }
}
