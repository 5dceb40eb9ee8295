//! What API Gateway refuses, it refuses in the same words whether it comes in one document or in
//! single resources.

use serde_json::{Value, json};

use super::Cloud;

/// What a request is refused with; nothing if it is taken.
fn refusal(cloud: &Cloud, line: &str, body: &Value) -> Option<String> {
    let (status, _, answer) = cloud.send(line, body.to_string());
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    (status == 400).then(|| answer["message"].as_str().unwrap().to_owned())
}

/// Checks that a single resource and a document are both taken, or both refused with `reason`.
#[track_caller]
fn check(cloud: &Cloud, line: &str, resource: &Value, members: Value, reason: Option<&str>) {
    let mut document = json!({ "openapi": "3.0.1", "info": { "title": "t", "version": "1" } });
    document.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    assert_eq!(refusal(cloud, line, resource).as_deref(), reason, "{resource}");
    let imported = refusal(cloud, "POST /restapis?mode=import", &document);
    match (&imported, reason) {
        (None, None) => {}
        (Some(said), Some(reason)) => assert!(said.ends_with(reason), "{said} for {document}"),
        _ => panic!("{imported:?} for {document}, but {reason:?} was expected"),
    }
}

fn invalid(error: &str) -> String {
    format!(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]"
    )
}

#[test]
fn integrations_are_refused_alike() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let method = cloud.method(&cloud.resource(&api, "x"));
    let aws = |kind: &str, uri: &str| json!({ "type": kind, "httpMethod": "POST", "uri": uri });
    let http = |uri: &str| aws("HTTP", uri);
    let mapped = |source: &str| {
        json!({
            "type": "MOCK",
            "requestParameters": { "integration.request.header.a": source },
        })
    };
    let unknown = invalid("Invalid mapping expression specified: other");
    let undeclared = |source: &str| {
        invalid(&format!("Invalid mapping expression parameter specified: {source}"))
    };
    let (header, multi) = ("method.request.header.a", "method.request.multivalueheader.a");
    let endpoint = Some("Invalid HTTP endpoint specified for URI");
    let arn = Some("Invalid ARN specified in the request");
    let media_type =
        "Validation Result: warnings : [], errors : [Invalid content type specified: x]";
    for (integration, reason) in [
        (http("https://example.com/${stageVariables.a}"), None),
        (http("${stageVariables.url}/a"), None),
        (http("https://"), endpoint),
        (http("https:///a"), endpoint),
        (http("ftp://${stageVariables.a}"), endpoint),
        (aws("AWS_PROXY", "http://example.com/:lambda:"), arn),
        (aws("AWS", "arn:aws:lambda:eu-west-1:1:function:path/"), arn),
        (aws("AWS", "arn:${stageVariables.a}"), None),
        (
            aws("AWS", "arn:aws:apigateway:eu-west-1:sqs:queue:path/1"),
            Some("AWS ARN for integration must contain path or action"),
        ),
        (aws("AWS", "arn:aws:apigateway:eu-west-1:lambda:action/Invoke"), None),
        (
            json!({ "type": "MOCK", "timeoutInMillis": 49 }),
            Some("Timeout should be between 50 ms and 29000 ms"),
        ),
        (
            json!({ "type": "MOCK", "timeoutInMillis": 900_001, "responseTransferMode": "STREAM" }),
            Some("Timeout should be between 50 ms and 900000 ms"),
        ),
        (
            json!({ "type": "MOCK", "connectionType": "VPC_LINK" }),
            Some("Connection ID must be set for connection type VPC_LINK"),
        ),
        (mapped("'a'"), None),
        (mapped("other"), Some(&*unknown)),
        (mapped(header), Some(&*undeclared(header))),
        (mapped(multi), Some(&*undeclared(multi))),
        (json!({ "type": "MOCK", "requestTemplates": { "x": "" } }), Some(media_type)),
    ] {
        let members = json!({
            "paths": { "/x": { "get": { "x-amazon-apigateway-integration": integration } } },
        });
        check(&cloud, &format!("PUT {method}/integration"), &integration, members, reason);
    }
}

