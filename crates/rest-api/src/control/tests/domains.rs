//! Custom domain names, base path mappings and what they lead to.

use serde_json::{Value, json};

use super::{Cloud, id};

#[track_caller]
fn leads(cloud: &Cloud, path: &str, expected: Option<(&str, &str)>) {
    let found = cloud.plane.mapped("API.example.com", path);
    let found =
        found.as_ref().map(|(served, rest)| (served.stage.stage_name.as_str(), rest.as_str()));
    assert_eq!(found, expected, "{path}");
}

#[test]
fn a_domain_name_serves_stages_below_its_base_paths() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    let body = json!({
        "domainName": "api.example.com",
        "regionalCertificateArn": "arn:aws:acm:eu-west-1:000000000000:certificate/1",
        "endpointConfiguration": { "types": ["REGIONAL"] },
    });
    let domain = cloud.check(201, "POST /domainnames", body);
    assert_eq!(domain["domainNameStatus"], "AVAILABLE");
    assert_eq!(domain["securityPolicy"], "TLS_1_2");
    let target = domain["regionalDomainName"].as_str().unwrap();
    assert!(target.starts_with("d-") && target.ends_with(".execute-api.eu-west-1.amazonaws.com"));
    leads(&cloud, "/orders", None);

    let mappings = "/domainnames/api.example.com/basepathmappings";
    let line = format!("POST {mappings}");
    let body = json!({ "restApiId": id(&api), "stage": "live", "basePath": "shop" });
    cloud.check(201, &line, body.clone());
    leads(&cloud, "/shop/orders/1", Some(("live", "/orders/1")));
    leads(&cloud, "/shop", Some(("live", "/")));
    leads(&cloud, "/shopping/orders", None);
    leads(&cloud, "/", None);
    let taken = "Base path already exists for this domain name";
    cloud.refuses(409, "ConflictException", taken, &line, body);

    let empty = json!({ "restApiId": id(&api), "basePath": "" });
    let empty = cloud.check(201, &line, empty);
    assert_eq!(empty["basePath"], "(none)");
    leads(&cloud, "/live/orders", Some(("live", "/orders")));
    leads(&cloud, "/live", Some(("live", "/")));
    leads(&cloud, "/nowhere/orders", None);
    leads(&cloud, "/shop/orders", Some(("live", "/orders")));

    let none = format!("{mappings}/%28none%29");
    cloud.patch(200, &none, &["replace /basePath all", "replace /stage live"]);
    leads(&cloud, "/all/live", Some(("live", "/live")));
    cloud.patch(200, &format!("{mappings}/all"), &[&format!("replace /restapiId {}", id(&api))]);
    let bound = "Please remove all base path mappings related to the API in your domains";
    cloud.refuses(400, "BadRequestException", bound, &format!("DELETE {api}"), Value::Null);
    cloud.check(202, &format!("DELETE {mappings}/all"), Value::Null);
    assert_eq!(cloud.get(mappings)["item"].as_array().unwrap().len(), 1);
    cloud.check(202, "DELETE /domainnames/api.example.com", Value::Null);
    leads(&cloud, "/shop/orders", None);
    cloud.check(202, &format!("DELETE {api}"), Value::Null);
}

#[test]
fn a_changed_domain_name_keeps_its_mappings() {
    let cloud = Cloud::new();
    let api = cloud.deployed();
    cloud.check(201, "POST /domainnames", json!({ "domainName": "api.example.com" }));
    let domain = cloud.get("/domainnames/api.example.com");
    assert!(domain["distributionDomainName"].as_str().unwrap().ends_with(".cloudfront.net"));
    let body = json!({ "restApiId": id(&api), "stage": "live" });
    cloud.check(201, "POST /domainnames/api.example.com/basepathmappings", body);
    let changed = cloud.patch(
        200,
        "/domainnames/api.example.com",
        &["replace /endpointConfiguration/types/0 REGIONAL", "replace /securityPolicy TLS_1_0"],
    );
    assert_eq!(changed["endpointConfiguration"]["types"], json!(["REGIONAL"]));
    assert!(changed.get("distributionDomainName").is_none());
    leads(&cloud, "/orders", Some(("live", "/orders")));
}

#[test]
fn the_control_plane_knows_its_paths() {
    use crate::control::ControlPlane;
    for path in [
        "/restapis",
        "/restapis/abc/stages/live",
        "/apikeys?mode=import",
        "/account",
        "/usageplans/1/keys",
        "/domainnames/api.example.com",
        "/vpclinks",
        "/sdktypes",
        "/clientcertificates/1",
        "/domainnameaccessassociations",
        "/tags/arn:aws:apigateway:eu-west-1::/restapis/abc",
        "/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fabc",
    ] {
        let path = path.split('?').next().unwrap();
        assert!(ControlPlane::owns(path), "{path}");
    }
    for path in [
        "/",
        "",
        "/restapis/abc/live/_user_request_/orders",
        "/restapis/abc/live/_user_request_",
        "/accounts",
        "/2015-03-31/functions",
        "/v2/apis",
        "/tags/arn:aws:apigateway:eu-west-1::/apis/abc",
        "/tags/arn:aws:kafka:eu-west-1:000000000000:cluster/restapis",
        "/tags",
    ] {
        assert!(!ControlPlane::owns(path), "{path}");
    }
}
