//! What a template is rendered with.

use std::sync::Arc;

/// A JSON object, in the order in which its members were written.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// One request (or, for a response template, one integration response) as a template sees it.
///
/// Cloning shares the body, the parameters and the context.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The payload as it arrived. `$input.body` gives it unchanged; it is parsed only if the
    /// template reads it as JSON.
    pub body: Arc<str>,
    /// What `$input.params` gives.
    pub parameters: Arc<Parameters>,
    /// `$context`. `requestOverride` and `responseOverride` are added where they are missing; what
    /// they hold already, the template can read, and [`crate::Rendered`] gives back.
    pub context: Arc<JsonObject>,
    /// `$stageVariables`.
    pub stage_variables: JsonObject,
    /// Further variables under their own names, which API Gateway does not have: for tests.
    pub variables: JsonObject,
}

/// The parameters of a request, each group in its order. Of a repeated name the last value counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Decoded path parameters.
    pub path: Vec<(Arc<str>, Arc<str>)>,
    /// Decoded query string parameters.
    pub querystring: Vec<(Arc<str>, Arc<str>)>,
    /// Headers, named as the client spelt them.
    pub header: Vec<(Arc<str>, Arc<str>)>,
}

impl Parameters {
    /// `$input.params('name')`: the path first, then the query string, then the headers, whose
    /// names may differ in case.
    pub fn get(&self, name: &str) -> Option<&Arc<str>> {
        let exact = |group: &'_ [(Arc<str>, Arc<str>)]| {
            group.iter().rposition(|(candidate, _)| &**candidate == name)
        };
        let group = [&self.path, &self.querystring, &self.header]
            .into_iter()
            .find_map(|group| exact(group).map(|at| &group[at].1));
        group.or_else(|| {
            let mut headers = self.header.iter().rev();
            headers
                .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        })
    }
}
