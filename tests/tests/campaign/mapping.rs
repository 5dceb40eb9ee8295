//! The event source mapping of a pattern: what it says, and its poller restarted.

use std::time::Duration;

use serde_json::{Value, json};
use spillway_tests::{LocalAws, Stack, eventually};

const DEADLINE: Duration = Duration::from_secs(60);

/// The one mapping of a function.
pub(crate) struct Mapping {
    aws: &'static LocalAws,
    path: String,
}

impl Mapping {
    /// The mapping of a pattern's function.
    pub(crate) fn of(stack: &Stack, pattern: &str) -> Self {
        let aws = stack.aws();
        let function = stack.output(pattern, "function");
        let path = format!("/2015-03-31/event-source-mappings/?FunctionName={function}");
        let list: Value = serde_json::from_str(&aws.rest("lambda", "GET", &path, "")).unwrap();
        let id = list["EventSourceMappings"][0]["UUID"].as_str().unwrap();
        Self { aws, path: format!("/2015-03-31/event-source-mappings/{id}") }
    }

    /// Ends its poller and starts another one.
    pub(crate) fn restart(&self) {
        self.enable(false);
        self.enable(true);
    }

    fn enable(&self, enabled: bool) {
        let change = json!({ "Enabled": enabled }).to_string();
        self.aws.rest("lambda", "PUT", &self.path, &change);
        let expected = if enabled { "Enabled" } else { "Disabled" };
        eventually(&format!("the mapping is {expected}"), DEADLINE, || {
            let mapping = self.aws.rest("lambda", "GET", &self.path, "");
            let mapping: Value = serde_json::from_str(&mapping).unwrap();
            (mapping["State"] == expected).then_some(())
        });
    }
}
