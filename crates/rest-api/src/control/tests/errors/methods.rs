//! Refusals of methods, integrations and their responses.

use serde_json::{Value, json};

use super::{BAD, CONFLICT, INVALID, NOT_FOUND, check};

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
