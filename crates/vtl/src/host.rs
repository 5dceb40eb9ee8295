//! What a host may use of Java's library for its own objects.

use std::cell::RefCell;
use std::fmt;

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

/// A Java regular expression of the host's. It is compiled when it is first used, and once.
pub struct JavaPattern {
    pattern: String,
    compiled: Patterns,
}

impl JavaPattern {
    /// Takes a pattern as it is; a mistake in it shows when it is used.
    pub fn new(pattern: impl Into<String>) -> Self {
        JavaPattern { pattern: pattern.into(), compiled: Patterns::default() }
    }

    /// Whether it matches a text from end to end.
    ///
    /// # Errors
    /// A malformed pattern throws as in Java; going back too often exceeds a bound of the meter.
    pub fn matches(&self, text: &str, meter: &Meter) -> Result<bool, Fault> {
        regex::matches(&self.compiled, text, &self.pattern, meter)
    }
}

impl fmt::Debug for JavaPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JavaPattern").field(&self.pattern).finish()
    }
}
