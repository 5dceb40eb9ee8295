//! Errors and warnings: what they say, and that all of them are said. Those in AWS's words for what
//! a control plane refuses as well are in `aws_words`.

use super::*;

#[track_caller]
pub(super) fn check_error(members: &str, expected: &str) {
    assert_eq!(errors(&get_x(members)), [expected], "{members}");
}

#[test]
fn what_is_named_and_is_not_there_is_an_error() {
    check_error(
        "x-amazon-apigateway-request-validator: all",
        "Unable to put method 'GET' on resource at path '/x': Invalid Request Validator identifier specified: all",
    );
    check_error(
        "security: [{nobody: []}]",
        "'#/paths/~1x/get/security/0' asks for 'nobody', which is no security scheme",
    );
    check_error(
        "parameters: [{$ref: '#/components/parameters/a'}]",
        "'#/paths/~1x/get/parameters/0' refers to '#/components/parameters/a', which is not in the document",
    );
    check_error(
        "parameters: [{$ref: 'https://example.com/a'}]",
        "'#/paths/~1x/get/parameters/0' refers to 'https://example.com/a'; only references within the document ('#/...') are supported",
    );
    check_error(
        "parameters: [{$ref: [a]}]",
        "'#/paths/~1x/get/parameters/0' has a '$ref' that is not a string",
    );
    let untitled = "{openapi: 3.0.1, paths: {}}";
    assert_eq!(errors(untitled), ["'#' lacks 'info/title', the name of the API"]);
}

#[test]
fn a_path_that_stands_twice_is_an_error() {
    let document = "{openapi: 3.0.1, info: {title: t}, paths: {/x: {}, /x/: {}}}";
    assert_eq!(errors(document), ["'#/paths/~1x~1' is the same path as another"]);
}

#[test]
fn references_that_go_round_in_a_circle_are_an_error() {
    let document = "
        openapi: 3.0.1
        info: { title: t }
        components: { parameters: { a: { $ref: '#/components/parameters/b' }, b: { $ref: '#/components/parameters/a' } } }
        paths: { /x: { get: { parameters: [{ $ref: '#/components/parameters/a' }] } } }";
    assert_eq!(
        errors(document),
        [
            "'#/components/parameters/b' refers to itself: #/components/parameters/a -> #/components/parameters/b -> #/components/parameters/a"
        ]
    );
}

#[test]
fn a_long_chain_of_references_is_followed_and_an_endless_one_is_not() {
    let chain = |length: usize| {
        let mut parameters = "p0: {name: id, in: query}".to_owned();
        for index in 1..length {
            parameters +=
                &format!(", p{index}: {{$ref: '#/components/parameters/p{}'}}", index - 1);
        }
        format!(
            "{{openapi: 3.0.1, info: {{title: t}}, components: {{parameters: {{{parameters}}}}}, paths: {{/x: {{get: {{parameters: [{{$ref: '#/components/parameters/p{}'}}]}}}}}}}}",
            length - 1
        )
    };
    let parameters = &definition(&chain(100))["methods"]["GET /x"]["requestParameters"];
    assert_eq!(parameters["method.request.querystring.id"], false);
    assert_eq!(
        errors(&chain(101)),
        ["'#/components/parameters/p1' is the end of more than 100 references in a row"]
    );
}

#[test]
fn all_errors_are_said_at_once() {
    let document = "
        openapi: 3.0.1
        info: { title: t }
        paths:
          /a: { get: { responses: text, x-amazon-apigateway-integration: { type: http } } }
          /b: { get: 1 }";
    let refused = read(document).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Errors found during import:\n\t\
         '#/paths/~1a/get/responses' must be an object; it is \"text\"\n\t\
         Unable to put integration on 'GET' for resource at path '/a': Enumeration value for HttpMethod must be non-empty\n\t\
         Unable to put integration on 'GET' for resource at path '/a': Invalid HTTP endpoint specified for URI\n\t\
         '#/paths/~1b/get' must be an object; it is 1"
    );
}

#[test]
fn warnings_are_said_with_the_errors() {
    let document = get_x("callbacks: {}, responses: 1");
    assert_eq!(
        read(&document).unwrap_err().to_string(),
        "Errors found during import:\n\t\
         '#/paths/~1x/get/responses' must be an object; it is 1\n\
         Additionally, these warnings were found:\n\t\
         '#/paths/~1x/get/callbacks' is not supported and was ignored"
    );
}

