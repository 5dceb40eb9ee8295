//! A line to paste for each thing that a pattern does.

use serde_json::Value;

/// `curl` lines for a pattern, from Terraform's outputs for it.
pub(crate) fn curl_lines(pattern: &str, outputs: &Value) -> Vec<String> {
    let url = outputs["url"].as_str().unwrap_or_default();
    match pattern {
        "crud-lambda" => [
            r#"{"operation":"create","payload":{"Item":{"id":"1234ABCG","price":78.89,"product":"Beautiful Jacket","order_date":"2024-11-04T10:30:00Z"}}}"#,
            r#"{"operation":"read","payload":{"Key":{"id":"1234ABCG"}}}"#,
            r#"{"operation":"list","payload":{}}"#,
        ]
        .map(|body| format!("curl '{url}' -d '{body}'"))
        .into(),
        "function-url-ingest" => vec![
            format!("curl '{url}?user_name=Ada&email=ada@example.com&pincode=12345'"),
            format!("curl '{url}'    # or open it in a browser"),
        ],
        _ => vec![format!("curl '{url}'")],
    }
}
