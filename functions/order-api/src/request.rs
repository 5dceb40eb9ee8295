//! A body to what it asks for: `{"operation", "tableName"?, "payload"?}`.

use crate::command::{Command, Create, Delete, List, Operation, Read, Update};
use crate::expression::{check_projection, written_paths};
use crate::params::{KEY, NAMES, Params, VALUES};
use crate::problems::{Problems, broken, quoted};
use aws_sdk_dynamodb::types::ReturnValue;
use lambda_kit::idempotency::fingerprint;
use serde_json::value::RawValue;
use std::collections::HashMap;

const DEFAULT_LIMIT: u16 = 100;
const MAX_LIMIT: u16 = 1000;

/// What was asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) operation: Operation,
    pub(crate) command: Command,
    /// What tells this request from any other, if it can be asked to happen once.
    pub(crate) fingerprint: Option<String>,
}

/// Why nothing can be asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Something is wrong with the request.
    Wrong(Problems),
    /// It names a table that is not this function's.
    ForeignTable(String),
}

/// Reads a body. `tables` are the names under which the one table is known.
pub(crate) fn read(body: &[u8], tables: &[String]) -> Result<Asked, Refusal> {
    let wrong = |problem: &str| Refusal::Wrong(Problems::one("body", problem));
    let text = std::str::from_utf8(body).map_err(|_| wrong("is not valid UTF-8"))?;
    if text.trim().is_empty() {
        return Err(wrong("is missing; it must be a JSON object with operation and payload"));
    }
    let raw: &RawValue = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        wrong(&format!("is not valid JSON at line {line}, column {column}"))
    })?;

    let mut problems = Problems::default();
    let allowed = ["operation", "payload", "tableName"];
    let Some(request) = Params::open("", raw, &allowed, &mut problems) else {
        return Err(Refusal::Wrong(problems));
    };
    if let Some(name) = request.text("tableName", &mut problems)
        && !tables.contains(&name)
    {
        return Err(Refusal::ForeignTable(quoted(&name)));
    }
    let operation = operation(&request, &mut problems);
    let payload = request.get("payload");
    let command = operation.and_then(|operation| command(operation, payload, &mut problems));
    match (operation, command) {
        (Some(operation), Some(command)) if problems.is_empty() => {
            let once = matches!(operation, Operation::Create | Operation::Update);
            let fingerprint = once.then(|| fingerprint(operation.name(), payload));
            Ok(Asked { operation, command, fingerprint })
        }
        _ => Err(Refusal::Wrong(problems)),
    }
}

fn operation(request: &Params<'_>, problems: &mut Problems) -> Option<Operation> {
    let rule = format!("must be one of {}", Operation::names());
    let Some(raw) = request.get("operation") else {
        problems.add("operation", format!("is missing; it {rule}"));
        return None;
    };
    let name = serde_json::from_str::<String>(raw.get()).ok();
    let operation = name.as_deref().and_then(Operation::named);
    if operation.is_none() {
        problems.add("operation", broken(&rule, raw));
    }
    operation
}

/// `None` if the payload is no object; what else is wrong with it is in `problems`.
fn command(
    operation: Operation,
    payload: Option<&RawValue>,
    problems: &mut Problems,
) -> Option<Command> {
    let mut open = |allowed: &[&str]| match payload {
        Some(payload) => Params::open("payload", payload, allowed, problems),
        None => Some(Params::empty("payload")),
    };
    Some(match operation {
        Operation::Create => {
            let params = open(&["Item", CONDITION, NAMES, VALUES, RETURNS])?;
            Command::Create(create(&params, problems))
        }
        Operation::Read => {
            let params = open(&["Key", PROJECTION, NAMES, CONSISTENT])?;
            Command::Read(read_item(&params, problems))
        }
        Operation::Update => {
            let params = open(&["Key", UPDATE, CONDITION, NAMES, VALUES, RETURNS])?;
            Command::Update(update(&params, problems))
        }
        Operation::Delete => {
            let params = open(&["Key", CONDITION, NAMES, VALUES, RETURNS])?;
            Command::Delete(delete(&params, problems))
        }
        Operation::List => {
            let params = open(&["Limit", START, FILTER, PROJECTION, NAMES, VALUES, CONSISTENT])?;
            Command::List(list(&params, problems))
        }
        Operation::Echo => Command::Echo(payload.map_or("null", RawValue::get).to_owned()),
        Operation::Ping => Command::Ping,
    })
}

