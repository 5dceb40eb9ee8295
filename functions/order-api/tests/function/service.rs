//! DynamoDB as the adapter meets it: answers given in advance, and a note of what was asked for them.

use aws_sdk_dynamodb::types::ReturnValue;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use lambda_kit::item::{self, Item};
use lambda_kit::{Aws, Settings};
use order_api::{Create, DynamoDb, Once, Placeholders, Update};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// Gives one answer after the other, the last one for ever, and notes what it was asked. Without
/// answers it is never in time.
#[derive(Debug, Clone)]
pub(crate) struct Service {
    answers: Arc<Mutex<VecDeque<(u16, Value)>>>,
    asked: Arc<Mutex<Vec<(String, Value)>>>,
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let body = serde_json::from_slice(request.body().bytes().unwrap()).unwrap();
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.split_once('.').unwrap().1.to_owned();
        self.asked.lock().unwrap().push((operation, body));
        let mut answers = self.answers.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        let Some((status, body)) = next else {
            let late = ConnectorError::timeout("no answer came".into());
            return HttpConnectorFuture::ready(Err(late));
        };
        let response =
            HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()));
        HttpConnectorFuture::ready(Ok(response))
    }
}

impl Service {
    pub(crate) fn new(answers: impl IntoIterator<Item = (u16, Value)>) -> Self {
        let answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        Self { answers, asked: Arc::default() }
    }

    /// The function's table, with this service at the other end.
    pub(crate) fn table(&self) -> DynamoDb {
        let settings = Settings::from_variables([
            ("AWS_REGION", "eu-west-1"),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ]);
        let connector = SharedHttpConnector::new(self.clone());
        let config = Aws::from_settings(&settings).unwrap().config().to_builder();
        let config = config.http_client(http_client_fn(move |_, _| connector.clone())).build();
        let client = aws_sdk_dynamodb::Client::new(&config);
        DynamoDb::new(client, "orders".to_owned(), "records".to_owned())
    }

    /// The names of all that it was asked, in order.
    pub(crate) fn operations(&self) -> Vec<String> {
        self.asked.lock().unwrap().iter().map(|(operation, _)| operation.clone()).collect()
    }

    pub(crate) fn asked(&self, index: usize) -> Value {
        self.asked.lock().unwrap()[index].1.clone()
    }
}

pub(crate) fn of(text: &str) -> Item {
    item::from_json(text).unwrap()
}

pub(crate) fn create() -> Create {
    Create {
        item: of(r#"{"id":"a","n":1.50}"#),
        condition: Some("attribute_not_exists(#i)".to_owned()),
        placeholders: Placeholders {
            names: [("#i".to_owned(), "id".to_owned())].into(),
            values: Item::new(),
        },
        returns: ReturnValue::None,
    }
}

pub(crate) fn update(returns: ReturnValue) -> Update {
    Update {
        key: of(r#"{"id":"a"}"#),
        update: "SET #n = #n + :one, b[0].c = :one REMOVE d".to_owned(),
        condition: Some("attribute_exists(#i)".to_owned()),
        placeholders: Placeholders {
            names: [("#n", "n"), ("#i", "id")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            values: of(r#"{":one":1}"#),
        },
        returns,
    }
}

pub(crate) fn once() -> Once {
    Once { key: "key".to_owned(), fingerprint: "print".to_owned() }
}

pub(crate) fn fault(code: &str) -> (u16, Value) {
    let name = format!("com.amazonaws.dynamodb.v20120810#{code}");
    (400, json!({ "__type": name, "message": "not today" }))
}

/// A transaction that is cancelled for these reasons of its item and of its record.
pub(crate) fn cancelled(of_item: Value, of_record: Value) -> (u16, Value) {
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
        "CancellationReasons": [of_item, of_record],
    });
    (400, body)
}

pub(crate) fn none() -> Value {
    json!({ "Code": "None" })
}

pub(crate) fn reason(code: &str) -> Value {
    json!({ "Code": code, "Message": "not today" })
}

/// The reason of a record that is there.
pub(crate) fn known(fingerprint: &str, answer: Option<&str>) -> Value {
    let mut record = json!({ "id": { "S": "key" }, "fingerprint": { "S": fingerprint } });
    if let Some(answer) = answer {
        record["answer"] = json!({ "S": answer });
    }
    json!({ "Code": "ConditionalCheckFailed", "Message": "failed", "Item": record })
}
