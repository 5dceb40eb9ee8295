//! Schemas as models.

use serde_json::json;

use super::*;

fn with_schemas(schemas: &str) -> String {
    with_root(&format!("components: {{schemas: {{{schemas}}}}}"))
}

/// The schema of the model called `name`, the API's id as `API`.
#[track_caller]
fn schema(document: &str, name: &str) -> Value {
    let definition = definition(document);
    let text = definition["models"][name]["schema"].as_str().expect("a model of that name");
    serde_json::from_str(text).unwrap()
}

#[test]
fn models_may_refer_to_each_other_in_a_circle() {
    // Recorded: references are URLs, the description is the model's as well, and no model is there
    // that the document does not have.
    let document = with_schemas(
        "Person: {type: object, description: Someone, required: [name, b], properties: \
            {name: {type: string}, b: {type: number}, house: {$ref: '#/components/schemas/House'}}}, \
         House: {type: object, properties: {contains: {type: array, minItems: 1, items: {$ref: '#/components/schemas/Person'}}}}",
    );
    let url = |name: &str| json!({ "$ref": format!("https://apigateway.amazonaws.com/restapis/API/models/{name}") });
    assert_eq!(schema(&document, "Person")["properties"]["house"], url("House"));
    assert_eq!(schema(&document, "House")["properties"]["contains"]["items"], url("Person"));
    let definition = definition(&document);
    assert_eq!(definition["models"]["Person"]["description"], "Someone");
    assert_eq!(definition["models"].as_object().unwrap().len(), 2);
}

#[test]
fn the_order_and_the_digits_of_a_schema_are_kept() {
    let document = with_schemas(
        "A: {type: number, maximum: 18446744073709551615, minimum: -9223372036854775808, multipleOf: 0.1, title: t}",
    );
    let definition = definition(&document);
    let text = definition["models"]["A"]["schema"].as_str().unwrap().replace(['\n', ' '], "");
    assert_eq!(
        text,
        r#"{"type":"number","maximum":18446744073709551615,"minimum":-9223372036854775808,"multipleOf":0.1,"title":"t"}"#
    );
}

#[test]
fn a_schema_within_an_operation_becomes_a_model_once() {
    let content = |schema: &str| format!("content: {{application/json: {{schema: {schema}}}}}");
    let list = "{type: array, items: {type: string}}";
    let members = format!(
        "requestBody: {{{}}}, responses: {{'200': {{{}}}, '201': {{{}}}}}",
        content(list),
        content(list),
        content("{type: object}")
    );
    let first = definition(&get_x(&members));
    assert_eq!(first["models"].as_object().unwrap().len(), 2);
    let method = &first["methods"]["GET /x"];
    let name = method["requestModels"]["application/json"].as_str().unwrap();
    assert!(name.starts_with("MODEL") && name.len() == 11, "{name}");
    assert!(first["models"][name]["schema"].as_str().unwrap().contains("array"));
    assert_eq!(method["methodResponses"]["200"]["responseModels"]["application/json"], name);
    assert_ne!(method["methodResponses"]["201"]["responseModels"]["application/json"], name);
    assert_eq!(definition(&get_x(&members)), first, "the names are the same the next time");
}

#[test]
fn a_reference_to_a_schema_elsewhere_becomes_a_model() {
    let document = "
        openapi: 3.0.1
        info: { title: t }
        paths:
          /x: { get: { requestBody: { content: { a/b: { schema: { type: string } } } } } }
          /y: { get: { requestBody: { content: { a/b: { schema: { $ref: '#/paths/~1x/get/requestBody/content/a~1b/schema' } } } } } }";
    let definition = definition(document);
    let model = |method: &str| definition["methods"][method]["requestModels"]["a/b"].clone();
    assert_eq!(model("GET /x"), model("GET /y"));
}

#[test]
fn a_model_that_is_missing_is_a_warning_in_an_operation_and_an_error_in_a_model() {
    let members = "requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Nobody'}}}}";
    assert_eq!(
        warnings(&get_x(members)),
        ["Reference to model 'Nobody' not found. Ignoring. (body of method 'GET /x')"]
    );
    for (reference, reason) in [
        ("#/components/schemas/Nobody", "Invalid model reference specified"),
        ("https://example.com/schema", "Model reference must be in canonical form"),
        ("#/components/schemas/A/properties/b", "Model reference must be in canonical form"),
    ] {
        let document = with_schemas(&format!("A: {{properties: {{b: {{$ref: '{reference}'}}}}}}"));
        let expected = format!(
            "Unable to create model for 'A': Invalid model specified: Validation Result: warnings : [], \
             errors : [{reason}: '{reference}' at '#/components/schemas/A/properties/b/$ref']"
        );
        assert_eq!(errors(&document), [expected]);
    }
    let url = "https://apigateway.amazonaws.com/restapis/abc/models/B";
    let document = with_schemas(&format!("A: {{$ref: '{url}'}}"));
    assert_eq!(schema(&document, "A"), json!({ "$ref": url }));
}

