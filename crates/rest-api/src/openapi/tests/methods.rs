//! Paths and operations as methods. What is marked as recorded is what AWS answered for the same
//! document.

use serde_json::json;

use super::super::BasePath;
use super::*;

/// The member at `pointer` of what `GET /x` with `members` becomes.
#[track_caller]
fn check_get(members: &str, pointer: &str, expected: Value) {
    let definition = definition(&get_x(members));
    let method = &definition["methods"]["GET /x"];
    assert_eq!(method.pointer(pointer).unwrap_or(&Value::Null), &expected, "{method:#}");
}

#[track_caller]
fn check_integration(members: &str, pointer: &str, expected: Value) {
    let members = format!("x-amazon-apigateway-integration: {{{members}}}");
    check_get(&members, &format!("/methodIntegration{pointer}"), expected);
}

#[test]
fn the_method_of_a_mock_is_forgotten() {
    // Recorded: a mock with `httpMethod: POST` has none.
    check_integration("type: mock, httpMethod: POST", "/httpMethod", Value::Null);
}

#[test]
fn only_integrations_with_http_get_a_connection_type() {
    // Recorded for all of them.
    check_integration("type: mock", "/connectionType", Value::Null);
    check_integration(
        "type: http, httpMethod: GET, uri: 'http://a'",
        "/connectionType",
        json!("INTERNET"),
    );
    check_integration(
        "type: http_proxy, httpMethod: GET, uri: 'http://a'",
        "/connectionType",
        json!("INTERNET"),
    );
    let arn = "arn:aws:apigateway:us-east-1:lambda:path/f";
    check_integration(
        &format!("type: aws_proxy, httpMethod: POST, uri: '{arn}'"),
        "/connectionType",
        Value::Null,
    );
    check_integration(
        &format!("type: aws, httpMethod: POST, uri: '{arn}'"),
        "/connectionType",
        Value::Null,
    );
}

#[test]
fn an_integration_has_the_defaults_of_aws() {
    check_integration("type: mock", "/timeoutInMillis", json!(29000));
    check_integration("type: mock", "/passthroughBehavior", json!("WHEN_NO_MATCH"));
    check_integration("type: mock", "/cacheKeyParameters", json!([]));
    check_integration("type: mock", "/cacheNamespace", json!("own"));
}

#[test]
fn enumerations_may_have_any_case() {
    check_integration("type: MoCk", "/type", json!("MOCK"));
    check_integration(
        "type: mock, passthroughBehavior: Never",
        "/passthroughBehavior",
        json!("NEVER"),
    );
    check_integration(
        "type: mock, contentHandling: Convert_To_Text",
        "/contentHandling",
        json!("CONVERT_TO_TEXT"),
    );
}

#[test]
fn a_status_code_may_be_a_number() {
    // Recorded for YAML, for both the method's and the integration's responses.
    check_get(
        "responses: {200: {}}, x-amazon-apigateway-integration: {type: mock, responses: {default: {statusCode: 200}}}",
        "/methodIntegration/integrationResponses",
        json!({ "200": { "statusCode": "200" } }),
    );
}

#[test]
fn the_default_response_has_no_selection_pattern() {
    let responses = |pattern: &str| {
        format!(
            "responses: {{'200': {{}}}}, x-amazon-apigateway-integration: {{type: mock, responses: {{{pattern}: {{statusCode: '200'}}}}}}"
        )
    };
    let pointer = "/methodIntegration/integrationResponses/200/selectionPattern";
    check_get(&responses("default"), pointer, Value::Null);
    check_get(&responses("'2..'"), pointer, json!("2.."));
}

#[test]
fn the_responses_of_a_proxy_are_kept() {
    // Recorded.
    check_integration(
        "type: aws_proxy, httpMethod: POST, uri: 'arn:aws:apigateway:us-east-1:lambda:path/f', responses: {default: {statusCode: '200'}}",
        "/integrationResponses/200/statusCode",
        json!("200"),
    );
}

#[test]
fn a_version_of_payloads_is_no_news() {
    // Recorded: AWS takes `payloadFormatVersion: 1.0` even if warnings are failures.
    let members = "x-amazon-apigateway-integration: {type: mock, payloadFormatVersion: 1.0}";
    assert_eq!(warnings(&get_x(members)), Vec::<String>::new());
}

