//! The one error type of this crate, and the way any error is written to a log.

use std::error::Error as StdError;
use std::fmt;

/// What can go wrong before or beside a function's own work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Environment variables that the function cannot start without are missing or empty.
    #[error("missing or empty in the environment: {}", names.join(", "))]
    MissingSettings {
        /// The names of all of them, in the order they were asked for.
        names: Vec<String>,
    },

    /// An environment variable has a value that means nothing.
    #[error("{name} must be {rule}; got {value:?}")]
    InvalidSetting {
        /// The variable.
        name: String,
        /// What it must be.
        rule: &'static str,
        /// What it is.
        value: String,
    },

    /// The text is not JSON.
    #[cfg(feature = "dynamodb")]
    #[error("{path} is not valid JSON")]
    ItemSyntax {
        /// Where in the item, as `items[3].price`; `the item` for the whole.
        path: String,
        /// What the parser says.
        #[source]
        source: serde_json::Error,
    },

    /// DynamoDB would refuse this value.
    #[cfg(feature = "dynamodb")]
    #[error("{path} {rule}; got {value}")]
    ItemRefused {
        /// Where in the item, as `items[3].price`; `the item` for the whole.
        path: String,
        /// The rule it breaks.
        rule: crate::item::Rule,
        /// The value, shortened to a readable length.
        value: String,
    },
}

/// Writes an error with all its causes in one line: `outer: cause: cause of the cause`.
///
/// SDK errors say nothing useful by themselves ("service error"); their causes do. For logs
/// only: causes hold ARNs and messages of other services, which no client should see.
#[derive(Debug, Clone, Copy)]
pub struct Chain<'a>(pub &'a (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
