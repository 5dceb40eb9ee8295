//! Stages: what they are made with, and their patches.

use serde_json::{Value, json};

use super::{Cloud, text};

#[test]
fn a_stage_has_the_defaults_of_aws() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let deployment = &cloud.get(&format!("{api}/stages/live"))["deploymentId"];
    let body = json!({ "stageName": "s-1_A", "deploymentId": deployment, "webAclArn": "mine" });
    let mut stage = cloud.check(201, &format!("POST {api}/stages"), body);
    assert_eq!(cloud.get(&format!("{api}/stages/s-1_A")), stage);
    for generated in ["createdDate", "lastUpdatedDate"] {
        assert!(stage.as_object_mut().unwrap().remove(generated).unwrap().is_i64());
    }
    assert_eq!(
        stage,
        json!({
            "stageName": "s-1_A",
            "deploymentId": deployment,
            "cacheClusterEnabled": false,
            "cacheClusterStatus": "NOT_AVAILABLE",
            "methodSettings": {},
            "tracingEnabled": false,
        })
    );
}

#[test]
fn a_stage_is_changed_by_the_paths_that_terraform_sends() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let stage = format!("{api}/stages/live");
    let arn = "arn:aws:logs:eu-west-1:000000000000:log-group:api";
    let changed = cloud.patch(
        200,
        &stage,
        &[
            "replace /description the one that counts",
            "replace /cacheClusterEnabled true",
            "replace /cacheClusterSize 1.6",
            "replace /tracingEnabled true",
            "replace /variables/url https://example.com/?a=b,c",
            "replace /variables/gone x",
            &format!("replace /accessLogSettings/destinationArn {arn}"),
            r#"replace /accessLogSettings/format {"id": "$context.requestId"}"#,
        ],
    );
    assert_eq!(changed["description"], "the one that counts");
    assert_eq!(changed["cacheClusterSize"], "1.6");
    assert_eq!(changed["cacheClusterStatus"], "AVAILABLE");
    assert_eq!(changed["tracingEnabled"], true);
    let logs = json!({ "destinationArn": arn, "format": r#"{"id": "$context.requestId"}"# });
    assert_eq!(changed["accessLogSettings"], logs);
    let operations = ["remove /variables/gone", "remove /accessLogSettings"];
    let changed = cloud.patch(200, &stage, &operations);
    assert_eq!(changed["variables"], json!({ "url": "https://example.com/?a=b,c" }));
    assert!(changed.get("accessLogSettings").is_none());
}

#[test]
fn settings_of_methods_are_set_one_by_one() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let stage = format!("{api}/stages/live");
    let changed = cloud.patch(
        200,
        &stage,
        &["replace /*/*/caching/enabled true", "replace /*/*/throttling/burstLimit 123"],
    );
    assert_eq!(
        changed["methodSettings"]["*/*"],
        json!({
            "cacheDataEncrypted": false,
            "cacheTtlInSeconds": 300,
            "cachingEnabled": true,
            "dataTraceEnabled": false,
            "loggingLevel": "OFF",
            "metricsEnabled": false,
            "requireAuthorizationForCacheControl": true,
            "throttlingBurstLimit": 123,
            "throttlingRateLimit": 10000.0,
            "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
        })
    );
    let strategy = "unauthorizedCacheControlHeaderStrategy";
    let changed = cloud.patch(
        200,
        &stage,
        &[
            "replace /orders~1{id}/GET/metrics/enabled true",
            "replace /orders~1{id}/GET/logging/dataTrace true",
            "replace /orders~1{id}/GET/logging/loglevel INFO",
            "replace /orders~1{id}/GET/throttling/burstLimit -1",
            "replace /orders~1{id}/GET/throttling/rateLimit -1.000000",
            "replace /orders~1{id}/GET/caching/ttlInSeconds 0",
            "replace /orders~1{id}/GET/caching/dataEncrypted true",
            "replace /orders~1{id}/GET/caching/requireAuthorizationForCacheControl false",
            &format!("replace /orders~1{{id}}/GET/caching/{strategy} FAIL_WITH_403"),
        ],
    );
    assert_eq!(
        changed["methodSettings"]["orders~1{id}/GET"],
        json!({
            "cacheDataEncrypted": true,
            "cacheTtlInSeconds": 0,
            "cachingEnabled": false,
            "dataTraceEnabled": true,
            "loggingLevel": "INFO",
            "metricsEnabled": true,
            "requireAuthorizationForCacheControl": false,
            "throttlingBurstLimit": -1,
            "throttlingRateLimit": -1.0,
            "unauthorizedCacheControlHeaderStrategy": "FAIL_WITH_403",
        })
    );
    let changed = cloud.patch(200, &stage, &["remove /*/*"]);
    assert_eq!(changed["methodSettings"].as_object().unwrap().len(), 1);
    let none = "Cannot remove method setting */* because there is no method setting for this \
                method ";
    cloud.refuses_patch(&stage, "remove /*/*", none);
}

