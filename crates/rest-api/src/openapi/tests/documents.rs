//! What counts as a document.

use serde_json::json;

use super::*;

#[test]
fn swagger_and_openapi_give_the_same_definition() {
    assert_eq!(definition(PATTERNS_SWAGGER), definition(PATTERNS));
}

#[test]
fn json_and_yaml_give_the_same_definition() {
    let json: Value = yaml_serde::from_str(&PATTERNS.replace("200:", "'200':")).unwrap();
    assert_eq!(definition(&json.to_string()), definition(PATTERNS));
}

#[test]
fn a_document_that_uses_all_there_is_has_no_warning() {
    assert_eq!(warnings(PATTERNS), Vec::<String>::new());
    assert_eq!(warnings(PATTERNS_SWAGGER), Vec::<String>::new());
    assert_eq!(warnings(EVERYTHING), Vec::<String>::new());
}

#[test]
fn bytes_that_are_no_document_are_refused_with_the_reason() {
    for (document, reason) in [
        ("", "the document is empty"),
        (" \n\t", "the document is empty"),
        ("\u{feff}", "the document is empty"),
        ("plain text", "the document must be an object with 'openapi' or 'swagger'"),
        ("[1, 2]", "the document must be an object with 'openapi' or 'swagger'"),
        ("a: 1", "'#/openapi' or '#/swagger' must say which version the document has"),
        ("openapi: 3.1.0", "'#/openapi' must be '3.0.x'; it is \"3.1.0\""),
        ("openapi: 3", "'#/openapi' must be '3.0.x'; it is 3"),
        ("openapi: [3.0.1]", "'#/openapi' must be '3.0.x'; it is [\"3.0.1\"]"),
        ("swagger: '1.2'", "'#/swagger' must be '2.0'; it is \"1.2\""),
        ("swagger: 2.0\na: .nan", "the number .nan has no counterpart in JSON"),
        ("swagger: 2.0\na: !secret b", "the tag !secret has no counterpart in JSON"),
        ("swagger: 2.0\n? [a]\n: b", "a key that is a collection has no counterpart in JSON"),
    ] {
        assert_eq!(
            errors(document),
            [format!("Failed to parse the uploaded OpenAPI document due to: {reason}")],
            "{document:?}"
        );
    }
}

#[test]
fn a_syntax_error_says_where_it_is() {
    let [error] = &errors("openapi: 3.0.1\npaths: ]")[..] else { panic!("one error") };
    assert!(
        error.starts_with(
            "Failed to parse the uploaded OpenAPI document due to: the document is not valid YAML: "
        ),
        "{error}"
    );
    assert!(error.contains("line 2"), "{error}");

    let [error] = &errors("{\"openapi\": \"3.0.1\",\n \"a\": \"b\" \"c\": 1}")[..] else {
        panic!("one error")
    };
    assert!(
        error.starts_with(
            "Failed to parse the uploaded OpenAPI document due to: the document is not valid JSON: "
        ),
        "{error}"
    );
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn a_document_must_be_utf_8() {
    let refused = import(b"openapi: \xff", None, Mode::Merge, &settings()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "Failed to parse the uploaded OpenAPI document due to: the document is not UTF-8"
    );
}

#[test]
fn a_document_above_six_megabytes_is_refused() {
    let document = " ".repeat(6 * 1024 * 1024 + 1);
    let expected = "Failed to parse the uploaded OpenAPI document due to: the document has 6291457 bytes; at most 6291456 are allowed";
    assert_eq!(errors(&document), [expected]);
}

#[test]
fn a_key_that_stands_twice_is_refused() {
    let [error] = &errors("swagger: '2.0'\npaths: {}\npaths: {}")[..] else { panic!("one error") };
    assert!(error.contains("duplicate entry with key \"paths\""), "{error}");
}

#[test]
fn anchors_and_merge_keys_are_applied() {
    let document = "
        openapi: 3.0.1
        info: { title: t, version: 1 }
        x-mock: &mock { type: mock, timeoutInMillis: 50 }
        paths:
          /x: { get: { x-amazon-apigateway-integration: *mock } }
          /y: { get: { x-amazon-apigateway-integration: { <<: *mock, timeoutInMillis: 60 } } }";
    let definition = definition(document);
    let timeout = |method: &str| {
        definition["methods"][method]["methodIntegration"]["timeoutInMillis"].clone()
    };
    assert_eq!((timeout("GET /x"), timeout("GET /y")), (json!(50), json!(60)));
}

#[test]
fn aliases_that_grow_without_bound_are_refused() {
    let mut document = "openapi: 3.0.1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}", level - 1);
        document += &format!("a{level}: &a{level} [{}]\n", vec![alias; 10].join(", "));
    }
    let [error] = &errors(&document)[..] else { panic!("one error") };
    assert!(error.contains("repetition limit exceeded"), "{error}");
}

