//! What is wrong with a request: the parameters that are, by their paths, in words that hold the rule
//! and what was received. A request of some megabytes can have a problem in every other byte, so only
//! so many are kept as a person reads.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The most problems that are named.
const MOST: usize = 20;

/// What is wrong, by the path of the parameter.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    /// Those with the first paths, in whatever order they were found.
    named: BTreeMap<String, String>,
    /// Whether there are more than are named.
    more: bool,
}

impl Problems {
    /// One problem alone.
    pub(crate) fn one(path: &str, problem: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(path, problem);
        problems
    }

    /// The first problem of a path is the one that counts: others may follow from it.
    pub(crate) fn add(&mut self, path: &str, problem: impl Into<String>) {
        self.named.entry(path.to_owned()).or_insert_with(|| problem.into());
        if self.named.len() > MOST {
            self.named.pop_last();
            self.more = true;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// The paths, for the log.
    pub(crate) fn paths(&self) -> String {
        self.named.keys().map(String::as_str).collect::<Vec<_>>().join(",")
    }

    /// `{"message"}`, and `errors` by path if there are several.
    pub(crate) fn body(&self) -> String {
        let count = self.named.len();
        let message = match self.named.iter().next() {
            Some((path, problem)) if count == 1 => {
                return serde_json::json!({ "message": format!("{path} {problem}") }).to_string();
            }
            _ if self.more => format!("more than {MOST} parameters are wrong; these are some"),
            _ => format!("{count} parameters are wrong"),
        };
        serde_json::json!({ "message": message, "errors": self.named }).to_string()
    }
}

/// `path.name`; a name that is no word stands quoted in brackets, as `path["a.b"]`.
pub(crate) fn path(parent: &str, name: &str) -> String {
    let word = !name.is_empty()
        && name.len() <= CLIP
        && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if !word {
        return format!("{parent}[{}]", quoted(name));
    }
    if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") }
}

/// A rule and what was received instead, as it stands in the request.
pub(crate) fn broken(rule: &str, received: &RawValue) -> String {
    format!("{rule}; received {}", clip(received.get()))
}

/// A text as a JSON string, shortened to a readable length.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(clip(text)).to_string()
}

const CLIP: usize = 64;

fn clip(text: &str) -> String {
    match text.char_indices().nth(CLIP) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
