//! The pattern language of filters: the rules that EventBridge and Lambda share, on JSON.
//!
//! A pattern is an object as the record is. Where it holds an array, that is a list of rules for the
//! value there, of which one has to hold; all members of an object have to. `$or` takes patterns, of
//! which one has to match. Numbers are compared as numbers by `numeric` and as they are written
//! otherwise: 300 and 300.0 differ.

use serde_json::{Map, Number, Value};

/// A pattern that is well-formed.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    members: Vec<(String, Node)>,
    alternatives: Vec<Vec<Pattern>>,
}

#[derive(Clone, Debug)]
enum Node {
    Object(Pattern),
    Rules(Vec<Rule>),
}

#[derive(Clone, Debug)]
enum Rule {
    Equals(Value),
    Text(Text),
    AnythingBut(Vec<Rule>),
    Numeric(Vec<(Comparison, f64)>),
    Exists(bool),
}

/// What text has to be like; in any case if that is so.
#[derive(Clone, Debug)]
struct Text {
    place: Place,
    wanted: String,
    any_case: bool,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Whole,
    Start,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// EventBridge compares numbers between these alone.
const LARGEST_NUMBER: f64 = 5.0e9;

impl Pattern {
    /// Reads a pattern; nothing if it is not well-formed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match serde_json::from_str(text).ok()? {
            Value::Object(members) => Self::read(&members),
            _ => None,
        }
    }

    fn read(members: &Map<String, Value>) -> Option<Self> {
        let mut pattern = Self { members: Vec::new(), alternatives: Vec::new() };
        if members.is_empty() {
            return None;
        }
        for (name, value) in members {
            match value {
                Value::Array(patterns) if name == "$or" => {
                    let alternatives =
                        patterns.iter().map(|pattern| Self::read(pattern.as_object()?));
                    let alternatives = alternatives.collect::<Option<Vec<_>>>()?;
                    if alternatives.len() < 2 {
                        return None;
                    }
                    pattern.alternatives.push(alternatives);
                }
                Value::Array(rules) if !rules.is_empty() => {
                    let rules = rules.iter().map(Rule::read).collect::<Option<_>>()?;
                    pattern.members.push((name.clone(), Node::Rules(rules)));
                }
                Value::Object(members) => {
                    pattern.members.push((name.clone(), Node::Object(Self::read(members)?)));
                }
                _ => return None,
            }
        }
        Some(pattern)
    }

    /// Whether a value is as the pattern wants it. An array is, if one of its elements is.
    pub(crate) fn matches(&self, value: &Value) -> bool {
        match value {
            Value::Array(elements) => elements.iter().any(|element| self.matches(element)),
            Value::Object(members) => self.matches_object(members),
            _ => self.matches_object(&Map::new()),
        }
    }

    fn matches_object(&self, members: &Map<String, Value>) -> bool {
        let nothing = Map::new();
        let here = self.members.iter().all(|(name, node)| match (node, members.get(name)) {
            (Node::Rules(rules), value) => rules.iter().any(|rule| rule.holds(value)),
            (Node::Object(pattern), Some(value)) => pattern.matches(value),
            (Node::Object(pattern), None) => pattern.matches_object(&nothing),
        });
        here && self
            .alternatives
            .iter()
            .all(|patterns| patterns.iter().any(|pattern| pattern.matches_object(members)))
    }

    /// Whether the pattern says anything of a member.
    pub(crate) fn names(&self, member: &str) -> bool {
        self.any_node(member, &|_| true)
    }

    /// Whether it wants the member to be plain text, by rules for the value itself.
    pub(crate) fn wants_plain(&self, member: &str) -> bool {
        self.any_node(member, &|node| matches!(node, Node::Rules(_)))
    }

    fn any_node(&self, member: &str, is_so: &dyn Fn(&Node) -> bool) -> bool {
        self.members.iter().any(|(name, node)| name == member && is_so(node))
            || self.alternatives.iter().flatten().any(|pattern| pattern.any_node(member, is_so))
    }
}

impl Rule {
    fn read(rule: &Value) -> Option<Self> {
        let Value::Object(members) = rule else {
            return (!rule.is_array()).then(|| Self::Equals(rule.clone()));
        };
        let mut members = members.iter();
        let (Some((operator, operand)), None) = (members.next(), members.next()) else {
            return None;
        };
        match operator.as_str() {
            "exists" => Some(Self::Exists(operand.as_bool()?)),
            "numeric" => Some(Self::Numeric(comparisons(operand.as_array()?)?)),
            "anything-but" => Some(Self::AnythingBut(excluded(operand)?)),
            _ => Text::read(operator, operand).map(Self::Text),
        }
    }

