//! What happens to the cloud: functions are killed, pollers are restarted.

use std::fmt;
use std::fs;
use std::sync::{Mutex, MutexGuard};

use fastrand::Rng;
use rustix::process::{Pid, Signal, kill_process};
use spillway_tests::Stack;

/// Of how many requests one is preceded by an act.
const REQUESTS_PER_ACT: usize = 150;

/// Of how many acts one restarts a poller; the others kill a function.
const ACTS_PER_RESTART: usize = 8;

/// Those whose functions have pollers.
const PATTERNS: [&str; 2] = ["async-sqs", "dynamo-proxy"];

pub(crate) struct Chaos<'a> {
    stack: &'a Stack,
    /// MiniStack, whose children functions are.
    host: Pid,
    state: Mutex<State>,
}

struct State {
    random: Rng,
    killed: usize,
    restarted: usize,
}

impl<'a> Chaos<'a> {
    pub(crate) fn new(seed: u64, stack: &'a Stack) -> Self {
        let random = Rng::with_seed(seed);
        let host = stack.aws().process("ministack");
        Self { stack, host, state: Mutex::new(State { random, killed: 0, restarted: 0 }) }
    }

    /// Acts before some of the requests.
    pub(crate) fn before(&self, request: usize) {
        if request % REQUESTS_PER_ACT == REQUESTS_PER_ACT - 1 {
            self.act();
        }
    }

    /// One act. They come one after the other.
    pub(crate) fn act(&self) {
        let mut state = self.state();
        if state.random.usize(..ACTS_PER_RESTART) == 0 {
            let pattern = PATTERNS[state.random.usize(..PATTERNS.len())];
            self.stack.restart_mapping(pattern);
            state.restarted += 1;
            return;
        }
        let functions = self.functions();
        let chosen = state.random.usize(..);
        // It may have ended by itself in the meantime.
        if let Some(function) = functions.get(chosen % functions.len().max(1))
            && kill_process(*function, Signal::KILL).is_ok()
        {
            state.killed += 1;
        }
    }

    /// The processes of functions that run at the moment. Only Linux tells; elsewhere none is killed.
    fn functions(&self) -> Vec<Pid> {
        let processes = fs::read_dir("/proc").into_iter().flatten();
        let number = |entry: fs::DirEntry| entry.file_name().to_str()?.parse::<i32>().ok();
        let numbers = processes.filter_map(|entry| number(entry.ok()?));
        numbers.filter(|&number| self.is_parent_of(number)).filter_map(Pid::from_raw).collect()
    }

    fn is_parent_of(&self, number: i32) -> bool {
        let status = fs::read_to_string(format!("/proc/{number}/status")).unwrap_or_default();
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
        parent.and_then(|parent| parent.trim().parse().ok())
            == Some(self.host.as_raw_nonzero().get())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// What happened, for the summary.
impl fmt::Display for Chaos<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        write!(f, "{} functions killed, {} pollers restarted", state.killed, state.restarted)
    }
}
