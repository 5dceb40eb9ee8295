//! The users in DynamoDB: one `PutItem` a message.
//!
//! Of the two kinds of items only users have a `Name`. So one condition does for both: an item is put
//! unless a user is there.

use crate::{Error, Failure, User, Users, Written};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::CallError;
use std::collections::HashMap;

/// The users in a table with the key `ID`.
#[derive(Debug)]
pub struct DynamoDb {
    pub(crate) client: Client,
    pub(crate) table: String,
}

impl DynamoDb {
    /// The table of this name.
    pub fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    async fn put<const N: usize>(
        &self,
        attributes: [(&'static str, &str); N],
    ) -> Result<Written, Error> {
        let item =
            attributes.map(|(name, value)| (name.to_owned(), AttributeValue::S(value.to_owned())));
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(HashMap::from(item)))
            .condition_expression("attribute_not_exists(#name)")
            .expression_attribute_names("#name", "Name");
        match call.send().await {
            Ok(_) => Ok(Written::Now),
            Err(error) => why(error),
        }
    }
}

impl Users for DynamoDb {
    async fn create(&self, user: &User) -> Result<Written, Error> {
        self.put([
            ("ID", &user.id),
            ("SQSMessageID", &user.sqs_message_id),
            ("Name", &user.name),
            ("Email", &user.email),
            ("CreatedAt", &user.created_at),
        ])
        .await
    }

    async fn fail(&self, failure: &Failure) -> Result<Written, Error> {
        self.put([
            ("ID", &failure.id),
            ("SQSMessageID", &failure.sqs_message_id),
            ("Reason", &failure.reason),
            ("FailedAt", &failure.failed_at),
        ])
        .await
    }
}

/// Why an item is not known to be put. If the answer to an attempt was lost and the SDK tried again,
/// the user that is there may be its own.
fn why(error: SdkError<PutItemError, HttpResponse>) -> Result<Written, Error> {
    match error.code() {
        Some("ConditionalCheckFailedException") => Ok(Written::UserThere),
        Some("ValidationException") => Err(Error::Refused { source: Box::new(error) }),
        _ => Err(CallError::from_sdk("DynamoDB", error).into()),
    }
}
