//! Resource policies in front of methods, and the answers to those whom they keep out.

use serde_json::{Value as Json, json};

use super::harness::{Api, INTERNAL, api, check, get, mock, ok, refused};
use crate::data::access::Together;
use crate::data::policy::Verdict;

fn guarded(policy: &str) -> Api {
    let method = json!({"methodIntegration": mock("open")});
    api(json!({"/": {"GET": method}, "/pets/{id}": {"GET": method}}))
        .change(|api| api.rest_api.policy = Some(policy.to_owned()))
}

fn statement(effect: &str, resource: &str, addresses: &str) -> Json {
    json!({
        "Effect": effect,
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": resource,
        "Condition": {"IpAddress": {"aws:SourceIp": addresses}},
    })
}

fn policy(statements: &[Json]) -> Api {
    guarded(&json!({"Version": "2012-10-17", "Statement": statements}).to_string())
}

fn denied(path: &str, ending: &str) -> String {
    let message = format!(
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: \
         arn:aws:execute-api:eu-west-1:********9012:a1b2c3d4e5/test/GET{path}{ending}"
    );
    refused(403, "AccessDeniedException", &json!({"Message": message}).to_string())
}

#[tokio::test]
async fn without_authorization_the_policy_must_allow() {
    let (all, ours, theirs) = ("execute-api:/*", "203.0.113.0/24", "198.51.100.0/24");
    let allow = |resource, addresses| statement("Allow", resource, addresses);
    let explicitly = " with an explicit deny";
    for (statements, path, expected) in [
        (vec![allow(all, ours)], "/", ok("open")),
        (vec![allow(all, theirs)], "/", denied("/", "")),
        (vec![], "/", denied("/", "")),
        (vec![allow(all, ours), statement("Deny", all, ours)], "/", denied("/", explicitly)),
        (vec![allow(all, ours), statement("Deny", all, theirs)], "/", ok("open")),
        (vec![allow("execute-api:/test/GET/pets/*", ours)], "/pets/1", ok("open")),
        (vec![allow("execute-api:/test/POST/pets/*", ours)], "/pets/1", denied("/pets/1", "")),
        (vec![allow("execute-api:/prod/*", ours)], "/pets/1", denied("/pets/1", "")),
    ] {
        check(&policy(&statements), get(path), &expected, "").await;
    }
}

#[tokio::test]
async fn the_refusal_can_be_replaced() {
    let api = policy(&[]).gateway_response(
        "ACCESS_DENIED",
        json!({
            "statusCode": "404",
            "responseParameters": {"gatewayresponse.header.X-Why": "context.error.responseType"},
            "responseTemplates": {"application/json": "{\"sorry\": $context.error.messageString}"},
        }),
    );
    let expected = "404\ncontent-type: application/json\nx-amzn-errortype: AccessDeniedException\n\
         x-why: ACCESS_DENIED\n\n{\"sorry\": \"User: anonymous is not authorized to perform: \
         execute-api:Invoke on resource: \
         arn:aws:execute-api:eu-west-1:********9012:a1b2c3d4e5/test/GET/\"}";
    check(&api, get("/"), expected, "").await;
}

#[tokio::test]
async fn an_empty_policy_is_none_and_a_broken_one_opens_nothing() {
    check(&guarded(""), get("/"), &ok("open"), "").await;
    check(&guarded("{}"), get("/"), &ok("open"), "").await;
    let broken = guarded(r#"{"Statement": [{"Effect": "Allow"}]}"#);
    check(&broken, get("/"), INTERNAL, "the resource policy: Statement[0].Principal").await;
    check(&guarded("allow all"), get("/"), INTERNAL, "the policy must be an object").await;
}

/// Tables A and B of AWS's page on resource policies and authorization.
#[test]
fn outcomes_are_those_of_the_tables() {
    use Verdict::{Allow, Deny, None as Nothing};
    let words = [Allow, Nothing, Deny];
    for (together, outcomes) in [
        // By what the authorization says (down), then the resource policy (across).
        (Together::SameAccount, [[Allow, Allow, Deny], [Allow, Nothing, Deny], [Deny; 3]]),
        (Together::OtherAccount, [[Allow, Nothing, Deny], [Nothing, Nothing, Deny], [Deny; 3]]),
        (Together::Alone, [[Allow, Nothing, Deny], [Allow, Nothing, Deny], [Deny; 3]]),
    ] {
        for (other, row) in words.into_iter().zip(outcomes) {
            for (resource, outcome) in words.into_iter().zip(row) {
                let got = together.of(Some(resource), other);
                assert_eq!(got, outcome, "{together:?}: {resource:?} and {other:?}");
            }
        }
    }
    // Without a resource policy.
    for (together, other, outcome) in [
        (Together::Alone, Nothing, Allow),
        (Together::SameAccount, Allow, Allow),
        (Together::SameAccount, Nothing, Nothing),
        (Together::SameAccount, Deny, Deny),
        (Together::OtherAccount, Allow, Nothing),
    ] {
        assert_eq!(together.of(None, other), outcome, "{together:?} and {other:?}");
    }
}
