//! The metrics of `AWS/ApiGateway`.

use serde_json::{Value as Json, json};

use super::harness::{Api, Stub, api, function_uri, get, mock};
use super::logs::{delivered, settings};

/// The values of each metric by its dimensions, latencies as how many there are.
async fn published(api: Api, paths: &[&str]) -> Vec<String> {
    let stub = Stub::returning(r#"{"statusCode": 200}"#).await;
    let api = api.change(|api| api.rest_api.name = "pets".to_owned()).aws(&stub);
    {
        let (plane, served) = (api.plane(), api.served());
        for path in paths {
            plane.answer(&served, get(path).incoming()).await;
        }
    }
    let puts = delivered(&stub, "PutMetricData", 1).await;
    assert_eq!(puts[0]["Namespace"], "AWS/ApiGateway");
    let show = |datum: &Json| {
        let list = |name: &str| datum[name].as_array().unwrap().clone();
        let dimensions: Vec<String> = list("Dimensions")
            .iter()
            .map(|one| one["Value"].as_str().unwrap().to_owned())
            .collect();
        let (dimensions, name) = (dimensions.join(" "), datum["MetricName"].as_str().unwrap());
        let counts = list("Counts");
        if name.ends_with("Latency") {
            assert_eq!(datum["Unit"], "Milliseconds");
            let count: u64 = counts.iter().map(|count| count.as_u64().unwrap()).sum();
            return format!("{dimensions}: {name} {count}");
        }
        assert_eq!(datum["Unit"], "Count");
        format!("{dimensions}: {name} {} x {}", json!(list("Values")), json!(counts))
    };
    puts[0]["MetricData"].as_array().unwrap().iter().map(show).collect()
}

#[tokio::test]
async fn requests_are_counted_by_api_and_stage() {
    let api = api(json!({"/": {"GET": {"methodIntegration": mock("ok")}}}));
    let of = |dimensions: &str| {
        [
            format!("{dimensions}: Count [1] x [3]"),
            format!("{dimensions}: 4XXError [0,1] x [2,1]"),
            format!("{dimensions}: 5XXError [0] x [3]"),
            format!("{dimensions}: Latency 3"),
        ]
    };
    let expected = [of("pets"), of("pets test")].concat();
    assert_eq!(published(api, &["/", "/nowhere", "/"]).await, expected);
}

#[tokio::test]
async fn methods_have_metrics_of_their_own_where_that_is_wanted() {
    let proxy = json!({"type": "AWS_PROXY", "httpMethod": "POST", "uri": function_uri()});
    let method = json!({"httpMethod": "GET", "methodIntegration": proxy});
    let api = api(json!({"/pets/{id}": {"GET": method}}));
    let api = settings(api, json!({"pets~1{id}/GET": {"metricsEnabled": true}}));
    let of = |dimensions: &str| {
        [
            format!("{dimensions}: Count [1] x [1]"),
            format!("{dimensions}: 4XXError [0] x [1]"),
            format!("{dimensions}: 5XXError [0] x [1]"),
            format!("{dimensions}: Latency 1"),
            format!("{dimensions}: IntegrationLatency 1"),
        ]
    };
    let expected = [of("pets"), of("pets test"), of("pets test /pets/{id} GET")].concat();
    assert_eq!(published(api, &["/pets/7"]).await, expected);
}
