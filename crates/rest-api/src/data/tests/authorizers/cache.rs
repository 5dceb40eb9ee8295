//! How long an answer counts, and for whom.

use serde_json::json;

use super::{METHOD, answering, denied, guarded, policy, request, returning, throwing, token};
use crate::data::tests::harness::{Api, Call, Stub, get, ok, show};

/// Sends requests to the same stage, and checks each answer and how often the function was called.
async fn checks(api: Api, stub: &Stub, requests: &[(Call, &str, usize)]) {
    let api = api.aws(stub);
    let (plane, stage) = (api.plane(), api.served());
    for (call, expected, calls) in requests {
        let answer = show(&plane.answer(&stage, call.clone().incoming()).await);
        assert_eq!((answer.as_str(), stub.count()), (*expected, *calls), "{call:?}");
    }
}

fn with(token: &str) -> Call {
    get("/pets/7").header("x-token", token)
}

fn allowed() -> String {
    ok("ada gold timed")
}

#[tokio::test]
async fn an_answer_counts_for_its_token_and_its_time() {
    let stub = answering("Allow", "*").await;
    let expected = allowed();
    let requests = [
        (with("1"), expected.as_str(), 1),
        (with("1").later(299.0), &expected, 1),
        (with("2").later(299.0), &expected, 2),
        (with("1").later(300.0), &expected, 3),
        (with("1").later(599.0), &expected, 3),
        (with("1").later(600.0), &expected, 4),
    ];
    checks(guarded(&token()), &stub, &requests).await;
}

#[tokio::test]
async fn an_answer_counts_for_all_values_of_its_sources() {
    let stub = answering("Allow", "*").await;
    let authorizer = request("method.request.header.X-Token,method.request.querystring.q", 10);
    let expected = allowed();
    let of = |token: &str, query: &str| get(&format!("/pets/7?q={query}")).header("x-token", token);
    let requests = [
        (of("1", "1"), expected.as_str(), 1),
        (of("1", "2"), &expected, 2),
        (of("2", "1"), &expected, 3),
        (of("1", "1").later(9.0), &expected, 3),
        (of("1", "1").later(10.0), &expected, 4),
    ];
    checks(guarded(&authorizer), &stub, &requests).await;
}

#[tokio::test]
async fn nothing_is_kept_for_no_time_or_for_nobody() {
    let mut without = token();
    without["authorizerResultTtlInSeconds"] = json!(0);
    for authorizer in [without, request("method.request.header.X-Token", 0), request("", 300)] {
        let stub = answering("Allow", "*").await;
        let expected = allowed();
        let requests = [(with("1"), expected.as_str(), 1), (with("1"), &expected, 2)];
        checks(guarded(&authorizer), &stub, &requests).await;
    }
}

#[tokio::test]
async fn a_kept_policy_is_asked_about_each_method_anew() {
    let stub = answering("Allow", METHOD).await;
    let (expected, other) = (allowed(), denied(""));
    let owners = get("/owners").header("x-token", "1");
    let requests =
        [(with("1"), expected.as_str(), 1), (owners, &other, 1), (with("1"), &expected, 1)];
    checks(guarded(&token()), &stub, &requests).await;
}

#[tokio::test]
async fn a_denial_is_kept_and_a_failure_is_not() {
    let explicit = denied(" with an explicit deny");
    let stub = answering("Deny", "*").await;
    let requests = [(with("1"), explicit.as_str(), 1), (with("1"), &explicit, 1)];
    checks(guarded(&token()), &stub, &requests).await;

    for (stub, expected) in [
        (throwing("Unauthorized").await, super::unauthorized()),
        (throwing("else").await, super::failed()),
        (Stub::returning("null").await, super::misconfigured()),
    ] {
        let requests = [(with("1"), expected.as_str(), 1), (with("1"), &expected, 2)];
        checks(guarded(&token()), &stub, &requests).await;
    }
}

#[tokio::test]
async fn a_new_stage_knows_no_answers() {
    let stub = answering("Allow", "*").await;
    let api = guarded(&token()).aws(&stub);
    let plane = api.plane();
    for calls in [1, 2] {
        // What the control plane does when a stage changes, or is told to flush its caches.
        let stage = api.served();
        for _ in 0..2 {
            let answer = plane.answer(&stage, with("1").incoming()).await;
            assert_eq!((show(&answer), stub.count()), (allowed(), calls));
        }
    }
}

#[tokio::test]
async fn the_answers_that_end_first_make_room() {
    let stub = returning(&json!({"policyDocument": policy("Deny", "*")})).await;
    let api = guarded(&token()).aws(&stub);
    let (plane, stage) = (api.plane(), api.served());
    let send = async |token: i32, second: i32| {
        let call = with(&token.to_string()).later(second.into());
        plane.answer(&stage, call.incoming()).await;
        stub.count()
    };
    for token in 0..1000 {
        send(token, token / 10).await;
    }
    assert_eq!(send(1, 100).await, 1000, "there is room for a thousand");
    assert_eq!(send(1000, 100).await, 1001);
    assert_eq!(send(999, 100).await, 1001, "the last ones stay");
    let again = (0..10).map(|token| send(token, 100));
    let mut calls = 0;
    for sent in again {
        calls = sent.await;
    }
    assert!(calls > 1001, "one of the first ones has gone");
}
