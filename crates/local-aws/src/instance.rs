//! The instance: the folder of one local AWS, its lock and the record of what runs.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

use crate::fault::Faults;

/// What can go wrong with a local AWS, by what a caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another program listens on the port.
    #[error("port {port} is taken by another program: stop it, or choose another port with --port")]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },
    /// A supervisor of this instance runs already.
    #[error("a local AWS runs on port {port} already")]
    AlreadyRunning {
        /// The instance's port.
        port: u16,
    },
    /// MiniStack ended, or did not become healthy in time.
    #[error("MiniStack did not start: {reason}; its log is {}", log.display())]
    NotHealthy {
        /// What was seen.
        reason: String,
        /// Where MiniStack's output went.
        log: PathBuf,
    },
    /// The supervisor did not end when it was told to.
    #[error("the local AWS on port {port} (process {pid}) did not stop within {seconds} s")]
    StillRunning {
        /// The instance's port.
        port: u16,
        /// The supervisor.
        pid: u32,
        /// How long it was given.
        seconds: u64,
    },
    /// A file or process could not be handled.
    #[error("could not {action} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}

/// A process that belongs to a local AWS.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Process {
    /// What it is: `local-aws` (the supervisor) or `ministack`.
    pub name: String,
    /// Its process id.
    pub pid: u32,
}

/// What a local AWS makes of policies.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Iam {
    /// Everybody may do everything, signed or not.
    #[default]
    Ignored,
    /// Requests have to be signed, and users and roles may do what their policies allow.
    Enforced,
}

/// What a running local AWS says of itself.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
pub struct Record {
    /// Where it answers, such as `http://localhost:4566`.
    pub endpoint: String,
    /// Names this cloud's life: another generation is another, empty cloud.
    pub generation: String,
    /// What it makes of policies.
    pub iam: Iam,
    /// What it does wrong on purpose.
    #[serde(default)]
    pub faults: Faults,
    /// The supervisor first, then what it runs.
    pub processes: Vec<Process>,
}

/// The folder of the local AWS on one port.
#[derive(Debug, Clone)]
pub struct Instance {
    dir: PathBuf,
    port: u16,
}

/// How often a wait looks again.
const POLL: Duration = Duration::from_millis(20);

/// How long a supervisor may take to end its children and itself.
const STOP_DEADLINE: Duration = Duration::from_secs(10);

impl Instance {
    /// The instance on `port`, below the repository's `.spillway` folder. Touches nothing.
    pub fn new(spillway_dir: &Path, port: u16) -> Self {
        Self { dir: spillway_dir.join(port.to_string()), port }
    }