#[test]
fn an_operations_parameter_stands_in_for_its_paths() {
    let document = "
        swagger: '2.0'
        info: { title: t, version: '1' }
        paths:
          /{id}:
            parameters:
              - { name: id, in: path, type: string }
              - { name: page, in: query, type: string }
              - { name: v, in: query, type: string, required: true }
            get:
              parameters: [{ name: v, in: query, type: string, required: false }]";
    let expected = json!({
        "method.request.path.id": true,
        "method.request.querystring.page": false,
        "method.request.querystring.v": false,
    });
    assert_eq!(definition(document)["methods"]["GET /{id}"]["requestParameters"], expected);
}

#[test]
fn the_variables_of_a_path_are_parameters() {
    // Recorded, for Swagger and for OpenAPI.
    let document = "{openapi: 3.0.1, info: {title: t}, paths: {'/{a}/b/{proxy+}': {get: {}}}}";
    let expected = json!({ "method.request.path.a": true, "method.request.path.proxy": true });
    assert_eq!(
        definition(document)["methods"]["GET /{a}/b/{proxy+}"]["requestParameters"],
        expected
    );
}

#[test]
fn an_empty_text_of_an_authorizer_is_as_good_as_absent() {
    // Recorded: AWS takes both.
    let document = with_root(
        "components: {securitySchemes: {a: {type: apiKey, in: header, name: X, x-amazon-apigateway-authorizer: \
         {type: token, authorizerUri: u, authorizerCredentials: '', identitySource: ''}}}}",
    );
    assert_eq!(
        definition(&document)["authorizers"]["a"],
        json!({ "name": "a", "type": "TOKEN", "authorizerUri": "u", "identitySource": "method.request.header.X" })
    );
}

#[test]
fn the_media_types_of_swagger_come_from_the_operation_or_the_root() {
    let document = |operation: &str| {
        format!(
            "{{swagger: '2.0', info: {{title: t, version: '1'}}, consumes: [a/a, b/b], definitions: {{M: {{}}}}, paths: {{/x: {{get: {{{operation} parameters: [{{name: m, in: body, schema: {{$ref: '#/definitions/M'}}}}]}}}}}}}}"
        )
    };
    let models = |operation: &str| {
        definition(&document(operation))["methods"]["GET /x"]["requestModels"].clone()
    };
    assert_eq!(models(""), json!({ "a/a": "M", "b/b": "M" }));
    assert_eq!(models("consumes: [c/c],"), json!({ "c/c": "M" }));
}

#[test]
fn a_validator_of_the_root_is_every_operations() {
    // Recorded.
    let document = |operation: &str| {
        format!(
            "{{openapi: 3.0.1, info: {{title: t}}, x-amazon-apigateway-request-validators: {{a: {{}}, b: {{}}}}, x-amazon-apigateway-request-validator: a, paths: {{/x: {{get: {{{operation}}}}}}}}}"
        )
    };
    let validator = |operation: &str| {
        definition(&document(operation))["methods"]["GET /x"]["requestValidatorId"].clone()
    };
    assert_eq!(validator(""), "a");
    assert_eq!(validator("x-amazon-apigateway-request-validator: b"), "b");
}

const SCHEMES: &str = "components: {securitySchemes: {\
    key: {type: apiKey, in: header, name: X-API-Key}, \
    other: {type: apiKey, in: query, name: x-api-key}, \
    iam: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigV4}, \
    token: {type: apiKey, in: header, name: X-Token, x-amazon-apigateway-authtype: oauth2, \
        x-amazon-apigateway-authorizer: {type: token, authorizerUri: a}}, \
    unused: {type: apiKey, in: header, name: X-Api-Key, x-amazon-apigateway-authtype: custom, \
        x-amazon-apigateway-authorizer: {type: request, authorizerUri: a}}, \
    pool: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: cognito_user_pools, \
        x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: [p]}}}}";

fn secured(operation: &str) -> String {
    format!(
        "{{openapi: 3.0.1, info: {{title: t}}, security: [{{pool: [email]}}], {SCHEMES}, paths: {{/x: {{get: {{{operation}}}}}}}}}"
    )
}

