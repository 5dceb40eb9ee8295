//! The Python tools, MiniStack and cargo-lambda, in an environment of their own under `.spillway`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::children;
use crate::error::Error;
use crate::progress;
use crate::repository::Repository;

const REQUIREMENTS: &str = include_str!("../tools/requirements.txt");

/// An installed set of tools, complete and as pinned.
pub(crate) struct Toolbox {
    environment: PathBuf,
}

impl Toolbox {
    /// Installs the tools unless they are there as pinned. Safe to call from many processes.
    pub(crate) fn prepare(repository: &Repository) -> Result<Self, Error> {
        let dir = repository.tools_dir();
        fs::create_dir_all(&dir).map_err(Error::io("create", &dir))?;
        let lock_path = dir.join("lock");
        let lock = File::create(&lock_path).map_err(Error::io("open", &lock_path))?;
        lock.lock().map_err(Error::io("lock", &lock_path))?;

        let toolbox = Self { environment: dir.join("python") };
        let stamp = dir.join("python.sha256");
        let wanted = hex(&Sha256::digest(REQUIREMENTS));
        let is_current = fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted);
        if is_current && toolbox.works() {
            return Ok(toolbox);
        }
        progress::detail("installing MiniStack and cargo-lambda under .spillway/tools (once)");
        toolbox.install(&dir)?;
        // Written last: an installation that was cut short is made again from the start.
        fs::write(&stamp, wanted).map_err(Error::io("write", &stamp))?;
        Ok(toolbox)
    }

    /// The interpreter that has MiniStack.
    pub(crate) fn python(&self) -> PathBuf {
        self.environment.join("bin/python")
    }

    /// Where `cargo-lambda` and the `zig` it links with are.
    pub(crate) fn bin(&self) -> PathBuf {
        self.environment.join("bin")
    }

    /// An upgrade of the system's Python leaves an environment without an interpreter.
    fn works(&self) -> bool {
        let mut import = Command::new(self.python());
        import.args(["-c", "import hypercorn, ministack"]);
        import.output().is_ok_and(|output| output.status.success())
    }

    fn install(&self, dir: &Path) -> Result<(), Error> {
        let requirements = dir.join("requirements.txt");
        fs::write(&requirements, REQUIREMENTS).map_err(Error::io("write", &requirements))?;
        children::run(
            Command::new("python3").args(["-m", "venv", "--clear"]).arg(&self.environment),
        )?;
        let mut pip = Command::new(self.python());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement"])
            .arg(&requirements);
        children::run(&mut pip)
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
