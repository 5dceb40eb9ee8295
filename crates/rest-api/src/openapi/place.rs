//! Which method a message is about, in AWS's words.

use std::fmt;

use super::node::Object;

/// A method that is being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub(super) http_method: &'a str,
    pub(super) path: &'a str,
}

impl Place<'_> {
    /// Reports why the method of `node` cannot be.
    pub(super) fn refuse_method(&self, node: &Object<'_>, reason: &str) {
        let Place { http_method, path } = self;
        node.report.error(format!(
            "Unable to put method '{http_method}' on resource at path '{path}': {reason}"
        ));
    }

    /// Reports why `what`, an integration or one of its responses, cannot be.
    pub(super) fn refuse(&self, node: &Object<'_>, what: &str, reason: &str) {
        let Place { http_method, path } = self;
        node.report.error(format!(
            "Unable to put {what} on '{http_method}' for resource at path '{path}': {reason}"
        ));
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "method '{} {}'", self.http_method, self.path)
    }
}
