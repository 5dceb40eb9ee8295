//! One life of MiniStack: the process, its environment, its health and its end.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

use crate::instance::{Error, Instance};

const LAUNCHER: &str = include_str!("../python/ministack_host.py");

/// How long a start may take on a busy machine; about 0.4 s on an idle one.
const START_DEADLINE: Duration = Duration::from_secs(60);

const POLL: Duration = Duration::from_millis(25);

/// A running MiniStack and the process group it leads.
pub(crate) struct MiniStack {
    child: Child,
    group: Pid,
    port: u16,
    log: PathBuf,
}

impl MiniStack {
    /// Starts MiniStack on the instance's port with the Python of `python`.
    pub(crate) fn start(instance: &Instance, python: &Path) -> Result<Self, Error> {
        let log = instance.ministack_log();
        let output = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(Error::io("open", &log))?;
        let errors = output.try_clone().map_err(Error::io("open", &log))?;
        // Code of functions, and MiniStack's own pid file, go where `down` removes them.
        let scratch = instance.dir().join("tmp");
        std::fs::create_dir_all(&scratch).map_err(Error::io("create", &scratch))?;

        let launcher = instance.dir().join("ministack_host.py");
        std::fs::write(&launcher, LAUNCHER).map_err(Error::io("write", &launcher))?;

        let child = Command::new(python)
            .arg(&launcher)
            .env_clear()
            .envs(environment(instance, &scratch))
            .current_dir(instance.dir())
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(Error::io("start", python))?;
        let pid = child.id().expect("a child that was not waited for has an id");
        let group = Pid::from_raw(pid as i32).expect("a process id is positive");
        Ok(Self { child, group, port: instance.port(), log })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.group.as_raw_nonzero().get() as u32
    }

    /// Waits until MiniStack answers its health check.
    pub(crate) async fn healthy(&mut self) -> Result<(), Error> {
        let started = Instant::now();
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.not_healthy(format!("it ended with {status}")));
            }
            if answers(self.port).await {
                return Ok(());
            }
            if started.elapsed() > START_DEADLINE {
                let reason = format!("no answer within {} s", START_DEADLINE.as_secs());
                return Err(self.not_healthy(reason));
            }
            sleep(POLL).await;
        }
    }

    /// Resolves when MiniStack has ended by itself.
    pub(crate) async fn ended(&mut self) -> std::io::Result<ExitStatus> {
        // Not `Child::wait`, which would close standard input and so tell MiniStack to end.
        let input = self.child.stdin.take();
        let status = self.child.wait().await;
        drop(input);
        status
    }

    /// Ends MiniStack and every function it runs. The cloud is ephemeral: nothing is worth saving.
    pub(crate) async fn kill(mut self) {
        // Functions outlive a MiniStack that was killed, so the group is killed in any case.
        let _ = kill_process_group(self.group, Signal::KILL);
        let _ = self.child.wait().await;
    }

    fn not_healthy(&self, reason: String) -> Error {
        Error::NotHealthy { reason, log: self.log.clone() }
    }
}

/// MiniStack hands its own environment on to functions, so it gets only what AWS would set too.
fn environment(instance: &Instance, scratch: &Path) -> Vec<(&'static str, String)> {
    let inherited = ["PATH", "HOME", "LANG"]
        .into_iter()
        .filter_map(|name| Some((name, std::env::var(name).ok()?)));
    let own = [
        ("AWS_ACCESS_KEY_ID", "test".into()),
        ("AWS_SECRET_ACCESS_KEY", "test".into()),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ("AWS_ENDPOINT_URL", instance.endpoint()),
        // StartSyncExecution would otherwise be sent to `sync-localhost`, which does not resolve.
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true".into()),
        // MiniStack stores a function's logging configuration without acting on it.
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".into()),
        ("BIND_HOST", "127.0.0.1".into()),
        ("GATEWAY_PORT", instance.port().to_string()),
        ("LOG_LEVEL", "WARNING".into()),
        ("PYTHONUNBUFFERED", "1".into()),
        ("TMPDIR", scratch.display().to_string()),
    ];
    inherited.chain(own).collect()
}

async fn answers(port: u16) -> bool {
    let url = format!("http://127.0.0.1:{port}/_ministack/health");
    let check = move || {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(2)))
            .build()
            .new_agent();
        agent.get(&url).call().is_ok()
    };
    tokio::task::spawn_blocking(check).await.unwrap_or(false)
}
