//! Definitions as documents, and back.

use serde_json::json;

use super::super::export::ExportError;
use super::super::{ExportSettings, Extensions, Format, Version, export};
use super::*;
use crate::model::{DocumentationPart, Stage};

const ALL: Extensions =
    Extensions { integrations: true, authorizers: true, apigateway: true, documentation: true };

fn stage() -> Stage {
    Stage {
        stage_name: "dev".to_owned(),
        documentation_version: Some("1.0.0".to_owned()),
        ..Stage::default()
    }
}

fn write(imported: &Imported, version: Version, extensions: Extensions, format: Format) -> String {
    let settings = ExportSettings { version, extensions, format, region: "eu-west-1".to_owned() };
    export(&imported.definition, &stage(), &imported.documentation_parts, &settings).unwrap()
}

fn document(imported: &Imported, version: Version, extensions: Extensions) -> Value {
    serde_json::from_str(&write(imported, version, extensions, Format::Json)).unwrap()
}

#[track_caller]
fn check_round_trip(document: &str, version: Version) {
    let first = imported(document);
    for format in [Format::Json, Format::Yaml] {
        let written = write(&first, version, ALL, format);
        let second = imported(&written);
        assert_eq!(plain(&second.definition), plain(&first.definition), "{format:?}\n{written}");
        assert_eq!(second.warnings, Vec::<String>::new());
        let parts = |imported: &Imported| -> Vec<_> {
            imported
                .documentation_parts
                .iter()
                .map(|it| (it.location.clone(), it.properties.clone()))
                .collect()
        };
        assert_eq!(parts(&second), parts(&first));
    }
}

#[test]
fn importing_an_export_gives_the_same_definition() {
    check_round_trip(PATTERNS, Version::Oas30);
    check_round_trip(PATTERNS, Version::Swagger);
    check_round_trip(EVERYTHING, Version::Oas30);
}

#[test]
fn importing_an_export_over_the_api_changes_nothing() {
    let first = imported(EVERYTHING);
    let written = write(&first, Version::Oas30, ALL, Format::Json);
    let second =
        import(written.as_bytes(), Some(&first.definition), Mode::Overwrite, &settings()).unwrap();
    assert_eq!(second.definition, first.definition);
}

#[test]
fn swagger_has_one_model_for_all_responses_media_types() {
    let first = imported(EVERYTHING);
    let written = document(&first, Version::Swagger, ALL);
    let operation = &written["paths"]["/files/{key}"]["get"];
    assert_eq!(operation["produces"], json!(["application/json", "text/plain"]));
    let model = &plain(&first.definition)["methods"]["GET /files/{key}"]["methodResponses"]["200"]
        ["responseModels"]["application/json"];
    let reference = format!("#/definitions/{}", model.as_str().unwrap());
    assert_eq!(operation["responses"]["200"]["schema"]["$ref"], reference);
}

#[test]
fn a_document_says_where_the_api_is() {
    let imported = imported(PATTERNS);
    let host = format!("{}.execute-api.eu-west-1.amazonaws.com", imported.definition.rest_api.id);
    let oas30 = document(&imported, Version::Oas30, Extensions::default());
    assert_eq!(oas30["openapi"], "3.0.1");
    assert_eq!(
        oas30["servers"],
        json!([{ "url": format!("https://{host}/{{basePath}}"), "variables": { "basePath": { "default": "dev" } } }])
    );
    let swagger = document(&imported, Version::Swagger, Extensions::default());
    assert_eq!(
        (&swagger["swagger"], &swagger["host"], &swagger["basePath"]),
        (&json!("2.0"), &json!(host), &json!("/dev"))
    );
}

