//! Commands in a scrubbed environment, and the `spillway` binary under test.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// What a tool needs to find itself, its caches and the network; nothing that configures AWS,
/// Terraform or Cargo.
const KEPT: [&str; 12] = [
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "SSL_CERT_FILE",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "SPILLWAY_PROVIDER_MIRROR",
];

/// The root of the clone that is tested.
pub fn repository() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        tests.parent().expect("the harness lies in the repository").to_owned()
    });
    &ROOT
}

/// A command that sees only what a fresh login would give it, and pip's settings.
pub fn scrubbed(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    let kept = env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        KEPT.contains(&&*name) || name.starts_with("PIP_")
    });
    command.env_clear().envs(kept).current_dir(repository());
    command
}

/// Runs a `terraform init`. One at a time, also among processes, because Terraform's cache of
/// providers does not bear two downloads at once; `spillway` takes the same lock.
pub fn terraform_init(init: Command) {
    let tools = repository().join(".spillway/tools");
    fs::create_dir_all(&tools).expect("a folder for tools");
    let lock = File::create(tools.join("terraform.lock")).expect("a lock file");
    lock.lock().expect("a lock");
    assert_cmd::Command::from(init).assert().success();
}

/// The `spillway` command, built once a run from the source at hand.
pub fn spillway(arguments: &[&str]) -> Command {
    static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
        let target = repository().join("target");
        let mut build = scrubbed("cargo");
        build
            .args(["build", "--locked", "--quiet", "--profile", "local", "--package", "spillway"])
            .env("CARGO_TARGET_DIR", &target);
        assert_cmd::Command::from(build).assert().success();
        target.join("local/spillway")
    });
    let mut command = scrubbed(&*BINARY);
    command.args(arguments);
    command
}
