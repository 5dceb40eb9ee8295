//! Checks that the machine has what `up` needs, and says all that is missing at once.

use std::process::Command;

use crate::error::Error;
use crate::progress;

/// A tool that must be on the PATH.
struct Tool {
    program: &'static str,
    arguments: &'static [&'static str],
    /// What to do when it is not there.
    remedy: &'static str,
}

const TOOLS: [Tool; 4] = [
    Tool {
        program: "cargo",
        arguments: &["--version"],
        remedy: "cargo: install Rust from https://rustup.rs",
    },
    Tool {
        program: "cc",
        arguments: &["--version"],
        remedy: "cc: install a C compiler (Debian: apt-get install gcc; macOS: xcode-select --install)",
    },
    Tool {
        program: "python3",
        // ensurepip is what `python3 -m venv` needs, and Debian packages it apart.
        arguments: &[
            "-c",
            "import sys, venv, ensurepip; assert sys.version_info >= (3, 10), sys.version; print('Python ' + sys.version.split()[0])",
        ],
        remedy: "python3: install Python 3.10 or later with venv (Debian: apt-get install python3-venv)",
    },
    Tool {
        program: "terraform",
        arguments: &["version"],
        remedy: "terraform: install Terraform 1.9 or later from https://developer.hashicorp.com/terraform/install",
    },
];

/// Fails with every tool that is missing and how to get it.
pub(crate) fn check_tools() -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for tool in &TOOLS {
        match version(tool) {
            Some(version) => found.push(version),
            None => missing.push(tool.remedy.to_owned()),
        }
    }
    if missing.is_empty() {
        progress::detail(&found.join(", "));
        Ok(())
    } else {
        Err(Error::MissingTools { missing })
    }
}

/// The first line that the tool prints of itself.
fn version(tool: &Tool) -> Option<String> {
    let output = Command::new(tool.program)
        .args(tool.arguments)
        // A configuration that does not exist makes Terraform fail before it says its version.
        .env_remove("TF_CLI_CONFIG_FILE")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().unwrap_or_default().to_owned())
}