/// The names of the extensions that an export of everything has.
fn extension_names(extensions: Extensions) -> Vec<String> {
    let written = write(&imported(EVERYTHING), Version::Oas30, extensions, Format::Json);
    let mut names: Vec<_> = written
        .split('"')
        .filter_map(|text| text.strip_prefix("x-amazon-apigateway-"))
        .map(str::to_owned)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn extensions_are_written_as_asked() {
    let none = Extensions::default();
    assert_eq!(extension_names(none), ["authtype"]);
    assert_eq!(
        extension_names(Extensions { integrations: true, ..none }),
        ["authtype", "integration"]
    );
    assert_eq!(
        extension_names(Extensions { authorizers: true, ..none }),
        ["authorizer", "authtype"]
    );
    assert_eq!(
        extension_names(Extensions { documentation: true, ..none }),
        ["authtype", "documentation"]
    );
    assert_eq!(
        extension_names(Extensions { apigateway: true, ..none }),
        [
            "api-key-source",
            "authorizer",
            "authtype",
            "binary-media-types",
            "endpoint-configuration",
            "gateway-responses",
            "integration",
            "minimum-compression-size",
            "policy",
            "request-validator",
            "request-validators",
        ]
    );
}

#[test]
fn an_integration_is_written_without_what_an_import_fills_in() {
    let imported = imported(&get_x("x-amazon-apigateway-integration: {type: mock}"));
    let written = document(&imported, Version::Oas30, ALL);
    let integration = &written["paths"]["/x"]["get"]["x-amazon-apigateway-integration"];
    assert_eq!(*integration, json!({ "type": "mock", "passthroughBehavior": "when_no_match" }));
}

/// Two methods as AWS exports them. Recorded, names apart.
const RECORDED: &str = "
    swagger: '2.0'
    info: { title: pets }
    paths:
      /pets:
        get:
          parameters: [{ name: page, in: query, required: false, type: string }]
          produces: [application/json]
          responses:
            '200':
              schema: { $ref: '#/definitions/Pets' }
              headers: { Access-Control-Allow-Origin: { type: string } }
          x-amazon-apigateway-integration:
            type: http
            httpMethod: GET
            uri: http://example.com/pets
            requestParameters: { integration.request.querystring.page: method.request.querystring.page }
            responses: { default: { statusCode: '200' } }
      /page:
        get:
          responses: { '200': {} }
          x-amazon-apigateway-integration:
            type: mock
            requestTemplates: { application/json: '{}' }
            responses: { default: { statusCode: '200', responseTemplates: { text/html: hello } } }
    definitions: { Pets: { type: array, items: {} } }";

#[test]
fn an_export_has_the_shape_that_awss_has() {
    let imported = imported(RECORDED);
    let integration = json!({
        "httpMethod": "GET",
        "uri": "http://example.com/pets",
        "responses": { "default": { "statusCode": "200" } },
        "requestParameters": { "integration.request.querystring.page": "method.request.querystring.page" },
        "passthroughBehavior": "when_no_match",
        "type": "http",
    });
    let oas30 = document(&imported, Version::Oas30, ALL);
    assert_eq!(
        oas30["paths"]["/pets"]["get"],
        json!({
            "parameters": [{ "name": "page", "in": "query", "schema": { "type": "string" } }],
            "responses": { "200": {
                "description": "200 response",
                "headers": { "Access-Control-Allow-Origin": { "schema": { "type": "string" } } },
                "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pets" } } },
            } },
            "x-amazon-apigateway-integration": integration,
        })
    );
    assert_eq!(
        oas30["paths"]["/page"]["get"]["responses"],
        json!({ "200": { "description": "200 response", "content": {} } })
    );
    let swagger = document(&imported, Version::Swagger, ALL);
    assert_eq!(
        swagger["paths"]["/pets"]["get"],
        json!({
            "produces": ["application/json"],
            "parameters": [{ "name": "page", "in": "query", "required": false, "type": "string" }],
            "responses": { "200": {
                "description": "200 response",
                "schema": { "$ref": "#/definitions/Pets" },
                "headers": { "Access-Control-Allow-Origin": { "type": "string" } },
            } },
            "x-amazon-apigateway-integration": integration,
        })
    );
    let page = &swagger["paths"]["/page"]["get"];
    assert_eq!(page["consumes"], json!(["application/json"]));
    assert_eq!(page["produces"], json!(["text/html"]));
    assert_eq!(page["responses"], json!({ "200": { "description": "200 response" } }));
}

#[test]
fn the_creation_date_stands_in_for_a_version() {
    let mut imported = imported("{openapi: 3.0.1, info: {title: t}}");
    let written = document(&imported, Version::Oas30, ALL);
    assert_eq!(written["info"], json!({ "title": "t", "version": "2023-11-14T22:13:20Z" }));
    imported.definition.rest_api.created_date = i64::MAX;
    let settings = ExportSettings {
        version: Version::Oas30,
        extensions: ALL,
        format: Format::Json,
        region: String::new(),
    };
    let refused = export(&imported.definition, &stage(), &[], &settings).unwrap_err();
    assert!(matches!(refused, ExportError::Date(i64::MAX, _)), "{refused}");
}

#[test]
fn what_is_not_json_cannot_be_exported() {
    let settings = ExportSettings {
        version: Version::Oas30,
        extensions: ALL,
        format: Format::Yaml,
        region: String::new(),
    };
    let refusal = |change: &dyn Fn(&mut Imported)| {
        let mut imported = imported(EVERYTHING);
        change(&mut imported);
        let parts = &imported.documentation_parts;
        export(&imported.definition, &stage(), parts, &settings).unwrap_err().to_string()
    };
    let broken = || Some("{".to_owned());
    assert_eq!(
        refusal(&|it| it.definition.models.get_mut("File").unwrap().schema = broken()),
        "the schema of the model 'File' is not JSON"
    );
    assert_eq!(
        refusal(&|it| it.definition.rest_api.policy = broken()),
        "the resource policy is not JSON"
    );
    let part = DocumentationPart { id: "p".to_owned(), ..DocumentationPart::default() };
    assert_eq!(
        refusal(&|it| it.documentation_parts.push(part.clone())),
        "the properties of the documentation part 'p' are not JSON"
    );
}

#[test]
fn an_authorizer_may_be_called_like_the_scheme_of_api_keys() {
    let document = with_root(
        "security: [{api_key: []}, {key: []}], components: {securitySchemes: {\
            key: {type: apiKey, in: header, name: x-api-key}, \
            api_key: {type: apiKey, in: header, name: X, x-amazon-apigateway-authtype: custom, \
                x-amazon-apigateway-authorizer: {type: token, authorizerUri: u}}}}",
    );
    check_round_trip(&document, Version::Oas30);
    check_round_trip(&document, Version::Swagger);
}

#[test]
fn the_dialect_of_a_schema_is_left_out() {
    let mut imported = imported(EVERYTHING);
    let text = r#"{"$schema": "http://json-schema.org/draft-04/schema#", "title": "Empty Schema"}"#;
    imported.definition.models.get_mut("File").unwrap().schema = Some(text.to_owned());
    let written = document(&imported, Version::Oas30, ALL);
    assert_eq!(written["components"]["schemas"]["File"], json!({ "title": "Empty Schema" }));
}
