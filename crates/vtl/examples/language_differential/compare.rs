//! Runs the other engine and compares its answers with ours.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value as Json, json};
use vtl::{BigInt, Context, List, Map, Settings, Template, Value};

/// The variables of every template, as JSON.
fn variables() -> Json {
    json!({
        "s": "Hello,World", "t": "a.b-c", "e": "", "u": "né€", "w": " \t x \n",
        "i": 7, "z": 0, "neg": -3, "L": 4_294_967_296_i64, "d": 2.5,
        "yes": true, "no": false,
        "l": ["x", "y/z", 3, null, {"k": "v"}],
        "m": {"a": 1, "b": "two", "c": [1, 2], "n": null, "size": "S"},
        "g": [[1, 2], []],
    })
}

/// The other engine, running.
pub(crate) struct Other {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    variables: Json,
}

/// What comparing some templates gave.
pub(crate) struct Outcome {
    pub(crate) differences: Vec<String>,
    /// How many templates neither engine refused.
    pub(crate) rendered: usize,
}

impl Other {
    pub(crate) fn start(command: &[String]) -> io::Result<Self> {
        let mut child = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.take();
        let output = child.stdout.take().ok_or_else(|| io::Error::other("no output"))?;
        Ok(Other { child, input, output: BufReader::new(output), variables: variables() })
    }

    pub(crate) fn compare(&mut self, templates: &[String]) -> io::Result<Outcome> {
        let lines: Vec<String> = templates
            .iter()
            .enumerate()
            .map(|(id, template)| {
                json!({"id": id, "template": template, "vars": self.variables}).to_string()
            })
            .collect();
        let mut input = self.input.take().ok_or_else(|| io::Error::other("no input"))?;
        // Written from a second thread: both pipes are small, and both sides wait.
        let writer = std::thread::spawn(move || {
            for line in lines {
                writeln!(input, "{line}")?;
            }
            input.flush()?;
            Ok::<_, io::Error>(input)
        });
        let mut outcome = Outcome { differences: Vec::new(), rendered: 0 };
        for template in templates {
            let mut line = String::new();
            if self.output.read_line(&mut line)? == 0 {
                return Err(io::Error::other(format!("it ended at {template:?}")));
            }
            let answer: Json = serde_json::from_str(&line)?;
            let theirs = match answer["output"].as_str() {
                Some(output) => Ok(output.to_owned()),
                None => Err(answer["error"].as_str().unwrap_or_default().to_owned()),
            };
            let ours = self.ours(template);
            match (&theirs, &ours) {
                (Ok(theirs), Ok(ours)) if without_addresses(theirs) == without_addresses(ours) => {
                    outcome.rendered += 1;
                }
                (Err(_), Err(_)) => {}
                _ => outcome.differences.push(format!(
                    "template: {template:?}\n  theirs: {theirs:?}\n  ours:   {ours:?}"
                )),
            }
        }
        self.input = Some(writer.join().map_err(|_| io::Error::other("the writer panicked"))??);
        Ok(outcome)
    }

    fn ours(&self, template: &str) -> Result<String, String> {
        let mut context = Context::new();
        for (name, value) in self.variables.as_object().into_iter().flatten() {
            context.set(name, value_of(value));
        }
        Template::parse("t", template)
            .and_then(|template| template.render(&context, &Settings::default()))
            .map_err(|error| error.to_string())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // Its input closed, it ends by itself.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::from(BigInt::from(whole)),
            None => Value::from(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(List::json_array(items.iter().map(value_of).collect())),
        Json::Object(entries) => Value::Map(Map::from_entries(
            entries.iter().map(|(key, value)| (key.as_str(), value_of(value))),
        )),
    }
}

/// What is printed, with the hexadecimal digits behind every `@` removed.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split('@');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push('@');
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}
