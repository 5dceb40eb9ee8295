//! Refusals, each by one line of data. The wording is that of recorded answers of AWS where there
//! are any.

mod belongings;
mod methods;

use serde_json::{Value, json};

use super::{Cloud, id, text};

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
        text.replace("$api", id(&api))
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
