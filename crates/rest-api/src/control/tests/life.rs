//! The life of APIs: what Terraform does with each kind of resource when all goes well.

use serde_json::{Value, json};

use super::{Cloud, id, text};

#[test]
fn an_api_of_many_resources_is_made_changed_deployed_and_deleted() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let mut parent = cloud.resource(&api, "v1");
    for depth in 0..20 {
        let line = format!("POST {api}/resources/{}", id(&parent));
        let part = format!("level-{depth}");
        let child = cloud.check(201, &line, json!({ "pathPart": part }));
        parent = format!("{api}/resources/{}", text(&child["id"]));
        cloud.method(&parent);
    }
    let listed = cloud.get(&format!("{api}/resources?limit=500&embed=methods"));
    let resources = listed["item"].as_array().unwrap();
    assert_eq!(resources.len(), 22);
    let mocks = resources.iter().filter(|resource| {
        resource["resourceMethods"]["GET"]["methodIntegration"]["type"] == "MOCK"
    });
    assert_eq!(mocks.count(), 20);

    let deployment = cloud.check(201, &format!("POST {api}/deployments"), json!({}));
    let stage = json!({ "stageName": "live", "deploymentId": deployment["id"] });
    cloud.check(201, &format!("POST {api}/stages"), stage);
    let top = resources.iter().find(|resource| resource["path"] == "/v1").unwrap();
    cloud.check(202, &format!("DELETE {api}/resources/{}", text(&top["id"])), Value::Null);
    assert_eq!(cloud.get(&format!("{api}/resources"))["item"].as_array().unwrap().len(), 1);

    cloud.check(202, &format!("DELETE {api}"), Value::Null);
    let gone = format!("Invalid API identifier specified 000000000000:{}", id(&api));
    cloud.refuses(404, "NotFoundException", &gone, &format!("GET {api}"), Value::Null);
    assert!(cloud.plane.served(id(&api), "live").is_none());
}

#[test]
fn a_new_api_has_the_defaults_of_aws() {
    let cloud = Cloud::new();
    let created = cloud.check(201, "POST /restapis", json!({ "name": "orders" }));
    let api = format!("/restapis/{}", text(&created["id"]));
    assert_eq!(created["id"].as_str().unwrap().len(), 10);
    assert!(created["createdDate"].as_i64().unwrap() > 1_700_000_000);
    let mut shown = cloud.get(&api);
    assert_eq!(shown, created);
    for generated in ["id", "createdDate", "rootResourceId"] {
        shown.as_object_mut().unwrap().remove(generated).unwrap();
    }
    assert_eq!(
        shown,
        json!({
            "name": "orders",
            "apiKeySource": "HEADER",
            "endpointConfiguration": { "types": ["EDGE"], "ipAddressType": "ipv4" },
            "disableExecuteApiEndpoint": false,
            "tags": {},
        })
    );
    let root = json!({ "id": created["rootResourceId"], "path": "/" });
    assert_eq!(cloud.get(&format!("{api}/resources"))["item"], json!([root]));
    let models = cloud.get(&format!("{api}/models"));
    let names: Vec<_> =
        models["item"].as_array().unwrap().iter().map(|model| &model["name"]).collect();
    assert_eq!(names, ["Empty", "Error"]);
}

