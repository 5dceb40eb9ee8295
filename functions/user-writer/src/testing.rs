//! The double of the port, and the contract that the double and the adapter keep alike.
//!
//! The harness runs [`contract`] on [`DynamoDb`] against a local AWS; the tests of this crate run it
//! on [`Memory`]. So what the tests show with the double holds for the real thing.

mod contract;
mod memory;

pub use contract::contract;
pub use memory::Memory;

use crate::{DynamoDb, Failure, User, Users};
use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::HashMap;

/// What is stored of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stored {
    /// It succeeded.
    User(User),
    /// It failed for good.
    Failure(Failure),
}

/// Users that tests can read.
pub trait Readable: Users {
    /// What is stored with this id, if anything is.
    async fn stored(&self, id: &str) -> Option<Stored>;
}

impl Readable for DynamoDb {
    /// An item that has an attribute more or less than its kind is none, and a panic.
    async fn stored(&self, id: &str) -> Option<Stored> {
        let call = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("ID", AttributeValue::S(id.to_owned()))
            .consistent_read(true);
        let mut item = call.send().await.expect("the table answers").item?;
        let (id, sqs_message_id) = (take(&mut item, "ID"), take(&mut item, "SQSMessageID"));
        let stored = if item.contains_key("Name") {
            let (name, email) = (take(&mut item, "Name"), take(&mut item, "Email"));
            let created_at = take(&mut item, "CreatedAt");
            Stored::User(User { id, sqs_message_id, name, email, created_at })
        } else {
            let (reason, failed_at) = (take(&mut item, "Reason"), take(&mut item, "FailedAt"));
            Stored::Failure(Failure { id, sqs_message_id, reason, failed_at })
        };
        assert!(item.is_empty(), "{item:?}");
        Some(stored)
    }
}

fn take(item: &mut HashMap<String, AttributeValue>, name: &str) -> String {
    match item.remove(name) {
        Some(AttributeValue::S(text)) => text,
        other => panic!("{name} must be a string, not {other:?}"),
    }
}
