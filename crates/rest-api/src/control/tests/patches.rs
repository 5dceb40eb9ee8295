//! JSON Patch, entity by entity: what may be changed, and how what may not is refused.

use serde_json::json;

use super::{Cloud, id, text};

#[test]
fn apis() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let changed = cloud.patch(
        200,
        &api,
        &[
            "replace /name with blanks",
            "replace /description other",
            "replace /version 2",
            "replace /minimumCompressionSize 10",
            "add /binaryMediaTypes/image~1png",
            "add /binaryMediaTypes/image~1jpeg",
            "add /binaryMediaTypes/a~0b",
            "replace /apiKeySource AUTHORIZER",
            "replace /disableExecuteApiEndpoint TRUE",
            "replace /endpointConfiguration/types/0 REGIONAL",
            r#"replace /policy {"Statement":[]}"#,
        ],
    );
    assert_eq!(changed["name"], "with blanks");
    assert_eq!(changed["minimumCompressionSize"], 10);
    assert_eq!(changed["binaryMediaTypes"], json!(["image/png", "image/jpeg", "a~b"]));
    assert_eq!(changed["apiKeySource"], "AUTHORIZER");
    assert_eq!(changed["disableExecuteApiEndpoint"], true);
    assert_eq!(changed["endpointConfiguration"]["types"], json!(["REGIONAL"]));
    assert_eq!(changed["policy"], r#"{\"Statement\":[]}"#);
    let changed = cloud.patch(
        200,
        &api,
        &[
            "replace /binaryMediaTypes/image~1png image/gif",
            "remove /binaryMediaTypes/a~0b",
            "remove /description",
            "replace /minimumCompressionSize",
            "replace /policy ",
        ],
    );
    // AWS takes the old one away and appends the new one.
    assert_eq!(changed["binaryMediaTypes"], json!(["image/jpeg", "image/gif"]));
    for gone in ["description", "minimumCompressionSize", "policy"] {
        assert!(changed.get(gone).is_none(), "{gone}");
    }
    assert_eq!(cloud.get(&api), changed);

    let compression = "Invalid minimum compression size, must be between 0 and 10485760";
    let replace = "Invalid patch operation specified. Must be one of: [replace]";
    for (operation, message) in [
        ("replace /minimumCompressionSize -1", compression),
        ("replace /minimumCompressionSize ten", compression),
        ("replace /minimumCompressionSize 99999999999999999999", compression),
        ("add /minimumCompressionSize 10", replace),
        ("remove /name", replace),
        ("copy /name x", replace),
        ("add /binaryMediaTypes image~1png", "Invalid patch path /binaryMediaTypes"),
        ("replace /binaryMediaTypes x", "Invalid patch path /binaryMediaTypes"),
        ("replace /id x", "Invalid patch path /id"),
        ("replace name x", "Invalid patch path name"),
        ("replace /name ", "API name cannot be empty"),
        (
            "replace /apiKeySource ",
            "Invalid apiKeySource specified. Valid options are HEADER,AUTHORIZER",
        ),
        (
            "replace /endpointConfiguration/types/0 wrong",
            "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE",
        ),
        (
            "replace /endpointConfiguration/ipAddressType wrong",
            "ipAddressType must be either ipv4 or dualstack.",
        ),
        (
            "test /binaryMediaTypes/a x",
            "Invalid patch operation specified. Must be 'add'|'remove'|'replace'",
        ),
    ] {
        cloud.refuses_patch(&api, operation, message);
    }
    assert_eq!(cloud.get(&api), changed);
}

#[test]
fn an_api_that_becomes_private_becomes_dualstack() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let changed = cloud.patch(
        200,
        &api,
        &[
            "replace /endpointConfiguration/types/0 PRIVATE",
            "add /endpointConfiguration/vpcEndpointIds vpce-1",
            "add /endpointConfiguration/vpcEndpointIds vpce-2",
            "remove /endpointConfiguration/vpcEndpointIds vpce-1",
        ],
    );
    assert_eq!(
        changed["endpointConfiguration"],
        json!({ "types": ["PRIVATE"], "ipAddressType": "dualstack", "vpcEndpointIds": ["vpce-2"] })
    );
    let message = "Only dualstack ipAddressType is supported for Private APIs.";
    cloud.refuses_patch(&api, "replace /endpointConfiguration/ipAddressType ipv4", message);
}

