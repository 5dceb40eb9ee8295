//! REST APIs on the local AWS, made by real Terraform, the AWS CLI and an SDK, and called over HTTP.

use std::process::Command;

use serde_json::{Value, json};
use spillway_tests::{
    Answer, LocalAws, TerraformRoot, get, post, python_tool, repository, request,
};

const JSON: &str = "application/json";

/// Where a stage answers.
fn stage_url(api: &str, stage: &str) -> String {
    format!("{}/_aws/execute-api/{api}/{stage}", LocalAws::shared().endpoint())
}

/// Checks an answer's status and body, and that it is JSON and has `further` headers and no others.
#[track_caller]
fn assert_answer(answer: &Answer, status: u16, body: &Value, further: &[(&str, &str)]) {
    assert_eq!((answer.status, answer.json()), (status, body.clone()));
    answer.assert_headers(&[&[("content-type", JSON)], further].concat());
}

#[test]
fn an_api_from_an_openapi_body_is_applied_changed_and_destroyed() {
    let mut root = TerraformRoot::new("tests/roots/rest-api-body");
    root.set("name", "from-body");
    root.set("greeting", "Hello");
    root.apply();
    root.assert_no_changes();
    let api = root.output("api_id");
    let api = api.as_str().unwrap();
    let url = stage_url(api, "live");

    let greeting = format!("{url}/greetings/O%27Ada%22?polite=yes");
    let expected = json!({"greeting": "Hello, O'Ada\""});
    assert_answer(&get(&greeting), 200, &expected, &[("x-place", "here")]);
    let by_path = greeting.replace(
        &format!("/_aws/execute-api/{api}/live"),
        &format!("/restapis/{api}/live/_user_request_"),
    );
    assert_answer(&get(&by_path), 200, &expected, &[("x-place", "here")]);
    let host = format!("{api}.execute-api.us-east-1.amazonaws.com");
    let by_host = greeting.replace(&format!("/_aws/execute-api/{api}"), "");
    let by_host = request("GET", &by_host, &[("Host", &host)], b"");
    assert_answer(&by_host, 200, &expected, &[("x-place", "here")]);
    assert_eq!(root.output("invoke_url"), format!("https://{host}/live"));

    let missing = json!({"message": "Missing required request parameters: [polite]"});
    let bad_request = [("x-amzn-errortype", "BadRequestException")];
    assert_answer(&get(&format!("{url}/greetings/Ada")), 400, &missing, &bad_request);
    let created = post(&format!("{url}/greetings"), JSON, br#"{"text": "Hello"}"#);
    assert_answer(&created, 201, &json!({}), &[]);
    let short = post(&format!("{url}/greetings"), JSON, br#"{"text": "Hi"}"#);
    let why = r#"[string "Hi" is too short (length: 2, required minimum: 3)]"#;
    let headers = [("x-amzn-errortype", "BadRequestException"), ("x-why", "body")];
    assert_answer(&short, 400, &json!({"message": why}), &headers);
    let unknown = json!({"message": "Missing Authentication Token"});
    let refused = [("x-amzn-errortype", "MissingAuthenticationTokenException")];
    assert_answer(&get(&format!("{url}/nothing")), 403, &unknown, &refused);

    // What is changed shows only when it is deployed.
    root.set("greeting", "Goodbye");
    root.apply_only(&["aws_api_gateway_rest_api.this"]);
    assert_eq!(get(&greeting).json(), expected);
    root.apply();
    assert_eq!(get(&greeting).json(), json!({"greeting": "Goodbye, O'Ada\""}));
    assert_eq!(root.output("api_id"), api, "a change keeps the API");
    root.assert_no_changes();

    let api = api.to_owned();
    root.destroy();
    assert_gone(&api, &by_path);
}

#[test]
fn an_api_from_single_resources_is_applied_changed_and_destroyed() {
    let mut root = TerraformRoot::new("tests/roots/rest-api-discrete");
    root.set("name", "discrete");
    root.set("text", "first");
    root.apply();
    root.assert_no_changes();
    let api = root.output("api_id").as_str().unwrap().to_owned();
    let url = stage_url(&api, "v1");

    let note = format!("{url}/notes/7");
    let no_store = [("cache-control", "no-store")];
    assert_answer(&get(&note), 200, &json!({"id": "7", "text": "first"}), &no_store);
    let created = post(&format!("{url}/notes"), JSON, br#"{"text": "x"}"#);
    assert_eq!((created.status, created.body.as_str()), (201, ""));
    created.assert_headers(&[("content-type", JSON)]);
    let refused = post(&format!("{url}/notes"), JSON, br#"{"text": 1}"#);
    let why = json!({"message": "Invalid request body", "why": "body"});
    assert_answer(&refused, 422, &why, &[("x-amzn-errortype", "BadRequestException")]);

    // The domain name leads to the stage.
    let domain = root.output("domain");
    let at_domain = format!("{}/api/notes/7", LocalAws::shared().endpoint());
    let by_domain = request("GET", &at_domain, &[("Host", domain.as_str().unwrap())], b"");
    assert_answer(&by_domain, 200, &json!({"id": "7", "text": "first"}), &no_store);

    root.set("text", "second");
    root.apply_only(&["aws_api_gateway_integration_response.get"]);
    assert_eq!(get(&note).json()["text"], "first");
    root.apply();
    assert_eq!(get(&note).json()["text"], "second");
    root.assert_no_changes();

    root.destroy();
    assert_gone(
        &api,
        &format!("{}/restapis/{api}/v1/_user_request_/notes/7", LocalAws::shared().endpoint()),
    );
}

/// Neither the API nor its stage is there any more.
#[track_caller]
fn assert_gone(api: &str, url: &str) {
    let forbidden = [("x-amzn-errortype", "ForbiddenException")];
    assert_answer(&get(url), 403, &json!({"message": "Forbidden"}), &forbidden);
    let answer = get(&format!("{}/restapis/{api}", LocalAws::shared().endpoint()));
    assert_eq!(answer.status, 404, "{}", answer.body);
}

/// Runs a tool on the local AWS and reads its standard output as JSON.
#[track_caller]
fn read(mut command: Command) -> Value {
    command.envs(LocalAws::shared().environment());
    let assert = assert_cmd::Command::from(command).assert().success();
    let output = &assert.get_output().stdout;
    serde_json::from_slice(output)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(output)))
}

fn aws(arguments: &[&str]) -> Value {
    let mut command = python_tool("aws", &["apigateway"]);
    command.args(arguments).args(["--output", "json"]);
    read(command)
}

#[test]
fn the_aws_cli_imports_deploys_and_exports_an_api() {
    let document = repository().join("tests/roots/rest-api-body/api.yaml");
    let body = format!("fileb://{}", document.display());
    let imported = aws(&["import-rest-api", "--body", &body, "--parameters", "basepath=ignore"]);
    assert_eq!(imported["name"], "replaced-by-the-name");
    let api = imported["id"].as_str().unwrap();
    let deployed = aws(&[
        "create-deployment",
        "--rest-api-id",
        api,
        "--stage-name",
        "cli",
        "--variables",
        "place=cli",
    ]);
    let stage = aws(&["get-stage", "--rest-api-id", api, "--stage-name", "cli"]);
    assert_eq!(stage["deploymentId"], deployed["id"]);
    let answer = get(&format!("{}/greetings/Ada?polite=", stage_url(api, "cli")));
    // A blank one is as good as none.
    let missing = json!({"message": "Missing required request parameters: [polite]"});
    assert_answer(&answer, 400, &missing, &[("x-amzn-errortype", "BadRequestException")]);
    let answer = get(&format!("{}/greetings/Ada?polite=1", stage_url(api, "cli")));
    assert_answer(&answer, 200, &json!({"greeting": ", Ada"}), &[("x-place", "cli")]);

    let resources = aws(&["get-resources", "--rest-api-id", api, "--page-size", "1"]);
    let paths: Vec<_> =
        resources["items"].as_array().unwrap().iter().map(|each| each["path"].clone()).collect();
    assert_eq!(paths.len(), 3, "every page was asked for: {paths:?}");

    let exported = tempfile::NamedTempFile::new().unwrap();
    let path = exported.path().to_str().unwrap();
    aws(&[
        "get-export",
        "--rest-api-id",
        api,
        "--stage-name",
        "cli",
        "--export-type",
        "oas30",
        "--parameters",
        "extensions=apigateway",
        path,
    ]);
    let export: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(export["openapi"], "3.0.1");
    let operation = &export["paths"]["/greetings/{name}"]["get"];
    assert_eq!(operation["x-amazon-apigateway-integration"]["type"], "mock");

    let mut delete = python_tool("aws", &["apigateway", "delete-rest-api", "--rest-api-id", api]);
    delete.envs(LocalAws::shared().environment());
    assert_cmd::Command::from(delete).assert().success();
    assert_eq!(get(&format!("{}/restapis/{api}", LocalAws::shared().endpoint())).status, 404);
}

#[test]
fn an_sdk_makes_an_api_and_reads_its_errors() {
    let script = repository().join("tests/sdk/control_plane.py");
    let report = read(python_tool("python", &[script.to_str().unwrap()]));
    let api = report["api"].as_str().unwrap();
    let expected = json!({
        "errors": {
            "an API that is not there": ["NotFoundException", 404],
            "a resource that is there already": ["ConflictException", 409],
            "a method without authorization type": ["BadRequestException", 400],
            "a path that cannot be patched": ["BadRequestException", 400],
            "a deployment that a stage uses": ["BadRequestException", 400],
        },
        "name": "renamed",
        "paged": 12,
        "tags": {"Team": "tests"},
        "timeout": 1500,
    });
    assert_eq!(report["seen"], expected);
    let answer = get(&format!("{}/r3", stage_url(api, "sdk")));
    assert_answer(&answer, 200, &json!({"resource": "/r3"}), &[]);
}
