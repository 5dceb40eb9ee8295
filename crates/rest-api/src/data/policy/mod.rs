//! IAM's policy language, as far as it decides over calls of an API: resource policies, and what
//! Lambda authorizers answer.
//!
//! A [`Policy`] is read once and asked a [`Question`] for each request. What it does not understand
//! is an error when it is read, since a condition that is passed over would let someone in. Left
//! out are what only other services know: `Service`, `Federated` and `CanonicalUser` principals can
//! be written and are nobody that calls here.

mod condition;
mod pattern;
mod principal;

use serde_json::{Map, Value as Json};

use self::condition::Condition;
use self::pattern::{Pattern, Syntax};
pub(super) use self::principal::Principal;
use self::principal::Principals;

/// The values of a condition key, which is given in lower case; none if the request has none.
pub(super) type Values<'a> = &'a dyn Fn(&str) -> Vec<String>;

const VERSION: &str = "2012-10-17";
/// The language without variables, which is meant when no version is given.
const OLD_VERSION: &str = "2008-10-17";

/// What a statement may have. IAM refuses everything else.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// A policy document.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    statements: Vec<Statement>,
}

/// What is asked of a policy.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// None for whoever did not say who they are.
    pub(super) principal: Option<&'a Principal>,
    pub(super) action: &'a str,
    /// The ARN of what is to be acted on.
    pub(super) resource: &'a str,
    pub(super) condition: Values<'a>,
}

/// What a policy says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Allow,
    /// Explicitly; no other policy can allow it.
    Deny,
    /// Nothing, which is a no unless another policy allows it.
    None,
}

/// Why a document is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place} must be {rule}; got {found}")]
pub(super) struct PolicyError {
    /// Such as `Statement[0].Effect`.
    place: String,
    rule: &'static str,
    /// JSON.
    found: String,
}

#[derive(Clone, Debug)]
struct Statement {
    effect: Verdict,
    /// None where whose policy it is is known without.
    principals: Option<Listed<Principals>>,
    actions: Listed<Vec<Pattern>>,
    resources: Listed<Vec<Pattern>>,
    conditions: Vec<Condition>,
}

/// What is meant: what is listed, or everything else.
#[derive(Clone, Debug)]
struct Listed<T> {
    list: T,
    is_negated: bool,
}

impl<T> Listed<T> {
    fn holds(&self, is_in: impl FnOnce(&T) -> bool) -> bool {
        is_in(&self.list) != self.is_negated
    }
}

impl Policy {
    /// A policy of someone, as an authorizer answers it: its statements name no principal.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub(super) fn parse(document: &Json) -> Result<Self, PolicyError> {
        let reader = Reader { api: None, has_variables: false };
        reader.policy(document)
    }

    /// A resource policy of the API with an ARN such as
    /// `arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5`, of which `execute-api:/` is short.
    /// Its statements name principals.
    ///
    /// # Errors
    /// What is wrong with the document.
    pub(super) fn of_api(document: &Json, arn: &str) -> Result<Self, PolicyError> {
        let reader = Reader { api: Some(arn), has_variables: false };
        reader.policy(document)
    }

    /// What it says to a question. A denial counts more than whatever allows.
    pub(super) fn evaluate(&self, question: &Question<'_>) -> Verdict {
        let mut verdict = Verdict::None;
        for statement in &self.statements {
            if statement.effect != verdict && statement.applies(question) {
                verdict = statement.effect;
            }
            if verdict == Verdict::Deny {
                break;
            }
        }
        verdict
    }
}

impl Statement {
    fn applies(&self, question: &Question<'_>) -> bool {
        let &Question { principal, action, resource, condition } = question;
        let is_principal = |principals: &Principals| principals.include(principal);
        let is_action = |patterns: &Vec<Pattern>| {
            patterns.iter().any(|pattern| pattern.matches_ignoring_case(action, condition))
        };
        let is_resource = |patterns: &Vec<Pattern>| {
            patterns.iter().any(|pattern| pattern.matches_arn(resource, condition))
        };
        self.principals.as_ref().is_none_or(|principals| principals.holds(is_principal))
            && self.actions.holds(is_action)
            && self.resources.holds(is_resource)
            && self.conditions.iter().all(|one| one.holds(condition))
    }
}

/// Reads a document.
#[derive(Clone, Copy)]
struct Reader<'a> {
    /// The ARN of the API whose resource policy it is.
    api: Option<&'a str>,
    has_variables: bool,
}

