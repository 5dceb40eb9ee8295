//! A Terraform root on the local AWS: a folder of configuration, with state and data elsewhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use assert_cmd::assert::Assert;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{repository, scrubbed, terraform_init};
use crate::local_aws::LocalAws;

/// A root that was initialized, and what is applied of it. Destroyed on drop.
pub struct TerraformRoot {
    aws: &'static LocalAws,
    configuration: PathBuf,
    /// Terraform's state and data.
    dir: TempDir,
    variables: BTreeMap<String, String>,
    destroyed: bool,
}

impl TerraformRoot {
    /// The root in a folder of the repository, for the local AWS of this run. It has to have a
    /// backend of the kind `local`.
    pub fn new(folder: impl AsRef<Path>) -> Self {
        Self::on(LocalAws::shared(), folder)
    }

    /// The root in a folder of the repository, for a local AWS.
    pub fn on(aws: &'static LocalAws, folder: impl AsRef<Path>) -> Self {
        let root = Self {
            aws,
            configuration: repository().join(folder),
            dir: aws.folder(),
            variables: BTreeMap::new(),
            destroyed: false,
        };
        let state = root.dir.path().join("terraform.tfstate");
        let path = format!("-backend-config=path={}", state.display());
        terraform_init(root.terraform(&["init", "-input=false", &path]));
        root
    }

    /// The local AWS it is applied to.
    pub fn aws(&self) -> &'static LocalAws {
        self.aws
    }

    /// Gives a variable its value, in Terraform's own notation where it is not a string.
    pub fn set(&mut self, variable: &str, value: impl Into<String>) {
        self.variables.insert(variable.to_owned(), value.into());
    }

    /// Applies it as it is set.
    pub fn apply(&self) {
        self.apply_only(&[]);
    }

    /// Applies some of it, by addresses; all of it if there are none.
    pub fn apply_only(&self, targets: &[&str]) {
        let targets: Vec<_> = targets.iter().map(|target| format!("-target={target}")).collect();
        let mut apply = self.terraform(&["apply", "-auto-approve", "-input=false"]);
        apply.args(targets);
        self.check(apply);
    }

    /// Fails if another plan would change anything.
    pub fn assert_no_changes(&self) {
        self.check(self.terraform(&["plan", "-detailed-exitcode", "-input=false"]));
    }

    /// An output's value.
    pub fn output(&self, name: &str) -> Value {
        let output = self.run(&["output", "-json", name]).success();
        serde_json::from_slice(&output.get_output().stdout).expect("JSON")
    }

    /// Runs terraform.
    pub fn run(&self, arguments: &[&str]) -> Assert {
        assert_cmd::Command::from(self.terraform(arguments)).assert()
    }

    /// Removes everything that was applied.
    pub fn destroy(mut self) {
        self.destroyed = true;
        self.check(self.terraform(&["destroy", "-auto-approve", "-input=false"]));
    }

    /// Runs terraform, which has to succeed. If it does not, what the local AWS refused of late is
    /// shown as well: terraform tells the last answer only, after having tried again in silence.
    fn check(&self, terraform: Command) {
        let assert = assert_cmd::Command::from(terraform).assert();
        let context = assert.get_output().status.success().then(String::new);
        let refused = context.unwrap_or_else(|| self.aws.refusals());
        assert.append_context("refused", refused).success();
    }

    fn terraform(&self, arguments: &[&str]) -> Command {
        let variables = self.variables.iter();
        let mut terraform = scrubbed("terraform");
        terraform
            .current_dir(&self.configuration)
            .args(arguments)
            .arg("-no-color")
            .envs(self.aws.environment())
            .env("TF_DATA_DIR", self.dir.path().join("data"))
            .envs(variables.map(|(name, value)| (format!("TF_VAR_{name}"), value)));
        terraform
    }
}

impl Drop for TerraformRoot {
    fn drop(&mut self) {
        if !self.destroyed {
            let _ = self.terraform(&["destroy", "-auto-approve", "-input=false"]).output();
        }
    }
}
