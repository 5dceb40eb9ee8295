//! `[?(...)]`: which elements a path goes on with.
//!
//! The text is cut at `&&` and `||` first and at the operator second, without regard to quotes or
//! parentheses, as Jayway cuts it; `&&` binds tighter. What stands left or right of an operator is a
//! path, a `'string'`, a `/pattern/` or else a bare word, which compares as a string.

use std::rc::Rc;

use vtl::{Fault, JavaPattern, Meter, Value};

use crate::text::java_trim;

use super::compare::{compare, matches};
use super::{Path, PathError, compile, eval};

/// Alternatives of conditions that must hold together, in the order in which Jayway tries them:
/// last first.
#[derive(Debug)]
pub(crate) struct Filter {
    alternatives: Vec<Vec<Criterion>>,
}

#[derive(Debug)]
enum Criterion {
    /// `@.a` or `!@.a`: whether something other than `null` is there.
    Exists { path: Path, wanted: bool },
    /// `[?]`: a place for a filter of the Java program's, which templates cannot fill.
    Unbound,
    /// `left operator right`
    Compare { left: Operand, operator: Operator, right: Operand },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    GreaterOrEqual,
    LessOrEqual,
    NotEqual,
    Less,
    Greater,
    Matches,
}

/// In the order in which Jayway looks for them.
const OPERATORS: [(&str, Operator); 7] = [
    ("==", Operator::Equal),
    (">=", Operator::GreaterOrEqual),
    ("<=", Operator::LessOrEqual),
    ("!=", Operator::NotEqual),
    ("<", Operator::Less),
    (">", Operator::Greater),
    ("=~", Operator::Matches),
];

#[derive(Debug)]
enum Operand {
    Path(Path),
    Text(Rc<str>),
    Pattern(JavaPattern),
}

impl Filter {
    /// Reads the filter from the bracket before the first `?` to the one that closes it; the rest of
    /// the component is ignored.
    pub(super) fn parse(component: &str, meter: &Meter) -> Result<Self, Fault> {
        let unreadable = || PathError::Filter(component.to_owned());
        if is_unbound(component) {
            return Ok(Filter { alternatives: vec![vec![Criterion::Unbound]] });
        }
        let start = component.find('?').and_then(|at| component[..at].rfind('['));
        let text = bounded(&component[start.ok_or_else(unreadable)?..]).ok_or_else(unreadable)?;
        let text = java_trim(text).strip_prefix('[').and_then(|text| text.strip_suffix(']'));
        let text = java_trim(text.ok_or_else(unreadable)?).strip_prefix('?').map(java_trim);
        let text = text.and_then(|text| text.strip_prefix('(')?.strip_suffix(')'));
        let text = java_trim(text.ok_or_else(unreadable)?);
        if text.contains("|||") || text.contains("&&&") {
            return Err(unreadable().into());
        }
        let mut alternatives = text
            .split("||")
            .map(|all| {
                let mut all = all
                    .split("&&")
                    .map(|text| Criterion::parse(text, meter))
                    .collect::<Result<Vec<_>, _>>()?;
                all.reverse();
                Ok(all)
            })
            .collect::<Result<Vec<_>, Fault>>()?;
        alternatives.reverse();
        Ok(Filter { alternatives })
    }

    /// Whether an element passes.
    pub(super) fn accepts(
        &self,
        item: &Value,
        document: &Value,
        meter: &Meter,
    ) -> Result<bool, Fault> {
        'alternatives: for all in &self.alternatives {
            for criterion in all {
                if !criterion.holds(item, document, meter)? {
                    continue 'alternatives;
                }
            }
            return Ok(true);
        }
        Ok(false)
    }
}

/// Whether the component is `[?]`, or `[?,?]` for several.
fn is_unbound(component: &str) -> bool {
    let inside = component.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.is_some_and(|inside| {
        inside.trim_ascii_start().starts_with('?')
            && inside
                .bytes()
                .all(|byte| matches!(byte, b'?' | b',' | b'*') || byte.is_ascii_whitespace())
    })
}

/// The filter up to the bracket that closes it: outside single quotes, with all parentheses closed.
fn bounded(component: &str) -> Option<&str> {
    let (mut parentheses, mut brackets, mut quoted) = (0_i32, 0_i32, false);
    let mut before = ' ';
    for (at, c) in component.char_indices() {
        match c {
            '\'' if before != '\\' => quoted = !quoted,
            _ if quoted => {}
            '(' => parentheses += 1,
            ')' => parentheses -= 1,
            '[' => brackets += 1,
            ']' => {
                brackets -= 1;
                if parentheses == 0 {
                    return (brackets == 0).then_some(&component[..=at]);
                }
            }
            _ => {}
        }
        before = c;
    }
    None
}

