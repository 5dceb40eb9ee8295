//! HTTP endpoints.

use http::Response;
use serde_json::{Value as Json, json};

use super::harness::{Api, INTERNAL, Stub, api, call, check, get, ok, one, post, refused, traced};

fn at_pets(integration: Json) -> Api {
    api(json!({"/pets/{id+}": {"ANY": {"methodIntegration": integration}}}))
}

/// An endpoint that says who it is.
async fn endpoint() -> Stub {
    let answer = Response::builder()
        .status(201)
        .header("content-type", "text/plain")
        .header("x-backend", "1")
        .header("x-backend", "2")
        .header("server", "stub")
        .header("connection", "keep-alive")
        .header("www-authenticate", "Basic")
        .header("x-amzn-requestid", "theirs");
    Stub::answering(answer.body(&b"made"[..]).unwrap()).await
}

fn http(stub: &Stub, path: &str) -> Json {
    json!({
        "type": "HTTP",
        "httpMethod": "POST",
        "uri": format!("{}{path}", stub.uri),
        "integrationResponses": {"200": {"statusCode": "200"}},
    })
}

fn proxy(stub: &Stub, path: &str) -> Json {
    json!({"type": "HTTP_PROXY", "httpMethod": "ANY", "uri": format!("{}{path}", stub.uri)})
}

#[tokio::test]
async fn a_proxy_passes_a_request_on_and_adds_what_is_mapped() {
    let stub = endpoint().await;
    let mut integration = proxy(&stub, "/v1/{where}?testVar={place}&testQs={q}");
    integration["requestParameters"] = json!({
        "integration.request.path.where": "method.request.path.id",
        "integration.request.path.place": "context.stage",
        "integration.request.path.q": "method.request.querystring.testVar",
        "integration.request.querystring.testQs": "method.request.querystring.other",
        "integration.request.querystring.empty": "method.request.header.nothing",
        "integration.request.header.headerVar": "method.request.header.foobar",
    });
    let call = call("PUT", "/pets/a%2Bb/c+d?other=f%26o&testVar=bar")
        .header("accept", "application/xml")
        .header("content-type", "text/csv")
        .header("foobar", "mapped-value")
        .header("headervar", "request-value")
        .header("x-twice", "1")
        .header("x-twice", "2")
        .header("expect", "100-continue")
        .header("te", "trailers")
        .header("upgrade", "h2c")
        .header("via", "1.1 proxy")
        .header("content-encoding", "identity")
        .header("server", "client")
        .body("a;b");
    // Two answers of one name and a remapped hop.
    let expected = "201\ncontent-type: text/plain\nwww-authenticate: Basic\n\
         x-amzn-remapped-connection: keep-alive\nx-amzn-remapped-content-length: 4\n\
         x-amzn-remapped-date: *\nx-amzn-remapped-server: stub\n\
         x-amzn-remapped-x-amzn-requestid: theirs\nx-backend: 1\nx-backend: 2\n\nmade";
    check(&at_pets(integration), call, expected, "").await;

    let request = stub.received();
    assert_eq!(request.method(), "PUT");
    let query = "testVar=test&testQs=bar&other=f%26o&testVar=bar&testQs=f%26o";
    assert_eq!(request.uri(), &*format!("/v1/a%2Bb/c+d?{query}"));
    assert_eq!(&request.body()[..], b"a;b");
    let mut names: Vec<&str> = request.headers().keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "content-length",
            "content-type",
            "foobar",
            "headervar",
            "host",
            "user-agent",
            "x-amzn-apigateway-api-id",
            "x-amzn-trace-id",
            "x-forwarded-for",
            "x-forwarded-port",
            "x-forwarded-proto",
            "x-twice",
        ]
    );
    for (name, value) in [
        ("accept", "application/xml"),
        ("content-type", "text/csv"),
        ("headervar", "mapped-value"),
        ("host", stub.uri.trim_start_matches("http://")),
        ("user-agent", "AmazonAPIGateway_a1b2c3d4e5"),
        ("x-amzn-apigateway-api-id", "a1b2c3d4e5"),
    ] {
        assert_eq!(request.headers()[name], value, "{name}");
    }
    assert_eq!(request.headers().get_all("x-twice").iter().count(), 2);
}

#[tokio::test]
async fn a_redirect_goes_to_the_client() {
    let answer = Response::builder().status(302).header("location", "/elsewhere");
    let stub = Stub::answering(answer.body(&b""[..]).unwrap()).await;
    let answer = one(proxy(&stub, "/")).answer(get("/")).await;
    assert!(answer.starts_with("302\n") && answer.contains("\nlocation: /elsewhere\n"), "{answer}");
    assert_eq!(stub.count(), 1);
}

