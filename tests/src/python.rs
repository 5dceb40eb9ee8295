//! The AWS CLI and the Python SDK, in an environment of their own under `.spillway/tools`.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::sync::LazyLock;

use crate::command::{repository, scrubbed};

const REQUIREMENTS: &str = include_str!("../tools/requirements.txt");

/// A program of that environment, `aws` or `python`, with the arguments given.
pub fn python_tool(program: &str, arguments: &[&str]) -> Command {
    static BIN: LazyLock<PathBuf> = LazyLock::new(install);
    let mut command = scrubbed(BIN.join(program));
    command.args(arguments);
    command
}

/// Installs what is pinned, once for all runs until another set is pinned.
fn install() -> PathBuf {
    let tools = repository().join(".spillway/tools");
    fs::create_dir_all(&tools).expect("a folder for tools");
    let lock = File::create(tools.join("tests.lock")).expect("a lock file");
    lock.lock().expect("a lock");

    let (environment, stamp) = (tools.join("tests"), tools.join("tests.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == REQUIREMENTS) {
        return environment.join("bin");
    }
    let mut venv = scrubbed("python3");
    venv.args(["-m", "venv", "--clear"]).arg(&environment);
    assert_cmd::Command::from(venv).assert().success();
    let mut pip = scrubbed(environment.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement"])
        .arg(repository().join("tests/tools/requirements.txt"));
    assert_cmd::Command::from(pip).assert().success();
    // Written last: an installation that was cut short is made again from the start.
    fs::write(&stamp, REQUIREMENTS).expect("the stamp is written");
    environment.join("bin")
}
