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
        remedy: "terraform: install Terraform 1.11 or later from https://developer.hashicorp.com/terraform/install",
    },
];

/// Fails with every tool that is missing and how to get it.
pub(crate) fn check_tools() -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut found = Vec::new();
    for tool in &TOOLS {
        match version(tool) {
            Some(version) if is_recent(&version) => found.push(version),
            _ => missing.push(tool.remedy.to_owned()),
        }
    }
    if missing.is_empty() {
        progress::detail(&found.join(", "));
        Ok(())
    } else {
        Err(Error::MissingTools { missing })
    }
}

/// Whether it is no Terraform older than what `environments/local` requires. The others check
/// themselves: Python above, Rust by `rust-version` in Cargo.toml.
fn is_recent(version: &str) -> bool {
    let Some(numbers) = version.strip_prefix("Terraform v") else {
        return true;
    };
    let mut numbers = numbers.split('.').map_while(|number| number.parse().ok());
    (numbers.next(), numbers.next()) >= (Some(1), Some(11))
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

#[cfg(test)]
mod tests {
    use super::is_recent;

    #[test]
    fn an_old_terraform_counts_as_missing() {
        for (version, expected) in [
            ("Terraform v1.11.4", true),
            ("Terraform v1.11.0-rc1", true),
            ("Terraform v1.9.8", false),
            ("Terraform v0.15.5", false),
            ("Terraform v2.0.0", true),
            ("cargo 1.95.0 (f2d3ce0bd 2026-03-21)", true),
        ] {
            assert_eq!(is_recent(version), expected, "{version}");
        }
    }
}
