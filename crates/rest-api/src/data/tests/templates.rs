//! Which template a body meets, what templates see, and what they override.

use serde_json::{Value as Json, json};

use super::harness::{ACCOUNT, INTERNAL, check, get, mock, ok, one, post, refused};

/// A mock whose answer tells how its request was made.
fn chooser(passthrough: &str, templates: Json) -> Json {
    let response = "$context.requestOverride.path.way";
    json!({
        "type": "MOCK",
        "passthroughBehavior": passthrough,
        "requestTemplates": templates,
        "integrationResponses": {
            "200": {"statusCode": "200", "responseTemplates": {"application/json": response}},
        },
    })
}

fn template(way: &str) -> String {
    format!("#set($context.requestOverride.path.way = '{way}'){{\"statusCode\": 200}}")
}

#[tokio::test]
async fn the_passthrough_behavior_decides_on_bodies_without_a_template() {
    let media_type = "BadRequestException";
    let unsupported = refused(415, media_type, r#"{"message":"Unsupported Media Type"}"#);
    let (rendered, passed) = (ok("json"), ok(""));
    let json_only = json!({"application/json": template("json")});
    let behaviors = ["WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER"];
    for (sent, templates, expected) in [
        ("application/json", &json_only, [&rendered, &rendered, &rendered]),
        ("Application/JSON; charset=utf-8", &json_only, [&rendered, &rendered, &rendered]),
        ("text/plain", &json_only, [&passed, &unsupported, &unsupported]),
        ("application/jsonx", &json_only, [&passed, &unsupported, &unsupported]),
        ("application/json", &json!({}), [&passed, &passed, &unsupported]),
    ] {
        for (behavior, expected) in behaviors.iter().zip(expected) {
            let api = one(chooser(behavior, templates.clone()));
            let call = post(r#"{"statusCode": 200}"#).header("content-type", sent);
            check(&api, call, expected, "").await;
        }
    }
}

#[tokio::test]
async fn a_body_without_a_type_is_json_and_a_default_template_takes_the_rest() {
    let templates = json!({"application/json": template("json"), "$default": template("default")});
    let api = one(chooser("NEVER", templates));
    check(&api, post("{}"), &ok("json"), "").await;
    check(&api, post("{}").header("content-type", "text/xml"), &ok("default"), "").await;
}

#[tokio::test]
async fn the_first_accepted_type_chooses_the_response_template() {
    let mut integration = mock("");
    integration["integrationResponses"]["200"]["responseTemplates"] = json!({
        "application/json": "json",
        "application/xml": "xml",
        "text/html; charset=utf-8": "html",
    });
    let api = one(integration.clone());
    for (accept, content_type, body) in [
        (None, "application/json", "json"),
        (Some("application/xml"), "application/xml", "xml"),
        (Some("application/xml;q=0.5, text/html"), "application/xml", "xml"),
        (Some("text/html"), "text/html", "html"),
        (Some("text/csv, application/xml"), "application/json", "json"),
        (Some("*/*"), "application/json", "json"),
        (Some(""), "application/json", "json"),
    ] {
        let call = get("/");
        let call = accept.map_or(call.clone(), |accept| call.header("accept", accept));
        let expected = format!("200\ncontent-type: {content_type}\n\n{body}");
        check(&api, call, &expected, "").await;
    }
    let only = json!({"text/csv": "csv"});
    integration["integrationResponses"]["200"]["responseTemplates"] = only;
    check(&one(integration), get("/"), "200\ncontent-type: text/csv\n\ncsv", "").await;
}

#[tokio::test]
async fn templates_see_the_context_of_a_request() {
    for (template, seen) in [
        ("$context.accountId", ACCOUNT),
        ("$context.apiId", "a1b2c3d4e5"),
        ("$context.stage", "test"),
        ("$context.deploymentId", "d1e2f3"),
        ("$context.resourceId", "res0"),
        ("$context.resourcePath", "/"),
        ("$context.httpMethod", "GET"),
        ("$context.path", "/test//"),
        ("$context.protocol", "HTTP/1.1"),
        ("$context.requestTime", "09/Apr/2015:12:34:56 +0000"),
        ("$context.requestTimeEpoch", "1428582896789"),
        ("$context.domainName", "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com"),
        ("$context.domainPrefix", "a1b2c3d4e5"),
        ("$context.identity.sourceIp", "203.0.113.7"),
        ("$context.identity.userAgent", "curl/8"),
        ("$context.identity.user|$context.authorizer.principalId", "|"),
        ("$context.requestId.length() $context.extendedRequestId.length()", "36 16"),
        ("$context.requestOverride.header.x", ""),
        ("$stageVariables.team ${stageVariables.team}", "pets pets"),
        (
            "$input.params('q') $input.params('x-In') $input.params('X-Forwarded-For')",
            "2 b 203.0.113.7",
        ),
        ("$input.params().querystring", "{q=2, r=a b, s=+}"),
        ("$input.params().header.x-in", "b"),
        ("$input.params('x-forwarded-port')$input.params('X-Forwarded-Proto')", "4566http"),
        ("$input.body", "{}"),
    ] {
        let api = one(mock(template)).variable("team", "pets");
        let call = get("//?q=1&r=a+b;s=%2B&q=2")
            .header("x-in", "a")
            .header("x-in", "b")
            .header("user-agent", "curl/8");
        check(&api, call, &ok(seen), "").await;
    }
}

#[tokio::test]
async fn a_broken_template_is_a_fault_only_where_it_is_used() {
    let templates = json!({"application/json": "#if(", "text/plain": template("plain")});
    let api = one(chooser("NEVER", templates));
    check(&api, post("").header("content-type", "text/plain"), &ok("plain"), "").await;
    check(&api, post("{}"), INTERNAL, "ANY / request application/json").await;
    check(&api, post("{}"), INTERNAL, "ANY / request application/json").await;
}

#[tokio::test]
async fn a_body_that_a_template_cannot_read_is_the_clients_mistake() {
    let templates = json!({"application/json": "$input.json('$.a')"});
    let api = one(chooser("NEVER", templates));
    let body = r#"{"message":"Could not process payload"}"#;
    let expected = refused(400, "BadRequestException", body);
    check(&api, post("{\"a\": "), &expected, "DEFAULT_4XX: ").await;
}

#[tokio::test]
async fn templates_override_status_and_headers_of_the_response() {
    for (template, expected) in [
        (
            "#set($context.responseOverride.status = 404)no",
            "404\ncontent-type: application/json\n\nno",
        ),
        (
            "#set($context.responseOverride.status = '201')a",
            "201\ncontent-type: application/json\n\na",
        ),
        (
            "#set($context.responseOverride.status = 42)a",
            "200\ncontent-type: application/json\n\na",
        ),
        (
            "#set($context.responseOverride.status = 'x')a",
            "200\ncontent-type: application/json\n\na",
        ),
        (
            "#set($context.responseOverride.header.Content-Type = 'text/html')a",
            "200\ncontent-type: text/html\n\na",
        ),
        (
            "#set($context.responseOverride.header.X-List = ['a', 'b'])\
             #set($context.responseOverride.header['X-One'] = 1)a",
            "200\ncontent-type: application/json\nx-list: a\nx-list: b\nx-one: 1\n\na",
        ),
    ] {
        check(&one(mock(template)), get("/"), expected, "").await;
    }
}

#[tokio::test]
async fn no_answer_ends_with_a_status_that_announces_another() {
    for status in [100, 101, 199] {
        let api = one(mock(&format!("#set($context.responseOverride.status = {status})a")));
        check(&api, get("/"), INTERNAL, "is no status of an answer").await;
    }
}

#[tokio::test]
async fn an_override_goes_before_a_mapping() {
    let mut integration = mock("#set($context.responseOverride.header.x-a = 'template')");
    integration["integrationResponses"]["200"]["responseParameters"] = json!({
        "method.response.header.X-A": "'mapping'",
        "method.response.header.X-B": "'mapping'",
    });
    let expected = "200\ncontent-type: application/json\nx-a: template\nx-b: mapping\n\n";
    check(&one(integration), get("/"), expected, "").await;
}

#[tokio::test]
async fn a_header_that_cannot_be_written_is_a_fault() {
    for template in [
        "#set($context.responseOverride.header.x = \"a\nb\")",
        "#set($context.responseOverride.header['a b'] = 'c')",
    ] {
        check(&one(mock(template)), get("/"), INTERNAL, "is no HTTP header").await;
    }
}

#[tokio::test]
async fn headers_about_the_connection_are_not_seen() {
    let names = "connection content-length content-md5 expect max-forwards proxy-authenticate \
        server te trailer transfer-encoding upgrade www-authenticate";
    let seen = "authorization date host referer user-agent via";
    let template: String = [names, seen]
        .iter()
        .flat_map(|names| names.split_whitespace())
        .map(|name| format!("$input.params('{name}')|"))
        .collect();
    let mut call = get("/");
    for name in names.split_whitespace().chain(seen.split_whitespace()) {
        if name != "host" {
            call = call.header(name, name);
        }
    }
    let expected = format!(
        "{}authorization|date|a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com:4566|referer|\
         user-agent|via|",
        "|".repeat(12)
    );
    check(&one(mock(&template)), call, &ok(&expected), "").await;
}
