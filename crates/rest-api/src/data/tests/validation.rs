//! Request validation.

use serde_json::{Value as Json, json};

use super::harness::{Api, INTERNAL, api, call, check, mock, ok, post, refused};

fn validated(method: Json) -> Api {
    let mut method = method;
    method["requestValidatorId"] = json!("v");
    method["methodIntegration"] = mock("fine");
    let said = r#""$context.error.validationErrorString""#;
    api(json!({"/": {"ANY": method}, "/{id}": {"ANY": method}})).validator().gateway_response(
        "BAD_REQUEST_BODY",
        json!({"responseTemplates": {"application/json": said}}),
    )
}

#[tokio::test]
async fn required_parameters_must_be_there() {
    let api = validated(json!({"requestParameters": {
        "method.request.querystring.q": true,
        "method.request.querystring.optional": false,
        "method.request.header.X-Api.Version": true,
        "method.request.path.id": true,
    }}));
    let check = async |call, missing: &str| {
        let message =
            format!(r#"{{"message": "Missing required request parameters: [{missing}]"}}"#);
        let expected = match missing {
            "" => ok("fine"),
            _ => refused(400, "BadRequestException", &message),
        };
        check(&api, call, &expected, "").await;
    };
    let version = "x-api.version";
    check(call("GET", "/7?q=1").header(version, "2"), "").await;
    check(call("GET", "/"), "X-Api.Version, id, q").await;
    check(call("GET", "/7?Q=1").header(version, "2"), "q").await;
    check(call("GET", "/7?q=").header(version, " "), "X-Api.Version, q").await;
    check(call("GET", "/7?q=%20").header(version, "2"), "q").await;
    check(call("GET", "/7?q=&q=1").header(version, "2"), "").await;
}

/// A method that takes only what a schema allows.
fn typed(schema: Json) -> Api {
    validated(json!({"requestModels": {"application/json": "Pet"}})).model("Pet", &schema)
}

async fn check_body(api: &Api, body: &str, errors: &str) {
    let expected = match errors {
        "" => ok("fine"),
        errors => refused(400, "BadRequestException", &json!(errors).to_string()),
    };
    check(api, post(body.to_owned()), &expected, "").await;
}

#[tokio::test]
async fn a_body_must_fit_its_model() {
    for (schema, body, errors) in [
        (
            json!({"required": ["name"]}),
            "{}",
            r#"[object has missing required properties (["name"])]"#,
        ),
        (
            json!({"required": ["b", "a", "c"]}),
            r#"{"c": 1}"#,
            r#"[object has missing required properties (["a","b"])]"#,
        ),
        (
            json!({"required": ["name"]}),
            "",
            r#"[object has missing required properties (["name"])]"#,
        ),
        (json!({"type": "object"}), "", ""),
        (
            json!({"type": "number"}),
            r#""1""#,
            r#"[instance type (string) does not match any allowed primitive type (allowed: ["integer","number"])]"#,
        ),
        (
            json!({"type": ["string", "null"]}),
            "1.5",
            r#"[instance type (number) does not match any allowed primitive type (allowed: ["null","string"])]"#,
        ),
        (
            json!({"enum": ["a", 1]}),
            r#""b""#,
            r#"[instance value ("b") not found in enum (possible values: ["a",1])]"#,
        ),
        (
            json!({"properties": {"a": {}}, "additionalProperties": false}),
            r#"{"z": 1, "a": 1, "b": 2}"#,
            r#"[object instance has properties which are not allowed by the schema: ["b","z"]]"#,
        ),
        (
            json!({"minLength": 3}),
            r#""ü😀""#,
            r#"[string "ü😀" is too short (length: 2, required minimum: 3)]"#,
        ),
        (
            json!({"maxLength": 1}),
            r#""ab""#,
            r#"[string "ab" is too long (length: 2, maximum allowed: 1)]"#,
        ),
        (
            json!({"pattern": "^[a-z]+$"}),
            r#""A1""#,
            r#"[ECMA 262 regex "^[a-z]+$" does not match input string "A1"]"#,
        ),
        (
            json!({"minimum": 1}),
            "0",
            "[numeric instance is lower than the required minimum (minimum: 1, found: 0)]",
        ),
        (
            json!({"maximum": 5.5}),
            "6",
            "[numeric instance is greater than the required maximum (maximum: 5.5, found: 6)]",
        ),
        (
            json!({"minimum": 1, "exclusiveMinimum": true}),
            "1",
            "[numeric instance is not strictly greater than the required minimum 1]",
        ),
        (
            json!({"maximum": 1, "exclusiveMaximum": true}),
            "1",
            "[numeric instance is not strictly lower than the required maximum 1]",
        ),
        (json!({"multipleOf": 5}), "7", "[remainder of division is not zero (7 / 5)]"),
        (
            json!({"minItems": 1}),
            "[]",
            "[array is too short: must have at least 1 elements but instance has 0 elements]",
        ),
        (
            json!({"maxItems": 1}),
            "[1, 2]",
            "[array is too long: must have at most 1 elements but instance has 2 elements]",
        ),
        (json!({"uniqueItems": true}), "[1, 1]", "[array must not contain duplicate elements]"),
        (
            json!({"minProperties": 1}),
            "{}",
            "[object has too few properties (found 0 but schema requires at least 1)]",
        ),
        (
            json!({"maxProperties": 0}),
            r#"{"a": 1}"#,
            "[object has too many properties (found 1 but schema requires at most 0)]",
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            "1",
            "[instance failed to match at least one required schema among 2]",
        ),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
            "1",
            "[instance failed to match exactly one schema (matched 0 out of 2)]",
        ),
        (
            json!({"oneOf": [{"minimum": 0}, {"maximum": 9}, {"type": "string"}]}),
            "1",
            "[instance failed to match exactly one schema (matched 2 out of 3)]",
        ),
        (
            json!({"not": {"type": "null"}}),
            "null",
            "[instance matched a schema which it should not have]",
        ),
        (json!({"format": "email"}), r#""no""#, r#"[string "no" is not a valid email address]"#),
        // What is inside a container counts only if the container is right.
        (
            json!({"required": ["a"], "properties": {"b": {"type": "string"}}}),
            r#"{"b": 1}"#,
            r#"[object has missing required properties (["a"])]"#,
        ),
        (
            json!({"properties": {"a": {"minimum": 1}, "b": {"maxLength": 0}}}),
            r#"{"b": "x", "a": 0}"#,
            "[numeric instance is lower than the required minimum (minimum: 1, found: 0), \
             string \"x\" is too long (length: 1, maximum allowed: 0)]",
        ),
        (json!({"type": "array"}), "[]", ""),
        (json!({}), "\"any\"", ""),
    ] {
        check_body(&typed(schema), body, errors).await;
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_invalid() {
    let api = typed(json!({}));
    for body in ["{", "name=Ada", "{'a': 1}", "\u{feff}{}"] {
        let answer = api.send(post(body.to_owned())).await;
        assert_eq!(answer.status(), 400, "{body:?}");
    }
    let answer = api.send(post(b"\xff\xfe".to_vec())).await;
    assert_eq!(answer.status(), 400);
}

#[tokio::test]
async fn the_standard_answer_tells_no_details() {
    let api = typed(json!({"type": "array"})).change(|api| api.gateway_responses.clear());
    let expected = refused(400, "BadRequestException", r#"{"message": "Invalid request body"}"#);
    check(&api, post("{}"), &expected, "").await;
}

#[tokio::test]
async fn what_is_wrong_is_escaped_for_json_whether_or_not_it_is_quoted() {
    let api = typed(json!({"properties": {"day": {"pattern": r"^\d$"}}, "required": ["day"]}));
    let bare = "{$context.error.validationErrorString}";
    let api = api.gateway_response(
        "BAD_REQUEST_BODY",
        json!({"responseTemplates": {"application/json": bare}}),
    );
    for (body, why) in [
        ("{}", r#"{[object has missing required properties ([\"day\"])]}"#),
        (
            r#"{"day": "\"\u000a"}"#,
            r#"{[ECMA 262 regex \"^\\d$\" does not match input string \"\\\"\\n\"]}"#,
        ),
    ] {
        check(&api, post(body), &refused(400, "BadRequestException", why), "").await;
    }
}

#[tokio::test]
async fn models_refer_to_each_other() {
    let reference = |name: &str| json!({"$ref": format!("https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/{name}")});
    let name = json!({"type": "string", "minLength": 1});
    let api = typed(json!({
        "$schema": "http://json-schema.org/draft-04/schema#",
        "type": "object",
        "properties": {"name": reference("Name"), "parent": reference("Pet")},
        "required": ["name"],
    }))
    .model("Name", &name);
    check_body(&api, r#"{"name": "a", "parent": {"name": "b"}}"#, "").await;
    let missing = r#"[object has missing required properties (["name"])]"#;
    check_body(&api, r#"{"name": "a", "parent": {}}"#, missing).await;
    let short = r#"[string "" is too short (length: 0, required minimum: 1)]"#;
    check_body(&api, r#"{"name": ""}"#, short).await;
}

#[tokio::test]
async fn the_media_type_chooses_the_model() {
    let api = validated(json!({"requestModels": {
        "application/json": "Never",
        "text/csv": "Any",
    }}))
    .model("Never", &json!({"not": {}}))
    .model("Any", &json!({}));
    let why = r#""[instance matched a schema which it should not have]""#;
    let invalid = refused(400, "BadRequestException", why);
    check(&api, post("{}"), &invalid, "").await;
    let charset = "application/json;charset=utf-8";
    check(&api, post("{}").header("content-type", charset), &invalid, "").await;
    check(&api, post("{}").header("content-type", "text/csv"), &ok("fine"), "").await;
    check(&api, post("?").header("content-type", "text/plain"), &ok("fine"), "").await;
    let api = api.change(|api| {
        for resource in api.resources.values_mut() {
            let models = &mut resource.resource_methods.get_mut("ANY").unwrap().request_models;
            models.insert("$default".to_owned(), "Never".to_owned());
        }
    });
    check(&api, post("{}").header("content-type", "text/plain"), &invalid, "").await;
}

#[tokio::test]
async fn a_model_that_cannot_be_used_is_a_fault() {
    let reference = json!({"$ref": "https://apigateway.amazonaws.com/restapis/x/models/No"});
    check(&typed(reference), post("{}"), INTERNAL, "there is no model No").await;
    check(&typed(json!({"type": 7})), post("{}"), INTERNAL, "model Pet").await;
    let missing = validated(json!({"requestModels": {"application/json": "Pet"}}));
    check(&missing, post("{}"), INTERNAL, "there is no model Pet").await;
    let elsewhere = json!({"$ref": "https://example.com/schema.json"});
    check(&typed(elsewhere), post("{}"), INTERNAL, "is no model of an API").await;
}

#[tokio::test]
async fn only_what_the_validator_checks_is_checked() {
    let method = json!({
        "requestParameters": {"method.request.querystring.q": true},
        "requestModels": {"application/json": "Never"},
    });
    let api = validated(method).model("Never", &json!({"not": {}}));
    let api = api.change(|api| {
        let validator = api.request_validators.get_mut("v").unwrap();
        validator.validate_request_parameters = false;
        validator.validate_request_body = false;
    });
    check(&api, post("{}"), &ok("fine"), "").await;
    let api = api.change(|api| api.request_validators.clear());
    check(&api, post("{}"), &ok("fine"), "").await;
}
