//! Faults on purpose: which calls of AWS fail, how, and how many of them.
//!
//! A rule is `SERVICE:OPERATION=FAULT@PERCENT%`, such as `dynamodb:PutItem=throttle@10%`. Whether a
//! rule strikes the k-th call that it is about follows from the seed, the rule and k, and from
//! nothing else, so a run with the same calls has the same faults whatever its timing. Rules know
//! nothing of each other: of those that strike the same call, the first has its way.
//!
//! Only calls of services that [`SERVICES`] lists can fail, because a fault is worth something only
//! if it is told as that service tells it ([`answer`]). What stands for a call, and what becomes of
//! it, is [`crate::endpoint`]'s.

mod answer;

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};

use crate::fault::answer::{SERVICES, Service};

pub(crate) use crate::fault::answer::rest_operation;

/// Why a rule is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// A part is missing.
    #[error("a rule must be SERVICE:OPERATION=FAULT@PERCENT%; got {given:?}")]
    Form {
        /// The whole rule.
        given: String,
    },
    /// Nobody knows how this service tells of faults.
    #[error("SERVICE must be one of {}; got {given:?}", SERVICES.each_ref().map(|it| it.name).join(", "))]
    Service {
        /// What was named.
        given: String,
    },
    /// No operation has such a name.
    #[error("OPERATION must be * or the name of an operation, such as PutItem; got {given:?}")]
    Operation {
        /// What was named.
        given: String,
    },
    /// The operation cannot be told from others.
    #[error("OPERATION of {service} must be * or one of {}; got {given:?}", known.join(", "))]
    UnknownOperation {
        /// The service.
        service: &'static str,
        /// What can be told apart.
        known: &'static [&'static str],
        /// What was named.
        given: String,
    },
    /// There is no such fault.
    #[error("FAULT must be throttle, error or lost; got {given:?}")]
    Kind {
        /// What was named.
        given: String,
    },
    /// No part of a hundred.
    #[error("PERCENT must be 0.01 to 100 with at most two decimals, and end with %; got {given:?}")]
    Percent {
        /// What was given.
        given: String,
    },
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The service says that there are too many. Nothing is executed.
    Throttle,
    /// The service says that it failed. Nothing is executed.
    Error,
    /// The call is executed, and its answer thrown away: the service says that it failed.
    Lost,
}

const KINDS: [(&str, Kind); 3] =
    [("throttle", Kind::Throttle), ("error", Kind::Error), ("lost", Kind::Lost)];

/// One rule.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq, Eq)]
#[serde(into = "String", try_from = "String")]
pub struct Fault {
    service: &'static Service,
    /// Any, if there is none.
    operation: Option<String>,
    kind: Kind,
    /// Of ten thousand calls, how many are struck.
    hundredths_of_percent: u16,
}

/// What a local AWS does wrong on purpose.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq, Eq)]
pub struct Faults {
    /// What happens, in the order in which rules have their way.
    pub rules: Vec<Fault>,
    /// Another one strikes other calls.
    pub seed: u64,
}

/// Rules with the calls that each was asked about.
#[derive(Debug)]
pub(crate) struct Injector {
    rules: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    fault: Fault,
    hash: u64,
    calls: AtomicU64,
}

impl Injector {
    pub(crate) fn new(faults: &Faults) -> Self {
        let counted = |(position, fault): (usize, &Fault)| Counted {
            hash: hash(&format!("{} {position} {}", faults.seed, fault.what())),
            fault: fault.clone(),
            calls: AtomicU64::new(0),
        };
        Self { rules: faults.rules.iter().enumerate().map(counted).collect() }
    }

    /// Whether a rule is about calls of this service.
    pub(crate) fn concerns(&self, service: &str) -> bool {
        self.rules.iter().any(|rule| rule.fault.service.name == service)
    }

    /// The fault that strikes this call. An operation that is not known is any rule's for all.
    pub(crate) fn strike(&self, service: &str, operation: Option<&str>) -> Option<&Fault> {
        // Every rule counts, or what one does would hang on the others.
        let strikes = self.rules.iter().filter(|rule| rule.strikes(service, operation));
        strikes.fold(None, |first, rule| first.or(Some(&rule.fault)))
    }
}

