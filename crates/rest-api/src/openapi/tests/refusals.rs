//! Errors and warnings: what they say, and that all of them are said.

use super::*;

#[track_caller]
fn check_error(members: &str, expected: &str) {
    assert_eq!(errors(&get_x(members)), [expected], "{members}");
}

#[track_caller]
fn check_integration(members: &str, reason: &str) {
    let members =
        format!("responses: {{'200': {{}}}}, x-amazon-apigateway-integration: {{{members}}}");
    let expected =
        format!("Unable to put integration on 'GET' for resource at path '/x': {reason}");
    check_error(&members, &expected);
}

const INVALID: &str =
    "Invalid mapping expression specified: Validation Result: warnings : [], errors : ";

#[test]
fn an_integration_is_refused_in_the_words_of_aws() {
    for (members, reason) in [
        ("", "Enumeration value for type must be non-empty"),
        ("type: ''", "Enumeration value for type must be non-empty"),
        ("type: soap", "Invalid integration type specified: soap"),
        ("type: http, uri: 'http://a'", "Enumeration value for HttpMethod must be non-empty"),
        ("type: http, httpMethod: GET", "Invalid HTTP endpoint specified for URI"),
        (
            "type: http_proxy, httpMethod: GET, uri: 'ftp://a'",
            "Invalid HTTP endpoint specified for URI",
        ),
        ("type: http, httpMethod: GET, uri: 'https://'", "Invalid HTTP endpoint specified for URI"),
        ("type: aws, httpMethod: POST, uri: 'http://a'", "Invalid ARN specified in the request"),
        ("type: aws, httpMethod: POST", "Invalid ARN specified in the request"),
        (
            "type: aws, httpMethod: POST, uri: 'arn:aws:lambda:r:a:function:f'",
            "Invalid ARN specified in the request",
        ),
        (
            "type: aws, httpMethod: POST, uri: 'arn:aws:apigateway:r:sqs:queue/q'",
            "AWS ARN for integration must contain path or action",
        ),
        (
            "type: aws_proxy, httpMethod: POST, uri: 'arn:aws:apigateway:r:sqs:path/q'",
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
        ),
        (
            "type: mock, timeoutInMillis: 49",
            "Timeout should be between 50 ms and 29000 ms, got 49 ms",
        ),
        (
            "type: mock, connectionType: vpc_link",
            "connectionId must be set for the connection type VPC_LINK",
        ),
        (
            "type: mock, connectionType: pigeon",
            "connectionType must be INTERNET or VPC_LINK, got PIGEON",
        ),
        (
            "type: mock, responseTransferMode: later",
            "responseTransferMode must be BUFFERED or STREAM, got LATER",
        ),
    ] {
        check_integration(members, reason);
    }
}

#[test]
fn a_mapping_needs_what_it_maps() {
    for (target, source, reason) in [
        (
            "integration.request.path.id",
            "method.request.path.id",
            "Invalid mapping expression parameter specified: method.request.path.id",
        ),
        (
            "integration.request.header.a",
            "method.request.multivalueheader.a",
            "Invalid mapping expression parameter specified: method.request.multivalueheader.a",
        ),
        (
            "integration.request.body.a",
            "'a'",
            "Invalid mapping expression parameter specified: integration.request.body.a",
        ),
        (
            "method.request.header.a",
            "'a'",
            "Invalid mapping expression parameter specified: method.request.header.a",
        ),
        (
            "integration.request.header.",
            "'a'",
            "Invalid mapping expression parameter specified: integration.request.header.",
        ),
        (
            "integration.request.header.a",
            "literal",
            "Invalid mapping expression specified: literal",
        ),
        ("integration.request.header.a", "'", "Invalid mapping expression specified: '"),
        ("integration.request.header.a", "", "Invalid mapping expression specified: "),
        (
            "integration.request.header.a",
            "method.request.bodyguard",
            "Invalid mapping expression specified: method.request.bodyguard",
        ),
    ] {
        let members = format!("type: mock, requestParameters: {{{target}: \"{source}\"}}");
        check_integration(&members, &format!("{INVALID}[{reason}]"));
    }
    for source in [
        "method.request.body",
        "method.request.body.a",
        "method.request.body['a']",
        "context.a",
        "stageVariables.a",
        "''",
        "'a'",
    ] {
        imported(&get_x(&format!(
            "x-amazon-apigateway-integration: {{type: mock, requestParameters: {{integration.request.header.a: \"{source}\"}}}}"
        )));
    }
}

