//! Conditions: what must hold of a request's keys for a statement to apply.
//!
//! An operator is a test of one value, possibly negated. A key has no value, one, or several; how
//! the values are taken together says the prefix of the operator, and what is without a value says
//! its suffix.

use std::cmp::Ordering;
use std::net::IpAddr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use super::pattern::{Pattern, Syntax};
use super::{PolicyError, Values, object, wrong};

/// One operator on one key.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    /// In lower case.
    key: String,
    set: Option<Set>,
    if_exists: bool,
    is_negated: bool,
    test: Test,
}

/// How several values of a key are taken together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Set {
    All,
    Any,
}

/// Which orders a comparison takes.
type Comparison = fn(Ordering) -> bool;

/// What one value is compared with: any of these.
#[derive(Clone, Debug)]
enum Test {
    Text(Vec<Pattern>),
    TextIgnoringCase(Vec<Pattern>),
    Arn(Vec<Pattern>),
    Number(Comparison, Vec<f64>),
    Date(Comparison, Vec<Timestamp>),
    Bool(Vec<bool>),
    Address(Vec<Network>),
    /// Whether there must be none.
    Null(Vec<bool>),
}

/// The conditions of a statement: operators, keys below them, and what to compare with.
pub(super) fn parse(
    place: &str,
    operators: &Map<String, Json>,
    has_variables: bool,
) -> Result<Vec<Condition>, PolicyError> {
    let mut conditions = Vec::new();
    for (operator, keys) in operators {
        let place = format!("{place}.{operator}");
        for (key, values) in object(&place, keys)? {
            let place = format!("{place}.{key}");
            conditions.push(Condition::parse(&place, operator, key, values, has_variables)?);
        }
    }
    Ok(conditions)
}

impl Condition {
    fn parse(
        place: &str,
        operator: &str,
        key: &str,
        values: &Json,
        has_variables: bool,
    ) -> Result<Self, PolicyError> {
        let (set, rest) = match operator.split_once(':') {
            Some(("ForAllValues", rest)) => (Some(Set::All), rest),
            Some(("ForAnyValue", rest)) => (Some(Set::Any), rest),
            _ => (None, operator),
        };
        let (name, if_exists) = match rest.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (rest, false),
        };
        let literal = Syntax { has_variables, has_wildcards: false };
        let wild = Syntax { has_variables, has_wildcards: true };
        let values = Operands { place, values: scalars(place, values)? };
        let (is_negated, test) = match name {
            "StringEquals" | "BinaryEquals" => (false, Test::Text(values.patterns(literal))),
            "StringNotEquals" => (true, Test::Text(values.patterns(literal))),
            "StringEqualsIgnoreCase" => (false, Test::TextIgnoringCase(values.patterns(literal))),
            "StringNotEqualsIgnoreCase" => (true, Test::TextIgnoringCase(values.patterns(literal))),
            "StringLike" => (false, Test::Text(values.patterns(wild))),
            "StringNotLike" => (true, Test::Text(values.patterns(wild))),
            "ArnEquals" | "ArnLike" => (false, Test::Arn(values.patterns(wild))),
            "ArnNotEquals" | "ArnNotLike" => (true, Test::Arn(values.patterns(wild))),
            "IpAddress" => (false, Test::Address(values.networks()?)),
            "NotIpAddress" => (true, Test::Address(values.networks()?)),
            "Bool" => (false, Test::Bool(values.flags()?)),
            "Null" if set.is_none() && !if_exists => (false, Test::Null(values.flags()?)),
            other => match other.strip_prefix("Numeric").and_then(comparison) {
                Some((is_negated, holds)) => (is_negated, Test::Number(holds, values.numbers()?)),
                None => match other.strip_prefix("Date").and_then(comparison) {
                    Some((is_negated, holds)) => (is_negated, Test::Date(holds, values.dates()?)),
                    None => return Err(wrong(place, "below an operator of IAM", &operator.into())),
                },
            },
        };
        Ok(Self { key: key.to_lowercase(), set, if_exists, is_negated, test })
    }

    /// Whether it holds of a request.
    pub(super) fn holds(&self, condition: Values<'_>) -> bool {
        let values = condition(&self.key);
        if let Test::Null(wanted) = &self.test {
            return wanted.contains(&values.is_empty());
        }
        if values.is_empty() && self.if_exists {
            return true;
        }
        let mut results =
            values.iter().map(|value| self.test.holds(value, condition) != self.is_negated);
        match self.set {
            Some(Set::All) => results.all(|holds| holds),
            Some(Set::Any) => results.any(|holds| holds),
            // What is not there differs from everything.
            None if self.is_negated => results.all(|holds| holds),
            None => results.any(|holds| holds),
        }
    }
}