const CONDITION: &str = "ConditionExpression";
const CONSISTENT: &str = "ConsistentRead";
const FILTER: &str = "FilterExpression";
const PROJECTION: &str = "ProjectionExpression";
const RETURNS: &str = "ReturnValues";
const START: &str = "ExclusiveStartKey";
const UPDATE: &str = "UpdateExpression";

/// What a write of a whole item can answer.
const OLD: [ReturnValue; 2] = [ReturnValue::None, ReturnValue::AllOld];
const ANY: [ReturnValue; 5] = [
    ReturnValue::None,
    ReturnValue::AllOld,
    ReturnValue::UpdatedOld,
    ReturnValue::AllNew,
    ReturnValue::UpdatedNew,
];

fn create(params: &Params<'_>, problems: &mut Problems) -> Create {
    let condition = params.expression(CONDITION, problems);
    Create {
        item: params.item("Item", problems),
        placeholders: params.placeholders(&[(CONDITION, condition.as_deref())], problems),
        condition,
        returns: params.returns(RETURNS, &OLD, problems),
    }
}

fn read_item(params: &Params<'_>, problems: &mut Problems) -> Read {
    let projection = projection(params, problems);
    Read {
        key: params.key("Key", problems),
        names: params.placeholders(&[(PROJECTION, projection.as_deref())], problems).names,
        projection,
        consistent: params.flag(CONSISTENT, problems),
    }
}

fn projection(params: &Params<'_>, problems: &mut Problems) -> Option<String> {
    let projection = params.expression(PROJECTION, problems)?;
    if let Err(problem) = check_projection(&projection) {
        problems.add(&params.path(PROJECTION), problem);
    }
    Some(projection)
}

fn update(params: &Params<'_>, problems: &mut Problems) -> Update {
    let update = params.required_expression(UPDATE, problems);
    let condition = params.expression(CONDITION, problems);
    let expressions = [(UPDATE, Some(update.as_str())), (CONDITION, condition.as_deref())];
    let placeholders = params.placeholders(&expressions, problems);
    if !update.is_empty() {
        check_written_paths(&update, &placeholders.names, &params.path(UPDATE), problems);
    }
    Update {
        key: params.key("Key", problems),
        placeholders,
        update,
        condition,
        returns: params.returns(RETURNS, &ANY, problems),
    }
}

/// That an update is one, and does not write the key.
fn check_written_paths(
    update: &str,
    names: &HashMap<String, String>,
    at: &str,
    problems: &mut Problems,
) {
    let paths = match written_paths(update) {
        Ok(paths) => paths,
        Err(problem) => return problems.add(at, problem),
    };
    let is_key = |path: &&str| {
        let first = path.split(['.', '[']).next().unwrap_or_default();
        names.get(first).map_or(first, String::as_str) == KEY
    };
    if paths.iter().any(is_key) {
        problems.add(at, format!("must not write {KEY}, which is the key"));
    }
}

fn delete(params: &Params<'_>, problems: &mut Problems) -> Delete {
    let condition = params.expression(CONDITION, problems);
    Delete {
        key: params.key("Key", problems),
        placeholders: params.placeholders(&[(CONDITION, condition.as_deref())], problems),
        condition,
        returns: params.returns(RETURNS, &OLD, problems),
    }
}

fn list(params: &Params<'_>, problems: &mut Problems) -> List {
    let filter = params.expression(FILTER, problems);
    let projection = projection(params, problems);
    let expressions = [(FILTER, filter.as_deref()), (PROJECTION, projection.as_deref())];
    List {
        limit: params.limit("Limit", DEFAULT_LIMIT, MAX_LIMIT, problems),
        after: params.optional_key(START, problems),
        placeholders: params.placeholders(&expressions, problems),
        filter,
        projection,
        consistent: params.flag(CONSISTENT, problems),
    }
}
