//! The supervisor: the one process that holds an instance's lock and owns MiniStack's life.

use std::fs::File;
use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{oneshot, watch};
use tokio::time::sleep;

use crate::endpoint::Endpoint;
use crate::fault::Faults;
use crate::instance::{Error, Iam, Instance, Process, Record};
use crate::ministack::MiniStack;
use crate::upstream::Upstream;

/// The line a supervisor prints when its cloud answers.
pub const READY: &str = "ready";

/// The line on its standard input that lets a supervisor outlive whoever started it.
pub const DETACH: &str = "detach";

/// A MiniStack that dies this often in a row without ever being healthy is not started again.
const STARTS: u32 = 5;

/// Supervises the local AWS of one instance.
pub struct Supervisor {
    instance: Instance,
    python: PathBuf,
    iam: Iam,
    faults: Faults,
}

/// Why a supervised life of MiniStack came to its end.
enum End {
    Stopped,
    Died,
}

impl Supervisor {
    /// A supervisor for `instance` that runs MiniStack with the interpreter `python`, in whose
    /// environment MiniStack is installed.
    pub fn new(instance: Instance, python: PathBuf, iam: Iam, faults: Faults) -> Self {
        Self { instance, python, iam, faults }
    }

    /// Runs until it is told to stop: by a signal, or by the end of standard input before
    /// [`DETACH`] was read from it. Calls `ready` once, when the cloud first answers.
    ///
    /// Then the instance's folder is gone, too: its cloud was all that it was about.
    ///
    /// Fails if the instance runs already, the port is taken, or MiniStack does not start; then
    /// the folder stays, for its logs.
    pub async fn run(self, ready: impl FnOnce()) -> Result<(), Error> {
        let lock = self.instance.lock()?;
        let (ipv4, ipv6) = (self.bind(Ipv4Addr::LOCALHOST.into()).await?, self.bind_ipv6().await?);
        raise_file_limit();
        let mut stop =
            Stop::listen().map_err(Error::io("watch signals in", self.instance.dir()))?;
        let (address, upstream) = watch::channel(None);
        let upstream = Upstream::new(upstream, self.iam);
        let endpoint = Endpoint::new(&self.instance.endpoint(), upstream, &self.faults);
        let outcome = tokio::select! {
            outcome = self.supervise(&mut stop, &endpoint, &address, ready) => outcome,
            () = endpoint.serve(ipv4, ipv6) => Ok(()),
            // Whoever removes `.spillway` means the cloud as well; nobody could find it any more.
            () = self.folder_removed(&lock) => Ok(()),
        };
        self.instance.unpublish();
        if outcome.is_ok() {
            self.instance.remove()?;
        }
        drop(lock);
        outcome
    }

    async fn supervise(
        &self,
        stop: &mut Stop,
        endpoint: &Endpoint,
        address: &watch::Sender<Option<SocketAddr>>,
        ready: impl FnOnce(),
    ) -> Result<(), Error> {
        let mut ready = Some(ready);
        let mut failed_starts = 0;
        loop {
            let mut ministack = MiniStack::start(&self.instance, &self.python, self.iam)?;
            let healthy = tokio::select! {
                healthy = ministack.healthy() => healthy,
                () = stop.requested() => {
                    ministack.kill().await;
                    return Ok(());
                }
            };
            match healthy {
                Ok(listens_at) => {
                    failed_starts = 0;
                    address.send_replace(Some(listens_at));
                    self.instance.publish(&self.record(&ministack))?;
                    if let Some(ready) = ready.take() {
                        ready();
                    }
                }
                Err(error) => {
                    ministack.kill().await;
                    failed_starts += 1;
                    // Before the first success somebody waits for the answer; afterwards nobody
                    // does, and a passing fault must not end the local AWS.
                    if ready.is_some() || failed_starts == STARTS {
                        return Err(error);
                    }
                    sleep(Duration::from_millis(200 << failed_starts)).await;
                    continue;
                }
            }
            let end = tokio::select! {
                _ = ministack.ended() => End::Died,
                () = stop.requested() => End::Stopped,
            };
            address.send_replace(None);
            self.instance.unpublish();
            endpoint.clear();
            ministack.kill().await;
            if let End::Stopped = end {
                return Ok(());
            }
        }
    }

    async fn folder_removed(&self, lock: &File) {
        while self.instance.is_locked_by(lock) {
            sleep(Duration::from_secs(1)).await;
        }
    }

    async fn bind(&self, address: IpAddr) -> Result<TcpListener, Error> {
        let port = self.instance.port();
        TcpListener::bind((address, port)).await.map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => Error::PortTaken { port },
            _ => Error::io("listen on", format!("{address}, port {port}").as_ref())(error),
        })
    }

    /// `localhost` is both addresses where there is IPv6, and whoever holds one of them would get
    /// some clients' requests.
    async fn bind_ipv6(&self) -> Result<Option<TcpListener>, Error> {
        match self.bind(Ipv6Addr::LOCALHOST.into()).await {
            Ok(listener) => Ok(Some(listener)),
            Err(Error::Io { .. }) => Ok(None),
            Err(taken) => Err(taken),
        }
    }

    fn record(&self, ministack: &MiniStack) -> Record {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Record {
            endpoint: self.instance.endpoint(),
            generation: format!("{}-{}", ministack.pid(), started.as_millis()),
            iam: self.iam,
            faults: self.faults.clone(),
            processes: vec![
                Process { name: "local-aws".into(), pid: std::process::id() },
                Process { name: "ministack".into(), pid: ministack.pid() },
            ],
        }
    }
}

/// A proxied request holds two descriptors, and some systems begin with 256.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    // Where it may not be raised, what there is has to do.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit });
}

/// Everything that can ask the supervisor to stop.
struct Stop {
    interrupt: Signal,
    terminate: Signal,
    lifeline: oneshot::Receiver<Lifeline>,
    detached: bool,
}

/// How the lifeline ended.
enum Lifeline {
    Cut,
    Detached,
}

impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            lifeline: watch_lifeline(),
            detached: false,
        })
    }

    /// Resolves when the supervisor shall stop. May be dropped and called again.
    async fn requested(&mut self) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return,
                _ = self.terminate.recv() => return,
                end = &mut self.lifeline, if !self.detached => match end {
                    Ok(Lifeline::Detached) => self.detached = true,
                    Ok(Lifeline::Cut) | Err(_) => return,
                },
            }
        }
    }
}

/// Reads standard input on a thread of its own: a blocked read must not keep the process alive,
/// as one on the runtime's pool would.
fn watch_lifeline() -> oneshot::Receiver<Lifeline> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        let detached = std::io::stdin().lines().map_while(Result::ok).any(|line| line == DETACH);
        // Nobody listens any more when the supervisor is already on its way out.
        let _ = sender.send(if detached { Lifeline::Detached } else { Lifeline::Cut });
    });
    receiver
}