#[test]
fn wrong_patches_of_a_stage_are_refused_as_aws_refuses_them() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let stage = format!("{api}/stages/live");
    let known = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, \
        /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, \
        /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, \
        /{resourcePath}/{httpMethod}/logging/dataTrace, \
        /{resourcePath}/{httpMethod}/logging/loglevel, \
        /{resourcePath}/{httpMethod}/throttling/burstLimit\
        /{resourcePath}/{httpMethod}/throttling/rateLimit\
        /{resourcePath}/{httpMethod}/caching/ttlInSeconds, \
        /{resourcePath}/{httpMethod}/caching/enabled, \
        /{resourcePath}/{httpMethod}/caching/dataEncrypted, \
        /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, \
        /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, \
        /*/*/metrics/enabled, /*/*/logging/dataTrace, /*/*/logging/loglevel, \
        /*/*/throttling/burstLimit /*/*/throttling/rateLimit /*/*/caching/ttlInSeconds, \
        /*/*/caching/enabled, /*/*/caching/dataEncrypted, \
        /*/*/caching/requireAuthorizationForCacheControl, \
        /*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, \
        /tracingEnabled";
    for path in ["/documentation_version", "/tags/tag1", "/a/GET/caching/size", "//", "", "/"] {
        let message = format!("Invalid method setting path: {path}. Must be one of: [{known}]");
        cloud.refuses_patch(&stage, &format!("replace {path} x"), &message);
    }
    for (operation, message) in [
        ("replace /deploymentId nowhere", "Deployment id does not exist"),
        ("replace /deploymentId ", "Deployment id does not exist"),
        ("add /deploymentId x", "Invalid patch operation specified. Must be one of: [replace]"),
        ("replace /cacheClusterSize 7", "Invalid cache cluster size specified"),
        (
            "replace /*/*/logging/loglevel LOUD",
            "Invalid logging level specified. Must be one of: [OFF, ERROR, INFO]",
        ),
        (
            "replace /*/*/caching/ttlInSeconds 3601",
            "Invalid cache TTL specified. Must be between 0 and 3600",
        ),
        ("replace /*/*/throttling/rateLimit fast", "Invalid throttling rate limit specified"),
        ("replace /*/*/throttling/rateLimit NaN", "Invalid throttling rate limit specified"),
        (
            "replace /variables/a-b 1",
            "Invalid stage variable name: a-b. Please use alphanumeric characters and underscores",
        ),
        (
            "replace /variables/a é",
            "Invalid stage variable value: é. Please use values with alphanumeric characters and \
             '-', '.', '_', '~', ':', '/', '?', '#', '&', '=', and ','",
        ),
        ("replace /clientCertificateId abc", "Invalid client certificate ID specified: abc"),
    ] {
        cloud.refuses_patch(&stage, operation, message);
    }
    assert_eq!(cloud.get(&stage)["methodSettings"], json!({}));
}

#[test]
fn canaries_are_refused_by_name() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let stage = format!("{api}/stages/live");
    let deployment = text(&cloud.get(&stage)["deploymentId"]);
    let canary = json!({ "percentTraffic": 50.0 });
    let create = json!({
        "stageName": "other", "deploymentId": deployment, "canarySettings": canary,
    });
    let deploy = json!({ "stageName": "live", "canarySettings": canary });
    let patch = json!({
        "patchOperations": [
            { "op": "replace", "path": "/canarySettings/percentTraffic", "value": "10" },
        ],
    });
    let promote = json!({
        "patchOperations": [
            { "op": "copy", "path": "/deploymentId", "from": "/canarySettings/deploymentId" },
        ],
    });
    let message = "a canary release is not supported by the local API Gateway";
    for (line, body) in [
        (format!("POST {api}/stages"), create),
        (format!("POST {api}/deployments"), deploy),
        (format!("PATCH {stage}"), patch),
        (format!("PATCH {stage}"), promote),
    ] {
        cloud.refuses(501, "NotImplementedException", message, &line, body);
    }
    // There is none to remove, which Terraform does all the same.
    cloud.patch(200, &stage, &["remove /canarySettings"]);
}

#[test]
fn a_deployment_makes_the_stage_that_it_names() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let body = json!({
        "stageName": "fresh",
        "stageDescription": "new",
        "variables": { "color": "blue" },
        "tracingEnabled": true,
        "cacheClusterEnabled": true,
    });
    let deployment = cloud.check(201, &format!("POST {api}/deployments"), body);
    let stage = cloud.get(&format!("{api}/stages/fresh"));
    assert_eq!(stage["deploymentId"], deployment["id"]);
    assert_eq!(stage["description"], "new");
    assert_eq!(stage["variables"], json!({ "color": "blue" }));
    assert_eq!(stage["tracingEnabled"], true);
    assert_eq!(stage["cacheClusterSize"], "0.5");
    let body = json!({ "stageName": "fresh", "variables": { "size": "xl" } });
    cloud.check(201, &format!("POST {api}/deployments"), body);
    let stage = cloud.get(&format!("{api}/stages/fresh"));
    assert_eq!(stage["variables"], json!({ "color": "blue", "size": "xl" }));
    assert_eq!(stage["description"], "new");
    let of_first = format!("{api}/stages?deploymentId={}", text(&deployment["id"]));
    assert_eq!(cloud.get(&of_first)["item"], json!([]));
    assert_eq!(cloud.get(&format!("{api}/stages"))["item"].as_array().unwrap().len(), 2);
    cloud.check(202, &format!("DELETE {api}/stages/fresh"), Value::Null);
}
