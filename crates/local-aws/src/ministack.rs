//! One life of MiniStack: the process, its environment, its health and its end.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use bytes::Bytes;
use hyper::Request;
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::instance::{Error, Iam, Instance};
use crate::upstream::Upstream;

const LAUNCHER: &str = include_str!("../python/ministack_host.py");

/// How long a start may take on a busy machine; about 0.4 s on an idle one.
const START_DEADLINE: Duration = Duration::from_secs(60);

const POLL: Duration = Duration::from_millis(25);

/// A running MiniStack and the process group it leads.
pub(crate) struct MiniStack {
    child: Child,
    group: Pid,
    log: PathBuf,
}

impl MiniStack {
    /// Starts MiniStack behind the instance's endpoint with the Python of `python`.
    pub(crate) fn start(instance: &Instance, python: &Path, iam: Iam) -> Result<Self, Error> {
        let log = instance.ministack_log();
        let errors = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .map_err(Error::io("open", &log))?;
        // Code of functions, and MiniStack's own pid file, go where `down` removes them.
        let scratch = instance.dir().join("tmp");
        std::fs::create_dir_all(&scratch).map_err(Error::io("create", &scratch))?;

        let launcher = instance.dir().join("ministack_host.py");
        std::fs::write(&launcher, LAUNCHER).map_err(Error::io("write", &launcher))?;

        let child = Command::new(python)
            .arg(&launcher)
            .env_clear()
            .envs(environment(instance, &scratch, iam))
            .current_dir(instance.dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors)
            .process_group(0)
            .spawn()
            .map_err(Error::io("start", python))?;
        let pid = child.id().expect("a child that was not waited for has an id");
        let group = Pid::from_raw(pid as i32).expect("a process id is positive");
        Ok(Self { child, group, log })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.group.as_raw_nonzero().get() as u32
    }

    /// Waits until MiniStack answers its health check, and says where it listens.
    pub(crate) async fn healthy(&mut self) -> Result<SocketAddr, Error> {
        match timeout(START_DEADLINE, self.first_answer()).await {
            Ok(Some(address)) => Ok(address),
            Ok(None) => Err(self.not_healthy("it ended".into())),
            Err(_) => {
                let reason = format!("no answer within {} s", START_DEADLINE.as_secs());
                Err(self.not_healthy(reason))
            }
        }
    }

    /// Where it listens, once it answers there; `None` if it ends first.
    async fn first_answer(&mut self) -> Option<SocketAddr> {
        let output = self.child.stdout.take()?;
        let port = BufReader::new(output).lines().next_line().await.ok()??;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port.trim().parse().ok()?));
        let (_sender, receiver) = watch::channel(Some(address));
        let upstream = Upstream::new(receiver, Iam::Ignored);
        loop {
            let check = Request::get("/_ministack/health").body(Bytes::new());
            let answer = upstream.ask(check.expect("a valid request")).await;
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                return Some(address);
            }
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return None;
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
fn environment(instance: &Instance, scratch: &Path, iam: Iam) -> Vec<(&'static str, String)> {
    let inherited = ["PATH", "HOME", "LANG"]
        .into_iter()
        .filter_map(|name| Some((name, std::env::var(name).ok()?)));
    let own = [
        ("AUTH", (iam == Iam::Enforced).to_string()),
        ("AWS_ACCESS_KEY_ID", "test".into()),
        ("AWS_SECRET_ACCESS_KEY", "test".into()),
        ("AWS_REGION", "us-east-1".into()),
        ("AWS_DEFAULT_REGION", "us-east-1".into()),
        ("AWS_ENDPOINT_URL", instance.endpoint()),
        // StartSyncExecution would otherwise be sent to `sync-localhost`, which does not resolve.
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "true".into()),
        // MiniStack stores a function's logging configuration without acting on it.
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".into()),
        ("GATEWAY_PORT", instance.port().to_string()),
        ("LOG_LEVEL", "WARNING".into()),
        ("PYTHONUNBUFFERED", "1".into()),
        ("TMPDIR", scratch.display().to_string()),
    ];
    inherited.chain(own).collect()
}