#[test]
fn integration_responses_are_refused_alike() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let method = cloud.method(&cloud.resource(&api, "x"));
    let undeclared = invalid("No method response exists for method.");
    let media_type =
        "Validation Result: warnings : [], errors : [Invalid content type specified: x]";
    for (response, reason) in [
        (json!({ "responseTemplates": { "text/plain": "" } }), None),
        (json!({ "responseTemplates": { "x": "" } }), Some(media_type)),
        (
            json!({ "responseParameters": { "method.response.header.a": "'a'" } }),
            Some(&*undeclared),
        ),
    ] {
        let mut in_document = response.clone();
        in_document["statusCode"] = json!("404");
        let integration = json!({ "type": "MOCK", "responses": { "default": in_document } });
        let members = json!({
            "paths": { "/x": { "get": { "x-amazon-apigateway-integration": integration } } },
        });
        let line = format!("PUT {method}/integration/responses/404");
        check(&cloud, &line, &response, members, reason);
    }
}

#[test]
fn path_parts_are_refused_alike() {
    let allowed = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable \
                   and curly braces at the beginning and the end.";
    for (part, reason) in [
        ("a,b", None),
        ("a:b", None),
        ("{a$b}", None),
        ("{a+}", None),
        ("{a:b}", Some(allowed)),
        ("{a,b}", Some(allowed)),
        ("{+}", Some(allowed)),
        ("a$", Some(allowed)),
        ("\u{e9}", Some(allowed)),
    ] {
        let cloud = Cloud::new();
        let api = cloud.api();
        let root = cloud.get(&api)["rootResourceId"].as_str().unwrap().to_owned();
        let line = format!("POST {api}/resources/{root}");
        let members = json!({ "paths": { format!("/{part}"): {} } });
        check(&cloud, &line, &json!({ "pathPart": part }), members, reason);
    }
}

#[test]
fn parameters_are_refused_alike() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let resource = cloud.resource(&api, "{id}");
    let twice = "Parameter names must be unique across querystring, header and path";
    for (verb, parameters, reason) in [
        ("GET", vec![("querystring", "query", "a"), ("header", "header", "b")], None),
        ("PUT", vec![("querystring", "query", "a"), ("header", "header", "a")], Some(twice)),
        ("POST", vec![("querystring", "query", "id"), ("path", "path", "id")], Some(twice)),
    ] {
        let names: serde_json::Map<_, _> = parameters
            .iter()
            .map(|(place, _, name)| (format!("method.request.{place}.{name}"), json!(true)))
            .collect();
        let method = json!({ "authorizationType": "NONE", "requestParameters": names });
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(_, place, name)| json!({ "name": name, "in": place, "required": true }))
            .collect();
        let operation = json!({ verb.to_lowercase(): { "parameters": parameters } });
        let line = format!("PUT {resource}/methods/{verb}");
        check(&cloud, &line, &method, json!({ "paths": { "/{id}": operation } }), reason);
    }
}

#[test]
fn gateway_responses_are_refused_alike() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let header =
        |source: &str| json!({ "responseParameters": { "gatewayresponse.header.a": source } });
    let unknown =
        |expression: &str| invalid(&format!("Invalid mapping expression specified: {expression}"));
    for (response, reason) in [
        (json!({ "statusCode": "418" }), None),
        (json!({ "statusCode": "100" }), Some("Invalid status code specified: 100".to_owned())),
        (header("'test-value'"), None),
        (header("method.request.header.a"), None),
        (header("context.stage"), None),
        (header("test-value"), Some(unknown("test-value"))),
        (header("integration.response.header.a"), Some(unknown("integration.response.header.a"))),
        (
            json!({ "responseParameters": { "method.response.header.a": "'a'" } }),
            Some(unknown("method.response.header.a")),
        ),
    ] {
        let members = json!({
            "paths": {},
            "x-amazon-apigateway-gateway-responses": { "DEFAULT_4XX": response },
        });
        let line = format!("PUT {api}/gatewayresponses/DEFAULT_4XX");
        check(&cloud, &line, &response, members, reason.as_deref());
    }
}
