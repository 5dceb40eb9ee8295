//! `spillway up`, `status` and `down` as a person uses them, and what happens when things die.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use spillway_tests::{eventually, free_port, get, post, repository, scrubbed, spillway};

const DEADLINE: Duration = Duration::from_secs(60);

/// A local AWS of one test's own. Whatever happens, it is taken down.
struct Cloud {
    port: u16,
}

impl Cloud {
    fn new() -> Self {
        Self { port: free_port() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = spillway(arguments);
        command.args(["--port", &self.port.to_string()]);
        command
    }

    fn run(&self, arguments: &[&str]) -> assert_cmd::assert::Assert {
        assert_cmd::Command::from(self.command(arguments)).assert()
    }

    /// Standard output of a command that succeeds.
    fn read(&self, arguments: &[&str]) -> String {
        let assert = self.run(arguments).success();
        String::from_utf8(assert.get_output().stdout.clone()).unwrap()
    }

    fn status(&self) -> Value {
        serde_json::from_str(&self.read(&["status", "--json"])).unwrap()
    }

    fn pid_of(&self, process: &str) -> Pid {
        let status = self.status();
        let processes = status["processes"].as_array().unwrap();
        let pid = processes.iter().find(|each| each["name"] == process).unwrap()["pid"].as_i64();
        Pid::from_raw(pid.unwrap() as i32).unwrap()
    }

    fn dir(&self) -> PathBuf {
        repository().join(".spillway").join(self.port.to_string())
    }

    /// Supervisor, MiniStack and functions all work in the instance's folder or name its port.
    /// Only Linux tells; elsewhere the port alone is looked at.
    fn processes(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let port = format!("--port {}", self.port);
        let own = |pid: &str| {
            let proc = PathBuf::from("/proc").join(pid);
            let command = fs::read(proc.join("cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            let folder = fs::read_link(proc.join("cwd")).unwrap_or_default();
            let is_own =
                folder.starts_with(self.dir()) || command.contains(&format!("serve {port}"));
            is_own.then(|| format!("{pid}: {command}"))
        };
        entries.filter_map(|entry| own(entry.ok()?.file_name().to_str()?)).collect()
    }

    #[track_caller]
    fn assert_nothing_is_left(&self) {
        eventually(&format!("the end of {:?}", self.processes()), DEADLINE, || {
            self.processes().is_empty().then_some(())
        });
        TcpListener::bind(("127.0.0.1", self.port)).expect("the port is free again");
    }
}

impl Drop for Cloud {
    fn drop(&mut self) {
        let _ = self.command(&["down"]).output();
    }
}

#[test]
fn up_brings_a_stack_that_answers_and_down_leaves_nothing() {
    let cloud = Cloud::new();
    let printed = cloud.read(&["up"]);

    let lines: Vec<_> = printed.lines().filter_map(|line| line.strip_prefix("  curl '")).collect();
    assert_eq!(lines.len(), 11, "{printed}");
    let mut before = Value::Null;
    for line in lines {
        before = eventually(line, DEADLINE, || succeeds(line, &before));
    }

    let status = cloud.status();
    assert_eq!(status["endpoint"], format!("http://localhost:{}", cloud.port));
    let url = status["patterns"]["function-url-ingest"]["url"].as_str().unwrap();
    assert_eq!(get(url).json()[0]["id"], "ada@example.com");
    assert_eq!(status["processes"].as_array().unwrap().len(), 2);
    assert!(cloud.read(&["logs", "submission-url"]).contains("\"requestId\""));

    let mut plan = scrubbed("terraform");
    plan.current_dir(repository().join("environments/local"))
        .args(["plan", "-detailed-exitcode", "-input=false", "-no-color"])
        .envs(environment(&cloud));
    assert_cmd::Command::from(plan).assert().code(0);

    let again = cloud.run(&["up"]).success();
    let progress = String::from_utf8(again.get_output().stderr.clone()).unwrap();
    assert!(progress.contains("No changes."), "{progress}");
    assert_eq!(cloud.status(), status, "a second `up` leaves everything as it is");

    assert!(cloud.read(&["down"]).contains("Spillway is down."));
    cloud.assert_nothing_is_left();
    assert!(!cloud.dir().exists());
    cloud.run(&["status"]).code(1);
}

#[test]
fn whatever_is_killed_nothing_is_left_behind_and_the_next_up_works() {
    let cloud = Cloud::new();

    interrupt_up_when(&cloud, "Starting the local AWS");
    cloud.assert_nothing_is_left();
    interrupt_up_when(&cloud, "Creating...");
    cloud.assert_nothing_is_left();

    cloud.run(&["up"]).success();
    let first = cloud.pid_of("ministack");
    // So that there is a function process that could be left behind.
    get(cloud.status()["patterns"]["function-url-ingest"]["url"].as_str().unwrap());
    let apis = format!("http://localhost:{}/restapis", cloud.port);
    assert_eq!(get(&apis).json()["item"].as_array().map(Vec::len), Some(3));
    kill_process(first, Signal::KILL).unwrap();
    eventually("the supervisor starts MiniStack anew", DEADLINE, || {
        let status = cloud.command(&["status"]).output().unwrap();
        String::from_utf8_lossy(&status.stdout).contains("started anew").then_some(())
    });
    assert_eq!(cloud.processes().len(), 2, "{:?}", cloud.processes());
    assert_eq!(get(&apis).json(), json!({"item": []}), "REST APIs go with their cloud");

    cloud.run(&["up"]).success();
    assert_eq!(
        get(cloud.status()["patterns"]["function-url-ingest"]["url"].as_str().unwrap()).status,
        200
    );

    kill_process(cloud.pid_of("local-aws"), Signal::KILL).unwrap();
    cloud.assert_nothing_is_left();
    cloud.run(&["status"]).code(1);

    cloud.run(&["up"]).success();
    assert_eq!(
        get(cloud.status()["patterns"]["function-url-ingest"]["url"].as_str().unwrap()).status,
        200
    );
    cloud.run(&["down"]).success();
    cloud.assert_nothing_is_left();
}

#[test]
fn a_port_that_another_program_uses_is_named() {
    let cloud = Cloud::new();
    let _other = TcpListener::bind(("127.0.0.1", cloud.port)).unwrap();
    let assert = cloud.run(&["up"]).failure();
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    let expected = format!("port {} is taken by another program", cloud.port);
    assert!(error.contains(&expected), "{error}");
}

#[test]
fn a_pattern_that_does_not_exist_is_the_callers_mistake() {
    let cloud = Cloud::new();
    let assert = cloud.run(&["up", "--only", "no-such-pattern"]).code(2);
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    assert!(error.contains("function-url-ingest"), "{error}");
}

#[test]
fn every_missing_tool_is_named_with_its_remedy() {
    let cloud = Cloud::new();
    let empty = tempfile::tempdir().unwrap();
    let mut up = cloud.command(&["up"]);
    let assert = assert_cmd::Command::from({
        up.env("PATH", empty.path());
        up
    })
    .assert()
    .code(2);
    let error = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    for tool in ["cargo: ", "cc: ", "python3: ", "terraform: "] {
        assert!(error.contains(tool), "{tool} in {error}");
    }
}

#[test]
fn without_a_stack_status_and_logs_say_how_to_start_one() {
    let cloud = Cloud::new();
    let status = cloud.run(&["status"]).code(1);
    assert!(String::from_utf8_lossy(&status.get_output().stdout).contains("scripts/up"));
    let logs = cloud.run(&["logs"]).code(1);
    assert!(String::from_utf8_lossy(&logs.get_output().stderr).contains("scripts/up"));
}

#[test]
fn a_local_aws_whose_folder_is_removed_ends() {
    let cloud = Cloud::new();
    let mut serve = cloud.command(&["serve"]);
    let mut serve = serve.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let ready = BufReader::new(serve.stdout.take().unwrap()).lines().next();
    assert_eq!(ready.unwrap().unwrap(), "ready");
    fs::remove_dir_all(cloud.dir()).unwrap();
    assert!(serve.wait().unwrap().success());
    cloud.assert_nothing_is_left();
}

/// What a shell would make of `curl 'URL'`, on a machine that may have no curl, and a person of a word
/// in capitals: what the answer before said. The answer, if it is a success.
fn succeeds(line: &str, before: &Value) -> Option<Value> {
    let (url, rest) = line.split_once('\'').unwrap();
    let said = |name: &str| before[name].as_str().unwrap_or_default();
    let url = url.replace("MESSAGE_ID", said("messageId")).replace("USER_ID", said("userID"));
    let json = "application/json";
    let data = rest.strip_prefix(&format!(" -H 'Content-Type: {json}' -d '"));
    let data = data.and_then(|data| data.strip_suffix('\''));
    let answer = data.map_or_else(|| get(&url), |data| post(&url, json, data.as_bytes()));
    [200, 202].contains(&answer.status).then(|| answer.json())
}

/// Starts `up`, waits for a line of its progress, and presses Ctrl-C.
fn interrupt_up_when(cloud: &Cloud, progress: &str) {
    let mut up =
        cloud.command(&["up"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let pid = Pid::from_raw(up.id() as i32).unwrap();
    let mut lines = BufReader::new(up.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains(progress)), "no {progress:?} in the output of up");
    kill_process(pid, Signal::INT).unwrap();
    let rest: Vec<_> = lines.collect();
    assert_eq!(up.wait().unwrap().code(), Some(130), "{rest:#?}");
}

fn environment(cloud: &Cloud) -> std::collections::BTreeMap<String, String> {
    serde_json::from_str(&cloud.read(&["env", "--json"])).unwrap()
}
