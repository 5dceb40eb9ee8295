//! Access logs: one line a request, in the stage's own format.
//!
//! A format is text with `$context` variables and nothing else. What a request has no value for is
//! `-`. Between quotation marks, a value is escaped as JSON wants it, so that what a client sends
//! never ends the text that it stands in.

use std::time::Duration;

use mapping_template::JsonObject;
use serde_json::json;

use super::context;
use super::exchange::Exchange;
use super::trace::{Masked, Step};

/// What a value that is not there is written as.
const NOTHING: &str = "-";

/// A stage's format, read once.
#[derive(Debug)]
pub(super) struct Format(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// The name behind `$context.`, and whether it stands between quotation marks.
    Variable {
        name: String,
        is_quoted: bool,
    },
}

/// What a request has come to.
pub(super) struct Outcome<'a> {
    pub(super) exchange: &'a Exchange<'a>,
    pub(super) status: u16,
    /// The bytes of the answer's body.
    pub(super) length: usize,
    pub(super) latency: Duration,
}

impl Format {
    pub(super) fn parse(format: &str) -> Self {
        let mut parts = Vec::new();
        let mut text = String::new();
        let mut rest = format;
        let mut quotes = Quotes::default();
        while let Some(at) = rest.find('$') {
            let (before, behind) = rest.split_at(at);
            text.push_str(before);
            quotes.pass(before);
            if let Some((name, behind)) = variable(behind) {
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Variable { name: name.to_owned(), is_quoted: quotes.are_open });
                rest = behind;
            } else {
                text.push('$');
                rest = &behind[1..];
            }
        }
        text.push_str(rest);
        parts.push(Part::Text(text));
        Self(parts)
    }

    /// The line of a request.
    pub(super) fn render(&self, outcome: &Outcome<'_>) -> String {
        let mut line = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => line.push_str(text),
                Part::Variable { name, is_quoted } => {
                    let value = outcome.value(name);
                    let value = value.as_deref().filter(|value| !value.is_empty());
                    let value = value.unwrap_or(NOTHING);
                    if *is_quoted {
                        let quoted = json!(value).to_string();
                        line.push_str(&quoted[1..quoted.len() - 1]);
                    } else {
                        line.push_str(value);
                    }
                }
            }
        }
        line
    }
}

/// Where a text stands between quotation marks.
#[derive(Default)]
struct Quotes {
    are_open: bool,
}

impl Quotes {
    fn pass(&mut self, text: &str) {
        let mut is_escaped = false;
        for byte in text.bytes() {
            self.are_open ^= byte == b'"' && !is_escaped;
            is_escaped = byte == b'\\' && !is_escaped;
        }
    }
}

/// The name in `$context.name` or `${context.name}` at the beginning of a text, and what follows.
fn variable(text: &str) -> Option<(&str, &str)> {
    if let Some(braced) = text.strip_prefix("${context.") {
        return braced.split_once('}');
    }
    let behind = text.strip_prefix("$context.")?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    let end = behind.find(|c| !is_part(c)).unwrap_or(behind.len());
    // What ends a sentence or a field is no part of a name.
    let name = behind[..end].trim_end_matches(['-', '.', ':']);
    (!name.is_empty()).then(|| (name, &behind[name.len()..]))
}

impl Outcome<'_> {
    /// A variable's value: what only logs know, else what templates see as well.
    fn value(&self, name: &str) -> Option<String> {
        let Exchange { trace, request, served, context, .. } = self.exchange;
        let integration = &trace.integration;
        let group_and_member = name.split_once('.').unwrap_or(("", name));
        match group_and_member {
            ("", "status") => Some(self.status.to_string()),
            ("", "responseLength") => Some(self.length.to_string()),
            ("", "responseLatency") => Some(self.latency.as_millis().to_string()),
            ("", "integrationStatus") => member(integration, "status"),
            ("", "integrationLatency") => member(integration, "latency"),
            ("", "integrationErrorMessage") => member(integration, "error"),
            ("", "awsEndpointRequestId") => member(integration, "requestId"),
            ("", "endpointType") => {
                served.definition.rest_api.endpoint_configuration.types.first().cloned()
            }
            ("", "xrayTraceId") => {
                served.stage.tracing_enabled.then(|| request.xray_id().to_owned())
            }
            ("integration", "status") => {
                trace.function_status.or(integration.status).map(|status| status.to_string())
            }
            ("integration", "integrationStatus") => member(integration, "status"),
            ("integration", member_name) => member(integration, member_name),
            ("authorizer", "integrationStatus") => member(&trace.authorizer, "status"),
            ("authorizer", "integrationLatency") => member(&trace.authorizer, "latency"),
            ("authorizer", known @ ("status" | "latency" | "requestId" | "error")) => {
                member(&trace.authorizer, known)
            }
            ("authenticate", member_name) => member(&trace.authenticate, member_name),
            ("authorize", member_name) => member(&trace.authorize, member_name),
            ("identity", "apiKey") => {
                context::lookup(context, name).map(|key| Masked(&key).to_string())
            }
            _ => lookup(context, name),
        }
    }
}

fn member(step: &Step, name: &str) -> Option<String> {
    match name {
        "status" => step.status.map(|status| status.to_string()),
        "latency" => step.latency.map(|latency| latency.as_millis().to_string()),
        "requestId" => step.request_id.clone(),
        "error" => step.error.clone(),
        _ => None,
    }
}

/// What templates see. The names of claims may hold dots and colons.
fn lookup(context: &JsonObject, name: &str) -> Option<String> {
    let claim = || {
        let claims = context.get("authorizer")?.get("claims")?;
        context::scalar(claims.get(name.strip_prefix("authorizer.claims.")?)?)
    };
    context::lookup(context, name).or_else(claim)
}