#[test]
fn nesting_without_bound_is_refused() {
    for (start, open, close) in
        [("{openapi: ", "[", "]"), ("{openapi: ", "{a: ", "}"), ("{\"openapi\": ", "{\"a\": ", "}")]
    {
        for depth in [500, 500_000] {
            let document = format!("{start}{}1{}}}", open.repeat(depth), close.repeat(depth));
            let [error] = &errors(&document)[..] else { panic!("one error") };
            let is_too_deep = error.contains("recursion limit exceeded")
                || error.contains("more than 2000 brackets");
            assert!(is_too_deep, "{error}");
        }
    }
    let [error] = &errors(&format!("openapi:\n{}", "- ".repeat(100_000)))[..] else {
        panic!("one error")
    };
    assert!(error.contains("recursion limit exceeded"), "{error}");
}

#[test]
fn the_variables_of_aws_are_resolved_and_no_others() {
    let uri = |region: &str| {
        let document = get_x(
            "x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, \
             uri: 'https://${AWS::Partition}.${AWS::Region}.${AWS::AccountId}/${stageVariables.x}/${AWS::Other}'}",
        );
        let settings = ImportSettings { region: region.to_owned(), ..settings() };
        let imported = import(document.as_bytes(), None, Mode::Merge, &settings).unwrap();
        let definition = plain(&imported.definition);
        definition["methods"]["GET /x"]["methodIntegration"]["uri"].as_str().unwrap().to_owned()
    };
    let rest = "000000000000/${stageVariables.x}/${AWS::Other}";
    assert_eq!(uri("eu-west-1"), format!("https://aws.eu-west-1.{rest}"));
    assert_eq!(uri("cn-north-1"), format!("https://aws-cn.cn-north-1.{rest}"));
    assert_eq!(uri("us-gov-west-1"), format!("https://aws-us-gov.us-gov-west-1.{rest}"));
}

#[test]
fn null_is_as_good_as_absent() {
    let with = get_x(
        "operationId: null, responses: null, security: null, x-amazon-apigateway-integration: {type: mock, uri: null, responses: {default: null}}",
    );
    let without = get_x("x-amazon-apigateway-integration: {type: mock}");
    assert_eq!(definition(&with), definition(&without));
}

#[test]
fn a_version_may_be_a_number() {
    // Recorded for the first.
    for (version, expected) in [("1", "1"), ("1.0", "1.0"), ("2022-04-12", "2022-04-12")] {
        let document = format!("{{openapi: 3.0.1, info: {{title: t, version: {version}}}}}");
        assert_eq!(definition(&document)["api"]["version"], expected);
    }
}

#[test]
fn names_may_be_of_any_script() {
    let document = "
        openapi: 3.0.1
        info: { title: Überweisungen 💶, version: '1' }
        paths: { /x: { get: { operationId: \"\\u0000\u{202e}名前\", responses: {} } } }";
    let definition = definition(document);
    assert_eq!(definition["api"]["name"], "Überweisungen 💶");
    assert_eq!(definition["methods"]["GET /x"]["operationName"], "\u{0}\u{202e}名前");
}