impl Reader<'_> {
    fn policy(mut self, document: &Json) -> Result<Policy, PolicyError> {
        let document = object("the policy", document)?;
        self.has_variables = match document.get("Version") {
            None => false,
            Some(version) if version == OLD_VERSION => false,
            Some(version) if version == VERSION => true,
            Some(other) => {
                return Err(wrong("Version", r#""2012-10-17" or "2008-10-17""#, other));
            }
        };
        let statements = match document.get("Statement") {
            Some(Json::Array(statements)) => statements.iter().collect(),
            Some(statement @ Json::Object(_)) => vec![statement],
            other => {
                return Err(wrong("Statement", "a statement or a list of them", or_null(other)));
            }
        };
        let statements = statements
            .into_iter()
            .enumerate()
            .map(|(number, statement)| self.statement(&format!("Statement[{number}]"), statement));
        Ok(Policy { statements: statements.collect::<Result<_, _>>()? })
    }

    fn statement(self, place: &str, statement: &Json) -> Result<Statement, PolicyError> {
        let members = object(place, statement)?;
        if let Some(name) = members.keys().find(|name| !ELEMENTS.contains(&name.as_str())) {
            let rule = "made of the elements that IAM knows";
            return Err(wrong(place, rule, &Json::from(name.as_str())));
        }
        let effect = match members.get("Effect").and_then(Json::as_str) {
            Some("Allow") => Verdict::Allow,
            Some("Deny") => Verdict::Deny,
            _ => {
                let found = or_null(members.get("Effect"));
                return Err(wrong(&format!("{place}.Effect"), r#""Allow" or "Deny""#, found));
            }
        };
        let principals = match self.api {
            Some(_) => {
                let (place, found, is_negated) = one_of(place, members, "Principal")?;
                Some(Listed { list: Principals::parse(&place, found)?, is_negated })
            }
            None => match one_of(place, members, "Principal") {
                Ok((place, found, _)) => return Err(wrong(&place, "left out", found)),
                Err(_) => None,
            },
        };
        let actions = self.patterns(place, members, "Action")?;
        let resources = self.patterns(place, members, "Resource")?;
        let conditions = match members.get("Condition") {
            Some(conditions) => condition::parse(
                &format!("{place}.Condition"),
                object(&format!("{place}.Condition"), conditions)?,
                self.has_variables,
            )?,
            None => Vec::new(),
        };
        Ok(Statement { effect, principals, actions, resources, conditions })
    }

    fn patterns(
        self,
        place: &str,
        members: &Map<String, Json>,
        name: &str,
    ) -> Result<Listed<Vec<Pattern>>, PolicyError> {
        let (place, found, is_negated) = one_of(place, members, name)?;
        let syntax = Syntax { has_variables: self.has_variables, has_wildcards: true };
        let parse = |text: &str| match (text.strip_prefix("execute-api:/"), self.api) {
            (Some(path), Some(arn)) => Pattern::parse(&format!("{arn}/{path}"), syntax),
            _ => Pattern::parse(text, syntax),
        };
        Ok(Listed { list: texts(&place, found)?.into_iter().map(parse).collect(), is_negated })
    }
}

/// An element or its opposite, `Action` or `NotAction`: where it is, what it is, and whether it is
/// the opposite.
fn one_of<'a>(
    place: &str,
    members: &'a Map<String, Json>,
    name: &str,
) -> Result<(String, &'a Json, bool), PolicyError> {
    let not_name = format!("Not{name}");
    match (members.get(name), members.get(&not_name)) {
        (Some(found), None) => Ok((format!("{place}.{name}"), found, false)),
        (None, Some(found)) => Ok((format!("{place}.{not_name}"), found, true)),
        (found, _) => {
            let rule = "there or its opposite, and not both";
            Err(wrong(&format!("{place}.{name}"), rule, or_null(found)))
        }
    }
}

fn object<'a>(place: &str, found: &'a Json) -> Result<&'a Map<String, Json>, PolicyError> {
    found.as_object().ok_or_else(|| wrong(place, "an object", found))
}

/// A text or a list of them.
fn texts<'a>(place: &str, found: &'a Json) -> Result<Vec<&'a str>, PolicyError> {
    let texts = match found {
        Json::String(text) => Some(vec![text.as_str()]),
        Json::Array(items) => items.iter().map(Json::as_str).collect(),
        _ => None,
    };
    texts.ok_or_else(|| wrong(place, "a text or a list of texts", found))
}

fn or_null(found: Option<&Json>) -> &Json {
    found.unwrap_or(&Json::Null)
}

fn wrong(place: &str, rule: &'static str, found: &Json) -> PolicyError {
    PolicyError { place: place.to_owned(), rule, found: found.to_string() }
}
