//! Methods behind authorizers.

mod answers;
mod cache;
mod events;
mod user_pools;

use http::Response;
use serde_json::{Value as Json, json};

use super::harness::{Api, Stub, api, function_uri, mock, refused};

/// The method that [`guarded`] has, called for the pet 7.
const METHOD: &str = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/test/GET/pets/7";

/// An API whose methods have an authorizer, and show what it says of the caller.
fn guarded(authorizer: &Json) -> Api {
    let shown = "$context.authorizer.principalId $context.authorizer.plan \
                 #if($context.authorizer.integrationLatency >= 0)timed#end";
    guarding(authorizer, &json!({"authorizationType": "CUSTOM"}), shown)
}

/// The same with more of the method, and a template of what is shown.
fn guarding(authorizer: &Json, method: &Json, shown: &str) -> Api {
    let mut method = method.clone();
    method["authorizerId"] = json!("auth");
    method["methodIntegration"] = mock(shown);
    let paths = json!({"/pets/{id}": {"ANY": method}, "/owners": {"ANY": method}});
    let authorizer = serde_json::from_value(authorizer.clone()).unwrap();
    api(paths).change(|api| {
        api.authorizers.insert("auth".to_owned(), authorizer);
    })
}

/// A `TOKEN` authorizer.
fn token() -> Json {
    json!({
        "type": "TOKEN",
        "authorizerUri": function_uri(),
        "identitySource": "method.request.header.X-Token",
    })
}

/// A `REQUEST` authorizer.
fn request(sources: &str, time_to_live: u32) -> Json {
    json!({
        "type": "REQUEST",
        "authorizerUri": function_uri(),
        "identitySource": sources,
        "authorizerResultTtlInSeconds": time_to_live,
    })
}

/// A function that answers with a policy.
async fn answering(effect: &str, resource: &str) -> Stub {
    returning(&json!({
        "principalId": "ada",
        "policyDocument": policy(effect, resource),
        "context": {"plan": "gold"},
    }))
    .await
}

fn policy(effect: &str, resource: &str) -> Json {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Action": "execute-api:Invoke",
            "Effect": effect,
            "Resource": resource,
        }],
    })
}

async fn returning(answer: &Json) -> Stub {
    Stub::returning(answer.to_string().leak()).await
}

/// A function that throws.
async fn throwing(message: &str) -> Stub {
    let thrown = json!({"errorMessage": message, "errorType": "Error", "trace": []});
    let response = Response::builder().header("x-amz-function-error", "Unhandled");
    Stub::answering(response.body(thrown.to_string().leak().as_bytes()).unwrap()).await
}

fn unauthorized() -> String {
    refused(401, "UnauthorizedException", r#"{"message":"Unauthorized"}"#)
}

fn denied(ending: &str) -> String {
    let message = format!("User is not authorized to access this resource{ending}");
    refused(403, "AccessDeniedException", &format!(r#"{{"Message":"{message}"}}"#))
}

fn failed() -> String {
    refused(500, "AuthorizerConfigurationException", r#"{"message":null}"#)
}

fn misconfigured() -> String {
    let body = r#"{"message": "Internal server error"}"#;
    refused(500, "AuthorizerConfigurationException", body)
}
