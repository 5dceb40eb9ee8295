//! Settings from the environment: read once at start, named when they are missing.
//!
//! It takes a snapshot, so tests give their own variables and never touch the process.

use crate::Error;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;

/// A snapshot of the environment's variables.
///
/// An empty variable counts as a missing one: Terraform cannot unset a variable, only empty it.
#[derive(Clone, Default)]
pub struct Settings {
    variables: BTreeMap<String, String>,
}

impl Settings {
    /// The variables of this process. Those that are not UTF-8 count as missing.
    pub fn from_environment() -> Self {
        Self::from_variables(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// Exactly these variables, for tests.
    pub fn from_variables<N: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let variables =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables }
    }

    /// The values of variables that the function cannot work without, in the same order.
    ///
    /// # Errors
    /// [`Error::MissingSettings`] with the names of all that are missing or empty.
    pub fn require<const N: usize>(&self, names: [&str; N]) -> Result<[String; N], Error> {
        let missing: Vec<String> = names
            .iter()
            .filter(|name| self.optional(name).is_none())
            .map(|&name| name.to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(Error::MissingSettings { names: missing });
        }
        Ok(names.map(|name| self.optional(name).unwrap_or_default().to_owned()))
    }

    /// The value of a variable, unless it is missing or empty.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The value of a variable that is `true` or `false` in any case; `false` when it is missing.
    ///
    /// # Errors
    /// [`Error::InvalidSetting`] if it is anything else.
    pub fn flag(&self, name: &str) -> Result<bool, Error> {
        match self.optional(name) {
            None => Ok(false),
            Some(value) if value.eq_ignore_ascii_case("true") => Ok(true),
            Some(value) if value.eq_ignore_ascii_case("false") => Ok(false),
            Some(value) => Err(Error::InvalidSetting {
                name: name.to_owned(),
                rule: "true or false",
                value: value.to_owned(),
            }),
        }
    }

    /// The value of a variable that the function cannot work without and that is a whole number from
    /// 1 on.
    ///
    /// # Errors
    /// [`Error::MissingSettings`] if it is missing or empty, [`Error::InvalidSetting`] if it is
    /// anything else.
    pub fn whole_number(&self, name: &str) -> Result<NonZeroU32, Error> {
        let [value] = self.require([name])?;
        value.parse().map_err(|_| Error::InvalidSetting {
            name: name.to_owned(),
            rule: "a whole number from 1 on",
            value,
        })
    }

    /// The variables that are not empty and whose name starts with `prefix`.
    pub(crate) fn with_prefix(&self, prefix: &str) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .range(prefix.to_owned()..)
            .take_while(move |(name, _)| name.starts_with(prefix))
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// Names only: the environment of a function holds its credentials.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_missing_and_empty_settings_are_named_at_once() {
        let settings = Settings::from_variables([("TABLE_NAME", ""), ("PRESENT", "x")]);
        let error = settings.require(["STATE_MACHINE_ARN", "PRESENT", "TABLE_NAME"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "missing or empty in the environment: STATE_MACHINE_ARN, TABLE_NAME"
        );
    }

    #[test]
    fn required_settings_come_in_the_order_they_were_asked_for() {
        let settings = Settings::from_variables([("A", "1"), ("B", "2")]);
        assert_eq!(settings.require(["B", "A"]).unwrap(), ["2", "1"]);
    }

    #[test]
    fn a_flag_is_true_or_false_in_any_case_and_nothing_else() {
        let flag = |value: &str| Settings::from_variables([("F", value)]).flag("F");
        assert!(flag("TRUE").unwrap());
        assert!(!flag("false").unwrap());
        assert!(!flag("").unwrap());
        assert_eq!(flag("yes").unwrap_err().to_string(), "F must be true or false; got \"yes\"");
    }

    #[test]
    fn a_whole_number_is_one_from_1_on_and_nothing_else() {
        let number = |value: &str| Settings::from_variables([("N", value)]).whole_number("N");
        assert_eq!(number("5").unwrap().get(), 5);
        for value in ["0", "-1", "5.0", "five", " 5", "4294967296"] {
            let expected = format!("N must be a whole number from 1 on; got {value:?}");
            assert_eq!(number(value).unwrap_err().to_string(), expected);
        }
        let error = number("").unwrap_err();
        assert_eq!(error.to_string(), "missing or empty in the environment: N");
    }

    #[test]
    fn debug_output_holds_no_value() {
        let settings = Settings::from_variables([("AWS_SECRET_ACCESS_KEY", "hush")]);
        assert_eq!(format!("{settings:?}"), "{\"AWS_SECRET_ACCESS_KEY\"}");
    }
}
