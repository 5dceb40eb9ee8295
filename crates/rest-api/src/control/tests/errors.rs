//! Refusals, each by one line of data. The wording is that of recorded answers of AWS where there
//! are any.

use serde_json::{Value, json};

use super::{Cloud, text};

const BAD: (u16, &str) = (400, "BadRequestException");
const NOT_FOUND: (u16, &str) = (404, "NotFoundException");
const CONFLICT: (u16, &str) = (409, "ConflictException");
const INVALID: (u16, &str) = (400, "ValidationException");

type Line = ((u16, &'static str), &'static str, &'static str, Value);

/// Requires each refusal. In lines and messages `$api`, `$root`, `$orders` (a resource with a mock
/// `GET`), `$greedy` (a greedy resource) and `$pets` (a resource without methods) stand for ids.
#[track_caller]
fn check(lines: Vec<Line>) {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let resources = cloud.get(&format!("{api}/resources"));
    cloud.resource(&api, "pets");
    cloud.resource(&api, "{proxy+}");
    let all = cloud.get(&format!("{api}/resources"));
    let id_of = |path: &str| {
        let items = all["item"].as_array().unwrap();
        text(&items.iter().find(|item| item["path"] == path).unwrap()["id"])
    };
    assert_eq!(resources["item"].as_array().unwrap().len(), 2);
    let filled = |text: &str| {
        text.replace("$api", super::id(&api))
            .replace("$root", &id_of("/"))
            .replace("$orders", &id_of("/orders"))
            .replace("$greedy", &id_of("/{proxy+}"))
            .replace("$pets", &id_of("/pets"))
    };
    for ((status, error), line, message, body) in lines {
        cloud.refuses(status, error, &filled(message), &filled(line), body);
    }
    // Nothing of all that left a trace.
    assert_eq!(cloud.get(&format!("{api}/resources")), all);
    assert_eq!(cloud.get("/restapis")["item"].as_array().unwrap().len(), 1);
}

#[test]
fn apis() {
    let endpoint = |types: Value, ip: Value| json!({ "name": "x", "endpointConfiguration": { "types": types, "ipAddressType": ip } });
    check(vec![
        (BAD, "POST /restapis", "No API name specified", json!({})),
        (
            BAD,
            "POST /restapis",
            "Description cannot be an empty string",
            json!({ "name": "x", "description": "" }),
        ),
        (
            BAD,
            "POST /restapis",
            "Invalid minimum compression size, must be between 0 and 10485760",
            json!({ "name": "x", "minimumCompressionSize": 10_485_761 }),
        ),
        (
            BAD,
            "POST /restapis",
            "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
            endpoint(json!([]), json!("ipv4")),
        ),
        (
            BAD,
            "POST /restapis",
            "Cannot create an api with multiple Endpoint Types.",
            endpoint(json!(["EDGE", "REGIONAL"]), json!("ipv4")),
        ),
        (
            BAD,
            "POST /restapis",
            "Only dualstack ipAddressType is supported for Private APIs.",
            endpoint(json!(["PRIVATE"]), json!("ipv4")),
        ),
        (
            INVALID,
            "POST /restapis",
            "2 validation errors detected: Value '[wrong]' at \
             'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member \
             must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, \
             REGIONAL]]; Value 'wrong' at \
             'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy \
             constraint: Member must satisfy enum value set: [ipv4, dualstack]",
            endpoint(json!(["wrong"]), json!("wrong")),
        ),
        (
            BAD,
            "POST /restapis",
            "Invalid policy document. Please check the policy syntax and ensure that Principals \
             are valid.",
            json!({ "name": "x", "policy": "{\"Statement\"" }),
        ),
        (
            NOT_FOUND,
            "POST /restapis",
            "Invalid API identifier specified 000000000000:nowhere",
            json!({ "name": "x", "cloneFrom": "nowhere" }),
        ),
        (
            NOT_FOUND,
            "DELETE /restapis/nowhere",
            "Invalid API identifier specified 000000000000:nowhere",
            Value::Null,
        ),
        (
            (403, "MissingAuthenticationTokenException"),
            "GET /restapis/$api/nothing",
            "Missing Authentication Token",
            Value::Null,
        ),
        (
            (403, "MissingAuthenticationTokenException"),
            "PUT /restapis",
            "Missing Authentication Token",
            Value::Null,
        ),
    ]);
}

#[test]
fn resources() {
    let lost = "Invalid Resource identifier specified";
    let part = |part: &str| json!({ "pathPart": part });
    let chars = "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable \
                 and curly braces at the beginning and the end.";
    check(vec![
        (NOT_FOUND, "POST /restapis/$api/resources/nowhere", lost, part("a")),
        (NOT_FOUND, "GET /restapis/$api/resources/nowhere", lost, Value::Null),
        (NOT_FOUND, "GET /restapis/nowhere/resources/$root", lost, Value::Null),
        (
            CONFLICT,
            "POST /restapis/$api/resources/$root",
            "Another resource with the same parent already has this name: pets",
            part("pets"),
        ),
        (
            BAD,
            "POST /restapis/$api/resources/$root",
            "A sibling ({proxy+}) of this resource already has a variable path part -- only one is \
             allowed",
            part("{id}"),
        ),
        (
            BAD,
            "POST /restapis/$api/resources/$greedy",
            "Cannot create a child of a resource with a greedy path variable: {proxy+}",
            part("a"),
        ),
        (BAD, "POST /restapis/$api/resources/$pets", chars, part("")),
        (BAD, "POST /restapis/$api/resources/$pets", chars, part("a/b")),
        (BAD, "POST /restapis/$api/resources/$pets", chars, part("é")),
        (BAD, "POST /restapis/$api/resources/$pets", chars, part("{}")),
        (BAD, "POST /restapis/$api/resources/$pets", chars, part("{a}b")),
        (BAD, "POST /restapis/$api/resources/$pets", chars, part("a+")),
        (
            BAD,
            "DELETE /restapis/$api/resources/$root",
            "Root resource cannot be deleted.",
            Value::Null,
        ),
    ]);
}

#[test]
fn methods() {
    let put = "PUT /restapis/$api/resources/$pets/methods/GET";
    let expression = |text: &str| {
        format!(
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
             [Invalid mapping expression specified: {text}]"
        )
    };
    let body = expression("method.request.body").leak();
    check(vec![
        (
            NOT_FOUND,
            "PUT /restapis/nowhere/resources/$pets/methods/GET",
            "Invalid Resource identifier specified",
            json!({ "authorizationType": "NONE" }),
        ),
        (
            BAD,
            "PUT /restapis/$api/resources/$pets/methods/get",
            "Invalid HttpMethod specified. Valid options are \
             GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY",
            json!({ "authorizationType": "NONE" }),
        ),
        (
            CONFLICT,
            "PUT /restapis/$api/resources/$orders/methods/GET",
            "Method already exists for this resource",
            json!({ "authorizationType": "NONE" }),
        ),
        (
            BAD,
            put,
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or \
             COGNITO_USER_POOLS requires a valid authorizer.",
            json!({ "authorizationType": "CUSTOM" }),
        ),
        (
            BAD,
            put,
            "Invalid authorization type specified. Valid options are \
             NONE,AWS_IAM,CUSTOM,COGNITO_USER_POOLS",
            json!({}),
        ),
        (
            BAD,
            put,
            "Invalid Request Validator identifier specified",
            json!({ "authorizationType": "NONE", "requestValidatorId": "nowhere" }),
        ),
        (
            BAD,
            put,
            "Invalid model identifier specified: petModel",
            json!({ "authorizationType": "NONE", "requestModels": { "a/b": "petModel" } }),
        ),
        (
            BAD,
            put,
            "Parameter names must be unique across querystring, header and path",
            json!({
                "authorizationType": "NONE",
                "requestParameters": {
                    "method.request.header.a": true, "method.request.path.a": true,
                },
            }),
        ),
        (
            BAD,
            put,
            body,
            json!({
                "authorizationType": "NONE",
                "requestParameters": { "method.request.body": true },
            }),
        ),
        (
            NOT_FOUND,
            "GET /restapis/$api/resources/$orders/methods/POST",
            "Invalid Method identifier specified",
            Value::Null,
        ),
        (
            NOT_FOUND,
            "GET /restapis/$api/resources/$orders/methods/GET/responses/200",
            "Invalid Response status code specified",
            Value::Null,
        ),
        (
            INVALID,
            "PUT /restapis/$api/resources/$orders/methods/GET/responses/wrong",
            "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy \
             constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d",
            json!({}),
        ),
        (
            (501, "NotImplementedException"),
            "POST /restapis/$api/resources/$orders/methods/GET",
            "TestInvokeMethod is not supported by the local API Gateway",
            json!({}),
        ),
    ]);
}

#[test]
fn integrations() {
    let put = "PUT /restapis/$api/resources/$orders/methods/GET/integration";
    let response = "PUT /restapis/$api/resources/$orders/methods/GET/integration/responses/200";
    let aws = |uri: &str| json!({ "type": "AWS", "httpMethod": "POST", "uri": uri });
    check(vec![
        (
            INVALID,
            put,
            "1 validation error detected: Value 'HTTPS_PROXY' at 'putIntegrationInput.type' failed \
             to satisfy constraint: Member must satisfy enum value set: [HTTP, MOCK, AWS_PROXY, \
             HTTP_PROXY, AWS]",
            json!({ "type": "HTTPS_PROXY" }),
        ),
        (
            INVALID,
            put,
            "1 validation error detected: Value null at 'putIntegrationInput.type' failed to \
             satisfy constraint: Member must not be null",
            json!({ "type": null }),
        ),
        (
            BAD,
            put,
            "Enumeration value for HttpMethod must be non-empty",
            json!({ "type": "HTTP", "uri": "http://example.com" }),
        ),
        (
            BAD,
            put,
            "Invalid HTTP endpoint specified for URI",
            json!({ "type": "HTTP", "httpMethod": "GET", "uri": "ftp://example.com" }),
        ),
        (BAD, put, "Invalid ARN specified in the request", aws("sqs")),
        (
            BAD,
            put,
            "AWS ARN for integration must contain path or action",
            aws("arn:aws:apigateway:eu-west-1:sqs:queue"),
        ),
        (
            BAD,
            put,
            "Role ARN must be specified for AWS integrations",
            aws("arn:aws:apigateway:eu-west-1:sqs:path/000000000000/orders"),
        ),
        (
            BAD,
            put,
            "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose \
             stream invocations.",
            json!({
                "type": "AWS_PROXY",
                "httpMethod": "POST",
                "uri": "arn:aws:apigateway:eu-west-1:sqs:path/1/q",
            }),
        ),
        (
            BAD,
            put,
            "Timeout should be between 50 ms and 29000 ms",
            json!({ "type": "MOCK", "timeoutInMillis": 49 }),
        ),
        (
            BAD,
            put,
            "Timeout should be between 50 ms and 29000 ms",
            json!({ "type": "MOCK", "timeoutInMillis": 29_001 }),
        ),
        (
            BAD,
            put,
            "Validation Result: warnings : [], errors : [Invalid content type specified: 123]",
            json!({ "type": "MOCK", "requestTemplates": { "123": "" } }),
        ),
        (
            BAD,
            put,
            "Mapping template for a/b exceeds the maximum size of 307200 bytes",
            json!({ "type": "MOCK", "requestTemplates": { "a/b": "x".repeat(300 * 1024 + 1) } }),
        ),
        (
            BAD,
            put,
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
             [Invalid mapping expression specified: true]",
            json!({
                "type": "MOCK",
                "requestParameters": { "integration.request.path.a": "true" },
            }),
        ),
        (
            BAD,
            put,
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : \
             [Invalid mapping expression parameter specified: method.request.path.id]",
            json!({
                "type": "MOCK",
                "requestParameters": { "integration.request.path.a": "method.request.path.id" },
            }),
        ),
        (
            (400, "SerializationException"),
            put,
            "requestParameters.a: invalid type: boolean `true`, expected a string",
            json!({ "type": "MOCK", "requestParameters": { "a": true } }),
        ),
        (
            BAD,
            response,
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : [No \
             method response exists for method.]",
            json!({ "responseParameters": { "method.response.header.A": "'a'" } }),
        ),
        (
            NOT_FOUND,
            "GET /restapis/$api/resources/$pets/methods/GET/integration",
            "Invalid Method identifier specified",
            Value::Null,
        ),
        (
            NOT_FOUND,
            "GET /restapis/$api/resources/$orders/methods/GET/integration/responses/200",
            "Invalid Response status code specified",
            Value::Null,
        ),
        (
            NOT_FOUND,
            "DELETE /restapis/$api/resources/$orders/methods/POST/integration/responses/200",
            "Invalid Integration identifier specified",
            Value::Null,
        ),
    ]);
}

#[test]
fn what_belongs_to_an_api() {
    let model = |name: &str, schema: Value| json!({ "name": name, "contentType": "application/json", "schema": schema });
    let empty = "Model schema must have at least 1 property or array items defined";
    let lost = "Invalid API identifier specified 000000000000:nowhere";
    check(vec![
        (NOT_FOUND, "POST /restapis/nowhere/models", lost, model("A", json!("{}"))),
        (BAD, "POST /restapis/$api/models", "Model name must be non-empty", model("", json!("{}"))),
        (BAD, "POST /restapis/$api/models", empty, model("A", json!(""))),
        (BAD, "POST /restapis/$api/models", empty, model("A", Value::Null)),
        (
            CONFLICT,
            "POST /restapis/$api/models",
            "Model name already exists for this REST API",
            model("Empty", json!("{}")),
        ),
        (
            NOT_FOUND,
            "GET /restapis/nowhere/models/MySchema",
            "Invalid model name specified: MySchema",
            Value::Null,
        ),
        (
            BAD,
            "POST /restapis/nowhere/requestvalidators",
            "Invalid REST API identifier specified",
            json!({ "name": "x" }),
        ),
        (NOT_FOUND, "GET /restapis/nowhere/requestvalidators", lost, Value::Null),
        (
            NOT_FOUND,
            "GET /restapis/nowhere/requestvalidators/x",
            "Invalid Request Validator identifier specified",
            Value::Null,
        ),
        (
            CONFLICT,
            "POST /restapis/nowhere/authorizers",
            "Unable to complete operation due to concurrent modification. Please try again later.",
            json!({ "name": "x", "type": "TOKEN" }),
        ),
        (
            INVALID,
            "POST /restapis/$api/authorizers",
            "1 validation error detected: Value 'LAMBDA' at 'createAuthorizerInput.type' failed to \
             satisfy constraint: Member must satisfy enum value set: [TOKEN, REQUEST, \
             COGNITO_USER_POOLS, JWT]",
            json!({ "name": "x", "type": "LAMBDA" }),
        ),
        (
            BAD,
            "POST /restapis/$api/authorizers",
            "Invalid Authorizer TTL: must be between 0 and 3600",
            json!({ "name": "x", "type": "TOKEN", "authorizerResultTtlInSeconds": 3601 }),
        ),
        (
            NOT_FOUND,
            "DELETE /restapis/$api/gatewayresponses/THROTTLED",
            "Gateway response type not defined on api",
            Value::Null,
        ),
        (
            INVALID,
            "GET /restapis/$api/gatewayresponses/FAKE",
            "1 validation error detected: Value 'FAKE' at 'responseType' failed to satisfy \
             constraint: Member must satisfy enum value set: [REQUEST_TOO_LARGE, \
             RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, \
             BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, \
             AUTHORIZER_FAILURE, UNAUTHORIZED, INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, \
             DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, API_CONFIGURATION_ERROR, \
             UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN]",
            Value::Null,
        ),
        (
            INVALID,
            "POST /restapis/$api/documentation/parts",
            "1 validation error detected: Value 'INVALID' at \
             'createDocumentationPartInput.location.type' failed to satisfy constraint: Member \
             must satisfy enum value set: [RESPONSE_BODY, RESPONSE, METHOD, MODEL, AUTHORIZER, \
             RESPONSE_HEADER, RESOURCE, PATH_PARAMETER, REQUEST_BODY, QUERY_PARAMETER, API, \
             REQUEST_HEADER]",
            json!({ "location": { "type": "INVALID" }, "properties": "{}" }),
        ),
        (
            NOT_FOUND,
            "GET /restapis/nowhere/documentation/parts/x",
            "Invalid Documentation part identifier specified",
            Value::Null,
        ),
        (
            NOT_FOUND,
            "GET /restapis/$api/stages/nowhere",
            "Invalid stage identifier specified",
            Value::Null,
        ),
        (
            BAD,
            "POST /restapis/$api/stages",
            "Deployment id does not exist",
            json!({ "stageName": "x", "deploymentId": "nowhere" }),
        ),
        (
            BAD,
            "POST /restapis/$api/stages",
            "Stage name only allows a-zA-Z0-9_-",
            json!({ "stageName": "a b", "deploymentId": "nowhere" }),
        ),
        (
            NOT_FOUND,
            "GET /restapis/$api/deployments/nowhere",
            "Invalid Deployment identifier specified",
            Value::Null,
        ),
    ]);
}

#[test]
fn what_an_account_has() {
    let stage = json!({ "name": "x", "apiStages": [{ "apiId": "nowhere", "stage": "live" }] });
    let quota = json!({ "name": "x", "quota": { "limit": 1, "offset": 7, "period": "WEEK" } });
    check(vec![
        (
            BAD,
            "POST /apikeys",
            "API Key value should be at least 20 characters",
            json!({ "value": "short" }),
        ),
        (
            BAD,
            "POST /apikeys",
            "Invalid stage key specified: nowhere/live",
            json!({ "stageKeys": [{ "restApiId": "nowhere", "stageName": "live" }] }),
        ),
        (NOT_FOUND, "GET /usageplans/x", "Invalid Usage Plan ID specified", Value::Null),
        (
            BAD,
            "POST /usageplans",
            "Invalid API Stage {api: nowhere, stage: live} specified for usageplan x",
            stage,
        ),
        (
            BAD,
            "POST /usageplans",
            "Usage Plan quota offset must be between 0 and 6 for WEEK",
            quota,
        ),
        (NOT_FOUND, "GET /domainnames/x", "Invalid domain name identifier specified", Value::Null),
        (BAD, "POST /domainnames", "No Domain Name specified", json!({})),
        (
            BAD,
            "POST /vpclinks",
            "Name cannot be empty",
            json!({ "name": "", "targetArns": ["arn:aws:elb"] }),
        ),
        (
            BAD,
            "POST /vpclinks",
            "Invalid ARN. ARN is not well formed invalid-arn",
            json!({ "name": "x", "targetArns": ["invalid-arn"] }),
        ),
        (NOT_FOUND, "GET /vpclinks/x", "Invalid Vpc Link identifier specified", Value::Null),
        (
            (501, "NotImplementedException"),
            "POST /clientcertificates",
            "GenerateClientCertificate is not supported by the local API Gateway",
            json!({}),
        ),
        (
            (400, "SerializationException"),
            "POST /restapis",
            "the body must be a JSON object",
            json!(["name"]),
        ),
    ]);
}

#[test]
fn an_api_without_methods_or_integrations_is_not_deployed() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let deploy = format!("POST {api}/deployments");
    let message = "The REST API doesn't contain any methods";
    cloud.refuses(400, "BadRequestException", message, &deploy, json!({}));
    let method = cloud.method(&cloud.resource(&api, "orders"));
    cloud.check(204, &format!("DELETE {method}/integration"), Value::Null);
    let message = "No integration defined for method";
    cloud.refuses(400, "BadRequestException", message, &deploy, json!({}));
}

#[test]
fn bodies_that_are_no_json_are_refused() {
    let cloud = Cloud::new();
    for body in ["{", "nonsense", "{\"name\": \"x\"} trailing", "\u{0}"] {
        let (status, headers, answer) = cloud.send("POST /restapis", body);
        assert_eq!(status, 400, "{body}");
        assert_eq!(headers["x-amzn-errortype"], "SerializationException");
        assert!(headers.contains_key("x-amzn-requestid"));
        assert!(String::from_utf8_lossy(&answer).contains("the body is not JSON"));
    }
}
