//! What counts as a difference, and which differences are known and explained.
//!
//! Every rule here is a section of `COMPATIBILITY.md` under the same name.

use serde_json::Value;

/// How the two answers to a case relate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Same text and overrides, or an error on both sides.
    Same,
    /// Different for a reason that is written down.
    Explained(&'static str),
    /// Different for no known reason; the text sorts differences into kinds.
    Different(&'static str),
}

pub(crate) fn compare(case: &Value, ours: &Value, theirs: Option<&Value>) -> Verdict {
    let Some(theirs) = theirs else {
        return Verdict::Explained("oracle-stuck");
    };
    let kind = match (ours.get("output"), theirs.get("output")) {
        (None, None) => return Verdict::Same,
        (Some(ours), Some(theirs)) if ours != theirs => "output",
        (Some(_), Some(_)) if ours.get("overrides") != theirs.get("overrides") => "overrides",
        (Some(_), Some(_)) => return Verdict::Same,
        (Some(_), None) => "only the oracle fails",
        (None, Some(_)) => "only we fail",
    };
    match explanation(case, ours, theirs) {
        Some(rule) => Verdict::Explained(rule),
        None => Verdict::Different(kind),
    }
}

fn explanation(case: &Value, ours: &Value, theirs: &Value) -> Option<&'static str> {
    let our_error = ours["error"].as_str().unwrap_or_default();
    let their_error = theirs["error"].as_str().unwrap_or_default();
    let (our_text, their_text) = (ours["output"].as_str(), theirs["output"].as_str());
    let template = case["template"].as_str().unwrap_or_default();
    if our_error.contains("the template needs") {
        return Some("bounds");
    }
    if their_error.starts_with("StackOverflowError") || their_error.starts_with("OutOfMemoryError")
    {
        return Some("bounds");
    }
    if their_text.is_some_and(|text| text.contains("VtlRunner$")) {
        return Some("host-classes");
    }
    if let (Some(our_text), Some(their_text)) = (our_text, their_text) {
        if without_identities(our_text) == without_identities(their_text) {
            return Some("object-identity");
        }
        if template.contains("$context") && sorted(our_text) == sorted(their_text) {
            return Some("context-order");
        }
    }
    None
}

/// The text without what Java prints for an object that has no text: the hash behind `Class@`.
fn without_identities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let digits = after.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(after.len());
        rest = if digits > 3 { &after[digits..] } else { after };
    }
    out.push_str(rest);
    out
}

fn sorted(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.chars().collect();
    chars.sort_unstable();
    chars
}
