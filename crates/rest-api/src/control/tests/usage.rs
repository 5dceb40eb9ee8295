//! What a key used of its plan, and which plan opens a stage to a key.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Cloud, REGION, id, text};
use crate::usage::{Subscription, Subscriptions};

/// A stage, a key, and a plan for both.
struct Sold {
    cloud: Cloud,
    api: String,
    key: Value,
    plan: String,
}

fn sold() -> Sold {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let plan = json!({
        "name": "gold",
        "apiStages": [{"apiId": id(&api), "stage": "live"}],
        "quota": {"limit": 3, "offset": 0, "period": "WEEK"},
    });
    let plan = text(&cloud.check(201, "POST /usageplans", plan)["id"]);
    let key = cloud.check(201, "POST /apikeys", json!({"name": "k", "enabled": true}));
    let member = json!({"keyId": key["id"], "keyType": "API_KEY"});
    cloud.check(201, &format!("POST /usageplans/{plan}/keys"), member);
    Sold { cloud, api, key, plan }
}

impl Sold {
    fn find(&self, region: &str, stage: &str, value: &str) -> Option<Subscription> {
        self.cloud.plane.find(region, id(&self.api), stage, value)
    }

    fn found(&self) -> Option<Subscription> {
        self.find(REGION, "live", &text(&self.key["value"]))
    }

    fn key_id(&self) -> String {
        text(&self.key["id"])
    }

    fn usage(&self, range: &str) -> Value {
        self.cloud.get(&format!("/usageplans/{}/usage?{range}", self.plan))["values"].clone()
    }
}

#[test]
fn a_key_opens_the_stages_of_its_plans() {
    let sold = sold();
    let found = sold.found().expect("the plan covers the stage");
    assert_eq!((found.key_id, found.plan_id), (sold.key_id(), sold.plan.clone()));
    let value = text(&sold.key["value"]);
    for (region, stage, key) in [
        ("us-east-1", "live", value.as_str()),
        (REGION, "other", &value),
        (REGION, "live", "other"),
        (REGION, "live", &sold.key_id()),
    ] {
        assert!(sold.find(region, stage, key).is_none(), "{region} {stage} {key}");
    }
    let key = format!("/apikeys/{}", sold.key_id());
    sold.cloud.patch(200, &key, &["replace /enabled false"]);
    assert!(sold.found().is_none(), "it is not enabled");
    sold.cloud.patch(200, &key, &["replace /enabled true"]);
    assert!(sold.found().is_some());
    let member = format!("DELETE /usageplans/{}/keys/{}", sold.plan, sold.key_id());
    sold.cloud.check(202, &member, Value::Null);
    assert!(sold.found().is_none(), "no plan has it");
}

#[test]
fn usage_is_shown_for_each_day() {
    let sold = sold();
    let Subscription { meter, quota, .. } = sold.found().expect("the plan covers the stage");
    // A Wednesday; the week began on the 4th.
    let wednesday: Timestamp = "2026-01-07T23:59:59Z".parse().unwrap();
    let thursday: Timestamp = "2026-01-08T00:00:00Z".parse().unwrap();
    let taken = [wednesday, wednesday, thursday, thursday].map(|at| meter.take(quota.as_ref(), at));
    assert_eq!(taken, [true, true, true, false]);
    let days = json!([[0, 3], [2, 1], [1, 0], [0, 0], [0, 0], [0, 3]]);
    let range = "startDate=2026-01-06&endDate=2026-01-11";
    assert_eq!(sold.usage(range), json!({sold.key_id(): days}));
    assert_eq!(sold.usage(&format!("{range}&keyId=other")), json!({}));
}

#[test]
fn what_is_left_of_a_quota_can_be_changed() {
    let sold = sold();
    let path = format!("/usageplans/{}/keys/{}/usage", sold.plan, sold.key_id());
    let usage = sold.cloud.patch(200, &path, &["replace /remaining 5"]);
    assert_eq!(usage["values"], json!({sold.key_id(): [[0, 5]]}));
    assert_eq!(usage["usagePlanId"], json!(sold.plan));
    let usage = sold.cloud.patch(200, &path, &["replace /remaining 0"]);
    assert_eq!(usage["values"], json!({sold.key_id(): [[0, 0]]}));
    let Subscription { meter, quota, .. } = sold.found().expect("the plan covers the stage");
    assert!(!meter.take(quota.as_ref(), Timestamp::now()), "nothing is left");

    let refused = |operation: &str, message: &str| {
        sold.cloud.refuses_patch(&path, operation, message);
    };
    refused("replace /remaining -1", "Invalid remaining quota specified");
    sold.cloud.patch(200, &format!("/usageplans/{}", sold.plan), &["remove /quota"]);
    refused("replace /remaining 1", "Usage Plan has no quota");
}

#[test]
fn a_report_needs_days_in_their_order() {
    let sold = sold();
    let refused = |range: &str, message: &str| {
        let line = format!("GET /usageplans/{}/usage?{range}", sold.plan);
        sold.cloud.refuses(400, "BadRequestException", message, &line, Value::Null);
    };
    refused("startDate=2026-01-01", "Usage needs a startDate and an endDate");
    refused(
        "startDate=2026-01-01&endDate=soon",
        "endDate must be a date like 2026-01-31; got soon",
    );
    refused(
        "startDate=2026-01-02&endDate=2026-01-01",
        "Usage must end at most 366 days after it starts; got 2026-01-02 to 2026-01-01",
    );
    refused(
        "startDate=2024-01-01&endDate=2026-01-01",
        "Usage must end at most 366 days after it starts; got 2024-01-01 to 2026-01-01",
    );
}