#[tokio::test]
async fn an_endpoint_gets_only_what_is_mapped_to_it() {
    let stub = endpoint().await;
    let mut integration = http(&stub, "/make");
    integration["requestParameters"] = json!({
        "integration.request.querystring.list": "method.request.multivaluequerystring.q",
        "integration.request.header.X-List": "method.request.multivalueheader.x-twice",
        "integration.request.header.X-Last": "method.request.header.X-Twice",
    });
    integration["requestTemplates"] = json!({"application/json": "<$input.path('$.a')>"});
    let call = call("GET", "/?q=1&q=2&p=3")
        .header("x-twice", "1")
        .header("x-twice", "2")
        .body(r#"{"a": "é"}"#);
    check(&one(integration), call, &traced(200, "made"), "").await;
    let request = stub.received();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri(), "/make?list=1&list=2");
    assert_eq!(&request.body()[..], "<é>".as_bytes());
    let mut names: Vec<&str> = request.headers().keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "accept",
            "content-length",
            "host",
            "user-agent",
            "x-amzn-apigateway-api-id",
            "x-amzn-trace-id",
            "x-last",
            "x-list",
        ]
    );
    assert_eq!(request.headers()["x-list"], "1,2");
    assert_eq!(request.headers()["x-last"], "2");
}

#[tokio::test]
async fn the_status_of_an_endpoint_chooses_the_response() {
    for (pattern, expected) in
        [("2\\d{2}", 202), ("20", 200), ("", 200), ("201|404", 202), (".*1", 202), ("4..", 200)]
    {
        let stub = endpoint().await;
        let mut integration = http(&stub, "/");
        integration["integrationResponses"]["202"] =
            json!({"statusCode": "202", "selectionPattern": pattern});
        if pattern.is_empty() {
            integration["integrationResponses"].as_object_mut().unwrap().remove("202");
        }
        check(&one(integration), get("/"), &traced(expected, "made"), "").await;
    }
}

#[tokio::test]
async fn headers_of_an_endpoint_come_back_as_they_are_mapped() {
    let stub = endpoint().await;
    let mut integration = http(&stub, "/");
    integration["integrationResponses"]["200"]["responseParameters"] = json!({
        "method.response.header.X-Last": "integration.response.header.X-Backend",
        "method.response.header.X-All": "integration.response.multivalueheader.x-backend",
        "method.response.header.Content-Type": "integration.response.header.content-type",
        "method.response.header.X-Missing": "integration.response.header.x-no",
        "method.response.header.X-Body": "integration.response.body",
        "method.response.header.X-Path": "integration.response.body.a",
        "method.response.header.X-Static": "'static'",
        "method.response.header.X-Stage": "stageVariables.team",
        "method.response.header.X-Context": "context.identity.sourceIp",
        "method.response.header.Host": "'h'",
        "method.response.header.Date": "'d'",
        "method.response.header.WWW-Authenticate":
            "integration.response.header.www-authenticate",
    });
    let api = one(integration).variable("team", "pets");
    let expected = "200\ncontent-type: text/plain\nx-all: 1,2\nx-amzn-remapped-date: *\n\
         x-amzn-remapped-host: h\nx-amzn-remapped-www-authenticate: Basic\nx-amzn-trace-id: *\n\
         x-body: made\nx-context: 203.0.113.7\nx-last: 2\nx-stage: pets\nx-static: static\n\nmade";
    check(&api, get("/"), expected, "").await;
}

#[tokio::test]
async fn an_endpoint_that_cannot_be_reached_is_a_network_error() {
    let stub = Stub::closed();
    let body = r#"{"message":"Network error communicating with endpoint"}"#;
    let expected = refused(504, "InternalServerErrorException", body);
    for integration in [http(&stub, "/"), proxy(&stub, "/")] {
        check(&one(integration), get("/"), &expected, "INTEGRATION_FAILURE: ").await;
    }
}

#[tokio::test]
async fn an_endpoint_that_takes_too_long_is_a_timeout() {
    let stub = Stub::silent().await;
    let body = r#"{"message":"Endpoint request timed out"}"#;
    let expected = refused(504, "InternalServerErrorException", body);
    for mut integration in [http(&stub, "/"), proxy(&stub, "/")] {
        integration["timeoutInMillis"] = json!(50);
        check(&one(integration), get("/"), &expected, "INTEGRATION_TIMEOUT: ").await;
    }
}

