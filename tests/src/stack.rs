//! Stacks: `environments/local` applied under a name of its own.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use crate::local_aws::LocalAws;
use crate::terraform::TerraformRoot;

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
