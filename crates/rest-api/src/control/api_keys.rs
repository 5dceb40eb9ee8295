//! API keys, one by one and as a CSV file.

use serde::Deserialize;
use serde_json::{Value, json};

use super::call::{Answer, Call, Reply, show, to_value};
use super::error::Error;
use super::now;
use super::page::page;
use super::patch::{ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use crate::id;
use crate::model::{ApiKey, Strings};
use crate::store::Region;

const SHORTEST_VALUE: usize = 20;
const LONGEST_VALUE: usize = 128;
const CONFLICT: &str = "API Key already exists";
const NOT_FOUND: &str = "Invalid API Key identifier specified";

const PATCH: Table = Table {
    input: "updateApiKeyInput",
    wording: Wording::Listed,
    rules: &[
        rule("/name", REPLACE, Kind::Text),
        rule("/description", REPLACE, Kind::Text),
        rule("/enabled", REPLACE, Kind::Flag),
        rule("/customerId", REPLACE, Kind::Text),
        rule("/stageKeys", ITEMS, Kind::Member),
    ],
};

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Create {
    name: String,
    description: Option<String>,
    enabled: bool,
    value: Option<String>,
    stage_keys: Vec<StageKey>,
    customer_id: Option<String>,
    tags: Strings,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct StageKey {
    rest_api_id: String,
    stage_name: String,
}

/// `CreateApiKey`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let input: Create = call.input()?;
    // Terraform sends an empty value when it has none, and AWS then makes one.
    let value = input.value.filter(|value| !value.is_empty()).unwrap_or_else(new_value);
    check_value(region, &value)?;
    let mut stage_keys = Vec::new();
    for StageKey { rest_api_id, stage_name } in input.stage_keys {
        stage_keys.push(format!("{rest_api_id}/{stage_name}"));
    }
    check_stage_keys(region, &stage_keys)?;
    let key = ApiKey {
        id: id::new(id::LONG),
        value: Some(value),
        name: input.name,
        customer_id: input.customer_id,
        description: input.description,
        enabled: input.enabled,
        created_date: now(),
        last_updated_date: now(),
        stage_keys,
        tags: input.tags,
    };
    let shown = show(&key);
    region.api_keys.insert(key.id.clone(), key);
    shown
}

fn new_value() -> String {
    let part = || id::new(10);
    [part(), part(), part(), part()].concat()
}

fn check_value(region: &Region, value: &str) -> Result<(), Error> {
    if value.len() < SHORTEST_VALUE {
        return Err(Error::bad_request(format!(
            "API Key value should be at least {SHORTEST_VALUE} characters"
        )));
    }
    if value.len() > LONGEST_VALUE {
        return Err(Error::bad_request(format!(
            "API Key value exceeds maximum size of {LONGEST_VALUE} characters"
        )));
    }
    if region.api_keys.values().any(|key| key.value.as_deref() == Some(value)) {
        return Err(Error::conflict(CONFLICT));
    }
    Ok(())
}

fn check_stage_keys(region: &Region, stage_keys: &[String]) -> Result<(), Error> {
    for stage_key in stage_keys {
        let (api, stage) = stage_key.split_once('/').unwrap_or((stage_key, ""));
        if !region.apis.get(api).is_some_and(|api| api.stages.contains_key(stage)) {
            return Err(Error::bad_request(format!("Invalid stage key specified: {stage_key}")));
        }
    }
    Ok(())
}

/// `GetApiKey`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    Ok(Reply::Json(document(find(call, region)?, call.flag("includeValue"))))
}

/// `GetApiKeys`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let valued = call.flag("includeValues");
    let prefix = call.query("name").unwrap_or_default();
    let customer = call.query("customerId");
    let wanted = region.api_keys.iter().filter(|(_, key)| {
        key.name.starts_with(prefix)
            && customer.is_none_or(|customer| key.customer_id.as_deref() == Some(customer))
    });
    page(call, wanted.map(|(id, key)| (id.as_str(), document(key, valued))))
}

