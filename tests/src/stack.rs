//! Stacks: `environments/local` applied under a name of its own.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::local_aws::LocalAws;
use crate::poll::eventually;
use crate::terraform::TerraformRoot;

/// How long a mapping may take to finish what it has begun.
const MAPPING_DEADLINE: Duration = Duration::from_secs(120);

/// What to apply.
pub struct StackBuilder {
    aws: &'static LocalAws,
    patterns: Option<Vec<String>>,
}

/// An applied stack. Destroyed on drop.
pub struct Stack {
    name: String,
    root: TerraformRoot,
    patterns: Value,
}

impl StackBuilder {
    /// Leaves out every pattern but these.
    pub fn only(mut self, patterns: &[&str]) -> Self {
        self.patterns = Some(patterns.iter().map(|&name| name.to_owned()).collect());
        self
    }

    /// Applies the stack.
    pub fn apply(self) -> Stack {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut root = TerraformRoot::on(self.aws, "environments/local");
        root.set("name", &name);
        if let Some(patterns) = self.patterns {
            root.set("patterns", Value::from(patterns).to_string());
        }
        root.apply();
        let patterns = root.output("patterns");
        Stack { name, root, patterns }
    }
}

impl Stack {
    /// A stack for the shared local AWS.
    pub fn local() -> StackBuilder {
        Self::on(LocalAws::shared())
    }

    /// A stack for the local AWS that enforces policies.
    pub fn enforcing_iam() -> StackBuilder {
        Self::on(LocalAws::enforcing_iam())
    }

    /// A stack for any local AWS.
    pub fn on(aws: &'static LocalAws) -> StackBuilder {
        StackBuilder { aws, patterns: None }
    }

    /// The prefix of every name in this stack.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where a pattern answers: for a function URL with a final slash, for an API with its path.
    pub fn url(&self, pattern: &str) -> String {
        self.output(pattern, "url")
    }

    /// One of a pattern's outputs.
    ///
    /// # Panics
    /// If there is no such output, or it is not a string.
    pub fn output(&self, pattern: &str, name: &str) -> String {
        let value = self.patterns[pattern][name].as_str();
        value
            .unwrap_or_else(|| panic!("no output {pattern}.{name} in {}", self.patterns))
            .to_owned()
    }

    /// The one event source mapping of a pattern.
    pub fn mapping(&self, pattern: &str) -> Value {
        let function = self.output(pattern, "function");
        let path = format!("/2015-03-31/event-source-mappings/?FunctionName={function}");
        let answer = self.aws().rest("lambda", "GET", &path, "");
        let list: Value = serde_json::from_str(&answer).expect("JSON");
        list["EventSourceMappings"][0].clone()
    }

    /// Changes the mapping of a pattern.
    pub fn update_mapping(&self, pattern: &str, change: &Value) {
        let mapping = self.mapping(pattern);
        let id = mapping["UUID"].as_str().expect("an id");
        let path = format!("/2015-03-31/event-source-mappings/{id}");
        self.aws().rest("lambda", "PUT", &path, &change.to_string());
    }

    /// Begins the mapping of a pattern anew: nothing that it has asked of its source before is under
    /// way any more.
    pub fn restart_mapping(&self, pattern: &str) {
        self.update_mapping(pattern, &json!({"Enabled": false}));
        eventually("the mapping rests", MAPPING_DEADLINE, || {
            (self.mapping(pattern)["State"] == "Disabled").then_some(())
        });
        self.update_mapping(pattern, &json!({"Enabled": true}));
    }

    /// Removes everything that was applied.
    pub fn destroy(self) {
        self.root.destroy();
    }
}

impl Deref for Stack {
    type Target = TerraformRoot;

    fn deref(&self) -> &TerraformRoot {
        &self.root
    }
}
