//! What a host may use of Java's library for its own objects.

use std::cell::RefCell;

use crate::error::Fault;
use crate::limits::Meter;
use crate::methods::{self, Call};
use crate::regex::{self, Patterns};
use crate::value::Value;

/// Calls a method of a value as `$value.method(arguments)` does; `None` if there is no such method
/// for such arguments.
///
/// # Errors
/// What the method throws, and a bound of the meter.
pub fn call(
    target: &Value,
    method: &str,
    arguments: &[Value],
    meter: &Meter,
) -> Result<Option<Value>, Fault> {
    let patterns = Patterns::default();
    let scratch = RefCell::default();
    let call = Call { meter, patterns: &patterns, scratch: &scratch };
    methods::call(target, method, arguments, &call)
}

/// Whether a Java regular expression matches a text from end to end.
///
/// # Errors
/// A malformed pattern throws as in Java; going back too often exceeds a bound of the meter.
pub fn java_matches(pattern: &str, text: &str, meter: &Meter) -> Result<bool, Fault> {
    regex::matches(&Patterns::default(), text, pattern, meter)
}