#[test]
fn an_api_keeps_what_it_is_created_with() {
    let cloud = Cloud::new();
    let body = json!({
        "name": "ørders 🚚",
        "description": "takes orders",
        "version": "7",
        "binaryMediaTypes": ["image/png"],
        "minimumCompressionSize": 0,
        "apiKeySource": "AUTHORIZER",
        "endpointConfiguration": { "types": ["PRIVATE"], "vpcEndpointIds": ["vpce-1"] },
        "policy": r#"{"Statement":[{"Resource":"execute-api:/*"}]}"#,
        "tags": { "team": "orders" },
        "disableExecuteApiEndpoint": true,
        "whatever": { "is": "ignored" },
    });
    let api = cloud.check(201, "POST /restapis", body.clone());
    for member in ["name", "description", "version", "binaryMediaTypes", "apiKeySource", "tags"] {
        assert_eq!(api[member], body[member]);
    }
    assert_eq!(api["minimumCompressionSize"], 0);
    assert_eq!(api["disableExecuteApiEndpoint"], true);
    assert_eq!(
        api["endpointConfiguration"],
        json!({ "types": ["PRIVATE"], "ipAddressType": "dualstack", "vpcEndpointIds": ["vpce-1"] })
    );
    // Terraform puts quotes around it and reads it as a JSON string.
    assert_eq!(api["policy"], r#"{\"Statement\":[{\"Resource\":\"execute-api:\/*\"}]}"#);
}

#[test]
fn a_clone_has_the_same_paths_and_ids_of_its_own() {
    let cloud = Cloud::new();
    let original = cloud.api();
    let method = cloud.method(&cloud.resource(&original, "orders"));
    let body = json!({ "name": "copy", "cloneFrom": id(&original) });
    let copy = cloud.check(201, "POST /restapis", body);
    let copy = format!("/restapis/{}", text(&copy["id"]));
    let of = |api: &str| cloud.get(&format!("{api}/resources?embed=methods"))["item"].clone();
    let (before, after) = (of(&original), of(&copy));
    assert_eq!(before[1]["path"], after[1]["path"]);
    assert_ne!(before[1]["id"], after[1]["id"]);
    assert_eq!(after[1]["parentId"], cloud.get(&copy)["rootResourceId"]);
    let integration = &after[1]["resourceMethods"]["GET"]["methodIntegration"];
    assert_eq!(integration["cacheNamespace"], after[1]["id"]);
    cloud.check(204, &format!("DELETE {method}"), Value::Null);
    assert_eq!(of(&copy), after);
}

#[test]
fn a_resource_may_move_and_takes_what_is_below_it_along() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let pets = cloud.resource(&api, "pets");
    let dogs = cloud.resource(&api, "dogs");
    let line = format!("POST {pets}");
    let pet = cloud.check(201, &line, json!({ "pathPart": "{id}" }));
    let pet = format!("{api}/resources/{}", text(&pet["id"]));
    let renamed = cloud.patch(200, &pets, &["replace /pathPart cats"]);
    assert_eq!(renamed["path"], "/cats");
    assert_eq!(cloud.get(&pet)["path"], "/cats/{id}");
    cloud.patch(200, &pets, &[&format!("replace /parentId {}", id(&dogs))]);
    assert_eq!(cloud.get(&pet)["path"], "/dogs/cats/{id}");
    cloud.check(202, &format!("DELETE {dogs}"), Value::Null);
    let lost = "Invalid Resource identifier specified";
    cloud.refuses(404, "NotFoundException", lost, &format!("GET {pet}"), Value::Null);
}

#[test]
fn greedy_and_literal_paths_stand_side_by_side() {
    let cloud = Cloud::new();
    let api = cloud.api();
    for part in ["{proxy+}", "parent", "a.b_c-d:e"] {
        cloud.resource(&api, part);
    }
    let listed = cloud.get(&format!("{api}/resources"));
    let paths: Vec<_> =
        listed["item"].as_array().unwrap().iter().map(|item| text(&item["path"])).collect();
    assert_eq!(paths, ["/", "/a.b_c-d:e", "/parent", "/{proxy+}"]);
}

