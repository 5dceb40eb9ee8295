//! No document makes an import panic, hang or speak unclearly.

use proptest::prelude::*;
use serde_json::json;

use super::super::{BasePath, ExportSettings, Extensions, Format, Version, export};
use super::*;
use crate::model::Stage;

/// Imports and looks at what it says: every error names its place.
fn check_answers(document: &[u8]) {
    for base_path in [BasePath::Ignore, BasePath::Split] {
        let settings = ImportSettings { base_path, ..settings() };
        match import(document, None, Mode::Overwrite, &settings) {
            Ok(imported) => {
                let api = &imported.definition.rest_api;
                assert!(imported.definition.resources.contains_key(&api.root_resource_id));
            }
            Err(ImportError::Definition { errors, .. }) => {
                for error in &errors {
                    assert!(error.starts_with("'#") || error.starts_with("Unable to "), "{error}");
                }
                assert!(!errors.is_empty());
            }
            Err(ImportError::Document(error)) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// What was taken is the same after an export and another import.
fn check_comes_back(document: &str) {
    let Ok(first) = read(document) else { return };
    let settings = ExportSettings {
        version: Version::Oas30,
        extensions: Extensions { apigateway: true, ..Extensions::default() },
        format: Format::Json,
        region: String::new(),
    };
    let written = export(&first.definition, &Stage::default(), &[], &settings).unwrap();
    match read(&written) {
        Ok(mut second) => {
            // A document must have a version, so the export has one if the API has not.
            if first.definition.rest_api.version.is_none() {
                second.definition.rest_api.version = None;
            }
            assert_eq!(
                plain(&second.definition),
                plain(&first.definition),
                "{document}\n{written}"
            );
        }
        Err(error) => panic!("{error}\n{document}\n{written}"),
    }
}

/// Values of every type, among them the largest, the emptiest and the oddest.
fn oddities() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("é\u{0}/~"),
        json!([]),
        json!({}),
        json!([[]]),
        json!([null, "a", {}]),
        json!({ "": {} }),
        json!({ "$ref": "#/info" }),
        json!({ "$ref": "#" }),
        json!({ "$ref": "#/paths" }),
    ]
}

/// JSON pointers to every value below `value`.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let name = name.replace('~', "~0").replace('/', "~1");
                pointers(value, &format!("{at}/{name}"), all);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), all);
            }
        }
        _ => {}
    }
}

/// Puts every oddity in every place of a document.
fn check_every_place(document: &str, check: impl Fn(&str)) {
    let original: Value = yaml_serde::from_str(&document.replace(" 200:", " '200':")).unwrap();
    let mut places = Vec::new();
    pointers(&original, "", &mut places);
    assert!(places.len() > 100);
    for place in places {
        for oddity in oddities() {
            let mut document = original.clone();
            *document.pointer_mut(&place).unwrap() = oddity;
            check(&document.to_string());
        }
    }
}

#[test]
fn any_value_may_stand_in_any_place_of_openapi() {
    check_every_place(EVERYTHING, |document| {
        check_answers(document.as_bytes());
        check_comes_back(document);
    });
}

#[test]
fn any_value_may_stand_in_any_place_of_swagger() {
    check_every_place(PATTERNS_SWAGGER, |document| check_answers(document.as_bytes()));
}

#[test]
fn a_document_may_be_cut_off_anywhere() {
    for end in PATTERNS.char_indices().map(|(end, _)| end).step_by(7) {
        check_answers(&PATTERNS.as_bytes()[..end]);
    }
}

#[test]
fn a_document_may_be_large() {
    let paths: Vec<_> = (0..3000).map(|index| format!("'/p{index}/{{id}}': {{get: {{responses: {{'200': {{}}}}, x-amazon-apigateway-integration: {{type: mock}}}}}}")).collect();
    let schemas: Vec<_> = (0..3000)
        .map(|index| {
            format!("M{index}: {{items: {{$ref: '#/components/schemas/M{}'}}}}", (index + 1) % 3000)
        })
        .collect();
    let document = format!(
        "{{openapi: 3.0.1, info: {{title: t}}, paths: {{{}}}, components: {{schemas: {{{}}}}}}}",
        paths.join(", "),
        schemas.join(", ")
    );
    let definition = imported(&document).definition;
    assert_eq!((definition.resources.len(), definition.models.len()), (6001, 3000));
}