#[tokio::test]
async fn a_uri_that_is_none_is_a_fault() {
    let stub = endpoint().await;
    let uri = |uri: &str| json!({"type": "HTTP_PROXY", "uri": uri});
    for (integration, logged) in [
        (uri(""), "is no URI of an HTTP endpoint"),
        (uri("/pets"), "is no URI of an HTTP endpoint"),
        (uri("example.com"), "is no URI of an HTTP endpoint"),
        (uri("http://a b/"), "is no URI of an HTTP endpoint"),
        (uri("ftp://127.0.0.1/"), "is no address of an endpoint"),
        (uri("http://nobody.invalid/"), "is unknown"),
        (proxy(&stub, "/{id}"), "nothing is mapped to {id}"),
        (
            json!({"type": "HTTP", "uri": "http://127.0.0.1/", "connectionType": "VPC_LINK"}),
            "VPC link",
        ),
    ] {
        check(&one(integration), get("/"), INTERNAL, logged).await;
    }
    assert_eq!(stub.count(), 0);
}

#[tokio::test]
async fn stage_variables_stand_in_a_uri() {
    let stub = endpoint().await;
    let mut integration = http(&stub, "");
    integration["uri"] = json!("http://${stageVariables.host}/${stageVariables.no}x");
    let host = stub.uri.trim_start_matches("http://").to_owned();
    check(&one(integration).variable("host", &host), get("/"), &traced(200, "made"), "").await;
    assert_eq!(stub.received().uri(), "/x");
}

#[tokio::test]
async fn a_template_may_override_parts_of_the_request() {
    let stub = endpoint().await;
    let mut integration = http(&stub, "/{where}");
    integration["requestParameters"] = json!({
        "integration.request.path.where": "'mapped'",
        "integration.request.querystring.a": "'mapped'",
        "integration.request.querystring.b": "'mapped'",
        "integration.request.header.x-a": "'mapped'",
    });
    integration["requestTemplates"] = json!({"application/json":
        "#set($context.requestOverride.path.where = 'over there')\
         #set($context.requestOverride.querystring.a = ['1', 2])\
         #set($context.requestOverride.header.X-A = 'over')\
         #set($context.requestOverride.header['Accept'] = 'text/xml')body"});
    check(&one(integration), post("{}"), &traced(200, "made"), "").await;
    let request = stub.received();
    assert_eq!(request.uri(), "/over%20there?b=mapped&a=1&a=2");
    assert_eq!(request.headers()["x-a"], "over");
    assert_eq!(request.headers()["accept"], "text/xml");
    assert_eq!(&request.body()[..], b"body");
}

#[tokio::test]
async fn a_large_answer_is_not_taken() {
    static LARGE: [u8; 10 * 1024 * 1024 + 1] = [b'a'; 10 * 1024 * 1024 + 1];
    let stub = Stub::answering(Response::new(&LARGE[..])).await;
    let body = r#"{"message":"Network error communicating with endpoint"}"#;
    let expected = refused(504, "InternalServerErrorException", body);
    check(&one(proxy(&stub, "/")), get("/"), &expected, "answered with more than").await;
    let stub = Stub::answering(Response::new(&LARGE[..0])).await;
    check(&one(http(&stub, "/")), get("/"), &traced(200, ""), "").await;
    assert_ne!(ok(""), traced(200, ""));
}

#[tokio::test]
async fn mapped_headers_reach_an_endpoint_unless_they_are_about_the_connection() {
    let stub = endpoint().await;
    let names = [
        "Connection",
        "Content-MD5",
        "Expect",
        "Host",
        "Max-Forwards",
        "Proxy-Authenticate",
        "Referer",
        "Server",
        "TE",
        "Trailer",
        "User-Agent",
        "Via",
        "WWW-Authenticate",
    ];
    let target = |name: &&str| (format!("integration.request.header.{name}"), json!("'mapped'"));
    let mut integration = http(&stub, "/");
    integration["requestParameters"] = names.iter().map(target).collect();
    check(&one(integration), get("/"), &traced(200, "made"), "").await;
    let request = stub.received();
    let is_there = |name: &&str| request.headers().get(*name).is_some_and(|it| it == "mapped");
    let got: Vec<&str> = names.into_iter().filter(|name| is_there(name)).collect();
    assert_eq!(
        got,
        [
            "Content-MD5",
            "Host",
            "Max-Forwards",
            "Referer",
            "Server",
            "Trailer",
            "User-Agent",
            "WWW-Authenticate",
        ]
    );
}

#[tokio::test]
async fn a_template_cannot_write_the_length_of_a_request() {
    let stub = endpoint().await;
    let mut integration = http(&stub, "/");
    integration["requestTemplates"] = json!({"application/json":
        "#set($context.requestOverride.header['Content-Length'] = '1')\
         #set($context.requestOverride.header['Transfer-Encoding'] = 'chunked')body"});
    check(&one(integration), post("{}"), &traced(200, "made"), "").await;
    let request = stub.received();
    assert_eq!(request.headers()["content-length"], "4");
    assert_eq!(&request.body()[..], b"body");
}
