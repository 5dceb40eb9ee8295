//! `spillway render` as a person and a pre-commit hook use it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use spillway_tests::spillway;
use tempfile::TempDir;

const TEMPLATE: &str = "#set($in = $input.path('$'))\nHello $in.name!\n";

/// A folder with files, outside any clone: `render` needs none.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

fn render(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = spillway(&["render"]);
    command.args(arguments).current_dir(dir);
    command
}

/// Status, standard output and standard error.
fn run(dir: &TempDir, arguments: &[&str]) -> (i32, String, String) {
    let output = render(dir.path(), arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_template_is_rendered_for_a_request_byte_for_byte() {
    let dir = folder(&[("t.vtl", TEMPLATE), ("r.json", r#"{"body": {"name": "Ada"}}"#)]);
    let (status, output, _) = run(&dir, &["--template", "t.vtl", "--request", "r.json"]);
    assert_eq!((status, output.as_str()), (0, "Hello Ada!\n"));
}

#[test]
fn without_a_request_everything_is_empty() {
    let dir = folder(&[("t.vtl", "[$input.params('x')]$input.body")]);
    let (status, output, _) = run(&dir, &["--template", "t.vtl"]);
    assert_eq!((status, output.as_str()), (0, "[]{}"));
}

#[test]
fn overrides_are_printed_on_demand() {
    let dir = folder(&[("t.vtl", "#set($context.responseOverride.status = 404)none")]);
    let (status, output, _) = run(&dir, &["--template", "t.vtl", "--json"]);
    let printed: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(status, 0);
    let expected = serde_json::json!({
        "output": "none",
        "overrides": {"responseOverride": {"status": 404}},
    });
    assert_eq!(printed, expected);
}

#[test]
fn a_mistake_in_a_template_is_shown_where_it_is() {
    let dir = folder(&[("t.vtl", "ok\n#set($x = $a -1)\n")]);
    for task in ["--template", "--check"] {
        let (status, output, error) = run(&dir, &[task, "t.vtl"]);
        let shown = format!("{output}{error}");
        assert_eq!(status, 1, "{shown}");
        assert!(shown.contains("t.vtl:2:14"), "{shown}");
        assert!(shown.contains("2 | #set($x = $a -1)\n  |              ^^"), "{shown}");
        assert!(shown.contains("help: "), "{shown}");
    }
}

#[test]
fn a_check_warns_of_values_that_can_break_out_of_their_string() {
    let unescaped = r#"{"name": "$input.params('name')"}"#;
    let escaped =
        r#"{"name": "$util.escapeJavaScript($input.params('name')).replaceAll("\\'","'")"}"#;
    let dir = folder(&[("bad.vtl", unescaped), ("good.vtl", escaped)]);
    let (status, output, _) = run(&dir, &["--check", "good.vtl"]);
    assert_eq!((status, output.as_str()), (0, ""));
    let (status, output, _) = run(&dir, &["--check", "good.vtl", "bad.vtl"]);
    assert_eq!(status, 0, "a warning is advice");
    assert!(output.starts_with("bad.vtl:1:11: warning[unescaped-value]"), "{output}");
}

#[test]
fn cases_are_answered_a_line_each() {
    let dir = folder(&[]);
    let mut child = render(dir.path(), &["--ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    let cases = [
        (
            r#"{"id":1,"template":"$input.json('$.a')","body":"{\"a\":[1, 2]}"}"#,
            r#"{"id":1,"output":"[1,2]"}"#,
        ),
        (r#"{"id":"x","template":"$n","vars":{"n":1}}"#, r#"{"id":"x","output":"1"}"#),
    ];
    for (case, answer) in cases {
        writeln!(input, "{case}").unwrap();
        assert_eq!(answers.next().unwrap().unwrap(), answer);
    }
    for broken in ["not json", r#"{"id":7}"#, r##"{"id":8,"template":"#if("}"##] {
        writeln!(input, "{broken}").unwrap();
        assert!(answers.next().unwrap().unwrap().contains("\"error\":"), "{broken}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn what_is_wrong_with_a_request_is_named() {
    let dir = folder(&[("t.vtl", "x"), ("r.json", r#"{"params": {"header": []}}"#)]);
    let (status, _, error) = run(&dir, &["--template", "t.vtl", "--request", "r.json"]);
    assert_eq!(status, 2);
    assert!(error.contains("r.json") && error.contains("params.header"), "{error}");
    let (status, _, error) = run(&dir, &["--template", "absent.vtl"]);
    assert_eq!(status, 2);
    assert!(error.contains("absent.vtl"), "{error}");
}

#[test]
fn a_watched_template_is_rendered_again_when_it_changes() {
    let dir = folder(&[("t.vtl", "first\n")]);
    let mut child = render(dir.path(), &["--template", "t.vtl", "--watch"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = child.stdout.take().unwrap();
    let mut first = [0; 6];
    output.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"first\n");
    fs::write(dir.path().join("t.vtl"), "the second\n").unwrap();
    let mut second = [0; 11];
    output.read_exact(&mut second).unwrap();
    assert_eq!(&second, b"the second\n");
    child.kill().unwrap();
    child.wait().unwrap();
}
