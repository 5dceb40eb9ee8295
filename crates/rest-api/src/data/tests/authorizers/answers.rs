//! What comes of what an authorizer's function answers.

use http::Response;
use serde_json::{Value as Json, json};

use super::{
    METHOD, answering, denied, failed, guarded, guarding, misconfigured, policy, returning,
    throwing, token, unauthorized,
};
use crate::data::tests::api_keys::subscription;
use crate::data::tests::harness::{
    Call, Stub, api, body_json, check, function_uri, get, ok, post, refused,
};

fn sent() -> Call {
    get("/pets/7").header("x-token", "1")
}

/// Checks what a client gets of a function that does this.
async fn answers(stub: &Stub, expected: &str, logged: &str) {
    check(&guarded(&token()).aws(stub), sent(), expected, logged).await;
}

#[tokio::test]
async fn a_policy_opens_what_it_allows() {
    let stage = METHOD.strip_suffix("GET/pets/7").unwrap();
    let explicit = denied(" with an explicit deny");
    for (effect, resource, expected) in [
        ("Allow", METHOD.to_owned(), ok("ada gold timed")),
        ("Allow", format!("{stage}*/pets/*"), ok("ada gold timed")),
        ("Allow", "*".to_owned(), ok("ada gold timed")),
        ("Allow", format!("{stage}POST/pets/7"), denied("")),
        ("Allow", format!("{stage}GET/pets/8"), denied("")),
        ("Deny", METHOD.to_owned(), explicit),
        ("Deny", format!("{stage}POST/*"), denied("")),
    ] {
        answers(&answering(effect, &resource).await, &expected, "").await;
    }
}

#[tokio::test]
async fn conditions_of_a_policy_know_the_request() {
    for (address, expected) in [("203.0.113.0/24", ok("ada  timed")), ("192.0.2.0/24", denied(""))]
    {
        let mut document = policy("Allow", "*");
        document["Statement"][0]["Condition"] = json!({"IpAddress": {"aws:SourceIp": address}});
        let stub = returning(&json!({"principalId": "ada", "policyDocument": document})).await;
        let shown = "$!context.authorizer.principalId $!context.authorizer.plan \
                     #if($context.authorizer.integrationLatency >= 0)timed#end";
        let api = guarding(&token(), &json!({"authorizationType": "CUSTOM"}), shown);
        check(&api.aws(&stub), sent(), &expected, "").await;
    }
}

#[tokio::test]
async fn a_function_that_throws_says_401_in_one_word_only() {
    for (message, expected, logged) in [
        ("Unauthorized", unauthorized(), ""),
        ("unauthorized", failed(), "unauthorized"),
        ("Unauthorized: expired", failed(), "Unauthorized: expired"),
        ("", failed(), "errorMessage"),
    ] {
        answers(&throwing(message).await, &expected, logged).await;
    }
}

#[tokio::test]
async fn a_function_that_cannot_be_called_is_a_failure() {
    let forbidden = Response::builder().status(403).body(&b"no permission"[..]).unwrap();
    answers(&Stub::answering(forbidden).await, &failed(), "403").await;
    answers(&Stub::closed(), &failed(), "AUTHORIZER_FAILURE").await;
}

#[tokio::test(start_paused = true)]
async fn a_function_has_29_seconds() {
    answers(&Stub::silent().await, &failed(), "29s").await;
}

#[tokio::test]
async fn an_answer_that_is_no_policy_is_a_misconfiguration() {
    let allow = || policy("Allow", "*");
    for (answer, logged) in [
        (json!(null), "it is no object"),
        (json!("Allow"), "it is no object"),
        (json!({"principalId": "ada"}), "policyDocument is missing"),
        (json!({"statusCode": 401}), "policyDocument is missing"),
        (json!({"policyDocument": "Allow"}), "policyDocument: "),
        (json!({"policyDocument": {"Version": "2012-10-17"}}), "Statement"),
        (json!({"policyDocument": policy("allow", "*")}), "Effect"),
        (json!({"policyDocument": allow(), "context": []}), "context must be an object"),
        (json!({"policyDocument": allow(), "context": {"a": {}}}), "context.a must be"),
        (json!({"policyDocument": allow(), "context": {"a": ["1"]}}), "context.a must be"),
        (json!({"policyDocument": allow(), "principalId": {}}), "principalId must be"),
        (json!({"policyDocument": allow(), "usageIdentifierKey": []}), "usageIdentifierKey must"),
    ] {
        answers(&returning(&answer).await, &misconfigured(), logged).await;
    }
    answers(&Stub::returning("{").await, &misconfigured(), "EOF").await;
}

#[tokio::test]
async fn an_authorizer_that_cannot_be_asked_is_a_misconfiguration() {
    for (member, value, logged) in [
        ("authorizerUri", "arn:aws:apigateway:eu-west-1:lambda:path/nothing", "no function"),
        ("type", "COGNITO_USER_POOLS", "no function"),
        ("type", "JWT", "no authorizer"),
    ] {
        let mut authorizer = token();
        authorizer[member] = json!(value);
        check(&guarded(&authorizer), sent(), &misconfigured(), logged).await;
    }
}

#[tokio::test]
async fn a_path_that_is_too_long_is_not_asked_about() {
    let stub = answering("Allow", "*").await;
    let call = get(&format!("/pets/{}", "7".repeat(1600))).header("x-token", "1");
    let body = r#"{"message":"Request URI too long"}"#;
    let expected = refused(414, "BadRequestException", body);
    check(&guarded(&token()).aws(&stub), call, &expected, "").await;
    assert_eq!(stub.count(), 0);
}

