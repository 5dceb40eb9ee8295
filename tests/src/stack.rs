//! Stacks: `environments/local` applied under a name of its own.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use assert_cmd::assert::Assert;
use serde_json::Value;
use tempfile::TempDir;

use crate::command::{repository, scrubbed, terraform_init};
use crate::local_aws::LocalAws;

/// What to apply.
pub struct StackBuilder {
    patterns: Option<Vec<String>>,
}

/// An applied stack. Destroyed on drop.
pub struct Stack {
    aws: &'static LocalAws,
    name: String,
    /// Terraform's state and data.
    dir: TempDir,
    patterns: Value,
    destroyed: bool,
}

impl StackBuilder {
    /// Leaves out every pattern but these.
    pub fn only(mut self, patterns: &[&str]) -> Self {
        self.patterns = Some(patterns.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// Applies the stack to the local AWS of this run.
    pub fn apply(self) -> Stack {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let mut stack = Stack {
            aws: LocalAws::shared(),
            name: format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            dir: LocalAws::shared().folder(),
            patterns: Value::Null,
            destroyed: false,
        };
        let state = stack.dir.path().join("terraform.tfstate");
        let path = format!("-backend-config=path={}", state.display());
        terraform_init(stack.terraform(&["init", "-input=false", &path]));

        let mut apply = stack.terraform(&["apply", "-auto-approve", "-input=false"]);
        if let Some(patterns) = self.patterns {
            apply.env("TF_VAR_patterns", Value::from(patterns).to_string());
        }
        assert_cmd::Command::from(apply).assert().success();
        let output = stack.run(&["output", "-json", "patterns"]).success();
        stack.patterns = serde_json::from_slice(&output.get_output().stdout).expect("JSON outputs");
        stack
    }
}

impl Stack {
    /// A stack for the shared local AWS.
    pub fn local() -> StackBuilder {
        StackBuilder { patterns: None }
    }

    /// The prefix of every name in this stack.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The local AWS it was applied to.
    pub fn aws(&self) -> &'static LocalAws {
        self.aws
    }

    /// Where a pattern answers: for a function URL with a final slash, for an API with its path.
    pub fn url(&self, pattern: &str) -> String {
        self.output(pattern, "url")
    }

    /// One of a pattern's outputs.
    ///
    /// # Panics
    /// If there is no such output, or it is not a string.
    pub fn output(&self, pattern: &str, name: &str) -> String {
        let value = self.patterns[pattern][name].as_str();
        value
            .unwrap_or_else(|| panic!("no output {pattern}.{name} in {}", self.patterns))
            .to_owned()
    }

    /// Runs terraform on this stack.
    pub fn run(&self, arguments: &[&str]) -> Assert {
        assert_cmd::Command::from(self.terraform(arguments)).assert()
    }

    /// Removes everything that was applied.
    pub fn destroy(mut self) {
        self.destroyed = true;
        self.run(&["destroy", "-auto-approve", "-input=false"]).success();
    }

    fn terraform(&self, arguments: &[&str]) -> Command {
        let mut terraform = scrubbed("terraform");
        terraform
            .current_dir(repository().join("environments/local"))
            .args(arguments)
            .arg("-no-color")
            .envs(self.aws.environment())
            .env("TF_DATA_DIR", self.dir.path().join("data"))
            .env("TF_VAR_name", &self.name);
        terraform
    }
}

impl Drop for Stack {
    fn drop(&mut self) {
        if !self.destroyed {
            let _ = self.terraform(&["destroy", "-auto-approve", "-input=false"]).output();
        }
    }
}