#[test]
fn operations_that_do_not_exist_are_all_told() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let rule = "failed to satisfy constraint: Member must satisfy enum value set: [add, remove, \
                move, test, replace, copy]";
    let message = format!(
        "2 validation errors detected: Value 'wrong' at \
         'updateRestApiInput.patchOperations.1.member.op' {rule}; Value 'Replace' at \
         'updateRestApiInput.patchOperations.3.member.op' {rule}"
    );
    let body = json!({ "patchOperations": [
        { "op": "wrong", "path": "/name" },
        { "op": "replace", "path": "/name", "value": "x" },
        { "op": "Replace", "path": "/name", "value": "x" },
    ] });
    cloud.refuses(400, "ValidationException", &message, &format!("PATCH {api}"), body);
    let body = json!({ "patchOperations": [{ "op": "replace", "value": "x" }] });
    let message = "Invalid patch path null";
    cloud.refuses(400, "BadRequestException", message, &format!("PATCH {api}"), body);
    assert_eq!(cloud.check(200, &format!("PATCH {api}"), json!({})), cloud.get(&api));
}

#[test]
fn resources() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let pets = cloud.resource(&api, "pets");
    let child = cloud.check(201, &format!("POST {pets}"), json!({ "pathPart": "pets" }));
    let root = format!("{api}/resources/{}", text(&cloud.get(&api)["rootResourceId"]));
    let unsupported = |op: &str| {
        format!(
            "Invalid patch path  '/pathPart' specified for op '{op}'. Please choose supported \
             operations"
        )
    };
    let path = "Invalid patch path  '/invalid' specified for op 'replace'. Must be one of: \
                [/parentId, /pathPart]";
    cloud.refuses_patch(&pets, "replace /invalid x", path);
    cloud.refuses_patch(&pets, "remove /pathPart", &unsupported("remove"));
    cloud.refuses_patch(&pets, "add /pathPart x", &unsupported("add"));
    let cyclical = "Resources cannot be cyclical.";
    let below = format!("replace /parentId {}", text(&child["id"]));
    cloud.refuses_patch(&pets, &below, cyclical);
    cloud.refuses_patch(&pets, &format!("replace /parentId {}", id(&pets)), cyclical);
    let message = "Root resource cannot update its pathPart.";
    cloud.refuses_patch(&root, "replace /pathPart x", message);
    let message = "Root resource cannot update its parentId.";
    cloud.refuses_patch(&root, "replace /parentId x", message);
    let greedy = "Cannot create a child of a resource with a greedy path variable: {all+}";
    cloud.refuses_patch(&pets, "replace /pathPart {all+}", greedy);
    let child = format!("{api}/resources/{}", text(&child["id"]));
    let message = "Another resource with the same parent already has this name: pets";
    let body = json!({ "patchOperations": [
        { "op": "replace", "path": "/parentId", "value": id(&root) },
    ] });
    cloud.refuses(409, "ConflictException", message, &format!("PATCH {child}"), body);
}

