//! Mock integrations.

use serde_json::json;

use super::harness::{INTERNAL, api, call, check, get, ok, one, post};

/// A mock with a request template, which answers with the status that was chosen.
fn mock(request_template: &str) -> super::harness::Api {
    let answer = |status: &str| json!({"application/json": status});
    one(json!({
        "type": "MOCK",
        "requestTemplates": {"application/json": request_template},
        "integrationResponses": {
            "200": {"statusCode": "200", "responseTemplates": answer("default")},
            "201": {
                "statusCode": "201",
                "selectionPattern": "20[1-9]",
                "responseTemplates": answer("2xx"),
            },
            "404": {
                "statusCode": "404",
                "selectionPattern": "4\\d{2}",
                "responseTemplates": answer("4xx"),
            },
        },
    }))
}

#[tokio::test]
async fn the_rendered_status_chooses_the_response() {
    let json = "content-type: application/json\n\n";
    for (template, expected) in [
        (r#"{"statusCode": 200}"#, ok("default")),
        ("{statusCode: 200}", ok("default")),
        (r#"{"statusCode": 200,}"#, ok("default")),
        (r#"{"statusCode": "202"}"#, format!("201\n{json}2xx")),
        (r#"#set($status = 404){"statusCode": $status}"#, format!("404\n{json}4xx")),
        (r#"{"statusCode": 500, "more": [1]}"#, ok("default")),
        // A pattern has to match from end to end.
        (r#"{"statusCode": 4040}"#, ok("default")),
    ] {
        check(&mock(template), get("/"), &expected, "").await;
    }
}

#[tokio::test]
async fn without_a_status_there_is_no_answer() {
    for template in
        ["{}", "[]", "200", "{\"statusCode\": \"two\"}", "{\"statusCode\": ", "\u{1f600}"]
    {
        check(&mock(template), get("/"), INTERNAL, "a mock needs a statusCode").await;
    }
}

#[tokio::test]
async fn a_body_that_passes_through_says_the_status() {
    let api = one(json!({
        "type": "MOCK",
        "integrationResponses": {"200": {"statusCode": "200"}},
    }));
    check(&api, post(r#"{"statusCode": 200}"#), &ok(""), "").await;
    check(&api, get("/"), INTERNAL, "a mock needs a statusCode").await;
}

#[tokio::test]
async fn no_match_and_no_default_is_a_fault() {
    let response = json!({"statusCode": "200", "selectionPattern": "200"});
    let integration = |responses| {
        one(json!({
            "type": "MOCK",
            "requestTemplates": {"application/json": r#"{"statusCode": 201}"#},
            "integrationResponses": responses,
        }))
    };
    let reason = "no integration response matches \"201\"";
    check(&integration(json!({"200": response})), get("/"), INTERNAL, reason).await;
    check(&integration(json!({})), get("/"), INTERNAL, reason).await;
    let broken = json!({"200": {"statusCode": "200", "selectionPattern": "("}});
    check(&integration(broken), get("/"), INTERNAL, "selection pattern of 200").await;
}

#[tokio::test]
async fn a_request_template_may_override_the_response() {
    let api = one(json!({
        "type": "MOCK",
        "requestTemplates": {"application/json":
            "#set($context.responseOverride.status = 444)\
             #set($context.responseOverride.header.foo = 'bar'){\"statusCode\": 200}"},
        "integrationResponses": {"200": {"statusCode": "200"}},
    }));
    let expected = "444\ncontent-type: application/json\nfoo: bar\n\n";
    check(&api, get("/"), expected, "").await;
}

#[tokio::test]
async fn a_response_template_sees_what_the_request_template_wrote() {
    let api = one(json!({
        "type": "MOCK",
        "requestTemplates": {"application/json":
            "#set($context.requestOverride.path.body = $input.json('$'))\
             #set($context.responseOverride.header.x-way = 'request'){\"statusCode\": 200}"},
        "integrationResponses": {"200": {
            "statusCode": "200",
            "responseTemplates": {"application/json":
                "$context.requestOverride.path.body $context.responseOverride.header.x-way"},
        }},
    }));
    let expected =
        "200\ncontent-type: application/json\nx-way: request\n\n{\"a\":[1,\"✓\"]} request";
    check(&api, post(r#"{"a": [1, "✓"]}"#), expected, "").await;
}

#[tokio::test]
async fn a_browser_may_ask_before_it_calls() {
    let allow = |name: &str| format!("method.response.header.Access-Control-Allow-{name}");
    let preflight = json!({
        "methodResponses": {"204": {"statusCode": "204"}},
        "methodIntegration": {
            "type": "MOCK",
            "requestTemplates": {"application/json": r#"{"statusCode": 204}"#},
            "integrationResponses": {"204": {
                "statusCode": "204",
                "responseParameters": {
                    allow("Origin"): "'https://shop.example'",
                    allow("Methods"): "'POST,OPTIONS'",
                    allow("Headers"): "'Content-Type,X-Api-Key'",
                },
            }},
        },
    });
    let closed = json!({"apiKeyRequired": true});
    let api = api(json!({"/orders": {"OPTIONS": preflight, "POST": closed}})).gateway_response(
        "DEFAULT_4XX",
        json!({"responseParameters": {
            "gatewayresponse.header.Access-Control-Allow-Origin": "'https://shop.example'",
        }}),
    );
    let asked = call("OPTIONS", "/orders")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST");
    let expected = "204\naccess-control-allow-headers: Content-Type,X-Api-Key\n\
         access-control-allow-methods: POST,OPTIONS\n\
         access-control-allow-origin: https://shop.example\n\
         content-type: application/json\n\n";
    check(&api, asked, expected, "").await;
    // Without the header, a browser would not show the refusal to its page.
    let refused = "403\naccess-control-allow-origin: https://shop.example\n\
         content-type: application/json\nx-amzn-errortype: ForbiddenException\n\n\
         {\"message\":\"Forbidden\"}";
    check(&api, call("POST", "/orders"), refused, "").await;
}
