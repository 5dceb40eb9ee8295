//! Java's regular expressions: `matches`, `replaceAll`, `replaceFirst` and `split`.
//!
//! The matching is done by `fancy_regex`, which knows look-around and back-references and counts its
//! steps back; `translate` turns Java's syntax into its. Patterns without any syntax, which are most
//! in mapping templates, are plain searches.

mod class;
mod replacement;
mod translate;

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, RwLock};

use fancy_regex::{Captures, Regex, RegexBuilder, RuntimeError};

use self::replacement::{Replacement, without_groups};
use crate::error::{Bound, Fault};
use crate::limits::Meter;
use crate::methods::Call;

/// How many patterns a template keeps compiled.
const KEPT: usize = 64;
/// The most memory that one compiled pattern may take.
const COMPILED_BYTES: usize = 1 << 20;

/// Texts up to this length are searched for by their last byte.
const SHORT: usize = 8;

/// Room for most results, so that the first texts do not make the buffer grow again and again.
const FIRST_ROOM: usize = 256;

/// The compiled patterns of a template.
#[derive(Default)]
pub(crate) struct Patterns {
    compiled: RwLock<HashMap<String, Vec<Compiled>>>,
}

/// One way in which a pattern is used.
struct Compiled {
    /// Whether the whole input has to match.
    whole: bool,
    backtracks: usize,
    regex: Arc<Regex>,
}

impl Patterns {
    fn get(&self, pattern: &str, whole: bool, meter: &Meter) -> Result<Arc<Regex>, Fault> {
        let backtracks = meter.limits().regex_backtracks;
        // A thread that panicked here has left the map as it was.
        let compiled = self.compiled.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        let mut ways = compiled.get(pattern).into_iter().flatten();
        if let Some(known) = ways.find(|way| way.whole == whole && way.backtracks == backtracks) {
            return Ok(Arc::clone(&known.regex));
        }
        drop(compiled);
        meter.spend(1_000 + pattern.len() as u64 * 10)?;
        let translated = translate::translate(pattern)?;
        let source = if whole { format!("\\A(?:{translated})\\z") } else { translated };
        let regex = RegexBuilder::new(&source)
            .backtrack_limit(backtracks)
            .delegate_size_limit(COMPILED_BYTES)
            .build()
            .map_err(|error| syntax_error(&error.to_string(), pattern))?;
        let regex = Arc::new(regex);
        let mut compiled = self.compiled.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        if compiled.len() >= KEPT {
            compiled.clear();
        }
        let way = Compiled { whole, backtracks, regex: Arc::clone(&regex) };
        compiled.entry(pattern.to_owned()).or_default().push(way);
        Ok(regex)
    }
}

fn syntax_error(problem: &str, pattern: &str) -> Fault {
    Fault::thrown("PatternSyntaxException", format!("{problem} near `{pattern}`"))
}

fn runtime_error(error: fancy_regex::Error, meter: &Meter) -> Fault {
    match error {
        fancy_regex::Error::RuntimeError(
            RuntimeError::BacktrackLimitExceeded | RuntimeError::StackOverflow,
        ) => Fault::Bound(Bound::Backtracks(meter.limits().regex_backtracks)),
        other => Fault::thrown("StackOverflowError", other.to_string()),
    }
}

/// Counts one pass over an input.
fn spend(text: &str, meter: &Meter) -> Result<(), Fault> {
    meter.spend(8 + text.len() as u64 / 8)
}

/// `text.matches(pattern)`: the whole text.
pub(crate) fn matches(
    patterns: &Patterns,
    text: &str,
    pattern: &str,
    meter: &Meter,
) -> Result<bool, Fault> {
    if let Some(literal) = translate::literal(pattern) {
        return Ok(text == literal);
    }
    spend(text, meter)?;
    patterns.get(pattern, true, meter)?.is_match(text).map_err(|error| runtime_error(error, meter))
}

/// The matches of a pattern in the order in which Java's `find()` gives them: after an empty match
/// the search goes on one character further, after any other at its end.
fn each_match<'t>(
    regex: &Regex,
    text: &'t str,
    meter: &Meter,
    mut visit: impl FnMut(&Captures<'t, str>) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let mut from = 0;
    while from <= text.len() {
        meter.spend(1)?;
        let found =
            regex.captures_from_pos(text, from).map_err(|error| runtime_error(error, meter))?;
        let Some(captures) = found else {
            break;
        };
        let Some(whole) = captures.get(0) else {
            break;
        };
        let (start, end) = (whole.start(), whole.end());
        if !visit(&captures)? {
            break;
        }
        from = if end > start {
            end
        } else {
            end + text[end..].chars().next().map_or(1, char::len_utf8)
        };
    }
    Ok(())
}