#[test]
fn many_operations_may_share_a_large_schema() {
    let properties: Vec<_> =
        (0..20_000).map(|index| format!("p{index}: {{type: string}}")).collect();
    let paths: Vec<_> = (0..2000).map(|index| format!("/p{index}: {{get: {{requestBody: {{content: {{a/b: {{schema: {{$ref: '#/x-schema'}}}}}}}}}}}}")).collect();
    let document = format!(
        "{{openapi: 3.0.1, info: {{title: t}}, x-schema: {{properties: {{{}}}}}, paths: {{{}}}}}",
        properties.join(", "),
        paths.join(", ")
    );
    assert_eq!(imported(&document).definition.models.len(), 1);
}

#[test]
fn a_name_may_be_long() {
    let members: Map<_, _> = (0..20_000).map(|index| (format!("p{index}"), json!({}))).collect();
    let document = |name: String, value: Value| {
        json!({ "openapi": "3.0.1", "info": { "title": "t" }, "paths": {}, name: value })
            .to_string()
    };
    let harmless = document("n".repeat(500_000), Value::Object(members));
    assert_eq!(warnings(&harmless), Vec::<String>::new());
    let unknown = document(format!("x-amazon-apigateway-{}", "ü".repeat(500_000)), json!(1));
    let [warning] = &warnings(&unknown)[..] else { panic!("one warning") };
    assert!(warning.len() < 600, "{}", warning.len());
}

#[test]
fn a_path_may_not_be_endless() {
    let document = |parts: usize| {
        let path = format!("/{}", "a/".repeat(parts));
        json!({ "openapi": "3.0.1", "info": { "title": "t" }, "paths": { path: {} } }).to_string()
    };
    assert_eq!(imported(&document(298)).definition.resources.len(), 299);
    let [error] = &errors(&document(200_000))[..] else { panic!("one error") };
    assert!(error.ends_with("...': A path must have at most 300 parts"), "{error}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The words that readers look for, so that values end up where they are read.
fn word() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "openapi",
        "swagger",
        "3.0.1",
        "2.0",
        "info",
        "title",
        "paths",
        "/",
        "/a/{b}",
        "get",
        "post",
        "parameters",
        "name",
        "in",
        "path",
        "query",
        "body",
        "requestBody",
        "responses",
        "200",
        "content",
        "application/json",
        "schema",
        "$ref",
        "#/definitions/A",
        "#/components/schemas/A",
        "definitions",
        "components",
        "schemas",
        "A",
        "type",
        "object",
        "properties",
        "items",
        "allOf",
        "security",
        "securitySchemes",
        "securityDefinitions",
        "servers",
        "url",
        "basePath",
        "consumes",
        "x-amazon-apigateway-integration",
        "x-amazon-apigateway-any-method",
        "mock",
        "default",
        "statusCode",
        "requestParameters",
        "x-amazon-apigateway-authorizer",
        "headers",
        "",
    ])
    .prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn any_json_is_answered(value in any_json()) {
        check_answers(value.to_string().as_bytes());
    }

    #[test]
    fn any_members_beside_a_version_are_answered(
        is_swagger: bool,
        members in prop::collection::vec((word(), any_json()), 0..6),
    ) {
        let mut document: Map<String, Value> = members.into_iter().collect();
        let (name, version) = if is_swagger { ("swagger", "2.0") } else { ("openapi", "3.0.1") };
        document.insert(name.to_owned(), json!(version));
        check_answers(Value::Object(document).to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_answers(&bytes);
    }
}