/// `UpdateApiKey`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let changed = patched(call, &PATCH, find(call, region)?)?;
    check_stage_keys(region, &changed.stage_keys)?;
    let key = find(call, region)?;
    *key = ApiKey { last_updated_date: now(), ..changed };
    Ok(Reply::Json(document(key, false)))
}

/// `DeleteApiKey`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let id = find(call, region)?.id.clone();
    for plan in region.usage_plans.values_mut() {
        plan.keys.retain(|key| *key != id);
    }
    region.api_keys.remove(&id);
    Ok(Reply::Nothing)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut ApiKey, Error> {
    region.api_keys.get_mut(call.path("key")).ok_or_else(|| Error::not_found(NOT_FOUND))
}

fn document(key: &ApiKey, valued: bool) -> Value {
    let mut shown = to_value(key);
    if !valued && let Value::Object(members) = &mut shown {
        members.remove("value");
    }
    shown
}

/// A line of a CSV file of keys. Its columns may be in any order.
struct Line {
    name: String,
    value: String,
    description: Option<String>,
    enabled: bool,
    usage_plans: Vec<String>,
}

/// `ImportApiKeys`: all of the file, or nothing if `failonwarnings`.
pub(super) fn import(call: &Call<'_>, region: &mut Region) -> Answer {
    if call.query("format").is_some_and(|format| format != "csv") {
        return Err(Error::bad_request("Invalid format specified. Must be one of: [csv]"));
    }
    let lines = lines(call.body)?;
    let mut keys: Vec<(ApiKey, Vec<String>)> = Vec::new();
    let mut warnings = Vec::new();
    for line in lines {
        check_value(region, &line.value)?;
        if keys.iter().any(|(key, _)| key.value.as_ref() == Some(&line.value)) {
            return Err(Error::conflict(CONFLICT));
        }
        let (known, unknown): (Vec<_>, Vec<_>) =
            line.usage_plans.into_iter().partition(|plan| region.usage_plans.contains_key(plan));
        warnings.extend(
            unknown
                .into_iter()
                .map(|plan| format!("API Key {}: usage plan {plan} does not exist", line.name)),
        );
        let key = ApiKey {
            id: id::new(id::LONG),
            value: Some(line.value),
            name: line.name,
            description: line.description,
            enabled: line.enabled,
            created_date: now(),
            last_updated_date: now(),
            ..ApiKey::default()
        };
        keys.push((key, known));
    }
    if call.flag("failonwarnings") && !warnings.is_empty() {
        return Err(Error::bad_request(warnings.join("; ")));
    }
    let mut ids = Vec::new();
    for (key, plans) in keys {
        for plan in plans {
            if let Some(plan) = region.usage_plans.get_mut(&plan) {
                plan.keys.push(key.id.clone());
            }
        }
        ids.push(key.id.clone());
        region.api_keys.insert(key.id.clone(), key);
    }
    show(&json!({ "ids": ids, "warnings": warnings }))
}

fn lines(body: &[u8]) -> Result<Vec<Line>, Error> {
    let mut reader =
        csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(true).from_reader(body);
    let invalid = |error: csv::Error| Error::bad_request(format!("the body is not CSV: {error}"));
    let headers: Vec<_> =
        reader.headers().map_err(invalid)?.iter().map(str::to_ascii_lowercase).collect();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (Some(name), Some(value)) = (column("name"), column("key")) else {
        return Err(Error::bad_request("the file needs the columns name and key"));
    };
    let (description, enabled) = (column("description"), column("enabled"));
    let usage_plans = column("usageplanids");
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(invalid)?;
        let at = |column: Option<usize>| {
            column.and_then(|column| record.get(column)).unwrap_or_default()
        };
        let plans = at(usage_plans).split(',').map(str::trim).filter(|plan| !plan.is_empty());
        lines.push(Line {
            name: at(Some(name)).to_owned(),
            value: at(Some(value)).to_owned(),
            description: Some(at(description).to_owned()).filter(|text| !text.is_empty()),
            enabled: at(enabled).eq_ignore_ascii_case("true"),
            usage_plans: plans.map(str::to_owned).collect(),
        });
    }
    Ok(lines)
}
