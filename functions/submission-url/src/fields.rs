//! A submission on its way in: which fields are good enough to pass on, and what is wrong with the
//! others.

use crate::http::{Errors, problem};
use crate::pairs::Pairs;
use serde::Serialize;
use std::collections::BTreeMap;

/// The longest value in bytes. A DynamoDB key takes 2,048, a state machine's input 256 KiB.
const MAX_BYTES: usize = 1024;

/// A field of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Whose submission it is.
    UserName,
    /// Its address, which becomes its id.
    Email,
    /// A postal code.
    Pincode,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 3] = [Self::UserName, Self::Email, Self::Pincode];

    /// Its name in queries, bodies and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::UserName => "user_name",
            Self::Email => "email",
            Self::Pincode => "pincode",
        }
    }

    pub(crate) fn any_in(pairs: &Pairs) -> bool {
        Self::ALL.iter().any(|field| pairs.all(field.name()).next().is_some())
    }
}

/// Fields with their values; as JSON, an object of those that are there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<Field, String>);

impl Fields {
    /// The value of a field, if it is there.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.0.get(&field).map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Into<String>> FromIterator<(Field, T)> for Fields {
    fn from_iter<I: IntoIterator<Item = (Field, T)>>(fields: I) -> Self {
        Self(fields.into_iter().map(|(field, value)| (field, value.into())).collect())
    }
}

/// A submission as far as this function can judge it.
#[derive(Debug)]
pub(crate) struct Draft {
    good: Fields,
    bad: BTreeMap<Field, String>,
}

impl Draft {
    pub(crate) fn new(pairs: Pairs) -> Self {
        let mut draft = Self { good: Fields::default(), bad: BTreeMap::new() };
        for field in Field::ALL {
            match pairs.one(field.name()) {
                Ok(None) => continue,
                Ok(Some("")) => draft.bad.insert(field, "is empty".to_owned()),
                Ok(Some(value)) if value.len() > MAX_BYTES => {
                    let rule = format!("must be at most 1,024 bytes long, not {}", value.len());
                    draft.bad.insert(field, problem(&rule, value))
                }
                Ok(Some(value)) => draft.good.0.insert(field, value.to_owned()),
                Err(problem) => draft.bad.insert(field, problem),
            };
        }
        draft
    }

    /// The fields to pass on.
    pub(crate) fn fields(&self) -> &Fields {
        &self.good
    }

    /// Whether every field is there and good.
    pub(crate) fn is_whole(&self) -> bool {
        self.good.0.len() == Field::ALL.len()
    }

    /// What is wrong with the fields that were sent.
    pub(crate) fn into_own_problems(self) -> Errors {
        let named = |(field, problem): (Field, String)| (field.name().to_owned(), problem);
        self.bad.into_iter().map(named).collect()
    }

    /// What is wrong with the fields that were sent, and which are missing.
    pub(crate) fn into_problems(self) -> Errors {
        self.into_problems_with(&BTreeMap::new())
    }

    /// The same, with the rules that the flow found broken. What this function found comes first:
    /// the flow has not seen such a field and could only call it missing.
    pub(crate) fn into_problems_with(self, rules: &BTreeMap<String, String>) -> Errors {
        let mut errors = Errors::new();
        for (name, rule) in rules {
            let field = Field::ALL.into_iter().find(|field| field.name() == name);
            let text = match field.and_then(|field| self.good.get(field)) {
                Some(value) => problem(rule, value),
                None => rule.clone(),
            };
            errors.insert(name.clone(), text);
        }
        for field in Field::ALL.into_iter().filter(|field| self.good.get(*field).is_none()) {
            errors.insert(field.name().to_owned(), "is missing".to_owned());
        }
        errors.extend(self.into_own_problems());
        errors
    }
}