/// The authorization of an operation: its type, its authorizer, whether it needs a key, its scopes.
#[track_caller]
fn check_security(operation: &str, kind: &str, authorizer: Value, key: bool, scopes: Value) {
    let definition = definition(&secured(operation));
    let method = &definition["methods"]["GET /x"];
    assert_eq!(method["authorizationType"], kind, "{operation}");
    assert_eq!(method["authorizerId"], authorizer, "{operation}");
    assert_eq!(method["apiKeyRequired"], key, "{operation}");
    assert_eq!(method["authorizationScopes"], scopes, "{operation}");
}

#[test]
fn an_operation_asks_for_what_it_says_or_else_for_what_the_document_says() {
    let none = Value::Null;
    check_security("", "COGNITO_USER_POOLS", json!("pool"), false, json!(["email"]));
    check_security("security: []", "NONE", none.clone(), false, none.clone());
    check_security("security: [{}]", "NONE", none.clone(), false, none.clone());
    check_security(
        "security: [{pool: []}]",
        "COGNITO_USER_POOLS",
        json!("pool"),
        false,
        none.clone(),
    );
    check_security("security: [{token: [a]}]", "CUSTOM", json!("token"), false, none.clone());
    check_security("security: [{token: }]", "CUSTOM", json!("token"), false, none.clone());
    check_security("security: [{key: []}]", "NONE", none.clone(), true, none.clone());
    check_security("security: [{iam: [], key: []}]", "AWS_IAM", none.clone(), true, none.clone());
    check_security("security: [{iam: []}, {key: []}]", "AWS_IAM", none.clone(), true, none.clone());
    check_security(
        "x-amazon-apigateway-auth: {type: aws_iam}",
        "AWS_IAM",
        none.clone(),
        false,
        none.clone(),
    );
    check_security("x-amazon-apigateway-auth: {type: none}", "NONE", none.clone(), false, none);
}

#[test]
fn an_authorizer_is_kept_as_the_document_says() {
    // Recorded: the one that nobody uses is made, none gets a time to live, a token is looked for in
    // the header of the scheme.
    let definition = definition(&secured(""));
    let authorizers = &definition["authorizers"];
    assert_eq!(
        authorizers["token"],
        json!({
            "name": "token", "type": "TOKEN", "authType": "oauth2", "authorizerUri": "a",
            "identitySource": "method.request.header.X-Token",
        })
    );
    assert_eq!(
        authorizers["unused"],
        json!({ "name": "unused", "type": "REQUEST", "authType": "custom", "authorizerUri": "a" })
    );
    assert_eq!(
        authorizers["pool"],
        json!({
            "name": "pool", "type": "COGNITO_USER_POOLS", "authType": "cognito_user_pools",
            "providerARNs": ["p"], "identitySource": "method.request.header.Authorization",
        })
    );
}

#[test]
fn what_cannot_be_enforced_is_a_warning() {
    let not_enforced = "'#/paths/~1x/get' asks for the security scheme 'other', which has no authorizer; it was ignored";
    assert_eq!(warnings(&secured("security: [{other: []}]")), [not_enforced]);
    let second = "'#/paths/~1x/get' asks for more than one authorizer, and a method has one; 'token' was ignored";
    assert_eq!(warnings(&secured("security: [{pool: []}, {token: []}]")), [second]);
}

/// The paths with methods that a document has in each of the modes ignore, prepend and split.
#[track_caller]
fn check_base_path(root: &str, expected: [&str; 3]) {
    let document = format!("{{{root}, info: {{title: t}}, paths: {{/test: {{get: {{}}}}}}}}");
    let modes = [BasePath::Ignore, BasePath::Prepend, BasePath::Split];
    for (base_path, expected) in modes.into_iter().zip(expected) {
        let settings = ImportSettings { base_path, ..settings() };
        let imported = import(document.as_bytes(), None, Mode::Overwrite, &settings).unwrap();
        let methods: Vec<_> =
            methods(&imported.definition).into_iter().map(|(name, _)| name).collect();
        assert_eq!(methods, [format!("GET {expected}")], "{root} {base_path:?}");
    }
}