impl Criterion {
    fn parse(text: &str, meter: &Meter) -> Result<Self, Fault> {
        let text =
            java_trim(text).trim_start_matches(['[', '?', '(', ' ']).trim_end_matches([')', ' ']);
        let unreadable = || PathError::Filter(text.to_owned());
        let found = OPERATORS.iter().find_map(|(sign, operator)| {
            text.split_once(sign).map(|(left, right)| (left, *operator, right))
        });
        let Some((left, operator, right)) = found else {
            let (wanted, path) = match text.strip_prefix('!') {
                Some(path) if path.starts_with('@') => (false, path),
                _ => (true, text),
            };
            if !path.starts_with(['$', '@']) {
                return Err(unreadable().into());
            }
            return Ok(Criterion::Exists { path: definite(path, meter)?, wanted });
        };
        let left = java_trim(left);
        let left = if left.starts_with("!@") { &left[1..] } else { left };
        let right = java_trim(right);
        if right.starts_with("!@") {
            return Err(unreadable().into());
        }
        Ok(Criterion::Compare {
            left: Operand::parse(left, meter)?,
            operator,
            right: Operand::parse(right, meter)?,
        })
    }

    fn holds(&self, item: &Value, document: &Value, meter: &Meter) -> Result<bool, Fault> {
        match self {
            Criterion::Exists { path, wanted } => {
                let found = eval::read(path, item, document, true, meter)?;
                Ok(found.is_some_and(|value| !value.is_null()) == *wanted)
            }
            Criterion::Unbound => {
                Err(Fault::thrown("NullPointerException", "[?] stands for no filter in a template"))
            }
            Criterion::Compare { left, operator, right } => {
                let (Some(left), Some(right)) =
                    (left.value(item, document, meter)?, right.value(item, document, meter)?)
                else {
                    return Ok(false);
                };
                operator.holds(&left, &right, meter)
            }
        }
    }
}

fn definite(text: &str, meter: &Meter) -> Result<Path, Fault> {
    let path = compile(text, meter)?;
    if path.is_definite() { Ok(path) } else { Err(PathError::Indefinite(text.to_owned()).into()) }
}

/// What a criterion compares: a value of the document or a pattern of the path.
enum Side<'a> {
    Value(Value),
    Pattern(&'a JavaPattern),
}

impl Operand {
    fn parse(text: &str, meter: &Meter) -> Result<Self, Fault> {
        // A malformed pattern fails even if no element is ever compared with it.
        let pattern = |text: String| {
            let pattern = JavaPattern::new(text);
            pattern.matches("", meter)?;
            Ok(Operand::Pattern(pattern))
        };
        match text.as_bytes() {
            [b'$' | b'@', ..] => definite(text, meter).map(Operand::Path),
            [b'\''] | [b'/'] => Err(PathError::Filter(text.to_owned()).into()),
            [b'\'', .., b'\''] => Ok(Operand::Text(text[1..text.len() - 1].into())),
            [b'/', .., b'/'] => pattern(text[1..text.len() - 1].to_owned()),
            [b'/', .., b'/', b'i'] => pattern(format!("(?i){}", &text[1..text.len() - 2])),
            _ => Ok(Operand::Text(text.into())),
        }
    }

    /// `None` if the path leads nowhere.
    fn value(
        &self,
        item: &Value,
        document: &Value,
        meter: &Meter,
    ) -> Result<Option<Side<'_>>, Fault> {
        Ok(match self {
            Operand::Path(path) => {
                let start = if path.from_root { document } else { item };
                eval::read(path, start, document, false, meter)?.map(Side::Value)
            }
            Operand::Text(text) => Some(Side::Value(Value::String(Rc::clone(text)))),
            Operand::Pattern(pattern) => Some(Side::Pattern(pattern)),
        })
    }
}

impl Operator {
    fn holds(self, left: &Side<'_>, right: &Side<'_>, meter: &Meter) -> Result<bool, Fault> {
        let (left, right) = match (self, left, right) {
            (Operator::Matches, Side::Pattern(pattern), Side::Value(value))
            | (Operator::Matches, Side::Value(value), Side::Pattern(pattern)) => {
                return matches(pattern, value, meter);
            }
            (Operator::Matches, ..) => {
                return Err(Fault::thrown("ClassCastException", "=~ needs a /pattern/"));
            }
            (_, Side::Value(left), Side::Value(right)) => (left, right),
            _ => return Ok(false),
        };
        let ordered = !matches!(self, Operator::Equal | Operator::NotEqual);
        if ordered && left.is_null() != right.is_null() {
            return Ok(false);
        }
        let Some(ordering) = compare(right, left, meter)? else {
            return Ok(false);
        };
        // The ordering is that of the expected value, on the right, against the document's.
        Ok(match self {
            Operator::Equal => ordering.is_eq(),
            Operator::NotEqual => ordering.is_ne(),
            Operator::Less => ordering.is_gt(),
            Operator::LessOrEqual => ordering.is_ge(),
            Operator::Greater => ordering.is_lt(),
            Operator::GreaterOrEqual => ordering.is_le(),
            Operator::Matches => false,
        })
    }
}