/// `requestContext.authorizer` of a proxy behind the authorizer that answers this.
async fn told(answer: Json) -> Json {
    let stub = returning(&answer).await;
    let authorizer = serde_json::from_value(token()).unwrap();
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": function_uri()});
    let method = json!({
        "authorizationType": "CUSTOM",
        "authorizerId": "auth",
        "methodIntegration": proxy,
    });
    let api = api(json!({"/": {"ANY": method}})).aws(&stub).change(|api| {
        api.authorizers.insert("auth".to_owned(), authorizer);
    });
    // The function behind it answers the same, which is no answer of a proxy.
    let answer = api.answer(post("").header("x-token", "1")).await;
    assert!(answer.starts_with("502\n"), "{answer}, {}", api.log());
    let mut event = body_json(&stub.all()[1]);
    let authorizer = event["requestContext"]["authorizer"].take();
    assert!(authorizer["integrationLatency"].is_u64(), "{authorizer}");
    authorizer
}

#[tokio::test]
async fn a_proxy_is_told_all_values_as_texts() {
    let context = json!({"text": "a", "number": 12.5, "yes": true, "nothing": null});
    let mut authorizer = told(json!({
        "principalId": 7,
        "policyDocument": policy("Allow", "*"),
        "context": context,
    }))
    .await;
    authorizer["integrationLatency"] = json!(0);
    let expected = json!({
        "principalId": "7",
        "text": "a",
        "number": "12.5",
        "yes": "true",
        "integrationLatency": 0,
    });
    assert_eq!(authorizer, expected);
}

#[tokio::test]
async fn a_function_may_say_which_api_key_the_caller_has() {
    let method = json!({"authorizationType": "CUSTOM", "apiKeyRequired": true});
    let forbidden = refused(403, "ForbiddenException", r#"{"message":"Forbidden"}"#);
    for (key, expected) in [
        (json!("secret"), ok("secret")),
        (json!("other"), forbidden.clone()),
        (json!(null), forbidden),
    ] {
        let answer = json!({"policyDocument": policy("Allow", "*"), "usageIdentifierKey": key});
        let api = guarding(&token(), &method, "$context.identity.apiKey")
            .change(|api| api.rest_api.api_key_source = "AUTHORIZER".to_owned())
            .plan("secret", subscription())
            .aws(&returning(&answer).await);
        check(&api, sent(), &expected, "").await;
    }
}

#[tokio::test]
async fn a_resource_policy_counts_besides_the_answer() {
    let allowed = ok("ada gold timed");
    for (resource_policy, answered, expected) in [
        ("Allow", "Allow", allowed.clone()),
        ("Allow", "Deny", denied(" with an explicit deny")),
        ("Allow", "", allowed.clone()),
        ("", "Allow", allowed),
        ("", "", denied("")),
    ] {
        let resource = |effect: &str| {
            if effect.is_empty() { METHOD.replace("pets", "x") } else { "*".to_owned() }
        };
        let effect = |effect: &'static str| if effect.is_empty() { "Allow" } else { effect };
        let mut document = policy(effect(resource_policy), &resource(resource_policy));
        document["Statement"][0]["Principal"] = json!("*");
        let api = guarded(&token())
            .change(|api| api.rest_api.policy = Some(document.to_string()))
            .aws(&answering(effect(answered), &resource(answered)).await);
        check(&api, sent(), &expected, "").await;
    }
}

#[tokio::test]
async fn a_principal_may_be_missing() {
    let authorizer = told(json!({"policyDocument": policy("Allow", "*")})).await;
    assert_eq!(authorizer.as_object().unwrap().len(), 1, "{authorizer}");
}

#[tokio::test]
async fn an_api_may_answer_in_its_own_way() {
    let own = json!({
        "statusCode": "418",
        "responseParameters": {"gatewayresponse.header.x-why": "context.error.responseType"},
        "responseTemplates": {
            "application/json": "$context.error.messageString for $context.authorizer.principalId",
        },
    });
    let said = "User is not authorized to access this resource";
    for (kind, stub, shown, error_type, body) in [
        (
            "UNAUTHORIZED",
            throwing("Unauthorized").await,
            "UNAUTHORIZED",
            "UnauthorizedException",
            "\"Unauthorized\" for ".to_owned(),
        ),
        (
            "ACCESS_DENIED",
            answering("Allow", "arn:aws:execute-api:*:*:other").await,
            "ACCESS_DENIED",
            "AccessDeniedException",
            format!("\"{said}\" for ada"),
        ),
        (
            "AUTHORIZER_FAILURE",
            throwing("else").await,
            "AUTHORIZER_FAILURE",
            "AuthorizerConfigurationException",
            "null for ".to_owned(),
        ),
        (
            "AUTHORIZER_CONFIGURATION_ERROR",
            Stub::returning("null").await,
            "API_CONFIGURATION_ERROR",
            "AuthorizerConfigurationException",
            " \"Internal server error\" for ".to_owned(),
        ),
    ] {
        let api = guarded(&token()).aws(&stub).gateway_response(kind, own.clone());
        let expected = format!(
            "418\ncontent-type: application/json\nx-amzn-errortype: {error_type}\n\
             x-why: {shown}\n\n{body}"
        );
        assert_eq!(api.answer(sent()).await, expected, "{kind}");
    }
}