impl Counted {
    fn strikes(&self, service: &str, operation: Option<&str>) -> bool {
        if !self.fault.is_about(service, operation) {
            return false;
        }
        let k = self.calls.fetch_add(1, Ordering::Relaxed);
        let of_ten_thousand = (u128::from(mixed(self.hash, k)) * 10_000) >> 64;
        of_ten_thousand < self.fault.hundredths_of_percent.into()
    }
}

impl Fault {
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    fn is_about(&self, service: &str, operation: Option<&str>) -> bool {
        let named = self.operation.as_deref();
        self.service.name == service && (named.is_none() || named == operation)
    }

    /// Everything but how often, so that a higher percentage strikes the same calls and more.
    fn what(&self) -> String {
        let kind = KINDS.iter().find(|(_, kind)| *kind == self.kind);
        let (kind, _) = kind.expect("every kind has a name");
        format!("{}:{}={kind}", self.service.name, self.operation.as_deref().unwrap_or("*"))
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let form = || FaultError::Form { given: text.to_owned() };
        let (calls, rest) = text.split_once('=').ok_or_else(form)?;
        let (service, operation) = calls.split_once(':').ok_or_else(form)?;
        let (kind, percent) = rest.split_once('@').ok_or_else(form)?;
        let service = SERVICES
            .iter()
            .find(|known| known.name == service)
            .ok_or_else(|| FaultError::Service { given: service.to_owned() })?;
        let operation = parse_operation(service, operation)?;
        let (_, kind) = *KINDS
            .iter()
            .find(|(name, _)| *name == kind)
            .ok_or_else(|| FaultError::Kind { given: kind.to_owned() })?;
        let hundredths_of_percent = parse_percent(percent)
            .ok_or_else(|| FaultError::Percent { given: percent.to_owned() })?;
        Ok(Self { service, operation, kind, hundredths_of_percent })
    }
}

fn parse_operation(service: &Service, given: &str) -> Result<Option<String>, FaultError> {
    if given == "*" {
        return Ok(None);
    }
    let is_known = service.operations.is_none_or(|known| known.contains(&given));
    if let (Some(known), false) = (service.operations, is_known) {
        let service = service.name;
        return Err(FaultError::UnknownOperation { service, known, given: given.to_owned() });
    }
    let is_name = given.starts_with(|first: char| first.is_ascii_uppercase())
        && given.chars().all(|c| c.is_ascii_alphanumeric());
    if is_name {
        Ok(Some(given.to_owned()))
    } else {
        Err(FaultError::Operation { given: given.to_owned() })
    }
}

/// `12.5%` in hundredths.
fn parse_percent(given: &str) -> Option<u16> {
    let number = given.strip_suffix('%')?;
    let (whole, decimals) = number.split_once('.').unwrap_or((number, "0"));
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let hundredths = format!("{decimals:0<2}").parse::<u16>().ok()?;
    let sum = whole.parse::<u16>().ok()?.checked_mul(100)?.checked_add(hundredths)?;
    (1..=10_000).contains(&sum).then_some(sum)
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, hundredths) =
            (self.hundredths_of_percent / 100, self.hundredths_of_percent % 100);
        write!(f, "{}@{whole}", self.what())?;
        match hundredths {
            0 => {}
            _ if hundredths.is_multiple_of(10) => write!(f, ".{}", hundredths / 10)?,
            _ => write!(f, ".{hundredths:02}")?,
        }
        f.write_str("%")
    }
}

/// `faults sqs:*=lost@1%, s3:PutObject=error@2% (seed 0)`, or `no faults`.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rules.is_empty() {
            return f.write_str("no faults");
        }
        let rules: Vec<_> = self.rules.iter().map(Fault::to_string).collect();
        write!(f, "faults {} (seed {})", rules.join(", "), self.seed)
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.to_string()
    }
}

impl TryFrom<String> for Fault {
    type Error = FaultError;

    fn try_from(text: String) -> Result<Self, FaultError> {
        text.parse()
    }
}

/// FNV-1a. The standard library's hash may be another one with the next compiler.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The k-th number of the generator SplitMix64 that begins with `seed`.
fn mixed(seed: u64, k: u64) -> u64 {
    let z = seed.wrapping_add((k + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests;
