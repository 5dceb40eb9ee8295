//! Terraform's own checks: every root and module is valid, and passes the tests that lie beside it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use spillway_tests::{repository, scrubbed, spillway, terraform_init};

/// Terraform in one folder, with its data elsewhere.
struct Root {
    dir: PathBuf,
    data: tempfile::TempDir,
}

impl Root {
    fn new(dir: &str) -> Self {
        let root = Self { dir: repository().join(dir), data: tempfile::tempdir().unwrap() };
        terraform_init(root.terraform(&["init", "-backend=false", "-input=false", "-no-color"]));
        root
    }

    fn run(&self, arguments: &[&str]) {
        assert_cmd::Command::from(self.terraform(arguments)).assert().success();
    }

    fn terraform(&self, arguments: &[&str]) -> Command {
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
        terraform
    }
}

#[test]
fn rust_lambda_passes_its_tests() {
    Root::new("modules/rust-lambda").run(&["test", "-no-color"]);
}

#[test]
fn rest_api_passes_its_tests() {
    Root::new("modules/rest-api").run(&["test", "-no-color"]);
}

#[test]
fn async_sqs_passes_its_tests() {
    Root::new("modules/async-sqs").run(&["test", "-no-color"]);
}

#[test]
fn crud_lambda_passes_its_tests() {
    Root::new("modules/crud-lambda").run(&["test", "-no-color"]);
}

#[test]
fn dynamo_proxy_passes_its_tests() {
    Root::new("modules/dynamo-proxy").run(&["test", "-no-color"]);
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

/// Every folder with a Terraform configuration that others use.
const DOCUMENTED: [&str; 8] = [
    "modules/rust-lambda",
    "modules/rest-api",
    "modules/async-sqs",
    "modules/crud-lambda",
    "modules/dynamo-proxy",
    "modules/function-url-ingest",
    "modules/stack",
    "environments/local",
];

#[test]
fn every_readme_lists_the_inputs_and_outputs_that_there_are() {
    for dir in DOCUMENTED {
        let dir = repository().join(dir);
        let readme = fs::read_to_string(dir.join("README.md")).unwrap();
        for (kind, heading) in [("variable", "## Inputs"), ("output", "## Outputs")] {
            let documented = rows_below(&readme, heading);
            assert_eq!(documented, declared(&dir, kind), "{heading} of {}", dir.display());
        }
    }
}

/// The names in the first column of the table below a heading.
fn rows_below(readme: &str, heading: &str) -> BTreeSet<String> {
    let section = readme.split(heading).nth(1).unwrap_or_default();
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(name, _)| name.to_owned()).collect()
}

/// The names that the configuration declares.
fn declared(dir: &Path, kind: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs::read_to_string(&path).unwrap();
            let start = format!("{kind} \"");
            let found = text.lines().filter_map(|line| line.strip_prefix(&start)?.split_once('"'));
            names.extend(found.map(|(name, _)| name.to_owned()));
        }
    }
    names
}
