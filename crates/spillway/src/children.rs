//! Child processes that end well when a person presses Ctrl-C.
//!
//! Children run in process groups of their own, so that the terminal's Ctrl-C reaches only this
//! process, which passes it on once: Terraform takes a second interrupt as an order to drop its
//! state and exit. The child then ends by itself, and the caller gets [`Error::Interrupted`].

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::error::Error;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The process group of the child that is waited for; 0 if there is none.
static RUNNING: AtomicI32 = AtomicI32::new(0);

/// From now on an interrupt no longer ends this process: it ends the child at hand, and is
/// reported by [`run`] and [`check_interrupted`].
pub(crate) fn watch_interrupts() {
    let mut signals = Signals::new([SIGINT, SIGTERM]).expect("both signals can be handled");
    std::thread::spawn(move || {
        for _ in &mut signals {
            if !INTERRUPTED.swap(true, Ordering::SeqCst) {
                interrupt_running();
            }
        }
    });
}

fn interrupt_running() {
    if let Some(group) = Pid::from_raw(RUNNING.load(Ordering::SeqCst)) {
        // A child that has just ended needs no interrupt.
        let _ = kill_process_group(group, Signal::INT);
    }
}

/// From now on an interrupt goes to `child`, which leads a process group, too.
pub(crate) fn watch(child: &Child) {
    RUNNING.store(child.id() as i32, Ordering::SeqCst);
    // It may have come between the last look and now.
    if INTERRUPTED.load(Ordering::SeqCst) {
        interrupt_running();
    }
}

/// Interrupts no longer go to a child.
pub(crate) fn unwatch() {
    RUNNING.store(0, Ordering::SeqCst);
}

/// Fails if the person has asked to stop.
pub(crate) fn check_interrupted() -> Result<(), Error> {
    if INTERRUPTED.load(Ordering::SeqCst) { Err(Error::Interrupted) } else { Ok(()) }
}

/// Runs a command whose output the person sees as it is.
pub(crate) fn run(command: &mut Command) -> Result<(), Error> {
    let child = spawn(command)?;
    finish(command, child)
}

/// Runs a command and hands each line of its standard output to `line`.
pub(crate) fn run_lines(command: &mut Command, mut line: impl FnMut(&str)) -> Result<(), Error> {
    let mut child = spawn(command.stdout(Stdio::piped()))?;
    let output = child.stdout.take().expect("standard output is piped");
    for text in BufReader::new(output).lines().map_while(Result::ok) {
        line(&text);
    }
    finish(command, child)
}

/// Runs a command and returns its standard output.
pub(crate) fn read(command: &mut Command) -> Result<Vec<u8>, Error> {
    let child = spawn(command.stdout(Stdio::piped()))?;
    let name = name_of(command);
    let output = child.wait_with_output().map_err(Error::io("wait for", name.as_ref()))?;
    conclude(command, output.status)?;
    Ok(output.stdout)
}

fn spawn(command: &mut Command) -> Result<Child, Error> {
    check_interrupted()?;
    let name = name_of(command);
    let child = command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(Error::io("run", name.as_ref()))?;
    watch(&child);
    Ok(child)
}

fn finish(command: &Command, mut child: Child) -> Result<(), Error> {
    let name = name_of(command);
    let status = child.wait().map_err(Error::io("wait for", name.as_ref()))?;
    conclude(command, status)
}

fn conclude(command: &Command, status: ExitStatus) -> Result<(), Error> {
    unwatch();
    check_interrupted()?;
    if status.success() {
        return Ok(());
    }
    Err(Error::Failed { command: name_of(command), status })
}

/// The program and its first argument that is no option: `terraform apply`.
fn name_of(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str()).to_string_lossy();
    let mut words = command.get_args().map(|argument| argument.to_string_lossy());
    match words.find(|word| !word.starts_with('-')) {
        Some(word) => format!("{program} {word}"),
        None => program.into_owned(),
    }
}
