//! DynamoDB as the adapter meets it: the table on answers given in advance, what is asked of it, and
//! forms of answers.

use aws_sdk_dynamodb::types::ReturnValue;
use lambda_kit::item::{self, Item};
use lambda_kit::testing::ScriptedService;
use order_api::{Create, DynamoDb, Once, Placeholders, Update};
use serde_json::{Value, json};

/// The function's table, with this service at the other end.
pub(crate) fn table(service: &ScriptedService) -> DynamoDb {
    let client = aws_sdk_dynamodb::Client::new(&service.config());
    DynamoDb::new(client, "orders".to_owned(), "records".to_owned())
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
