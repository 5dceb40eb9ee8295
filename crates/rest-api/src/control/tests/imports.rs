//! Imports and exports: what an API keeps, what it loses, and what a client is answered.

use serde_json::{Value, json};

use super::{Cloud, id, text};

/// A document of an API with one mock method.
fn document(title: &str, path: &str) -> Value {
    json!({
        "openapi": "3.0.1",
        "info": { "title": title, "version": "1" },
        "paths": { path: { "get": {
            "responses": { "200": { "description": "fine" } },
            "x-amazon-apigateway-integration": {
                "type": "mock",
                "requestTemplates": { "application/json": "{\"statusCode\": 200}" },
                "responses": { "default": { "statusCode": "200" } },
            },
        } } },
    })
}

fn paths(cloud: &Cloud, api: &str) -> Vec<String> {
    let resources = cloud.get(&format!("{api}/resources"));
    resources["item"].as_array().unwrap().iter().map(|item| text(&item["path"])).collect()
}

#[test]
fn a_document_becomes_an_api_that_can_be_deployed() {
    let cloud = Cloud::new();
    let line = "POST /restapis?mode=import&endpointConfigurationTypes=PRIVATE";
    let created = cloud.check(201, line, document("shop", "/orders/{id}"));
    assert_eq!(created["name"], "shop");
    assert_eq!(
        created["endpointConfiguration"],
        json!({ "types": ["PRIVATE"], "ipAddressType": "dualstack" })
    );
    let api = format!("/restapis/{}", text(&created["id"]));
    assert_eq!(paths(&cloud, &api), ["/", "/orders", "/orders/{id}"]);
    cloud.check(201, &format!("POST {api}/deployments"), json!({ "stageName": "live" }));
    let served = cloud.plane.served(id(&api), "live").unwrap();
    assert_eq!(served.definition.rest_api.id, id(&api));
}

#[test]
fn overwriting_keeps_the_id_the_tags_and_what_is_deployed() {
    let cloud = Cloud::new();
    let body = json!({
        "name": "before",
        "description": "gone",
        "tags": { "team": "orders" },
        "endpointConfiguration": { "types": ["REGIONAL"] },
    });
    let before = cloud.check(201, "POST /restapis", body);
    let api = format!("/restapis/{}", text(&before["id"]));
    cloud.method(&cloud.resource(&api, "old"));
    cloud.check(201, &format!("POST {api}/deployments"), json!({ "stageName": "live" }));
    let served = cloud.plane.served(id(&api), "live").unwrap();

    let line = format!("PUT {api}?mode=overwrite");
    let after = cloud.check(200, &line, document("after", "/new"));
    assert_eq!(after["name"], "after");
    assert!(after.get("description").is_none());
    for kept in ["id", "createdDate", "tags", "endpointConfiguration", "rootResourceId"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    assert_eq!(paths(&cloud, &api), ["/", "/new"]);
    let now = cloud.plane.served(id(&api), "live").unwrap();
    assert!(std::sync::Arc::ptr_eq(&served, &now));
    assert_eq!(cloud.get(&format!("{api}/deployments"))["item"].as_array().unwrap().len(), 1);
}

#[test]
fn merging_adds_and_is_the_default() {
    let cloud = Cloud::new();
    let api = cloud.api();
    cloud.method(&cloud.resource(&api, "old"));
    cloud.check(200, &format!("PUT {api}"), document("shop", "/new"));
    cloud.check(200, &format!("PUT {api}?mode=merge"), document("shop", "/newer"));
    assert_eq!(paths(&cloud, &api), ["/", "/new", "/newer", "/old"]);
}

#[test]
fn a_refused_import_changes_nothing() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let before = (cloud.get(&api), paths(&cloud, &api));
    let mut warned = document("warned", "/new");
    warned["x-amazon-apigateway-nonsense"] = json!(true);
    let put = format!("PUT {api}?mode=overwrite");
    for (line, body) in [
        (put.clone(), String::new()),
        (put.clone(), "nonsense".to_owned()),
        (put.clone(), "[1, 2".to_owned()),
        (format!("PUT {api}?mode=replace"), document("x", "/x").to_string()),
        (format!("{put}&basepath=join"), document("x", "/x").to_string()),
        (format!("{put}&failonwarnings=true"), warned.to_string()),
        (
            format!("{put}&endpointConfigurationTypes=EDGE,REGIONAL"),
            document("x", "/x").to_string(),
        ),
        ("POST /restapis?mode=import".to_owned(), "{}".to_owned()),
    ] {
        let (status, headers, _) = cloud.send(&line, body);
        assert_eq!(status, 400, "{line}");
        assert_eq!(headers["x-amzn-errortype"], "BadRequestException");
    }
    assert_eq!((cloud.get(&api), paths(&cloud, &api)), before);
    assert_eq!(cloud.get("/restapis")["item"].as_array().unwrap().len(), 1);
    let answer = cloud.check(200, &put, warned);
    assert!(!answer["warnings"].as_array().unwrap().is_empty());
    assert!(cloud.get(&api).get("warnings").is_none(), "only the answer tells of warnings");
}