#[test]
fn a_method_has_its_request_responses_and_integration() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let resource = cloud.resource(&api, "orders");
    let validator = json!({ "name": "all", "validateRequestBody": true });
    let validator = cloud.check(201, &format!("POST {api}/requestvalidators"), validator);
    let method = format!("{resource}/methods/POST");
    let body = json!({
        "authorizationType": "aws_iam",
        "apiKeyRequired": true,
        "operationName": "CreateOrder",
        "requestParameters": { "method.request.querystring.dry": false },
        "requestModels": { "application/json": "Empty" },
        "requestValidatorId": validator["id"],
    });
    let put = cloud.check(201, &format!("PUT {method}"), body);
    assert_eq!(put["authorizationType"], "AWS_IAM");
    assert_eq!(put["requestValidatorId"], validator["id"]);

    let response = json!({
        "responseModels": { "application/json": "Empty" },
        "responseParameters": { "method.response.header.Location": true },
    });
    cloud.check(201, &format!("PUT {method}/responses/201"), response);
    let integration = json!({
        "type": "AWS",
        "httpMethod": "POST",
        "uri": "arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem",
        "credentials": "arn:aws:iam::000000000000:role/api",
        "requestParameters": {
            "integration.request.header.X-Dry": "method.request.querystring.dry",
            "integration.request.querystring.stage": "context.stage",
            "integration.request.path.key": "'fixed'",
        },
        "requestTemplates": { "application/json": "$input.body" },
        "passthroughBehavior": "NEVER",
    });
    let integration = cloud.check(201, &format!("PUT {method}/integration"), integration);
    assert_eq!(integration["timeoutInMillis"], 29_000);
    assert_eq!(integration["cacheNamespace"], id(&resource));
    assert_eq!(integration["cacheKeyParameters"], json!([]));
    assert!(integration.get("integrationResponses").is_none());
    assert!(integration.get("connectionType").is_none());
    let line = format!("PUT {method}/integration/responses/201");
    let response = json!({
        "selectionPattern": "",
        "responseParameters": {
            "method.response.header.Location": "integration.response.header.Location",
        },
        "responseTemplates": { "application/json": "{}" },
    });
    let put = cloud.check(201, &line, response);
    assert_eq!(put["selectionPattern"], "");

    let shown = cloud.get(&method);
    assert_eq!(shown["methodIntegration"]["integrationResponses"]["201"], put);
    assert_eq!(shown["methodResponses"]["201"]["statusCode"], "201");
    let unembedded = cloud.get(&resource);
    assert_eq!(unembedded["resourceMethods"], json!({ "POST": {} }));

    cloud.check(204, &line.replace("PUT", "DELETE"), Value::Null);
    cloud.check(204, &format!("DELETE {method}/integration"), Value::Null);
    cloud.check(204, &format!("DELETE {method}/responses/201"), Value::Null);
    cloud.check(204, &format!("DELETE {method}"), Value::Null);
}

#[test]
fn stage_variables_may_stand_for_any_part_of_a_uri() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let integration = format!("{}/integration", cloud.method(&cloud.resource(&api, "orders")));
    for (kind, uri) in [
        ("HTTP_PROXY", "${stageVariables.url}/orders"),
        ("AWS", "${stageVariables.arn}"),
        ("AWS_PROXY", "arn:aws:apigateway:eu-west-1:lambda:path/${stageVariables.function}"),
    ] {
        let body = json!({ "type": kind, "httpMethod": "POST", "uri": uri });
        cloud.check(201, &format!("PUT {integration}"), body);
    }
}

#[test]
fn a_template_that_is_null_is_an_empty_one() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let method = cloud.method(&cloud.resource(&api, "orders"));
    let line = format!("PUT {method}/integration/responses/200");
    let body = json!({
        "responseTemplates": { "application/json": null },
        "responseParameters": { "method.response.header.X": null },
        "contentHandling": null,
    });
    let put = cloud.check(201, &line, body);
    let empty = json!({ "application/json": "" });
    assert_eq!(put, json!({ "statusCode": "200", "responseTemplates": empty }));
}

#[test]
fn models_validators_and_authorizers_cannot_go_while_methods_use_them() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let root = text(&cloud.get(&api)["rootResourceId"]);
    let model = json!({ "name": "Order", "contentType": "application/json", "schema": "{}" });
    cloud.check(201, &format!("POST {api}/models"), model);
    let validator = json!({ "name": "body" });
    let validator = cloud.check(201, &format!("POST {api}/requestvalidators"), validator);
    let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f/invocations";
    let authorizer = json!({
        "name": "who",
        "type": "TOKEN",
        "authorizerUri": uri,
        "identitySource": "method.request.header.Authorization",
    });
    let authorizer = cloud.check(201, &format!("POST {api}/authorizers"), authorizer);
    assert_eq!(authorizer["authType"], "custom");
    assert_eq!(authorizer["authorizerResultTtlInSeconds"], 300);
    let method = format!("{api}/resources/{root}/methods/ANY");
    let body = json!({
        "authorizationType": "CUSTOM",
        "authorizerId": authorizer["id"],
        "requestValidatorId": validator["id"],
        "requestModels": { "application/json": "Order" },
    });
    cloud.check(201, &format!("PUT {method}"), body);

    let authorizer = format!("{api}/authorizers/{}", text(&authorizer["id"]));
    let validator = format!("{api}/requestvalidators/{}", text(&validator["id"]));
    let model = format!("{api}/models/Order");
    for (path, message) in [
        (&model, "Cannot delete model 'Order', is referenced in method request: //ANY"),
        (&authorizer, "Cannot delete authorizer 'who', is referenced in method: //ANY"),
        (&validator, "Cannot delete request validator 'body', is referenced in method: //ANY"),
    ] {
        let line = format!("DELETE {path}");
        cloud.refuses(409, "ConflictException", message, &line, Value::Null);
    }
    cloud.check(204, &format!("DELETE {method}"), Value::Null);
    for path in [&model, &authorizer, &validator] {
        cloud.check(202, &format!("DELETE {path}"), Value::Null);
    }
}

