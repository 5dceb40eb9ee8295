//! Usage plans, the keys in them, and what was used of them.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::page::page;
use super::patch::{self, ENTRIES, Kind, Op, Operation, REPLACE, Table, Wording, operations, rule};
use crate::id;
use crate::model::{ApiStage, QuotaSettings, ThrottleSettings, UsagePlan};
use crate::store::Region;
use crate::usage::day;

const NOT_FOUND: &str = "Invalid Usage Plan ID specified";
const NAME: &str = "Usage plan name cannot be blank";
const LIMIT: &str = "Invalid quota limit specified";
const OFFSET: &str = "Invalid quota offset specified";
const PERIOD: &str = "Invalid quota period specified. Must be one of: [DAY, WEEK, MONTH]";
const BURST: &str = "Invalid burst limit specified";
const RATE: &str = "Invalid rate limit specified";

const REMAINING: &str = "Invalid remaining quota specified";

/// The most days of which usage is shown at once.
const LONGEST_REPORT: i64 = 366;

const PERIODS: [&str; 3] = ["DAY", "WEEK", "MONTH"];

const PATCH: Table = Table {
    input: "updateUsagePlanInput",
    wording: Wording::Listed,
    rules: &[
        rule("/name", REPLACE, Kind::Required(NAME)),
        rule("/description", REPLACE, Kind::Text),
        rule("/apiStages", &[Op::Add, Op::Remove], Kind::Text),
        rule("/quota", &[Op::Remove], Kind::Text),
        rule("/quota/limit", &[Op::Add, Op::Replace], Kind::Number(0, i32::MAX as i64, LIMIT)),
        rule("/quota/offset", &[Op::Add, Op::Replace], Kind::Number(0, i32::MAX as i64, OFFSET)),
        rule("/quota/period", &[Op::Add, Op::Replace], Kind::OneOf(&PERIODS, PERIOD)),
        rule("/throttle", &[Op::Remove], Kind::Text),
        rule("/throttle/rateLimit", &[Op::Add, Op::Replace], Kind::Decimal(RATE)),
        rule(
            "/throttle/burstLimit",
            &[Op::Add, Op::Replace],
            Kind::Number(0, i32::MAX as i64, BURST),
        ),
        rule("/productCode", ENTRIES, Kind::Text),
    ],
};

const USAGE: Table = Table {
    input: "updateUsageInput",
    wording: Wording::Listed,
    rules: &[rule("/remaining", REPLACE, Kind::Number(0, i32::MAX as i64, REMAINING))],
};

/// What a patch of usage changes.
#[derive(Clone, Serialize, Deserialize)]
struct Remaining {
    remaining: i64,
}

const METHOD_THROTTLE: Table = Table {
    input: PATCH.input,
    wording: Wording::Listed,
    rules: &[
        rule("/rateLimit", &[Op::Add, Op::Replace], Kind::Decimal(RATE)),
        rule("/burstLimit", &[Op::Add, Op::Replace], Kind::Number(0, i32::MAX as i64, BURST)),
    ],
};

/// `CreateUsagePlan`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let mut plan: UsagePlan = call.input()?;
    plan.id = id::new(id::SHORT);
    plan.product_code = None;
    if plan.name.trim().is_empty() {
        return Err(Error::bad_request(NAME));
    }
    for stage in &plan.api_stages {
        check_stage(region, stage, &plan.name)?;
    }
    check_quota(plan.quota.as_ref())?;
    for throttle in
        plan.throttle.iter().chain(plan.api_stages.iter().flat_map(|stage| stage.throttle.values()))
    {
        check_throttle(throttle)?;
    }
    let shown = show(&plan);
    region.usage_plans.insert(plan.id.clone(), plan);
    shown
}

/// `GetUsagePlan`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `GetUsagePlans`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    let key = call.query("keyId");
    let wanted = region
        .usage_plans
        .iter()
        .filter(|(_, plan)| key.is_none_or(|key| plan.keys.iter().any(|id| id == key)));
    page(call, wanted.map(|(id, plan)| (id.as_str(), plan)))
}

/// `UpdateUsagePlan`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let mut plan = find(call, region)?.clone();
    let keys = std::mem::take(&mut plan.keys);
    for operation in operations(call, PATCH.input)? {
        plan = after(region, plan, &operation)?;
    }
    check_quota(plan.quota.as_ref())?;
    let kept = find(call, region)?;
    *kept = UsagePlan { keys, ..plan };
    show(kept)
}