#[test]
fn a_scalar_within_an_operation_becomes_no_model() {
    let document = |schema: &str| {
        get_x(&format!("responses: {{'201': {{content: {{text/plain: {{schema: {schema}}}}}}}}}"))
    };
    for (schema, kind) in [
        ("{type: string}", "StringSchema"),
        ("{type: integer}", "IntegerSchema"),
        ("{type: number}", "NumberSchema"),
        ("{type: boolean}", "BooleanSchema"),
    ] {
        let warning = format!(
            "Unsupported model type '{kind}' in 201 response to method 'GET /x'. Ignoring."
        );
        assert_eq!(warnings(&document(schema)), [warning]);
        assert_eq!(definition(&document(schema))["models"], json!({}));
    }
    assert_eq!(warnings(&document("{type: [string]}")), Vec::<String>::new());
}

#[test]
fn the_name_of_a_model_must_be_alphanumeric() {
    for name in ["a_b", "a-b", "a b", "ä", ""] {
        let expected =
            format!("Unable to create model for '{name}': Model name must be alphanumeric: {name}");
        assert_eq!(errors(&with_schemas(&format!("'{name}': {{}}"))), [expected]);
    }
}

#[test]
fn a_property_may_be_called_like_a_keyword() {
    let document = with_schemas(
        "A: {properties: {$ref: {type: string}, type: {type: string}, required: {type: boolean}, items: {$ref: '#/components/schemas/A'}}}",
    );
    let properties = schema(&document, "A")["properties"].clone();
    assert_eq!(properties["$ref"], json!({ "type": "string" }));
    assert_eq!(
        properties["items"]["$ref"],
        "https://apigateway.amazonaws.com/restapis/API/models/A"
    );
}

#[test]
fn what_no_validator_enforces_is_a_warning_and_stays_in_the_text() {
    let document = with_schemas(
        "A: {nullable: true, discriminator: {propertyName: b}, properties: {b: {type: string, readOnly: true, example: x}}}",
    );
    let warning = |place: &str| {
        format!("'#/components/schemas/A/{place}' is not supported in models and has no effect")
    };
    assert_eq!(
        warnings(&document),
        ["nullable", "discriminator", "properties/b/readOnly"].map(warning)
    );
    assert_eq!(schema(&document, "A")["nullable"], true);
    assert_eq!(warnings(&with_schemas("A: {nullable: false}")), Vec::<String>::new());
}

#[test]
fn a_keyword_of_the_wrong_type_is_an_error_that_names_it() {
    for (schema, place, must) in [
        ("1", "", "an object; it is 1"),
        ("{type: 5}", "/type", "a string; it is 5"),
        (
            "{type: strnig}",
            "/type",
            "one of array, boolean, integer, null, number, object, string; it is \"strnig\"",
        ),
        ("{type: [object, {}]}", "/type/1", "a string; it is an object"),
        ("{required: true}", "/required", "an array; it is true"),
        ("{required: [a, 1]}", "/required/1", "a string; it is 1"),
        ("{enum: a}", "/enum", "an array; it is \"a\""),
        ("{properties: [a]}", "/properties", "an object; it is an array"),
        ("{properties: {a/b: text}}", "/properties/a~1b", "an object; it is \"text\""),
        ("{items: 1}", "/items", "an object; it is 1"),
        ("{items: [1]}", "/items/0", "an object; it is 1"),
        ("{allOf: {}}", "/allOf", "an array; it is an object"),
        ("{not: []}", "/not", "an object; it is an array"),
        ("{additionalProperties: x}", "/additionalProperties", "an object; it is \"x\""),
        ("{minLength: -1}", "/minLength", "an integer of at least 0; it is -1"),
        ("{maximum: x}", "/maximum", "a number; it is \"x\""),
        ("{exclusiveMinimum: 1}", "/exclusiveMinimum", "a boolean; it is 1"),
        ("{$ref: {}}", "/$ref", "a string; it is an object"),
    ] {
        let expected = format!("'#/components/schemas/A{place}' must be {must}");
        assert_eq!(errors(&with_schemas(&format!("A: {schema}"))), [expected]);
    }
}