    /// The port that names this instance.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The URL that Terraform, SDKs, functions and people use.
    pub fn endpoint(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The folder that holds all there is of this instance.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where MiniStack's output goes.
    pub fn ministack_log(&self) -> PathBuf {
        self.dir.join("ministack.log")
    }

    /// Where the supervisor's own messages go.
    pub fn supervisor_log(&self) -> PathBuf {
        self.dir.join("supervisor.log")
    }

    /// The record, if a supervisor runs and has a healthy cloud.
    pub fn record(&self) -> Result<Option<Record>, Error> {
        if !self.is_running()? {
            return Ok(None);
        }
        let path = self.record_path();
        match fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &path)(error)),
        }
    }

    /// Whether a supervisor holds this instance, healthy or not yet.
    pub fn is_running(&self) -> Result<bool, Error> {
        let path = self.lock_path();
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(Error::io("open", &path)(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
        }
    }

    /// Ends the supervisor and everything it runs, and waits until they are gone.
    /// Does nothing if none runs.
    pub fn stop(&self) -> Result<(), Error> {
        let Some(pid) = self.supervisor_pid()? else {
            return Ok(());
        };
        signal(pid, Signal::TERM);
        if self.wait_until_stopped(STOP_DEADLINE)? {
            return Ok(());
        }
        // Its children end with it: they watch the pipe it holds.
        signal(pid, Signal::KILL);
        if self.wait_until_stopped(STOP_DEADLINE)? {
            return Ok(());
        }
        let seconds = 2 * STOP_DEADLINE.as_secs();
        Err(Error::StillRunning {
            port: self.port,
            pid: pid.as_raw_nonzero().get() as u32,
            seconds,
        })
    }

    /// Removes what a supervisor that was killed has left. Fails if one runs.
    pub fn clear(&self) -> Result<(), Error> {
        if !self.dir.exists() {
            return Ok(());
        }
        // Under the lock, so that it is never the folder of one that is just starting.
        let _lock = self.lock()?;
        self.remove()
    }

    /// Removes the folder, for whoever holds the lock.
    pub(crate) fn remove(&self) -> Result<(), Error> {
        match fs::remove_dir_all(&self.dir) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::io("remove", &self.dir)(error))
            }
            _ => Ok(()),
        }
    }

    /// Waits for the supervisor to end; `false` if it had not when the deadline passed.
    pub fn wait_until_stopped(&self, deadline: Duration) -> Result<bool, Error> {
        let started = Instant::now();
        while self.is_running()? {
            if started.elapsed() > deadline {
                return Ok(false);
            }
            std::thread::sleep(POLL);
        }
        Ok(true)
    }

    /// Takes the lock for the life of the returned file, and leaves this process's id in it.
    pub(crate) fn lock(&self) -> Result<File, Error> {
        fs::create_dir_all(&self.dir).map_err(Error::io("create", &self.dir))?;
        let path = self.lock_path();
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::AlreadyRunning { port: self.port });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", &path)(error)),
        }
        fs::write(&path, std::process::id().to_string()).map_err(Error::io("write", &path))?;
        Ok(file)
    }

    /// Whether the lock that is held is still the one that others look at. It is not when somebody
    /// has removed the folder.
    pub(crate) fn is_locked_by(&self, lock: &File) -> bool {
        let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let (held, seen) = (lock.metadata(), fs::metadata(self.lock_path()));
        held.is_ok_and(|held| seen.is_ok_and(|seen| identity(held) == identity(seen)))
    }

    /// Publishes the record in one step, so that a reader never sees half of it.
    pub(crate) fn publish(&self, record: &Record) -> Result<(), Error> {
        let path = self.record_path();
        let draft = path.with_extension("tmp");
        let text =
            serde_json::to_vec_pretty(record).expect("a record is plain strings and numbers");
        fs::write(&draft, text).map_err(Error::io("write", &draft))?;
        fs::rename(&draft, &path).map_err(Error::io("write", &path))
    }

    /// Takes the record back while there is no healthy cloud.
    pub(crate) fn unpublish(&self) {
        // The record is only read under a held lock; a file that cannot be removed is replaced.
        let _ = fs::remove_file(self.record_path());
    }

    fn supervisor_pid(&self) -> Result<Option<Pid>, Error> {
        if !self.is_running()? {
            return Ok(None);
        }
        let path = self.lock_path();
        let text = fs::read_to_string(&path).map_err(Error::io("read", &path))?;
        Ok(text.trim().parse().ok().and_then(Pid::from_raw))
    }

    fn lock_path(&self) -> PathBuf {
        self.dir.join("lock")
    }

    fn record_path(&self) -> PathBuf {
        self.dir.join("local-aws.json")
    }
}

fn signal(pid: Pid, signal: Signal) {
    // A process that is gone already is what the signal is for.
    let _ = kill_process(pid, signal);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(dir: &tempfile::TempDir) -> Instance {
        Instance::new(dir.path(), 4600)
    }

    #[test]
    fn an_instance_that_was_never_started_does_not_run() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!instance(&dir).is_running().unwrap());
        assert_eq!(instance(&dir).record().unwrap(), None);
        instance(&dir).stop().unwrap();
    }

    #[test]
    fn an_instance_runs_for_as_long_as_its_lock_is_held() {
        let dir = tempfile::tempdir().unwrap();
        let held = instance(&dir).lock().unwrap();
        assert!(instance(&dir).is_running().unwrap());
        assert!(matches!(instance(&dir).lock(), Err(Error::AlreadyRunning { port: 4600 })));
        drop(held);
        assert!(!instance(&dir).is_running().unwrap());
    }

    #[test]
    fn a_record_counts_only_while_the_supervisor_lives() {
        let dir = tempfile::tempdir().unwrap();
        let record = Record {
            endpoint: "http://localhost:4600".into(),
            generation: "1".into(),
            iam: Iam::Ignored,
            faults: Faults::default(),
            processes: vec![],
        };
        let held = instance(&dir).lock().unwrap();
        instance(&dir).publish(&record).unwrap();
        assert_eq!(instance(&dir).record().unwrap(), Some(record));
        drop(held);
        assert_eq!(instance(&dir).record().unwrap(), None);
    }
}