#[test]
fn gateway_responses_are_those_of_aws_until_one_is_put() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let one = |kind: &str| cloud.get(&format!("{api}/gatewayresponses/{kind}"));
    let own = r#"{"message":$context.error.messageString}"#;
    let untouched = json!({
        "responseType": "THROTTLED",
        "statusCode": "429",
        "responseParameters": {},
        "responseTemplates": { "application/json": own },
        "defaultResponse": true,
    });
    assert_eq!(one("THROTTLED"), untouched);
    assert!(one("DEFAULT_4XX").get("statusCode").is_none());

    let header = json!({ "gatewayresponse.header.X": "'1'" });
    let body = json!({ "responseParameters": header });
    let put = cloud.check(201, &format!("PUT {api}/gatewayresponses/DEFAULT_4XX"), body);
    assert_eq!(put["defaultResponse"], false);
    assert_eq!(put["responseTemplates"]["application/json"], own);
    // One of the class is what all of its kind without their own are.
    assert_eq!(one("THROTTLED")["responseParameters"], header);
    assert_eq!(one("THROTTLED")["statusCode"], "429");
    assert_eq!(one("INTEGRATION_FAILURE")["responseParameters"], json!({}));
    let all = cloud.get(&format!("{api}/gatewayresponses"));
    assert_eq!(all["item"].as_array().unwrap().len(), 21);
    cloud.check(202, &format!("DELETE {api}/gatewayresponses/DEFAULT_4XX"), Value::Null);
    assert_eq!(one("THROTTLED"), untouched);
}

#[test]
fn documentation_is_written_by_part_and_kept_by_version() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let parts = format!("{api}/documentation/parts");
    let part = json!({ "location": { "type": "API" }, "properties": "{\"info\":{}}" });
    let part = cloud.check(201, &format!("POST {parts}"), part);
    let method = json!({
        "location": { "type": "METHOD", "path": "/orders" },
        "properties": "{}",
    });
    let method = cloud.check(201, &format!("POST {parts}"), method);
    assert_eq!(method["location"]["method"], "*");
    assert_eq!(cloud.get(&format!("{parts}?type=API"))["item"], json!([part]));
    assert_eq!(cloud.get(&format!("{parts}?path=/orders"))["item"], json!([method]));

    let versions = format!("{api}/documentation/versions");
    let version = json!({ "documentationVersion": "v1", "stageName": "live" });
    cloud.check(201, &format!("POST {versions}"), version);
    assert_eq!(cloud.get(&format!("{api}/stages/live"))["documentationVersion"], "v1");
    cloud.patch(200, &format!("{versions}/v1"), &["replace /description the first"]);
    assert_eq!(cloud.get(&format!("{versions}/v1"))["description"], "the first");
    let used = "Documentation version v1 is used by stage live";
    let line = format!("DELETE {versions}/v1");
    cloud.refuses(400, "BadRequestException", used, &line, Value::Null);
    cloud.patch(200, &format!("{api}/stages/live"), &["remove /documentationVersion"]);
    cloud.check(202, &line, Value::Null);
    cloud.check(202, &format!("DELETE {parts}/{}", text(&part["id"])), Value::Null);
}