/// The plan after one operation. Stages are named `api:stage`, which no table can say.
fn after(region: &Region, mut plan: UsagePlan, operation: &Operation) -> Result<UsagePlan, Error> {
    let path = operation.path.as_str();
    if let Some((stage, throttle)) =
        path.strip_prefix("/apiStages/").and_then(|rest| rest.split_once("/throttle"))
    {
        let stage = stage_named(&mut plan, &patch::unescaped(stage))?;
        change_throttle(stage, throttle, operation)?;
        return Ok(plan);
    }
    if path == "/apiStages" && matches!(operation.op, Op::Add | Op::Remove) {
        let named = operation.value.as_deref().unwrap_or_default();
        if operation.op == Op::Remove {
            let stage = stage_named(&mut plan, named)?.clone();
            plan.api_stages.retain(|other| *other != stage);
            return Ok(plan);
        }
        let (api_id, stage) = named
            .split_once(':')
            .ok_or_else(|| Error::bad_request("Invalid API Stage specified"))?;
        let stage =
            ApiStage { api_id: api_id.to_owned(), stage: stage.to_owned(), ..ApiStage::default() };
        check_stage(region, &stage, &plan.name)?;
        if !plan.api_stages.iter().any(|other| is_same(other, &stage)) {
            plan.api_stages.push(stage);
        }
        return Ok(plan);
    }
    patch::apply(&PATCH, std::slice::from_ref(operation), &plan)
}

fn stage_named<'p>(plan: &'p mut UsagePlan, named: &str) -> Result<&'p mut ApiStage, Error> {
    plan.api_stages
        .iter_mut()
        .find(|stage| format!("{}:{}", stage.api_id, stage.stage) == named)
        .ok_or_else(|| Error::bad_request("Invalid API Stage specified"))
}

fn is_same(one: &ApiStage, other: &ApiStage) -> bool {
    one.api_id == other.api_id && one.stage == other.stage
}

/// Changes the throttles of a stage's methods. `rest` is `/{resourcePath}/{httpMethod}/rateLimit`,
/// where the path may have slashes of its own, escaped or not: Terraform does not escape them.
fn change_throttle(stage: &mut ApiStage, rest: &str, operation: &Operation) -> Result<(), Error> {
    if rest.is_empty() && operation.op == Op::Remove {
        stage.throttle.clear();
        return Ok(());
    }
    let (method, field) = match rest.rsplit_once('/') {
        Some((method, field @ ("rateLimit" | "burstLimit"))) => (method, field),
        _ => (rest, ""),
    };
    let method = format!("/{}", patch::unescaped(method).trim_start_matches('/'));
    if operation.op == Op::Remove && field.is_empty() {
        return match stage.throttle.remove(&method) {
            Some(_) => Ok(()),
            None => Err(Error::not_found(format!("Invalid method specified: {method}"))),
        };
    }
    if field.is_empty() {
        return patch::apply(&PATCH, std::slice::from_ref(operation), stage).map(drop);
    }
    let before = stage.throttle.get(&method).copied().unwrap_or_default();
    let limit = Operation { path: format!("/{field}"), ..operation.clone() };
    let throttle = patch::apply(&METHOD_THROTTLE, &[limit], &before)?;
    check_throttle(&throttle)?;
    stage.throttle.insert(method, throttle);
    Ok(())
}

/// `DeleteUsagePlan`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let plan = find(call, region)?;
    if let Some(ApiStage { api_id, stage, .. }) = plan.api_stages.first() {
        return Err(Error::bad_request(format!(
            "Cannot delete Usage Plan {} because there are API Stages associated with it, \
             including {api_id}:{stage}",
            plan.id
        )));
    }
    let id = plan.id.clone();
    region.meters.forget(&id);
    region.usage_plans.remove(&id);
    Ok(Reply::Nothing)
}

/// `CreateUsagePlanKey`
pub(super) fn create_key(call: &Call<'_>, region: &mut Region) -> Answer {
    let body = call.body()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    find(call, region)?;
    if text("keyType") != "API_KEY" {
        return Err(Error::bad_request("Invalid keyType specified. Must be one of: [API_KEY]"));
    }
    let id = text("keyId").to_owned();
    let shown = key(region, &id)?;
    let plan = find(call, region)?;
    if plan.keys.contains(&id) {
        return Err(Error::conflict("Subscription already exists"));
    }
    plan.keys.push(id);
    Ok(Reply::Json(shown))
}

/// `GetUsagePlanKey`
pub(super) fn get_key(call: &Call<'_>, region: &mut Region) -> Answer {
    let id = find_key(call, region)?;
    Ok(Reply::Json(key(region, &id)?))
}

/// `GetUsagePlanKeys`
pub(super) fn list_keys(call: &Call<'_>, region: &mut Region) -> Answer {
    let mut ids = find(call, region)?.keys.clone();
    ids.sort();
    let prefix = call.query("name").unwrap_or_default();
    let mut keys = Vec::new();
    for id in &ids {
        let named = region.api_keys.get(id).is_some_and(|key| key.name.starts_with(prefix));
        if named {
            keys.push((id.as_str(), key(region, id)?));
        }
    }
    page(call, keys.into_iter())
}