#[test]
fn a_response_must_be_one_of_the_methods() {
    let respond = |response: &str| {
        format!(
            "responses: {{'200': {{headers: {{A: {{}}}}}}}}, x-amazon-apigateway-integration: {{type: mock, responses: {{default: {response}}}}}"
        )
    };
    let prefix = "Unable to put integration response on 'GET' for resource at path '/x': ";
    check_error(
        &respond("{statusCode: '404'}"),
        &format!("{prefix}{INVALID}[No method response exists for method. (404)]"),
    );
    check_error(
        &respond("{statusCode: '200', responseParameters: {method.response.header.B: \"'b'\"}}"),
        &format!(
            "{prefix}{INVALID}[Invalid mapping expression parameter specified: method.response.header.B]"
        ),
    );
    check_error(
        &respond(
            "{statusCode: '200', responseParameters: {method.response.header.A: 'https://a'}}",
        ),
        &format!("{prefix}{INVALID}[Invalid mapping expression specified: https://a]"),
    );
    let place = "#/paths/~1x/get/x-amazon-apigateway-integration/responses/default";
    check_error(&respond("{}"), &format!("'{place}' lacks 'statusCode'"));
    check_error(
        &respond("{statusCode: '200', contentHandling: gzip}"),
        &format!("'{place}/contentHandling' has the unknown value 'gzip'"),
    );
}

#[test]
fn a_path_is_refused_in_the_words_of_aws() {
    let allowed = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.";
    for (paths, path, reason) in [
        ("'x': {}", "x", "A path must begin with '/'"),
        ("'/a//b': {}", "/a//b", allowed),
        ("'/a{b}': {}", "/a{b}", allowed),
        ("'/{}': {}", "/{}", allowed),
        ("'/{+}': {}", "/{+}", allowed),
        ("'/{{a}}': {}", "/{{a}}", allowed),
        ("'/ä': {}", "/ä", allowed),
        (
            "'/{a+}/b': {}",
            "/{a+}/b",
            "Cannot create a child of a resource with a greedy path variable: {a+}",
        ),
        (
            "'/b/{a}': {}, '/b/{c}/d': {}",
            "/b/{c}/d",
            "A sibling ({a}) of this resource already has a variable path part -- only one unique variable path part is allowed",
        ),
        (
            "'/{a}': {}, '/{b+}': {}",
            "/{b+}",
            "A sibling ({a}) of this resource already has a variable path part -- only one unique variable path part is allowed",
        ),
    ] {
        let document = format!("{{openapi: 3.0.1, info: {{title: t}}, paths: {{{paths}}}}}");
        assert_eq!(
            errors(&document),
            [format!("Unable to create resource at path '{path}': {reason}")]
        );
    }
}

#[test]
fn a_parameter_is_refused_in_the_words_of_aws() {
    for name in ["page[size]", "ä", "a b", "a/b", ""] {
        check_error(
            &format!("parameters: [{{name: '{name}', in: query}}]"),
            &format!(
                "Unable to put method 'GET' on resource at path '/x': {INVALID}[Parameter name should \
                 match the following regular expression: ^[a-zA-Z0-9._$-]+$ ('{name}' at \
                 '#/paths/~1x/get/parameters/0')]"
            ),
        );
    }
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
            "components: {securitySchemes: {a: {x-amazon-apigateway-authorizer: {type: token}}}}",
            "'#/components/securitySchemes/a/x-amazon-apigateway-authorizer' lacks 'authorizerUri'",
        ),
        (
            "components: {securitySchemes: {a: {type: apiKey, x-amazon-apigateway-authtype: custom}}}",
            "Unable to create authorizer from security definition: 'a'. Extension x-amazon-apigateway-authorizer is required.",
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
