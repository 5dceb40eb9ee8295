//! API keys, usage plans, the account, tags and VPC links.

use serde_json::{Value, json};

use super::{Cloud, id, text};

#[test]
fn a_key_shows_its_value_only_to_who_asks() {
    let cloud = Cloud::new();
    let key = cloud.check(
        201,
        "POST /apikeys",
        json!({ "name": "mobile", "enabled": true, "value": "" }),
    );
    let value = text(&key["value"]);
    assert_eq!(value.len(), 40);
    assert_eq!(key["stageKeys"], json!([]));
    let path = format!("/apikeys/{}", text(&key["id"]));
    assert!(cloud.get(&path).get("value").is_none());
    assert_eq!(cloud.get(&format!("{path}?includeValue=true"))["value"], value);
    assert!(cloud.get("/apikeys?name=mob")["item"][0].get("value").is_none());
    assert_eq!(cloud.get("/apikeys?name=mob&includeValues=true")["item"][0]["value"], value);
    assert_eq!(cloud.get("/apikeys?name=web")["item"], json!([]));
    let changed = cloud.patch(200, &path, &["replace /enabled false", "replace /customerId 7"]);
    assert_eq!(changed["enabled"], false);
    assert!(changed.get("value").is_none());
    assert_eq!(cloud.get("/apikeys?customerId=7")["item"].as_array().unwrap().len(), 1);
    assert_eq!(cloud.get(&format!("{path}?includeValue=true"))["value"], value);
    cloud.check(202, &format!("DELETE {path}"), Value::Null);
    let gone = "Invalid API Key identifier specified";
    cloud.refuses(404, "NotFoundException", gone, &format!("GET {path}"), Value::Null);
}

#[test]
fn keys_come_from_a_file_with_columns_in_any_order() {
    let cloud = Cloud::new();
    let plan = cloud.check(201, "POST /usageplans", json!({ "name": "gold" }));
    let plan = text(&plan["id"]);
    let file = format!(
        "Key,name,Enabled,usageplanIds,Description\r\n\
         aaaaaaaaaaaaaaaaaaaa,first,TRUE,\"{plan}, nowhere\",\"one, two\"\r\n\
         bbbbbbbbbbbbbbbbbbbb,second,false,,\r\n"
    );
    let line = "POST /apikeys?mode=import&format=csv";
    let (status, _, answer) = cloud.send(line, file.clone());
    assert_eq!(status, 201);
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    assert_eq!(answer["warnings"], json!(["API Key first: usage plan nowhere does not exist"]));
    let first = cloud.get(&format!("/apikeys/{}?includeValue=true", text(&answer["ids"][0])));
    assert_eq!(first["value"], "aaaaaaaaaaaaaaaaaaaa");
    assert_eq!(first["description"], "one, two");
    assert_eq!(first["enabled"], true);
    let keys = cloud.get(&format!("/usageplans/{plan}/keys"));
    assert_eq!(keys["item"][0]["name"], "first");
    assert_eq!(cloud.send(line, file).0, 409, "a value is there once");
    let strict = format!("{line}&failonwarnings=true");
    let (status, ..) = cloud.send(&strict, "name,key,usageplanids\nc,cccccccccccccccccccc,nowhere");
    assert_eq!(status, 400);
    assert_eq!(cloud.send(line, "a,b\n1,2").0, 400);
    assert_eq!(cloud.send(line, "").0, 400);
    assert_eq!(cloud.get("/apikeys")["item"].as_array().unwrap().len(), 2);
}

#[test]
fn a_plan_meters_stages_and_methods_for_its_keys() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let stage = format!("{}:live", id(&api));
    let body = json!({
        "name": "gold",
        "apiStages": [{
            "apiId": id(&api),
            "stage": "live",
            "throttle": { "/orders/GET": { "burstLimit": 2, "rateLimit": 1.5 } },
        }],
        "throttle": { "burstLimit": 1, "rateLimit": 2 },
        "quota": { "limit": 10, "offset": 0, "period": "DAY" },
    });
    let plan = cloud.check(201, "POST /usageplans", body.clone());
    assert_eq!(plan["apiStages"][0]["throttle"], body["apiStages"][0]["throttle"]);
    assert_eq!(plan["throttle"], json!({ "burstLimit": 1, "rateLimit": 2.0 }));
    assert_eq!(plan["quota"], body["quota"]);
    let path = format!("/usageplans/{}", text(&plan["id"]));

    let key = cloud.check(201, "POST /apikeys", json!({ "name": "k", "enabled": true }));
    let subscribe = format!("POST {path}/keys");
    let body = json!({ "keyId": key["id"], "keyType": "API_KEY" });
    let added = cloud.check(201, &subscribe, body.clone());
    assert_eq!(
        added,
        json!({
            "id": key["id"], "type": "API_KEY", "value": key["value"], "name": "k",
        })
    );
    cloud.refuses(409, "ConflictException", "Subscription already exists", &subscribe, body);
    let one = format!("{path}/keys/{}", text(&key["id"]));
    assert_eq!(cloud.get(&one), added);
    let of_key = format!("/usageplans?keyId={}", text(&key["id"]));
    assert_eq!(cloud.get(&of_key)["item"][0]["id"], plan["id"]);

    // As Terraform has it: paths of methods with slashes of their own.
    let changed = cloud.patch(
        200,
        &path,
        &[
            "remove /quota",
            "replace /throttle/rateLimit 200",
            "add /productCode market",
            &format!("remove /apiStages {stage}"),
            &format!("add /apiStages {stage}"),
            &format!("replace /apiStages/{stage}/throttle//a/b/GET/rateLimit 5"),
            &format!("replace /apiStages/{stage}/throttle//a/b/GET/burstLimit 6"),
            &format!("add /apiStages/{stage}/throttle/~1c/POST/burstLimit 7"),
        ],
    );
    assert!(changed.get("quota").is_none());
    assert_eq!(changed["throttle"], json!({ "burstLimit": 1, "rateLimit": 200.0 }));
    assert_eq!(changed["productCode"], "market");
    assert_eq!(
        changed["apiStages"][0]["throttle"],
        json!({
            "/a/b/GET": { "burstLimit": 6, "rateLimit": 5.0 },
            "/c/POST": { "burstLimit": 7, "rateLimit": 0.0 },
        })
    );
    assert_eq!(cloud.get(&one), added, "a changed plan keeps its keys");
    let usage = cloud.get(&format!("{path}/usage?startDate=2026-01-01&endDate=2026-01-02"));
    assert_eq!(usage["values"], json!({ text(&key["id"]): [[0, 0], [0, 0]] }));

    let delete = format!("DELETE {path}");
    let message = format!(
        "Cannot delete Usage Plan {} because there are API Stages associated with it, including \
         {stage}",
        text(&plan["id"])
    );
    cloud.refuses(400, "BadRequestException", &message, &delete, Value::Null);
    cloud.check(202, &format!("DELETE {one}"), Value::Null);
    cloud.check(202, &format!("DELETE {api}/stages/live"), Value::Null);
    assert_eq!(cloud.get(&path)["apiStages"], json!([]));
    cloud.check(202, &delete, Value::Null);
}