#[test]
fn methods() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let method = cloud.method(&cloud.resource(&api, "orders"));
    let query = "/requestParameters/method.request.querystring.dry";
    let changed = cloud.patch(
        200,
        &method,
        &[
            &format!("add {query} true"),
            "add /requestModels/application~1json Empty",
            "replace /operationName Get",
            "replace /apiKeyRequired true",
            "replace /authorizationType AWS_IAM",
            "add /authorizationScopes read",
            // AWS ignores an authorizer that the type does not ask.
            "replace /authorizerId nobody",
        ],
    );
    assert_eq!(changed["requestParameters"]["method.request.querystring.dry"], true);
    assert_eq!(changed["requestModels"], json!({ "application/json": "Empty" }));
    assert_eq!(changed["apiKeyRequired"], true);
    assert_eq!(changed["authorizationScopes"], json!(["read"]));
    assert!(changed.get("authorizerId").is_none());
    assert_eq!(changed["methodIntegration"]["type"], "MOCK");
    let changed = cloud.patch(
        200,
        &method,
        &[
            &format!("remove {query}"),
            "remove /requestModels/application~1json",
            "replace /apiKeyRequired whatever",
            "replace /operationName",
            "remove /authorizationScopes read",
        ],
    );
    assert_eq!(changed["apiKeyRequired"], false);
    for gone in ["requestParameters", "requestModels", "operationName", "authorizationScopes"] {
        assert!(changed.get(gone).is_none(), "{gone}");
    }
    let authorizer = "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
                      COGNITO_USER_POOLS requires a valid authorizer.";
    for (operation, message) in [
        ("add /operationName x", "Invalid patch operation specified. Must be one of: [replace]"),
        ("replace /httpMethod POST", "Invalid patch path /httpMethod"),
        ("add /requestParameters true", "Invalid patch path /requestParameters"),
        (
            "add /requestModels/application/json Empty",
            "Invalid patch path /requestModels/application/json",
        ),
        ("replace /authorizationType CUSTOM", authorizer),
        ("replace /requestValidatorId x", "Invalid Request Validator identifier specified"),
        ("add /requestModels/a~1b None", "Invalid model identifier specified: None"),
    ] {
        cloud.refuses_patch(&method, operation, message);
    }
}

#[test]
fn method_responses() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let method = cloud.method(&cloud.resource(&api, "orders"));
    let response = format!("{method}/responses/200");
    cloud.check(201, &format!("PUT {response}"), json!({}));
    let header = "/responseParameters/method.response.header.X";
    let operations = [&format!("add {header} true"), "add /responseModels/a~1b Empty"];
    let changed = cloud.patch(201, &response, &operations);
    assert_eq!(changed["responseModels"], json!({ "a/b": "Empty" }));
    assert_eq!(changed["responseParameters"], json!({ "method.response.header.X": true }));
    let line = format!("PATCH {response}");
    for (path, message) in [
        ("/responseParameters/method.response.header.Y", "Invalid parameter name specified"),
        ("/responseModels/c~1d", "Content-Type specified was not found"),
    ] {
        let body = json!({ "patchOperations": [{ "op": "remove", "path": path }] });
        cloud.refuses(404, "NotFoundException", message, &line, body);
    }
    let wrong = "Invalid patch path /wrong/method.response.header.X";
    cloud.refuses_patch(&response, "add /wrong/method.response.header.X true", wrong);
    cloud.refuses(
        409,
        "ConflictException",
        "Response already exists for this resource",
        &format!("PUT {response}"),
        json!({}),
    );
}

#[test]
fn integrations_and_their_responses() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let method = cloud.method(&cloud.resource(&api, "orders"));
    let query = "/requestParameters/method.request.querystring.q";
    cloud.patch(200, &method, &[&format!("add {query} false")]);
    let integration = format!("{method}/integration");
    cloud.check(201, &format!("PUT {integration}/responses/200"), json!({}));
    let mapped = "/requestParameters/integration.request.querystring.q";
    let changed = cloud.patch(
        200,
        &integration,
        &[
            "add /requestTemplates/application~1json #set($a = 1)",
            "add /requestTemplates/text~1plain ",
            &format!("add {mapped} method.request.querystring.q"),
            "replace /passthroughBehavior NEVER",
            "replace /timeoutInMillis 50",
            "replace /contentHandling CONVERT_TO_TEXT",
            "add /cacheKeyParameters/method.request.querystring.q ",
            "replace /cacheNamespace mine",
            "replace /tlsConfig/insecureSkipVerification true",
        ],
    );
    let templates = json!({ "application/json": "#set($a = 1)", "text/plain": "" });
    assert_eq!(changed["requestTemplates"], templates);
    assert_eq!(changed["timeoutInMillis"], 50);
    assert_eq!(changed["passthroughBehavior"], "NEVER");
    assert_eq!(changed["cacheKeyParameters"], json!(["method.request.querystring.q"]));
    assert_eq!(changed["cacheNamespace"], "mine");
    assert_eq!(changed["tlsConfig"], json!({ "insecureSkipVerification": true }));
    assert!(changed["integrationResponses"]["200"].is_object());
    let changed = cloud.patch(
        200,
        &integration,
        &[
            "remove /requestTemplates/text~1plain",
            &format!("remove {mapped}"),
            "remove /cacheKeyParameters/method.request.querystring.q ",
            "replace /contentHandling ",
        ],
    );
    assert_eq!(changed["requestTemplates"].as_object().unwrap().len(), 1);
    assert!(changed.get("requestParameters").is_none());
    assert!(changed.get("contentHandling").is_none());
    assert_eq!(changed["cacheKeyParameters"], json!([]));
    for (operation, message) in [
        ("replace /timeoutInMillis 49", "Timeout should be between 50 ms and 29000 ms"),
        ("replace /timeoutInMillis 29001", "Timeout should be between 50 ms and 29000 ms"),
        ("replace /passthroughBehavior ALWAYS", "Invalid passthrough behavior specified"),
        ("replace /timeoutInMillis ", "Timeout should be between 50 ms and 29000 ms"),
        ("replace /type ", "Invalid integration type specified"),
        ("replace /wrong x", "Invalid patch path /wrong"),
        ("replace /type AWS", "Enumeration value for HttpMethod must be non-empty"),
    ] {
        cloud.refuses_patch(&integration, operation, message);
    }

    let response = format!("{integration}/responses/200");
    let operations = ["replace /selectionPattern 2..", "add /responseTemplates/a~1b x"];
    let changed = cloud.patch(200, &response, &operations);
    assert_eq!(changed["selectionPattern"], "2..");
    assert_eq!(changed["responseTemplates"], json!({ "a/b": "x" }));
    let changed = cloud.patch(200, &response, &["remove /responseTemplates/a~1b"]);
    assert!(changed.get("responseTemplates").is_none());
}

