//! What AWS refuses to put into an API, by import or otherwise, and its words for that.

use super::refusals::check_error;
use super::*;

const INVALID: &str =
    "Invalid mapping expression specified: Validation Result: warnings : [], errors : ";

#[track_caller]
fn check_integration(members: &str, reason: &str) {
    let members =
        format!("responses: {{'200': {{}}}}, x-amazon-apigateway-integration: {{{members}}}");
    let expected =
        format!("Unable to put integration on 'GET' for resource at path '/x': {reason}");
    check_error(&members, &expected);
}

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
            "type: aws, httpMethod: POST, uri: 'arn:aws:apigateway:r:sqs:path/q'",
            "Role ARN must be specified for AWS integrations",
        ),
        (
            "type: aws_proxy, httpMethod: POST, uri: 'arn:aws:apigateway:r:firehose:action/PutRecord'",
            "Role ARN must be specified for AWS integrations",
        ),
        ("type: mock, timeoutInMillis: 29001", "Timeout should be between 50 ms and 29000 ms"),
        (
            "type: mock, responseTransferMode: stream, timeoutInMillis: 900001",
            "Timeout should be between 50 ms and 900000 ms",
        ),
        ("type: mock, timeoutInMillis: 49", "Timeout should be between 50 ms and 29000 ms"),
        (
            "type: mock, connectionType: vpc_link",
            "Connection ID must be set for connection type VPC_LINK",
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
            "Invalid mapping expression specified: integration.request.body.a",
        ),
        (
            "method.request.header.a",
            "'a'",
            "Invalid mapping expression specified: method.request.header.a",
        ),
        (
            "integration.request.header.",
            "'a'",
            "Invalid mapping expression specified: integration.request.header.",
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
        &respond("{statusCode: '404', responseParameters: {method.response.header.A: \"'a'\"}}"),
        &format!("{prefix}{INVALID}[No method response exists for method.]"),
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
    check_error(
        &respond("{statusCode: '200', responseParameters: {A: \"'a'\"}}"),
        &format!("{prefix}{INVALID}[Invalid mapping expression specified: A]"),
    );
    imported(&get_x(&respond("{statusCode: '404'}")));
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
        ("'/a b': {}", "/a b", allowed),
        ("'/$a': {}", "/$a", allowed),
        ("'/{a,b}': {}", "/{a,b}", allowed),
        (
            "'/{a+}/b': {}",
            "/{a+}/b",
            "Cannot create a child of a resource with a greedy path variable: {a+}",
        ),
        (
            "'/b/{a}': {}, '/b/{c}/d': {}",
            "/b/{c}/d",
            "A sibling ({a}) of this resource already has a variable path part -- only one is allowed",
        ),
        (
            "'/{a}': {}, '/{b+}': {}",
            "/{b+}",
            "A sibling ({a}) of this resource already has a variable path part -- only one is allowed",
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
                 match the following regular expression: ^[a-zA-Z0-9._$-]+$] ('{name}' \
                 at '#/paths/~1x/get/parameters/0')"
            ),
        );
    }
}
