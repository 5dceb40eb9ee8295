//! Throttling: how many requests pass at once, and after a while. Time is the requests' own.

use serde_json::json;

use super::api_keys::subscription;
use super::harness::{Api, Call, api, call, get, mock, ok, refused, show};
use crate::model::ThrottleSettings;
use crate::usage::Subscription;

fn limit(rate_limit: f64, burst_limit: i64) -> ThrottleSettings {
    ThrottleSettings { burst_limit, rate_limit }
}

fn pets() -> Api {
    let open = json!({"methodIntegration": mock("open")});
    let closed = json!({"apiKeyRequired": true, "methodIntegration": mock("open")});
    api(json!({
        "/": {"GET": open},
        "/pets/{id}": {"GET": open, "ANY": open},
        "/keys": {"GET": closed, "POST": closed},
    }))
}

/// The stage's settings of a method.
fn with_setting(
    api: Api,
    method: &str,
    ThrottleSettings { rate_limit, burst_limit }: ThrottleSettings,
) -> Api {
    let setting = json!({"throttlingRateLimit": rate_limit, "throttlingBurstLimit": burst_limit});
    api.change_stage(|stage| {
        stage.method_settings.insert(method.to_owned(), serde_json::from_value(setting).unwrap());
    })
}

/// Sends calls, each some seconds after the first, and tells which pass.
async fn passed(api: &Api, calls: &[(f64, Call)]) -> String {
    let (plane, served) = (api.plane(), api.served());
    let throttled = refused(429, "TooManyRequestsException", r#"{"message":"Too Many Requests"}"#);
    let mut passed = String::new();
    for (seconds, call) in calls {
        let answer = plane.answer(&served, call.clone().later(*seconds).incoming()).await;
        passed.push(match show(&answer) {
            answer if answer == ok("open") => '+',
            answer if answer == throttled => '-',
            other => panic!("{other}"),
        });
    }
    assert_eq!(api.log(), "");
    passed
}

fn times(seconds: &[f64], call: &Call) -> Vec<(f64, Call)> {
    seconds.iter().map(|&seconds| (seconds, call.clone())).collect()
}

#[tokio::test]
async fn a_bucket_holds_the_burst_and_fills_at_the_rate() {
    for (limit, seconds, expected) in [
        (limit(1.0, 3), &[0.0, 0.0, 0.0, 0.0][..], "+++-"),
        (limit(1.0, 3), &[0.0, 0.0, 0.0, 0.9, 1.0, 1.5, 2.0], "+++-+-+"),
        (limit(1.0, 3), &[0.0, 0.0, 0.0, 100.0, 100.0, 100.0, 100.0], "++++++-"),
        (limit(0.5, 1), &[0.0, 1.0, 2.0, 3.0, 4.0], "+-+-+"),
        (limit(10.0, 1), &[0.0, 0.05, 0.1, 0.15, 0.2], "+-+-+"),
        (limit(0.0, 0), &[0.0, 100.0], "--"),
        (limit(1.0, 0), &[0.0, 100.0], "--"),
        (limit(0.0, 1), &[0.0, 100.0], "+-"),
        (limit(-1.0, -1), &[0.0; 20], "++++++++++++++++++++"),
        (limit(1.0, 2), &[10.0, 10.0, 0.0, 11.0, 11.0], "++-+-"),
    ] {
        let api = with_setting(pets(), "*/*", limit);
        assert_eq!(
            passed(&api, &times(seconds, &get("/"))).await,
            expected,
            "{limit:?} {seconds:?}"
        );
    }
}

#[tokio::test]
async fn method_settings_are_found_by_path_and_verb() {
    let twice = [0.0, 0.0];
    for (name, call, expected) in [
        ("*/*", get("/pets/1"), "+-"),
        ("pets/{id}/GET", get("/pets/1"), "+-"),
        ("~1pets~1{id}/GET", get("/pets/1"), "+-"),
        ("pets~1{id}/GET", get("/pets/1"), "+-"),
        ("pets/{id}/POST", get("/pets/1"), "++"),
        ("pets/{id}/ANY", call("PUT", "/pets/1"), "+-"),
        ("pets/{id}/PUT", call("PUT", "/pets/1"), "+-"),
        ("pets/1/GET", get("/pets/1"), "++"),
        ("~1/GET", get("/"), "+-"),
        ("/GET", get("/"), "+-"),
        ("pets/GET", get("/"), "++"),
    ] {
        let api = with_setting(pets(), name, limit(1.0, 1));
        assert_eq!(passed(&api, &times(&twice, &call)).await, expected, "{name}");
    }
}

#[tokio::test]
async fn a_methods_own_setting_counts_instead_of_the_stages() {
    let api = with_setting(pets(), "*/*", limit(1.0, 1));
    let api = with_setting(api, "pets/{id}/GET", limit(1.0, 2));
    assert_eq!(passed(&api, &times(&[0.0; 3], &get("/pets/1"))).await, "++-");
    assert_eq!(passed(&api, &times(&[0.0; 3], &get("/"))).await, "+--");
}

#[tokio::test]
async fn each_method_has_a_bucket_of_its_own() {
    let api = with_setting(pets(), "*/*", limit(1.0, 1));
    let calls = [
        (0.0, get("/")),
        (0.0, get("/pets/1")),
        (0.0, get("/pets/2")),
        (0.0, call("PUT", "/pets/1")),
        (0.0, get("/")),
    ];
    assert_eq!(passed(&api, &calls).await, "++-+-");
}

#[tokio::test]
async fn a_plan_limits_each_key_and_each_of_its_methods() {
    let of = |key: &str, subscription: Subscription| Subscription {
        key_id: key.to_owned(),
        ..subscription
    };
    let plan = || Subscription { throttle: Some(limit(1.0, 2)), ..subscription() };
    let api = pets().plan("one", of("1", plan())).plan("two", of("2", plan()));
    let keys = |verb: &str, key: &str| (0.0, call(verb, "/keys").header("x-api-key", key));
    let calls = [
        keys("GET", "one"),
        keys("POST", "one"),
        keys("GET", "one"),
        keys("GET", "two"),
        keys("GET", "two"),
        keys("GET", "two"),
        (0.0, get("/")),
    ];
    assert_eq!(passed(&api, &calls).await, "++-++-+");

    let methods = [("/keys/GET".to_owned(), limit(1.0, 1))].into();
    let api = pets().plan("one", Subscription { method_throttles: methods, ..plan() });
    let calls = [keys("GET", "one"), keys("GET", "one"), keys("POST", "one"), keys("POST", "one")];
    assert_eq!(passed(&api, &calls).await, "+-+-");
}

#[tokio::test]
async fn what_is_throttled_does_not_count_against_the_quota() {
    let quota = serde_json::from_value(json!({"limit": 2, "period": "DAY"})).unwrap();
    let plan = Subscription { throttle: Some(limit(1.0, 1)), quota: Some(quota), ..subscription() };
    let meter = std::sync::Arc::clone(&plan.meter);
    let api = pets().plan("one", plan);
    let key = get("/keys").header("x-api-key", "one");
    assert_eq!(passed(&api, &times(&[0.0, 0.0, 0.0, 1.0], &key)).await, "+--+");
    let day = "2015-04-09".parse().unwrap();
    assert_eq!(meter.report(None, day, day), [[2, 0]]);
}

#[tokio::test]
async fn the_account_has_a_limit_of_its_own() {
    let mut expected = "+".repeat(5_000);
    expected.push('-');
    assert_eq!(passed(&pets(), &times(&[0.0; 5_001], &get("/"))).await, expected);
}

#[tokio::test]
async fn the_refusals_can_be_replaced() {
    let api = with_setting(pets(), "*/*", limit(0.0, 0)).gateway_response(
        "THROTTLED",
        json!({
            "statusCode": "503",
            "responseParameters": {"gatewayresponse.header.Retry-After": "'1'"},
            "responseTemplates": {"application/json": "$context.error.responseType"},
        }),
    );
    let expected = "503\ncontent-type: application/json\nretry-after: 1\n\
                    x-amzn-errortype: TooManyRequestsException\n\nTHROTTLED";
    assert_eq!(api.answer(get("/")).await, expected);

    let quota = serde_json::from_value(json!({"limit": 0, "period": "DAY"})).unwrap();
    let api =
        pets().plan("one", Subscription { quota: Some(quota), ..subscription() }).gateway_response(
            "QUOTA_EXCEEDED",
            json!({"statusCode": "402", "responseTemplates": {"application/json": "pay"}}),
        );
    let expected =
        "402\ncontent-type: application/json\nx-amzn-errortype: LimitExceededException\n\npay";
    assert_eq!(api.answer(get("/keys").header("x-api-key", "one")).await, expected);
}