#[test]
fn what_belongs_to_an_api() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let validator =
        cloud.check(201, &format!("POST {api}/requestvalidators"), json!({ "name": "all" }));
    let validator = format!("{api}/requestvalidators/{}", text(&validator["id"]));
    let changed = cloud.patch(200, &validator, &["replace /validateRequestBody true"]);
    assert_eq!(changed["validateRequestBody"], true);
    let changed = cloud.patch(200, &validator, &["replace /validateRequestBody"]);
    assert_eq!(changed["validateRequestBody"], false);
    let model = format!("{api}/models/Error");
    cloud.patch(200, &model, &[r#"replace /schema {"type":"object"}"#]);
    assert_eq!(cloud.get(&model)["schema"], r#"{"type":"object"}"#);
    let answer = format!("{api}/gatewayresponses/DEFAULT_4XX");
    let changed = cloud.patch(200, &answer, &["replace /statusCode 444"]);
    assert_eq!(changed["statusCode"], "444");
    assert_eq!(changed["defaultResponse"], false);
    for (path, operation, message) in [
        (
            &validator,
            "add /validateRequestBody true",
            "Invalid patch path  '/validateRequestBody' specified for op 'add'. Please choose \
             supported operations",
        ),
        (
            &validator,
            "replace /invalidPath x",
            "Invalid patch path  '/invalidPath' specified for op 'replace'. Must be one of: \
             [/name, /validateRequestParameters, /validateRequestBody]",
        ),
        (&validator, "replace /name ", "Request Validator name cannot be blank"),
        (
            &model,
            "add /wrong-path x",
            "Invalid patch path  '/wrong-path' specified for op 'add'. Please choose supported \
             operations",
        ),
        (
            &model,
            "replace /name x",
            "Invalid patch path  '/name' specified for op 'replace'. Must be one of: \
             [/description, /schema]",
        ),
        (
            &model,
            "replace /schema ",
            "Model schema must have at least 1 property or array items defined",
        ),
        (&answer, "add /statusCode 404", "Invalid patch path /statusCode"),
        (&answer, "remove /statusCode", "Invalid patch path /statusCode"),
        (&answer, "replace /wrongPath x", "Invalid patch path /wrongPath"),
        (
            &answer,
            "add /responseTemplates/a~1b",
            "Invalid null or empty value in responseTemplates",
        ),
        (
            &answer,
            "add /responseParameters/gatewayresponse.header.X",
            "Invalid null or empty value in responseParameters",
        ),
    ] {
        cloud.refuses_patch(path, operation, message);
    }
}
