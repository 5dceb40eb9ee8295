//! Cuts a differing case down to what makes it differ.

use anyhow::Result;
use serde_json::{Value, json};

use crate::compare::{Verdict, compare};
use crate::oracle::Oracle;

/// A case on which both differ, and both answers.
pub(crate) struct Difference {
    pub(crate) case: Value,
    pub(crate) kind: &'static str,
    pub(crate) ours: Value,
    pub(crate) theirs: Value,
}

pub(crate) fn minimise(oracle: &mut Oracle, mut found: Difference) -> Result<Difference> {
    for member in ["vars", "stageVariables", "params", "context"] {
        let mut smaller = found.case.clone();
        if smaller.as_object_mut().is_some_and(|case| case.remove(member).is_some())
            && let Some(difference) = first_that_differs(oracle, vec![smaller])?
            && difference.kind == found.kind
        {
            found = difference;
        }
    }
    loop {
        let before = size(&found.case);
        for member in ["template", "body"] {
            found = shorten(oracle, found, member)?;
        }
        if size(&found.case) == before {
            return Ok(found);
        }
    }
}

fn size(case: &Value) -> usize {
    ["template", "body"].iter().filter_map(|member| case[member].as_str()).map(str::len).sum()
}

/// Removes stretches of a text, long ones first, as long as the difference stays.
fn shorten(oracle: &mut Oracle, mut found: Difference, member: &str) -> Result<Difference> {
    let mut stretch =
        found.case[member].as_str().map_or(0, |text| text.chars().count()).div_ceil(2);
    while stretch > 0 {
        let text: Vec<char> = found.case[member].as_str().unwrap_or_default().chars().collect();
        let candidates = (0..text.len())
            .step_by(stretch.div_ceil(2))
            .map(|at| {
                let end = (at + stretch).min(text.len());
                let shorter: String = text[..at].iter().chain(&text[end..]).collect();
                let mut case = found.case.clone();
                case[member] = json!(shorter);
                case
            })
            .collect();
        match first_that_differs(oracle, candidates)? {
            Some(difference) if difference.kind == found.kind => found = difference,
            _ => stretch = if stretch == 1 { 0 } else { stretch.div_ceil(2).min(stretch - 1) },
        }
    }
    Ok(found)
}

/// The first of some cases on which both differ without a known reason.
pub(crate) fn first_that_differs(
    oracle: &mut Oracle,
    cases: Vec<Value>,
) -> Result<Option<Difference>> {
    let answers = oracle.ask(&cases)?;
    for (case, theirs) in cases.into_iter().zip(answers) {
        let ours: Value = serde_json::from_str(&mapping_template::answer_line(&case.to_string()))?;
        if let Verdict::Different(kind) = compare(&case, &ours, theirs.as_ref()) {
            return Ok(theirs.map(|theirs| Difference { case, kind, ours, theirs }));
        }
    }
    Ok(None)
}

/// What is left of a template when names, numbers and plain strings are taken as equal: differences
/// of the same shape have most likely the same cause.
pub(crate) fn shape(difference: &Difference) -> String {
    let template = difference.case["template"].as_str().unwrap_or_default();
    let mut shape = difference.kind.to_owned();
    let mut named = false;
    for c in template.chars() {
        let is_word = c.is_ascii_alphanumeric() || c == '_';
        match c {
            _ if named && is_word => {}
            '0'..='9' if shape.ends_with('0') => {}
            '0'..='9' => shape.push('0'),
            _ => shape.push(c),
        }
        // Names of variables go; names of members and directives stay.
        named = matches!(c, '$' | '!' | '{') || named && is_word;
    }
    shape
}