#[test]
fn the_base_path_is_ignored_prepended_or_split() {
    // The first three are recorded.
    check_base_path("swagger: '2.0', basePath: /base", ["/test", "/base/test", "/test"]);
    check_base_path(
        "openapi: 3.0.1, servers: [{url: 'https://testdomain.com/base-url/part/'}]",
        ["/test", "/base-url/part/test", "/part/test"],
    );
    check_base_path(
        "openapi: 3.0.1, servers: [{url: 'https://a.example/{basePath}', variables: {basePath: {default: base-var}}}]",
        ["/test", "/base-var/test", "/test"],
    );
    check_base_path(
        "openapi: 3.0.1, servers: [{url: '/{v}/b', variables: {v: {default: v1}}}, {url: /other}]",
        ["/test", "/v1/b/test", "/b/test"],
    );
    check_base_path("openapi: 3.0.1, servers: [{url: 'https://a.example'}]", ["/test"; 3]);
    check_base_path("openapi: 3.0.1, servers: []", ["/test"; 3]);
    check_base_path("swagger: '2.0', basePath: ''", ["/test"; 3]);
}

#[test]
fn every_segment_of_a_path_is_a_resource() {
    let imported = imported(
        "{swagger: '2.0', info: {title: t}, paths: {'/a/{b}/c-d/': {}, '/a/x.y': {get: {}}}}",
    );
    let mut paths: Vec<_> =
        imported.definition.resources.values().map(|it| it.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["/", "/a", "/a/x.y", "/a/{b}", "/a/{b}/c-d"]);
    for resource in imported.definition.resources.values().filter(|it| it.path != "/") {
        let parent = &imported.definition.resources[resource.parent_id.as_ref().unwrap()];
        let part = resource.path_part.as_ref().unwrap();
        assert_eq!(resource.path, format!("{}/{part}", parent.path.trim_end_matches('/')));
    }
}

#[test]
fn settings_of_the_api_are_read() {
    let definition = definition(EVERYTHING);
    let api = &definition["api"];
    assert_eq!(api["apiKeySource"], "AUTHORIZER");
    assert_eq!(api["binaryMediaTypes"], json!(["image/png", "application/octet-stream"]));
    assert_eq!(api["minimumCompressionSize"], 1024);
    assert_eq!(api["disableExecuteApiEndpoint"], true);
    assert_eq!(api["endpointConfiguration"]["vpcEndpointIds"], json!(["vpce-0123456789abcdef0"]));
    let policy: Value = serde_json::from_str(api["policy"].as_str().unwrap()).unwrap();
    assert_eq!(policy["Statement"][0]["Action"], "execute-api:Invoke");
    assert_eq!(
        definition["gatewayResponses"]["QUOTA_EXCEEDED"],
        json!({
            "responseType": "QUOTA_EXCEEDED", "statusCode": "402", "responseParameters": {},
            "responseTemplates": {}, "defaultResponse": false,
        })
    );
    assert_eq!(definition["methods"]["HEAD /files/{key}"]["methodIntegration"], Value::Null);
    assert_eq!(definition["methods"]["DELETE /files/{key}"]["authorizationType"], "AWS_IAM");
}

#[test]
fn swagger_has_the_endpoint_at_the_root() {
    let document = "
        swagger: '2.0'
        info: { title: t }
        x-amazon-apigateway-endpoint-configuration: { disableExecuteApiEndpoint: true }";
    assert_eq!(definition(document)["api"]["disableExecuteApiEndpoint"], true);
    assert_eq!(warnings(document), Vec::<String>::new());
}

#[test]
fn documentation_is_read_unless_it_is_ignored() {
    let parts = imported(EVERYTHING).documentation_parts;
    assert_eq!(parts.len(), 2);
    assert_eq!(
        json!(parts[1].location),
        json!({ "type": "METHOD", "path": "/files/{key}", "method": "GET" })
    );
    assert_eq!(parts[1].properties, r#"{"summary":"Reads a file"}"#);
    let settings = ImportSettings { ignore_documentation: true, ..settings() };
    let imported = import(EVERYTHING.as_bytes(), None, Mode::Merge, &settings).unwrap();
    assert_eq!(imported.documentation_parts, []);
}
