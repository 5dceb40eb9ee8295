//! A request for each thing that a pattern does: `up` prints them as lines to paste, and `load` sends
//! a pattern's first one.

use std::fmt;

use serde_json::Value;

/// A request that its pattern answers with a success. A word in capitals, such as `MESSAGE_ID`, stands
/// for what an answer before has said; a pattern's first example has none.
pub(crate) struct Example {
    pub(crate) url: String,
    /// JSON to `POST`; without it, the request is a `GET`.
    pub(crate) body: Option<&'static str>,
    note: &'static str,
}

impl Example {
    fn get(url: String) -> Self {
        Self { url, body: None, note: "" }
    }

    fn post(url: &str, body: &'static str) -> Self {
        Self { url: url.to_owned(), body: Some(body), note: "" }
    }
}

/// As a line for a shell.
impl fmt::Display for Example {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "curl '{}'", self.url)?;
        if let Some(body) = self.body {
            write!(f, " -H 'Content-Type: application/json' -d '{body}'")?;
        }
        f.write_str(self.note)
    }
}

/// What a pattern can be asked, from Terraform's outputs for it.
pub(crate) fn examples(pattern: &str, outputs: &Value) -> Vec<Example> {
    let url = outputs["url"].as_str().unwrap_or_default();
    match pattern {
        "async-sqs" => vec![
            Example::post(
                &format!("{url}/users"),
                r#"{"name":"Ada Lovelace","email":"ada@example.com"}"#,
            ),
            Example {
                note: "    # the messageId of that answer; 404 until the user is written",
                ..Example::get(format!("{url}/status/MESSAGE_ID"))
            },
            Example {
                note: "    # the userID of that answer",
                ..Example::get(format!("{url}/users/USER_ID"))
            },
        ],
        "crud-lambda" => [
            r#"{"operation":"create","payload":{"Item":{"id":"1234ABCG","price":78.89,"product":"Beautiful Jacket","order_date":"2024-11-04T10:30:00Z"}}}"#,
            r#"{"operation":"read","payload":{"Key":{"id":"1234ABCG"}}}"#,
            r#"{"operation":"list","payload":{}}"#,
        ]
        .map(|body| Example::post(url, body))
        .into(),
        "dynamo-proxy" => vec![
            Example::post(
                url,
                r#"{"pageId":"breaking-news","userName":"Ada","message":"I really enjoyed this story!!"}"#,
            ),
            Example::get(format!("{url}/breaking-news?limit=10")),
            Example::get(format!("{url}/breaking-news/stats")),
        ],
        "function-url-ingest" => vec![
            Example::get(format!("{url}?user_name=Ada&email=ada@example.com&pincode=12345")),
            Example { note: "    # or open it in a browser", ..Example::get(url.to_owned()) },
        ],
        _ => vec![Example::get(url.to_owned())],
    }
}
