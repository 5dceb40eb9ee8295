//! Terraform's own checks: every root and module is valid, and passes the tests that lie beside it.

use std::path::PathBuf;
use std::process::Command;

use spillway_tests::{repository, scrubbed, spillway};

/// Terraform in one folder, with data of its own so that the folder stays clean.
struct Root {
    dir: PathBuf,
    data: tempfile::TempDir,
}

impl Root {
    fn new(dir: &str) -> Self {
        let root = Self { dir: repository().join(dir), data: tempfile::tempdir().unwrap() };
        root.run(&["init", "-backend=false", "-input=false", "-no-color"]);
        root
    }

    fn run(&self, arguments: &[&str]) {
        let output = spillway(&["env", "--json"]).output().unwrap();
        let settings: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let mut terraform: Command = scrubbed("terraform");
        terraform
            .current_dir(&self.dir)
            .args(arguments)
            .env("TF_DATA_DIR", self.data.path())
            // Mocked providers have no credentials, and must not look for any.
            .env("AWS_EC2_METADATA_DISABLED", "true");
        if let Some(config) = settings["TF_CLI_CONFIG_FILE"].as_str() {
            terraform.env("TF_CLI_CONFIG_FILE", config);
        }
        assert_cmd::Command::from(terraform).assert().success();
    }
}

#[test]
fn rust_lambda_passes_its_tests() {
    Root::new("modules/rust-lambda").run(&["test", "-no-color"]);
}

#[test]
fn function_url_ingest_passes_its_tests() {
    Root::new("modules/function-url-ingest").run(&["test", "-no-color"]);
}

#[test]
fn the_stack_passes_its_tests() {
    Root::new("modules/stack").run(&["test", "-no-color"]);
}

#[test]
fn the_local_environment_is_valid() {
    Root::new("environments/local").run(&["validate", "-no-color"]);
}
