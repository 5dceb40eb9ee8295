//! What counts as a difference, and which differences are known and explained.
//!
//! Every rule here is a section of `COMPATIBILITY.md` under the same name.

use serde_json::{Value, json};

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
        return Verdict::Explained("bounds");
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
    if template.contains("#define") && their_error.contains("is null") {
        return Some("define-in-itself");
    }
    if their_error.contains("StackOverflowError") || their_error.starts_with("OutOfMemoryError") {
        return Some("bounds");
    }
    if their_text.is_some_and(|text| text.contains("VtlRunner$") || text.contains("CtxMap")) {
        return Some("host-classes");
    }
    if names_class_of_host(template) {
        return Some("host-classes");
    }
    if our_error.contains("Target of repeat operator is invalid") {
        return Some("repeated-anchor");
    }
    if splits_a_pair(case, template) {
        return Some("surrogates");
    }
    // Whether the hash code of an object that has none of its own is Base64 depends on its digits.
    if template.contains("base64Decode") && template.contains("hashCode()") {
        return Some("object-identity");
    }
    if let (Some(our_text), Some(their_text)) = (our_text, their_text) {
        if template.contains("base64Decode") && template.contains("split(") {
            return Some("object-identity");
        }
        if our_text.replace("-0.0", "0.0") == *their_text {
            return Some("jackson-numbers");
        }
        if template.contains("#foreach") && template.contains(".class.valueOf(") {
            return Some("static-method-memory");
        }
        let hashes = template.contains("hashCode");
        let same = |ours: &str, theirs: &str| {
            without_identities(ours, hashes) == without_identities(theirs, hashes)
        };
        if same(our_text, their_text) || same(&decoded(our_text), &decoded(their_text)) {
            return Some("object-identity");
        }
        if template.contains("$context") && sorted(our_text) == sorted(their_text) {
            return Some("context-order");
        }
    }
    None
}

/// Whether a template asks for the class of what the oracle implements with classes of its own.
fn names_class_of_host(template: &str) -> bool {
    let short = template.replace(['!', '{'], "");
    let hosts = ["$input", "$util", "$context"];
    hosts.iter().any(|host| {
        let mut uses = short.split(host).skip(1);
        uses.any(|rest| rest.starts_with(".class") || rest.starts_with(".getClass()"))
    })
}

/// Whether the template takes text apart that has characters of two UTF-16 units.
fn splits_a_pair(case: &Value, template: &str) -> bool {
    let body = case["body"].as_str().unwrap_or_default();
    let has_pair = |text: &str| text.chars().any(|c| c > '\u{FFFF}');
    let splits = ["split(", "substring(", "charAt(", "replaceAll(", "toCharArray("];
    (has_pair(body) || has_pair(template)) && splits.iter().any(|method| template.contains(method))
}

/// The text without what Java prints for an object that has no text, the hash behind `Class@`; and
/// without any number, if the template asks for hash codes.
fn without_identities(text: &str, hashes: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = rest.split_at(at + 1);
        out.push_str(before);
        let digits = after.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(after.len());
        rest = if digits > 3 { &after[digits..] } else { after };
    }
    out.push_str(rest);
    if hashes {
        out.retain(|c| c != '-' && !c.is_ascii_digit());
    }
    out
}

/// The text with the identities in it in plain sight, where `$util` has encoded them.
fn decoded(text: &str) -> String {
    let mut plain = text.to_owned();
    // What is encoded may be part of something that is encoded again.
    for _ in 0..3 {
        for (code, meaning) in [("%40", "@"), ("%3D", "="), ("%2B", "+"), ("%2F", "/")] {
            plain = plain.replace(code, meaning);
        }
        plain = with_words_decoded(&plain);
    }
    plain
}

/// The text with every word in it taken back that is the Base64 of an identity. Letters right
/// beside it look as if they were part of it, so a word is read from each of its first four, in whole
/// groups of four.
fn with_words_decoded(text: &str) -> String {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let mut out = text.to_owned();
    let words = text.split(|c| !is_digit(c));
    let words = words.flat_map(|word| {
        (0..4).filter_map(|skipped| {
            word.get(skipped..word.len() - word.len().checked_sub(skipped)? % 4)
        })
    });
    for word in words.filter(|word| word.len() >= 8) {
        let case = json!({"template": "$util.base64Decode($x)", "vars": {"x": word}}).to_string();
        let answer = mapping_template::answer_line(&case);
        let meaning = serde_json::from_str::<Value>(&answer)
            .ok()
            .and_then(|answer| Some(answer["output"].as_str()?.to_owned()));
        if let Some(meaning) = meaning
            && (without_identities(&meaning, false) != meaning
                || with_words_decoded(&meaning) != meaning)
        {
            out = out.replace(word, &meaning);
        }
    }
    out
}

fn sorted(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.chars().collect();
    chars.sort_unstable();
    chars
}