#[test]
fn a_value_of_the_wrong_type_is_an_error_that_names_it() {
    for (root, expected) in [
        (
            "x-amazon-apigateway-binary-media-types: image/png",
            "'#/x-amazon-apigateway-binary-media-types' must be an array; it is \"image/png\"",
        ),
        (
            "x-amazon-apigateway-minimum-compression-size: -1",
            "'#/x-amazon-apigateway-minimum-compression-size' must be an integer of at least 0; it is -1",
        ),
        (
            "x-amazon-apigateway-minimum-compression-size: 10485761",
            "'#/x-amazon-apigateway-minimum-compression-size' must be at most 10485760; it is 10485761",
        ),
        (
            "x-amazon-apigateway-api-key-source: COOKIE",
            "'#/x-amazon-apigateway-api-key-source' must be HEADER or AUTHORIZER; it is \"COOKIE\"",
        ),
        (
            "x-amazon-apigateway-policy: 'allow all'",
            "'#/x-amazon-apigateway-policy' must be a policy document; it is \"allow all\"",
        ),
        (
            "x-amazon-apigateway-gateway-responses: {TEAPOT: {}}",
            "'#/x-amazon-apigateway-gateway-responses/TEAPOT' is not a type of gateway response",
        ),
        (
            "x-amazon-apigateway-request-validators: {a: {validateRequestBody: 'yes'}}",
            "'#/x-amazon-apigateway-request-validators/a/validateRequestBody' must be a boolean; it is \"yes\"",
        ),
        (
            "x-amazon-apigateway-documentation: {documentationParts: [{location: {type: API}}]}",
            "'#/x-amazon-apigateway-documentation/documentationParts/0' lacks 'properties'",
        ),
        (
            "components: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: jwt}}}}",
            "'#/components/securitySchemes/a/x-amazon-apigateway-authorizer' has the type 'JWT'; it must be token, request or cognito_user_pools",
        ),
        (
            "components: {securitySchemes: {a: {name: X, x-amazon-apigateway-authorizer: {type: token}}}}",
            "'#/components/securitySchemes/a/x-amazon-apigateway-authorizer' lacks 'authorizerUri'",
        ),
        (
            "components: {securitySchemes: {a: {type: apiKey, x-amazon-apigateway-authtype: custom}}}",
            "Unable to create authorizer from security definition: 'a'. Extension x-amazon-apigateway-authorizer is required.",
        ),
        (
            "components: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: token, authorizerUri: u}}}}",
            "'#/components/securitySchemes/a' lacks 'name'",
        ),
        (
            "servers: [{url: '/{v}', variables: {v: {}}}]",
            "'#/servers/0/variables/v' lacks 'default'",
        ),
        ("components: []", "'#/components' must be an object; it is an array"),
        ("servers: x", "'#/servers' must be an array; it is \"x\""),
    ] {
        assert_eq!(errors(&with_root(root)), [expected]);
    }
    check_error("parameters: [{name: a}]", "'#/paths/~1x/get/parameters/0' lacks 'in'");
    check_error("parameters: [{in: query}]", "'#/paths/~1x/get/parameters/0' lacks 'name'");
    check_error(
        "parameters: [{in: moon, name: a}]",
        "'#/paths/~1x/get/parameters/0' is in 'moon'; it must be in path, query, header or body",
    );
}

#[test]
fn a_value_in_an_error_is_shown_in_part() {
    let [error] = &errors(&get_x(&format!("responses: '{}'", "ü".repeat(1000))))[..] else {
        panic!("one error")
    };
    assert_eq!(
        *error,
        format!("'#/paths/~1x/get/responses' must be an object; it is \"{}...", "ü".repeat(59))
    );
}

#[test]
fn what_a_rest_api_cannot_do_is_a_warning_that_names_it() {
    let ignored = |place: &str| format!("'#{place}' is not supported and was ignored");
    let unread = |place: &str| format!("'#{place}' is not supported here and was ignored");
    for (members, expected) in [
        ("callbacks: {}", ignored("/paths/~1x/get/callbacks")),
        ("servers: []", ignored("/paths/~1x/get/servers")),
        ("responses: {'200': {links: {}}}", ignored("/paths/~1x/get/responses/200/links")),
        (
            "responses: {default: {}}",
            "'#/paths/~1x/get/responses/default' is no status code of three digits and was ignored"
                .to_owned(),
        ),
        (
            "parameters: [{in: cookie, name: a}]",
            "'#/paths/~1x/get/parameters/0' is in 'cookie', which is not supported; it was ignored"
                .to_owned(),
        ),
        (
            "x-amazon-apigateway-integration: {type: mock, integrationSubtype: S}",
            ignored("/paths/~1x/get/x-amazon-apigateway-integration/integrationSubtype"),
        ),
        (
            "x-amazon-apigateway-intergation: {}",
            unread("/paths/~1x/get/x-amazon-apigateway-intergation"),
        ),
        ("x-amazon-apigateway-cors: {}", unread("/paths/~1x/get/x-amazon-apigateway-cors")),
        (
            "responses: {'200': {x-amazon-apigateway-integration: {}}}",
            unread("/paths/~1x/get/responses/200/x-amazon-apigateway-integration"),
        ),
        (
            "parameters: [{in: query, name: a, x-amazon-apigateway-b: 1}]",
            unread("/paths/~1x/get/parameters/0/x-amazon-apigateway-b"),
        ),
    ] {
        assert_eq!(warnings(&get_x(members)), [expected]);
    }
    for name in ["cors", "importexport-version", "security-policy", "tag-value"] {
        let root = format!("x-amazon-apigateway-{name}: {{}}");
        assert_eq!(warnings(&with_root(&root)), [unread(&format!("/x-amazon-apigateway-{name}"))]);
    }
    for (root, expected) in [
        (
            "components: {securitySchemes: {a: {type: http, scheme: basic}}}",
            "Unsupported security definition type 'http' for 'a'. Ignoring.",
        ),
        (
            "servers: [{url: /a}, {url: /b}]",
            "More than one server provided. Ignoring all but the first for defining endpoint configuration",
        ),
    ] {
        assert_eq!(warnings(&with_root(root)), [expected]);
    }
    let trace = "{openapi: 3.0.1, info: {title: t}, paths: {/x: {trace: {}, x-amazon-apigateway-integration: {}}}}";
    assert_eq!(
        warnings(trace),
        [unread("/paths/~1x/x-amazon-apigateway-integration"), ignored("/paths/~1x/trace")]
    );
}

#[test]
fn extensions_of_others_are_left_alone() {
    let members = "x-internal: {x-amazon-apigateway-any: 1}, x-google-backend: 1, responses: {x-note: 1, '200': {content: {a/b: {example: {x-amazon-apigateway-c: 1}}}}}";
    assert_eq!(warnings(&get_x(members)), Vec::<String>::new());
}