/// `text.replaceAll(pattern, with)`, or `replaceFirst` if `most` is 1.
pub(crate) fn replace(
    text: &Rc<str>,
    pattern: &str,
    with: &str,
    most: usize,
    how: &Call<'_>,
) -> Result<Rc<str>, Fault> {
    let meter = how.meter;
    spend(text, meter)?;
    if let Some(literal) = translate::literal(pattern)
        && !literal.is_empty()
    {
        return replace_literal(text, &literal, with, most, how);
    }
    replace_matches(text, pattern, with, most, how)
}

/// Replaces what a pattern with syntax matches. Not inlined, because most patterns have none.
#[inline(never)]
fn replace_matches(
    text: &Rc<str>,
    pattern: &str,
    with: &str,
    most: usize,
    how: &Call<'_>,
) -> Result<Rc<str>, Fault> {
    let meter = how.meter;
    let regex = how.patterns.get(pattern, false, meter)?;
    let mut out = how.scratch.borrow_mut();
    out.clear();
    let mut copied = 0;
    let mut left = most;
    let mut replacement = None;
    each_match(&regex, text, meter, |captures| {
        let Some(whole) = captures.get(0) else {
            return Ok(false);
        };
        // Java looks at the replacement only once something matches.
        let replacement = match &replacement {
            Some(parsed) => parsed,
            None => replacement.insert(Replacement::parse(with)?),
        };
        out.push_str(&text[copied..whole.start()]);
        let before = out.len();
        replacement.expand(&regex, captures, &mut out)?;
        meter.allocate(out.len() - before)?;
        copied = whole.end();
        left -= 1;
        Ok(left > 0)
    })?;
    if left == most {
        return Ok(Rc::clone(text));
    }
    out.push_str(&text[copied..]);
    how.meter.allocate(text.len())?;
    Ok(Rc::from(out.as_str()))
}

/// Replaces a text without syntax.
fn replace_literal(
    text: &Rc<str>,
    literal: &str,
    with: &str,
    most: usize,
    how: &Call<'_>,
) -> Result<Rc<str>, Fault> {
    let Some(mut at) = search(text, literal, 0) else {
        return Ok(Rc::clone(text));
    };
    let with = without_groups(with, literal)?;
    let mut out = how.scratch.borrow_mut();
    out.clear();
    out.reserve(text.len().max(FIRST_ROOM));
    let (mut copied, mut left) = (0, most);
    loop {
        how.meter.allocate(with.len())?;
        out.push_str(&text[copied..at]);
        out.push_str(&with);
        copied = at + literal.len();
        left -= 1;
        match search(text, literal, copied) {
            Some(next) if left > 0 => at = next,
            _ => break,
        }
    }
    out.push_str(&text[copied..]);
    how.meter.allocate(text.len())?;
    Ok(Rc::from(out.as_str()))
}

/// The first place of a text at or behind `from`. Short texts are found by their last byte: that
/// is cheaper than preparing a search, and the first is a backslash in most, which escaped texts
/// are full of.
#[inline]
fn search(text: &str, wanted: &str, from: usize) -> Option<usize> {
    let (haystack, wanted) = (text.as_bytes(), wanted.as_bytes());
    if wanted.len() > SHORT {
        return search_long(haystack, wanted, from);
    }
    let (last, before) = wanted.split_last()?;
    let mut end = from + before.len();
    loop {
        end += memchr::memchr(*last, haystack.get(end..)?)?;
        let start = end - before.len();
        if haystack[start..].starts_with(before) {
            return Some(start);
        }
        end += 1;
    }
}

/// Not inlined, because most texts that are looked for are short.
#[inline(never)]
fn search_long(haystack: &[u8], wanted: &[u8], from: usize) -> Option<usize> {
    memchr::memmem::find(&haystack[from..], wanted).map(|at| from + at)
}

/// `text.split(pattern, limit)`
pub(crate) fn split<'t>(
    patterns: &Patterns,
    text: &'t str,
    pattern: &str,
    limit: i32,
    meter: &Meter,
) -> Result<Vec<&'t str>, Fault> {
    spend(text, meter)?;
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let mut from = 0;
    match translate::literal(pattern).filter(|literal| !literal.is_empty()) {
        Some(literal) => {
            while parts.len() + 1 < most
                && let Some(at) = search(text, &literal, from)
            {
                parts.push(&text[from..at]);
                from = at + literal.len();
            }
            meter.spend(parts.len() as u64)?;
        }
        None => {
            let regex = patterns.get(pattern, false, meter)?;
            each_match(&regex, text, meter, |captures| {
                let Some(found) = captures.get(0) else {
                    return Ok(false);
                };
                if parts.len() + 1 >= most {
                    return Ok(false);
                }
                // An empty match at the start cuts nothing off.
                if !(from == 0 && found.start() == 0 && found.end() == 0) {
                    parts.push(&text[from..found.start()]);
                    from = found.end();
                }
                Ok(true)
            })?;
        }
    }
    if from == 0 {
        // Nothing was cut off; even an empty text is then one part.
        return Ok(vec![text]);
    }
    parts.push(&text[from..]);
    if limit == 0 {
        while parts.last().is_some_and(|part| part.is_empty()) {
            parts.pop();
        }
    }
    Ok(parts)
}
