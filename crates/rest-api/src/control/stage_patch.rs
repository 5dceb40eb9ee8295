//! Patches of stages, whose paths name the stage's own settings and those of its methods:
//! `/{resourcePath}/{httpMethod}/throttling/rateLimit`, where the path's slashes are `~1`.

use super::call::Call;
use super::error::Error;
use super::patch::{
    self, CLEARABLE, ENTRIES, Kind, Op, Operation, REPLACE, Rule, Table, Wording, rule,
};
use crate::model::{MethodSetting, Stage};

const INPUT: &str = "updateStageInput";
const CACHE_SIZE: &str = "Invalid cache cluster size specified";
const TTL: &str = "Invalid cache TTL specified. Must be between 0 and 3600";
const BURST: &str = "Invalid throttling burst limit specified";
const RATE: &str = "Invalid throttling rate limit specified";

const STAGE: Table = Table {
    input: INPUT,
    wording: Wording::Plain,
    rules: &[
        rule("/deploymentId", REPLACE, Kind::Required("Deployment id does not exist")),
        rule("/description", CLEARABLE, Kind::Text),
        rule("/cacheClusterEnabled", REPLACE, Kind::Flag),
        rule(
            "/cacheClusterSize",
            REPLACE,
            Kind::OptionalOneOf(&super::stages::CACHE_SIZES, CACHE_SIZE),
        ),
        rule("/clientCertificateId", CLEARABLE, Kind::Text),
        rule("/documentationVersion", CLEARABLE, Kind::Text),
        rule("/accessLogSettings", &[Op::Remove], Kind::Text),
        rule("/accessLogSettings/destinationArn", ENTRIES, Kind::Text),
        rule("/accessLogSettings/format", ENTRIES, Kind::Text),
        rule("/tracingEnabled", REPLACE, Kind::Flag),
        rule("/variables/{variable_name}", ENTRIES, Kind::Verbatim),
    ],
};

/// What follows `/{resourcePath}/{httpMethod}` in a path, and which setting that is.
const SETTINGS: [(&str, &str); 10] = [
    ("metrics/enabled", "metricsEnabled"),
    ("logging/dataTrace", "dataTraceEnabled"),
    ("logging/loglevel", "loggingLevel"),
    ("throttling/burstLimit", "throttlingBurstLimit"),
    ("throttling/rateLimit", "throttlingRateLimit"),
    ("caching/ttlInSeconds", "cacheTtlInSeconds"),
    ("caching/enabled", "cachingEnabled"),
    ("caching/dataEncrypted", "cacheDataEncrypted"),
    ("caching/requireAuthorizationForCacheControl", "requireAuthorizationForCacheControl"),
    ("caching/unauthorizedCacheControlHeaderStrategy", "unauthorizedCacheControlHeaderStrategy"),
];

const METHOD: Table = Table { input: INPUT, wording: Wording::PathOnly, rules: &METHOD_RULES };

const METHOD_RULES: [Rule; 10] = [
    rule("/metricsEnabled", ENTRIES, Kind::Flag),
    rule("/dataTraceEnabled", ENTRIES, Kind::Flag),
    rule(
        "/loggingLevel",
        ENTRIES,
        Kind::OptionalOneOf(
            &["OFF", "ERROR", "INFO"],
            "Invalid logging level specified. Must be one of: [OFF, ERROR, INFO]",
        ),
    ),
    rule("/throttlingBurstLimit", ENTRIES, Kind::Number(-1, i32::MAX as i64, BURST)),
    rule("/throttlingRateLimit", ENTRIES, Kind::Decimal(RATE)),
    rule("/cacheTtlInSeconds", ENTRIES, Kind::Number(0, 3600, TTL)),
    rule("/cachingEnabled", ENTRIES, Kind::Flag),
    rule("/cacheDataEncrypted", ENTRIES, Kind::Flag),
    rule("/requireAuthorizationForCacheControl", ENTRIES, Kind::Flag),
    rule(
        "/unauthorizedCacheControlHeaderStrategy",
        ENTRIES,
        Kind::OptionalOneOf(
            &["FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"],
            "Invalid unauthorized cache control header strategy specified",
        ),
    ),
];

/// The stage after the patch in the body of a request.
pub(super) fn patched(call: &Call<'_>, stage: &Stage) -> Result<Stage, Error> {
    let mut stage = stage.clone();
    for operation in patch::operations(call, INPUT)? {
        stage = after(stage, &operation)?;
    }
    Ok(stage)
}

fn after(mut stage: Stage, operation: &Operation) -> Result<Stage, Error> {
    if operation.path == "/canarySettings" && operation.op == Op::Remove {
        return Ok(stage);
    }
    // Stages have `copy` for nothing but canaries.
    if operation.path.starts_with("/canarySettings") || operation.op == Op::Copy {
        return Err(Error::Unsupported("a canary release"));
    }
    if STAGE.knows(operation) {
        return patch::apply(&STAGE, std::slice::from_ref(operation), &stage);
    }
    let (method, rest) = split(&operation.path).ok_or_else(|| unknown_path(&operation.path))?;
    if rest.is_empty() && operation.op == Op::Remove {
        return match stage.method_settings.remove(&method) {
            Some(_) => Ok(stage),
            None => Err(Error::bad_request(format!(
                "Cannot remove method setting {method} because there is no method setting for \
                 this method "
            ))),
        };
    }
    let known = SETTINGS.iter().find(|(name, _)| *name == rest);
    let Some((_, field)) = known else { return Err(unknown_path(&operation.path)) };
    let setting: MethodSetting = stage.method_settings.remove(&method).unwrap_or_default();
    let operation = Operation { path: format!("/{field}"), ..operation.clone() };
    let setting = patch::apply(&METHOD, &[operation], &setting)?;
    stage.method_settings.insert(method, setting);
    Ok(stage)
}

/// `{resourcePath}/{httpMethod}` as method settings are named, and the setting that follows it, if
/// there is one. AWS wants `~1` for the slashes of the path; Terraform sends them as they are.
fn split(path: &str) -> Option<(String, &str)> {
    let path = path.strip_prefix('/')?;
    let (method, setting) = SETTINGS
        .iter()
        .find_map(|(name, _)| Some((path.strip_suffix(name)?.strip_suffix('/')?, *name)))
        .unwrap_or((path, ""));
    method.contains('/').then(|| (method.to_owned(), setting))
}

/// AWS's list of the paths, with the commas that it leaves out.
fn unknown_path(path: &str) -> Error {
    let settings = |prefix: &str, gap: &str| {
        let paths: Vec<_> = SETTINGS.iter().map(|(name, _)| format!("{prefix}/{name}")).collect();
        format!("{}, {}", paths[..3].join(", "), paths[3..6].join(gap))
            + ", "
            + &paths[6..].join(", ")
    };
    Error::bad_request(format!(
        "Invalid method setting path: {path}. Must be one of: [/deploymentId, /description, \
         /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, \
         /accessLogSettings/destinationArn, /accessLogSettings/format, {}, {}, \
         /variables/{{variable_name}}, /tracingEnabled]",
        settings("/{resourcePath}/{httpMethod}", ""),
        settings("/*/*", " "),
    ))
}
