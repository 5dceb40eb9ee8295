//! Parameter mappings: every source, and targets that are not allowed.

use serde_json::json;

use super::harness::{INTERNAL, Stub, api, call, check, get, post, refused, traced};

/// What a source gives for a request, as a header that an endpoint gets.
async fn mapped(source: &str, body: &str) -> Option<String> {
    let stub = Stub::returning("").await;
    let integration = json!({
        "type": "HTTP",
        "httpMethod": "POST",
        "uri": stub.uri,
        "requestParameters": {"integration.request.header.x-mapped": source},
        "integrationResponses": {"200": {"statusCode": "200"}},
    });
    let api = api(json!({"/{id}": {"POST": {"methodIntegration": integration}}}))
        .variable("team", "pets");
    let call = call("POST", "/a%20b?q=1&q=2&e=")
        .header("x-twice", "1")
        .header("x-twice", "2")
        .header("user-agent", "curl/8")
        .body(body.to_owned());
    assert_eq!(api.answer(call).await, traced(200, ""), "{source}: {}", api.log());
    let request = stub.received();
    let value = request.headers().get("x-mapped")?;
    Some(String::from_utf8(value.as_bytes().to_vec()).unwrap())
}

#[tokio::test]
async fn every_source_gives_its_value() {
    let body = r#"{"name": "Ada", "n": 1.50, "list": [1, {"a": null}], "t": true, "null": null,
        "a.b": "dot", "deep": {"er": "yes"}}"#;
    for (source, value) in [
        ("method.request.path.id", Some("a%20b")),
        ("method.request.path.no", None),
        ("method.request.querystring.q", Some("2")),
        ("method.request.querystring.e", None),
        ("method.request.querystring.Q", None),
        ("method.request.multivaluequerystring.q", Some("1,2")),
        ("method.request.header.X-Twice", Some("2")),
        ("method.request.multivalueheader.x-twice", Some("1,2")),
        ("method.request.header.nothing", None),
        ("method.request.body.name", Some("Ada")),
        ("method.request.body.$.name", Some("Ada")),
        ("method.request.body.n", Some("1.5")),
        ("method.request.body.t", Some("true")),
        ("method.request.body.list", Some(r#"[1,{"a":null}]"#)),
        ("method.request.body.list[0]", Some("1")),
        ("method.request.body.deep.er", Some("yes")),
        ("method.request.body.deep", Some(r#"{"er":"yes"}"#)),
        ("method.request.body['a.b']", None),
        ("method.request.body.null", None),
        ("method.request.body.no", None),
        ("method.request.body.name.no[1].a", None),
        ("context.stage", Some("test")),
        ("context.identity.userAgent", Some("curl/8")),
        ("context.identity.user", None),
        ("context.identity", None),
        ("context.no.such", None),
        ("context.requestTimeEpoch", Some("1428582896789")),
        ("stageVariables.team", Some("pets")),
        ("stageVariables.no", None),
        ("'a static value'", Some("a static value")),
        ("'it's'", Some("it's")),
        ("'a,b'", Some("a,b")),
        ("''", None),
        ("'", None),
        ("something.else", None),
        ("method.request.cookie.a", None),
        ("", None),
    ] {
        assert_eq!(mapped(source, body).await.as_deref(), value, "{source}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_begin_like_json_has_nothing_in_it() {
    for (source, body, value) in [
        ("method.request.body.a", "a=1", None),
        ("method.request.body.a", "", None),
        ("method.request.body.a", "  {\"a\": 1}", Some("1")),
        ("method.request.body.a", "{'a': 'lenient'}", Some("lenient")),
        ("method.request.body.[0]", "[7]", Some("7")),
        ("method.request.body", "a=1", Some("a=1")),
        ("method.request.body", "é", Some("é")),
        ("method.request.body", "", None),
    ] {
        assert_eq!(mapped(source, body).await.as_deref(), value, "{source} of {body:?}");
    }
}

fn with_mapping(kind: &str, target: &str, source: &str) -> super::harness::Api {
    let integration = json!({
        "type": kind,
        "httpMethod": "POST",
        "uri": "http://127.0.0.1:1",
        "requestParameters": {target: source},
        "integrationResponses": {"200": {"statusCode": "200"}},
    });
    super::harness::one(integration)
}

#[tokio::test]
async fn a_body_that_breaks_off_is_the_clients_mistake() {
    let api = with_mapping("HTTP", "integration.request.header.x", "method.request.body.a");
    let body = r#"{"message":"Invalid JSON in request body"}"#;
    let expected = refused(400, "BadRequestException", body);
    check(&api, post("{\"a\": "), &expected, "the document is not JSON").await;
}

#[tokio::test]
async fn headers_of_the_gateway_itself_may_not_be_mapped() {
    for name in
        ["Content-Length", "transfer-encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"]
    {
        for kind in ["HTTP", "HTTP_PROXY", "AWS"] {
            let target = format!("integration.request.header.{name}");
            let api = with_mapping(kind, &target, "'x'");
            check(&api, get("/"), INTERNAL, &format!("header {name} may not be mapped")).await;
        }
    }
    for name in ["Authorization", "Connection", "Expect", "Proxy-Authenticate", "TE"] {
        let target = format!("integration.request.header.{name}");
        let api = with_mapping("AWS", &target, "'x'");
        check(&api, get("/"), INTERNAL, &format!("header {name} may not be mapped")).await;
        // Nothing is mapped where the source has no value.
        let api = with_mapping("MOCK", &target, "method.request.header.no");
        check(&api, get("/"), INTERNAL, "a mock needs a statusCode").await;
    }
}

#[tokio::test]
async fn a_value_that_is_no_header_is_a_fault() {
    let api = with_mapping("HTTP", "integration.request.header.x", "method.request.body.a");
    check(&api, post(r#"{"a": "1\r\nx-evil: 2"}"#), INTERNAL, "is no HTTP header").await;
    let api = with_mapping("HTTP", "integration.request.header.a b", "'x'");
    check(&api, get("/"), INTERNAL, "is no HTTP header").await;
}