#[test]
fn the_account_has_limits_and_a_role_for_logs() {
    let cloud = Cloud::new();
    assert_eq!(
        cloud.get("/account"),
        json!({
            "throttleSettings": { "burstLimit": 5000, "rateLimit": 10000.0 },
            "features": ["UsagePlans"],
            "apiKeyVersion": "4",
        })
    );
    let role = "arn:aws:iam::000000000000:role/logs";
    cloud.patch(200, "/account", &[&format!("replace /cloudwatchRoleArn {role}")]);
    assert_eq!(cloud.get("/account")["cloudwatchRoleArn"], role);
    let malformed = "The role ARN is not well formed";
    cloud.refuses_patch("/account", "replace /cloudwatchRoleArn logs", malformed);
    cloud.patch(200, "/account", &["replace /cloudwatchRoleArn "]);
    assert!(cloud.get("/account").get("cloudwatchRoleArn").is_none());
}

#[test]
fn whatever_has_an_arn_has_tags() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let key = cloud.check(201, "POST /apikeys", json!({ "tags": { "old": "1" } }));
    let plan = cloud.check(201, "POST /usageplans", json!({ "name": "gold" }));
    let link = json!({ "name": "link", "targetArns": ["arn:aws:elb"] });
    let link = cloud.check(202, "POST /vpclinks", link);
    cloud.check(201, "POST /domainnames", json!({ "domainName": "api.example.com" }));
    for path in [
        api.clone(),
        format!("{api}/stages/live"),
        format!("/apikeys/{}", text(&key["id"])),
        format!("/usageplans/{}", text(&plan["id"])),
        format!("/vpclinks/{}", text(&link["id"])),
        "/domainnames/api.example.com".to_owned(),
    ] {
        let escaped = path.replace('/', "%2F");
        let tags = format!("/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A{escaped}");
        let body = json!({ "tags": { "team": "å", "env": "dev", "old": "2" } });
        cloud.check(204, &format!("PUT {tags}"), body);
        let line = format!("DELETE {tags}?tagKeys=env&tagKeys=old");
        cloud.check(204, &line, Value::Null);
        assert_eq!(cloud.get(&tags)["tags"], json!({ "team": "å" }), "{path}");
        assert_eq!(cloud.get(&path)["tags"], json!({ "team": "å" }), "{path}");
    }
    let nowhere = "arn:aws:apigateway:eu-west-1::/restapis/nowhere";
    let message = format!("Invalid resource specified: {nowhere}");
    let line = format!("GET /tags/{nowhere}");
    cloud.refuses(404, "NotFoundException", &message, &line, Value::Null);
    let body = json!({ "tags": { "aws:mine": "1" } });
    let line = format!("PUT /tags/arn:aws:apigateway:eu-west-1::{api}");
    let message = "Invalid tag specified: aws:mine";
    cloud.refuses(400, "BadRequestException", message, &line, body);
}

#[test]
fn a_vpc_link_stays_while_an_integration_needs_it() {
    let cloud = Cloud::new();
    let body = json!({ "name": "link", "targetArns": ["arn:aws:elb"] });
    let link = cloud.check(202, "POST /vpclinks", body);
    assert_eq!(link["status"], "AVAILABLE");
    assert_eq!(link["statusMessage"], "Your vpc link is ready for use");
    let path = format!("/vpclinks/{}", text(&link["id"]));
    assert_eq!(cloud.patch(200, &path, &["replace /name other"])["name"], "other");
    let api = cloud.api();
    let method = cloud.method(&cloud.resource(&api, "orders"));
    let body = json!({
        "type": "HTTP_PROXY",
        "httpMethod": "GET",
        "uri": "http://example.com",
        "connectionType": "VPC_LINK",
        "connectionId": link["id"],
    });
    cloud.check(201, &format!("PUT {method}/integration"), body);
    let message = format!(
        "Cannot delete vpc link. Vpc link '{}', is referenced in method: /orders/GET",
        text(&link["id"])
    );
    let line = format!("DELETE {path}");
    cloud.refuses(400, "BadRequestException", &message, &line, Value::Null);
    cloud.check(202, &format!("DELETE {api}"), Value::Null);
    cloud.check(202, &line, Value::Null);
}
