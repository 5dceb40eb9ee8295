//! `spillway serve`: this process becomes the supervisor of a local AWS; and how `up` starts one.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use local_aws::{DETACH, Instance, READY, Supervisor};

use crate::children;
use crate::cli::CloudSettings;
use crate::error::Error;
use crate::output;
use crate::repository::Repository;
use crate::toolbox::Toolbox;

/// Supervises until told to stop. Prints [`READY`] when the cloud answers.
pub(crate) fn serve(
    repository: &Repository,
    instance: Instance,
    settings: &CloudSettings,
) -> Result<(), Error> {
    let toolbox = Toolbox::prepare(repository)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("start", "the supervisor's runtime".as_ref()))?;
    let supervisor = Supervisor::new(instance, toolbox.python(), settings.iam(), settings.faults());
    runtime.block_on(supervisor.run(|| output::line(READY)))?;
    Ok(())
}

/// A supervisor that was started and will end with this process, unless it is detached.
pub(crate) struct Started {
    child: Child,
    instance: Instance,
    detached: bool,
}

impl Started {
    /// Starts a supervisor of `instance` and waits until its cloud answers.
    pub(crate) fn start(
        repository: &Repository,
        instance: &Instance,
        settings: &CloudSettings,
    ) -> Result<Self, Error> {
        std::fs::create_dir_all(instance.dir()).map_err(Error::io("create", instance.dir()))?;
        let log = instance.supervisor_log();
        let errors = File::create(&log).map_err(Error::io("create", &log))?;
        let program =
            std::env::current_exe().map_err(Error::io("find", "this program".as_ref()))?;
        let mut child = Command::new(program)
            .args(["serve", "--port", &instance.port().to_string()])
            .args(settings.arguments())
            // The account that a shell is signed in to is none of the local AWS's business.
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env_remove("AWS_SESSION_TOKEN")
            .current_dir(repository.root())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            // The terminal's Ctrl-C is not meant for the local AWS once it runs.
            .process_group(0)
            .spawn()
            .map_err(Error::io("start", "the supervisor".as_ref()))?;
        children::watch(&child);
        let output = child.stdout.take().expect("standard output is piped");
        let ready = BufReader::new(output).lines().next();
        children::unwatch();
        if !matches!(ready, Some(Ok(line)) if line == READY) {
            let _ = child.wait();
            children::check_interrupted()?;
            let reason = std::fs::read_to_string(&log).unwrap_or_default();
            let reason = reason.trim().trim_start_matches("error: ").to_owned();
            return Err(Error::NotStarted { port: instance.port(), reason });
        }
        Ok(Self { child, instance: instance.clone(), detached: false })
    }

    /// Lets the local AWS run on when this process ends.
    pub(crate) fn detach(mut self) -> Result<(), Error> {
        let input = self.child.stdin.as_mut().expect("standard input is piped");
        writeln!(input, "{DETACH}").map_err(Error::io("detach", self.instance.dir()))?;
        self.detached = true;
        Ok(())
    }
}

impl Drop for Started {
    /// Takes the local AWS along, and waits so that nothing is left when this process ends.
    fn drop(&mut self) {
        if !self.detached {
            drop(self.child.stdin.take());
            let _ = self.instance.wait_until_stopped(Duration::from_secs(10));
        }
    }
}
