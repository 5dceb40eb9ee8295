//! Settings of the account in a region.

use super::call::{Answer, Call, show};
use super::error::Error;
use super::patch::{ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use crate::model::{Account, ThrottleSettings};
use crate::store::Region;

const PATCH: Table = Table {
    input: "updateAccountInput",
    wording: Wording::Listed,
    rules: &[
        rule("/cloudwatchRoleArn", REPLACE, Kind::Text),
        rule("/features", ITEMS, Kind::Member),
    ],
};

/// The settings of an account that nobody touched.
pub(super) fn new() -> Account {
    Account {
        cloudwatch_role_arn: None,
        throttle_settings: ThrottleSettings { burst_limit: 5000, rate_limit: 10_000.0 },
        features: vec!["UsagePlans".to_owned()],
        api_key_version: "4".to_owned(),
    }
}

/// `GetAccount`
pub(super) fn get(_: &Call<'_>, region: &mut Region) -> Answer {
    show(&region.account)
}

/// `UpdateAccount`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let changed = patched(call, &PATCH, &region.account)?;
    if changed.cloudwatch_role_arn.as_ref().is_some_and(|arn| !arn.starts_with("arn:")) {
        return Err(Error::bad_request("The role ARN is not well formed"));
    }
    region.account = changed;
    show(&region.account)
}