/// `DeleteUsagePlanKey`
pub(super) fn delete_key(call: &Call<'_>, region: &mut Region) -> Answer {
    let id = find_key(call, region)?;
    find(call, region)?.keys.retain(|key| *key != id);
    Ok(Reply::Nothing)
}

/// `GetUsage`: what each key used on each day, and what was left of its quota.
pub(super) fn usage(call: &Call<'_>, region: &mut Region) -> Answer {
    let plan = find(call, region)?.clone();
    let (Some(start), Some(end)) = (call.query("startDate"), call.query("endDate")) else {
        return Err(Error::bad_request("Usage needs a startDate and an endDate"));
    };
    let (first, last) = (date("startDate", start)?, date("endDate", end)?);
    if last < first || last.duration_since(first).as_hours() / 24 > LONGEST_REPORT {
        return Err(Error::bad_request(format!(
            "Usage must end at most {LONGEST_REPORT} days after it starts; got {start} to {end}"
        )));
    }
    let wanted = call.query("keyId");
    let values: Map<String, Value> = plan
        .keys
        .iter()
        .filter(|key| wanted.is_none_or(|wanted| *key == wanted))
        .map(|key| {
            let report = region.meters.of(&plan.id, key).report(plan.quota.as_ref(), first, last);
            (key.clone(), json!(report))
        })
        .collect();
    show(&json!({ "usagePlanId": plan.id, "startDate": start, "endDate": end, "values": values }))
}

/// `UpdateUsage`: grants a key more or less than is left of its quota.
pub(super) fn update_usage(call: &Call<'_>, region: &mut Region) -> Answer {
    let key = find_key(call, region)?;
    let plan = find(call, region)?.clone();
    let Some(quota) = &plan.quota else {
        return Err(Error::bad_request("Usage Plan has no quota"));
    };
    let now = Timestamp::now();
    let today = day(now);
    let meter = region.meters.of(&plan.id, &key);
    let is_left = |report: Vec<[i64; 2]>| report.first().map_or(0, |[_, remaining]| *remaining);
    let before = Remaining { remaining: is_left(meter.report(Some(quota), today, today)) };
    let Remaining { remaining } = patch::patched(call, &USAGE, &before)?;
    meter.set_remaining(remaining, quota, now);
    show(&json!({
        "usagePlanId": plan.id,
        "startDate": today.to_string(),
        "endDate": today.to_string(),
        "values": { key: meter.report(Some(quota), today, today) },
    }))
}

fn date(name: &str, text: &str) -> Result<Date, Error> {
    let wrong =
        |_| Error::bad_request(format!("{name} must be a date like 2026-01-31; got {text}"));
    text.parse().map_err(wrong)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut UsagePlan, Error> {
    region.usage_plans.get_mut(call.path("plan")).ok_or_else(|| Error::not_found(NOT_FOUND))
}

fn find_key(call: &Call<'_>, region: &mut Region) -> Result<String, Error> {
    let id = call.path("key");
    if find(call, region)?.keys.iter().any(|key| key == id) {
        return Ok(id.to_owned());
    }
    Err(Error::not_found("Invalid Usage Plan Key ID specified"))
}

/// `UsagePlanKey`
fn key(region: &Region, id: &str) -> Result<Value, Error> {
    let key = region
        .api_keys
        .get(id)
        .ok_or_else(|| Error::not_found("Invalid API Key identifier specified"))?;
    Ok(json!({ "id": key.id, "type": "API_KEY", "value": key.value, "name": key.name }))
}

fn check_stage(region: &Region, stage: &ApiStage, plan: &str) -> Result<(), Error> {
    let api = region.apis.get(&stage.api_id);
    if api.is_some_and(|api| api.stages.contains_key(&stage.stage)) {
        return Ok(());
    }
    Err(Error::bad_request(format!(
        "Invalid API Stage {{api: {}, stage: {}}} specified for usageplan {plan}",
        stage.api_id, stage.stage
    )))
}

fn check_quota(quota: Option<&QuotaSettings>) -> Result<(), Error> {
    let Some(quota) = quota else { return Ok(()) };
    let longest = match quota.period.as_str() {
        "DAY" => 0,
        "WEEK" => 6,
        "MONTH" => 27,
        _ => return Err(Error::bad_request(PERIOD)),
    };
    if quota.offset > longest {
        return Err(Error::bad_request(format!(
            "Usage Plan quota offset must be between 0 and {longest} for {}",
            quota.period
        )));
    }
    if quota.limit == 0 {
        return Err(Error::bad_request("Usage Plan quota limit must be greater than 0"));
    }
    Ok(())
}

fn check_throttle(throttle: &ThrottleSettings) -> Result<(), Error> {
    if throttle.burst_limit < 0 || throttle.rate_limit < 0.0 {
        return Err(Error::bad_request("Usage Plan throttle limits must not be negative"));
    }
    Ok(())
}