impl Test {
    fn holds(&self, value: &str, variables: Values<'_>) -> bool {
        match self {
            Self::Text(patterns) => patterns.iter().any(|one| one.matches(value, variables)),
            Self::TextIgnoringCase(patterns) => {
                patterns.iter().any(|one| one.matches_ignoring_case(value, variables))
            }
            Self::Arn(patterns) => patterns.iter().any(|one| one.matches_arn(value, variables)),
            Self::Number(holds, others) => value.parse::<f64>().is_ok_and(|value| {
                others.iter().any(|other| value.partial_cmp(other).is_some_and(holds))
            }),
            Self::Date(holds, others) => {
                date(value).is_some_and(|value| others.iter().any(|other| holds(value.cmp(other))))
            }
            Self::Bool(others) => flag(value).is_some_and(|value| others.contains(&value)),
            Self::Address(networks) => value
                .parse::<IpAddr>()
                .is_ok_and(|address| networks.iter().any(|network| network.contains(address))),
            // Only whether there is a value counts.
            Self::Null(_) => false,
        }
    }
}

/// What `NumericLessThan` and the like ask for, and whether negated.
fn comparison(name: &str) -> Option<(bool, Comparison)> {
    Some(match name {
        "Equals" => (false, Ordering::is_eq),
        "NotEquals" => (true, Ordering::is_eq),
        "LessThan" => (false, Ordering::is_lt),
        "LessThanEquals" => (false, Ordering::is_le),
        "GreaterThan" => (false, Ordering::is_gt),
        "GreaterThanEquals" => (false, Ordering::is_ge),
        _ => return None,
    })
}

/// What a policy compares with, as texts.
struct Operands<'a> {
    place: &'a str,
    values: Vec<String>,
}

impl Operands<'_> {
    fn patterns(&self, syntax: Syntax) -> Vec<Pattern> {
        self.values.iter().map(|value| Pattern::parse(value, syntax)).collect()
    }

    fn numbers(&self) -> Result<Vec<f64>, PolicyError> {
        self.each("a number", |value| value.parse().ok())
    }

    fn dates(&self) -> Result<Vec<Timestamp>, PolicyError> {
        self.each("a date as in ISO 8601 or in seconds since 1970", date)
    }

    fn flags(&self) -> Result<Vec<bool>, PolicyError> {
        self.each("true or false", flag)
    }

    fn networks(&self) -> Result<Vec<Network>, PolicyError> {
        self.each("an IP address or a CIDR block", Network::parse)
    }

    fn each<T>(
        &self,
        rule: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Vec<T>, PolicyError> {
        let read = |value: &String| {
            read(value).ok_or_else(|| wrong(self.place, rule, &value.as_str().into()))
        };
        self.values.iter().map(read).collect()
    }
}

/// A scalar or a list of scalars, as texts.
fn scalars(place: &str, found: &Json) -> Result<Vec<String>, PolicyError> {
    let text = |item: &Json| match item {
        Json::String(text) => Some(text.clone()),
        Json::Bool(_) | Json::Number(_) => Some(item.to_string()),
        _ => None,
    };
    let texts = match found {
        Json::Array(items) => items.iter().map(text).collect(),
        one => text(one).map(|text| vec![text]),
    };
    texts.ok_or_else(|| wrong(place, "a value or a list of values", found))
}

fn flag(text: &str) -> Option<bool> {
    text.to_ascii_lowercase().parse().ok()
}

fn date(text: &str) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse() {
        return Timestamp::from_second(seconds).ok();
    }
    let midnight = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| midnight().map(|zoned| zoned.timestamp()))
}

/// Addresses that share their first bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    length: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(longest), |length| length.parse().ok())?;
        (length <= longest).then_some(Self { address, length })
    }

    fn contains(self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.length
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let differing = network.to_bits() ^ address.to_bits();
                differing.leading_zeros() >= self.length
            }
            _ => false,
        }
    }
}
