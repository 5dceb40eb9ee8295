//! What the data plane is given: snapshots, and when there is a new one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Cloud, REGION, id, text};
use crate::model::Stage;

#[test]
fn a_change_is_served_from_the_next_deployment_on() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let paths = || -> Vec<String> {
        let served = cloud.plane.served(id(&api), "live").unwrap();
        served.definition.resources.values().map(|resource| resource.path.clone()).collect()
    };
    let before = paths();
    cloud.method(&cloud.resource(&api, "added"));
    assert_eq!(paths(), before);
    cloud.check(201, &format!("POST {api}/deployments"), json!({}));
    assert_eq!(paths(), before);
    cloud.check(201, &format!("POST {api}/deployments"), json!({ "stageName": "live" }));
    assert_eq!(paths().len(), before.len() + 1);
}

#[test]
fn a_stage_goes_back_to_an_earlier_deployment() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let stage = format!("{api}/stages/live");
    let first = text(&cloud.get(&stage)["deploymentId"]);
    cloud.method(&cloud.resource(&api, "added"));
    cloud.check(201, &format!("POST {api}/deployments"), json!({ "stageName": "live" }));
    cloud.patch(200, &stage, &[&format!("replace /deploymentId {first}")]);
    let served = cloud.plane.served(id(&api), "live").unwrap();
    assert_eq!(served.definition.resources.len(), 2);
    assert_eq!(served.stage.deployment_id, first);
}

#[test]
fn what_is_served_is_the_same_until_its_stage_changes() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let served = || cloud.plane.served(id(&api), "live").unwrap();
    let same = |one: &Arc<_>| Arc::ptr_eq(one, &served());
    let first = served();
    cloud.resource(&api, "another");
    cloud.patch(200, &api, &["replace /name renamed"]);
    cloud.get(&format!("{api}/stages/live"));
    assert!(same(&first));
    assert_eq!(first.account_id, "000000000000");
    assert_eq!(first.region, "eu-west-1");
    assert_eq!(first.definition.rest_api.name, "orders");

    let stage = format!("{api}/stages/live");
    cloud.patch(200, &stage, &["replace /variables/color blue"]);
    assert!(!same(&first));
    assert_eq!(served().stage.variables["color"], "blue");
    let second = served();
    let arn = format!("arn:aws:apigateway:eu-west-1::/restapis/{}/stages/live", id(&api));
    cloud.check(204, &format!("PUT /tags/{arn}"), json!({ "tags": { "a": "b" } }));
    assert!(!same(&second));
    let third = served();
    assert_eq!(cloud.get(&format!("/tags/{arn}"))["tags"], json!({ "a": "b" }));
    assert!(same(&third));
    cloud.check(202, &format!("DELETE {stage}/cache/data"), Value::Null);
    assert!(!same(&third), "flushing must drop what is cached for a stage");
}

#[test]
fn a_refused_change_is_no_change() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let before = cloud.plane.served(id(&api), "live").unwrap();
    let operations = ["replace /variables/color blue", "replace /deploymentId nowhere"];
    cloud.patch(400, &format!("{api}/stages/live"), &operations);
    assert!(Arc::ptr_eq(&before, &cloud.plane.served(id(&api), "live").unwrap()));
    let shown = cloud.get(&api);
    cloud.patch(400, &api, &["replace /name other", "replace /minimumCompressionSize -1"]);
    assert_eq!(cloud.get(&api), shown);
    let body = json!({ "stageName": "not a name" });
    cloud.check(400, &format!("POST {api}/deployments"), body);
    assert_eq!(cloud.get(&format!("{api}/deployments"))["item"].as_array().unwrap().len(), 1);
}

#[test]
fn a_deployment_tells_what_it_holds_and_cannot_go_while_it_is_served() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let stage = format!("{api}/stages/live");
    let deployment = format!("{api}/deployments/{}", text(&cloud.get(&stage)["deploymentId"]));
    assert!(cloud.get(&deployment).get("apiSummary").is_none());
    assert_eq!(
        cloud.get(&format!("{deployment}?embed=apisummary"))["apiSummary"],
        json!({ "/orders": { "GET": { "authorizationType": "NONE", "apiKeyRequired": false } } })
    );
    cloud.patch(200, &deployment, &["replace /description the first"]);
    assert_eq!(cloud.get(&deployment)["description"], "the first");
    assert_eq!(cloud.plane.served(id(&api), "live").unwrap().definition.resources.len(), 2);
    let message = "Active stages pointing to this deployment must be moved or deleted";
    let line = format!("DELETE {deployment}");
    cloud.refuses(400, "BadRequestException", message, &line, Value::Null);
    cloud.check(202, &format!("DELETE {stage}"), Value::Null);
    cloud.check(202, &line, Value::Null);
}

#[test]
fn apis_of_one_region_are_not_in_another() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let request = http::Request::get(&api).body(bytes::Bytes::new()).unwrap();
    assert_eq!(cloud.plane.answer("us-east-1", request).status(), 404);
    // An id is unique all the same, so what is served needs no region.
    assert!(cloud.plane.clone().served(id(&api), "live").is_some());
}

#[test]
fn what_is_deployed_again_and_again_does_not_pile_up() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let definition = cloud.plane.definition(id(&api)).unwrap();
    for _ in 0..3 {
        let stage = Stage { stage_name: "watched".to_owned(), ..Stage::default() };
        cloud.plane.deploy(REGION, definition.clone(), stage);
    }
    let deployments = cloud.get(&format!("{api}/deployments"));
    assert_eq!(deployments["item"].as_array().unwrap().len(), 2, "one for each stage");
}
