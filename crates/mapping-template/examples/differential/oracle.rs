//! The other renderer: a process that answers one line of JSON to each line of JSON.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// How long one answer may take before the process counts as stuck.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Oracle {
    command: Vec<String>,
    child: Child,
    answers: Receiver<String>,
}

impl Oracle {
    pub(crate) fn start(command: &[String]) -> Result<Self> {
        let (program, arguments) =
            command.split_first().context("the oracle's command is missing")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let stdout = child.stdout.take().context("the oracle has no output")?;
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let Ok(line) = line else { break };
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Ok(Oracle { command: command.to_vec(), child, answers })
    }

    /// Asks all cases and returns an answer to each. A case on which the process gets stuck or dies
    /// has `None`; the process is started anew for the rest.
    pub(crate) fn ask(&mut self, cases: &[Value]) -> Result<Vec<Option<Value>>> {
        let mut answers = Vec::with_capacity(cases.len());
        while answers.len() < cases.len() {
            self.ask_in_one_go(&cases[answers.len()..], &mut answers)?;
            if answers.len() < cases.len() {
                answers.push(None);
                *self = Oracle::start(&self.command)?;
            }
        }
        Ok(answers)
    }

    fn ask_in_one_go(&mut self, cases: &[Value], answers: &mut Vec<Option<Value>>) -> Result<()> {
        let Some(mut stdin) = self.child.stdin.take() else {
            bail!("the oracle has no input");
        };
        let text: String = cases.iter().map(|case| format!("{case}\n")).collect();
        // Both pipes have bounds, so questions go out while answers come in. A process that died
        // breaks the pipe, which shows as missing answers.
        let writer = std::thread::spawn(move || {
            let written = stdin.write_all(text.as_bytes()).and_then(|()| stdin.flush());
            (stdin, written)
        });
        for _ in cases {
            match self.answers.recv_timeout(PATIENCE) {
                Ok(line) => answers.push(Some(
                    serde_json::from_str(&line).context("the oracle's answer is not JSON")?,
                )),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    self.child.kill().ok();
                    break;
                }
            }
        }
        let (stdin, _) = writer.join().expect("the writer does not panic");
        self.child.stdin = Some(stdin);
        Ok(())
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
