//! Refusals of what belongs to an API or to the account.

use serde_json::{Value, json};

use super::{BAD, CONFLICT, INVALID, NOT_FOUND, check};

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