#[test]
fn documentation_comes_with_a_document_or_from_one() {
    let cloud = Cloud::new();
    let api = cloud.api();
    let parts = format!("{api}/documentation/parts");
    let documented = |text: &str| {
        let mut document = document("shop", "/orders");
        document["x-amazon-apigateway-documentation"] = json!({ "documentationParts": [
            { "location": { "type": "API" }, "properties": { "description": text } },
            {
                "location": { "type": "METHOD", "path": "/orders", "method": "GET" },
                "properties": { "description": text },
            },
        ] });
        document
    };
    cloud.check(200, &format!("PUT {api}?ignore=documentation"), documented("none"));
    assert_eq!(cloud.get(&parts)["item"], json!([]));
    cloud.check(200, &format!("PUT {api}"), documented("first"));
    let first = cloud.get(&parts);
    assert_eq!(first["item"].as_array().unwrap().len(), 2);
    let merged = cloud.check(200, &format!("PUT {parts}?mode=merge"), documented("second"));
    let second = cloud.get(&parts);
    let (_, _, answer) = cloud.send(&format!("PUT {parts}"), "[1, 2");
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["message"], "Unable to build importer with provided input.");
    let ids: Vec<_> = second["item"].as_array().unwrap().iter().map(|it| &it["id"]).collect();
    let mut named: Vec<_> = merged["ids"].as_array().unwrap().iter().collect();
    named.sort_by_key(|id| id.as_str());
    assert_eq!(ids, named, "a part for the same keeps its id");
    assert_eq!(second["item"][0]["properties"], r#"{"description":"second"}"#);
}

#[test]
fn a_stage_is_exported_as_a_file() {
    let cloud = Cloud::new();
    let api = cloud.check(201, "POST /restapis?mode=import", document("shop", "/orders"));
    let api = format!("/restapis/{}", text(&api["id"]));
    cloud.check(201, &format!("POST {api}/deployments"), json!({ "stageName": "live" }));
    let exports = format!("GET {api}/stages/live/exports");
    let (status, headers, body) = cloud.send(&format!("{exports}/oas30"), "");
    assert_eq!(status, 200);
    assert_eq!(headers["content-type"], "application/octet-stream");
    assert_eq!(headers["content-disposition"], r#"attachment; filename="oas30_1.json""#);
    let plain: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(plain["info"]["title"], "shop");
    let extension = "x-amazon-apigateway-integration";
    assert!(plain["paths"]["/orders"]["get"].get(extension).is_none());
    let (_, _, body) = cloud.send(&format!("{exports}/oas30?extensions=apigateway"), "");
    let extended: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(extended["paths"]["/orders"]["get"][extension]["type"], "mock");
    let (_, _, body) = cloud.send(&format!("{exports}/swagger"), "");
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["swagger"], "2.0");
    for (what, status) in [("raml", 400), ("oas30?extensions=all", 400)] {
        assert_eq!(cloud.send(&format!("{exports}/{what}"), "").0, status, "{what}");
    }
    assert_eq!(cloud.send(&format!("GET {api}/stages/none/exports/oas30"), "").0, 404);
}
