//! API keys in front of methods, and the quotas of their plans.

use serde_json::json;

use super::harness::{Api, Call, api, check, get, mock, ok, refused, show};
use crate::model::QuotaSettings;
use crate::usage::Subscription;

pub(super) fn subscription() -> Subscription {
    Subscription {
        key_id: "k1".to_owned(),
        plan_id: "gold".to_owned(),
        throttle: None,
        method_throttles: [].into(),
        quota: None,
        meter: std::sync::Arc::default(),
    }
}

fn closed() -> Api {
    let template = "$context.identity.apiKey $context.identity.apiKeyId";
    let open = json!({"methodIntegration": mock("open")});
    let method = json!({"apiKeyRequired": true, "methodIntegration": mock(template)});
    api(json!({"/": {"GET": method}, "/open": {"GET": open}})).plan("secret", subscription())
}

fn with_key(key: &str) -> Call {
    get("/").header("x-api-key", key)
}

#[tokio::test]
async fn a_key_opens_what_its_plan_covers() {
    let forbidden = refused(403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
    check(&closed(), with_key("secret"), &ok("secret k1"), "").await;
    check(&closed(), with_key("Secret"), &forbidden, "").await;
    check(&closed(), with_key(""), &forbidden, "").await;
    check(&closed(), get("/"), &forbidden, "").await;
    check(&closed(), get("/?x-api-key=secret"), &forbidden, "").await;
    check(&closed(), get("/open"), &ok("open"), "").await;
    check(&closed(), get("/open").header("x-api-key", "wrong"), &ok("open"), "").await;
}

#[tokio::test]
async fn a_key_of_an_authorizer_is_not_looked_for_in_the_header() {
    let api = closed().change(|api| api.rest_api.api_key_source = "AUTHORIZER".to_owned());
    let forbidden = refused(403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
    check(&api, with_key("secret"), &forbidden, "").await;
}

#[tokio::test]
async fn the_refusal_can_be_replaced() {
    let api = closed().gateway_response(
        "INVALID_API_KEY",
        json!({"statusCode": "401", "responseTemplates": {"application/json": "no key"}}),
    );
    let expected =
        "401\ncontent-type: application/json\nx-amzn-errortype: ForbiddenException\n\nno key";
    check(&api, get("/"), expected, "").await;
}

#[tokio::test]
async fn a_quota_ends_with_its_period() {
    // The first request comes on Thursday, 2015-04-09, at 12:34:56 UTC.
    let day = 24.0 * 3600.0;
    let limit =
        |period: &str, offset: u32| QuotaSettings { limit: 2, offset, period: period.to_owned() };
    for (quota, last_seconds, first_seconds) in [
        (limit("DAY", 0), 11.0 * 3600.0, 12.0 * 3600.0),
        (limit("WEEK", 0), 2.4 * day, 2.5 * day),
        (limit("WEEK", 4), 6.4 * day, 6.5 * day),
        (limit("WEEK", 5), 0.4 * day, 0.5 * day),
        (limit("MONTH", 0), 21.4 * day, 21.5 * day),
        (limit("MONTH", 9), 0.4 * day, 0.5 * day),
        (limit("MONTH", 8), 29.4 * day, 29.5 * day),
    ] {
        let api =
            closed().plan("limited", Subscription { quota: Some(quota.clone()), ..subscription() });
        let (plane, served) = (api.plane(), api.served());
        let answer = async |seconds: f64| {
            show(&plane.answer(&served, with_key("limited").later(seconds).incoming()).await)
        };
        let exceeded = refused(429, "LimitExceededException", r#"{"message":"Limit Exceeded"}"#);
        for (seconds, expected) in [
            (0.0, ok("limited k1")),
            (1.0, ok("limited k1")),
            (2.0, exceeded.clone()),
            (last_seconds, exceeded.clone()),
            (first_seconds, ok("limited k1")),
        ] {
            assert_eq!(answer(seconds).await, expected, "{quota:?} after {seconds} s");
        }
    }
}