    /// Whether it holds for what is there, or for that nothing is.
    fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            // Only leaves exist: an object is not there but what it holds is.
            (Self::Exists(wanted), value) => {
                *wanted == value.is_some_and(|value| !value.is_object())
            }
            (_, Some(Value::Array(elements))) => {
                elements.iter().any(|element| self.holds_for(element))
            }
            (_, Some(value)) => self.holds_for(value),
            (_, None) => false,
        }
    }

    fn holds_for(&self, value: &Value) -> bool {
        match self {
            Self::Equals(wanted) => wanted == value,
            Self::Text(text) => value.as_str().is_some_and(|value| text.matches(value)),
            Self::AnythingBut(excluded) => {
                !value.is_object() && !excluded.iter().any(|rule| rule.holds_for(value))
            }
            Self::Numeric(comparisons) => value.as_f64().is_some_and(|number| {
                comparisons.iter().all(|(comparison, bound)| comparison.holds(number, *bound))
            }),
            Self::Exists(wanted) => *wanted,
        }
    }
}

impl Text {
    fn read(operator: &str, operand: &Value) -> Option<Self> {
        let (place, any_case) = match operator {
            "prefix" => (Place::Start, false),
            "suffix" => (Place::End, false),
            "equals-ignore-case" => (Place::Whole, true),
            _ => return None,
        };
        match operand {
            Value::String(wanted) => Some(Self { place, wanted: wanted.clone(), any_case }),
            Value::Object(inner) if !any_case && inner.len() == 1 => {
                let wanted = inner.get("equals-ignore-case")?.as_str()?.to_owned();
                Some(Self { place, wanted, any_case: true })
            }
            _ => None,
        }
    }

    fn matches(&self, value: &str) -> bool {
        let matches = |value: &str, wanted: &str| match self.place {
            Place::Whole => value == wanted,
            Place::Start => value.starts_with(wanted),
            Place::End => value.ends_with(wanted),
        };
        if self.any_case {
            matches(&value.to_lowercase(), &self.wanted.to_lowercase())
        } else {
            matches(value, &self.wanted)
        }
    }
}

/// What `anything-but` excludes: a value, values, or what one or several texts describe.
fn excluded(operand: &Value) -> Option<Vec<Rule>> {
    let plain = |value: &Value| {
        (value.is_string() || value.is_number()).then(|| Rule::Equals(value.clone()))
    };
    match operand {
        Value::Array(values) if !values.is_empty() => values.iter().map(plain).collect(),
        Value::Object(members) if members.len() == 1 => {
            let (operator, operand) = members.iter().next()?;
            let operands = match operand {
                Value::Array(operands) if !operands.is_empty() => operands.as_slice(),
                operand => std::slice::from_ref(operand),
            };
            let texts = operands.iter().map(|operand| Text::read(operator, operand));
            texts.map(|text| text.map(Rule::Text)).collect()
        }
        value => plain(value).map(|rule| vec![rule]),
    }
}

/// `["=", n]`, `[">", n]` or `[">", n, "<", n]`.
fn comparisons(operand: &[Value]) -> Option<Vec<(Comparison, f64)>> {
    let pairs = operand.chunks(2).map(|pair| {
        let [operator, bound] = pair else { return None };
        let bound = bound.as_number().and_then(Number::as_f64)?;
        let comparison = Comparison::read(operator.as_str()?)?;
        (bound.abs() <= LARGEST_NUMBER).then_some((comparison, bound))
    });
    let pairs = pairs.collect::<Option<Vec<_>>>()?;
    let is_lower = |comparison: Comparison| {
        matches!(comparison, Comparison::Greater | Comparison::GreaterOrEqual)
    };
    match pairs.as_slice() {
        [_] => Some(pairs),
        [(first, low), (second, high)] => {
            let is_range = is_lower(*first)
                && !is_lower(*second)
                && *second != Comparison::Equal
                && low < high;
            is_range.then_some(pairs)
        }
        _ => None,
    }
}

impl Comparison {
    fn read(operator: &str) -> Option<Self> {
        match operator {
            "=" => Some(Self::Equal),
            "<" => Some(Self::Less),
            "<=" => Some(Self::LessOrEqual),
            ">" => Some(Self::Greater),
            ">=" => Some(Self::GreaterOrEqual),
            _ => None,
        }
    }

    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Equal => number == bound,
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
            Self::Greater => number > bound,
            Self::GreaterOrEqual => number >= bound,
        }
    }
}
