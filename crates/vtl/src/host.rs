//! What a host may use of Java's library for its own objects.

use std::fmt;
use std::sync::Arc;

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
    let call = Call { meter, patterns: &patterns };
    methods::call(target, method, arguments, &call)
}

/// Whether a Java regular expression matches a text from end to end.
///
/// # Errors
/// A malformed pattern throws as in Java; going back too often exceeds a bound of the meter.
pub fn java_matches(pattern: &str, text: &str, meter: &Meter) -> Result<bool, Fault> {
    regex::matches(&Patterns::default(), text, &Arc::from(pattern), meter)
}

/// A Java regular expression that is compiled when it is first used, and once.
pub struct JavaPattern {
    pattern: Arc<str>,
    compiled: Patterns,
}

impl JavaPattern {
    /// Takes a pattern as it is; a mistake in it shows when it is used.
    pub fn new(pattern: &str) -> Self {
        JavaPattern { pattern: Arc::from(pattern), compiled: Patterns::default() }
    }

    /// Whether it matches a text from end to end.
    ///
    /// # Errors
    /// As [`java_matches`].
    pub fn matches(&self, text: &str, meter: &Meter) -> Result<bool, Fault> {
        regex::matches(&self.compiled, text, &self.pattern, meter)
    }
}

impl fmt::Debug for JavaPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JavaPattern").field(&self.pattern).finish()
    }
}
