//! The port to the submissions that were stored, and its adapter on DynamoDB.

use crate::Error;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::CallError;
use serde::Serialize;
use std::collections::HashMap;

/// The submissions that were stored.
pub trait Submissions {
    /// A page of at most `limit` submissions in no order, from the start or behind the one whose
    /// id is `after`. All pages together hold each submission that stays unchanged once.
    ///
    /// # Errors
    /// An [`Error`] if the store does not answer.
    async fn page(&self, limit: u8, after: Option<&str>) -> Result<Page, Error>;
}

/// A stored submission. All but its id can be missing if something else wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Submission {
    /// The email address.
    pub id: String,
    /// Whose it is.
    pub user_name: Option<String>,
    /// The postal code.
    pub pincode: Option<String>,
    /// When it was stored, in RFC 3339.
    pub created_at: Option<String>,
}

/// Some submissions, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The submissions.
    pub submissions: Vec<Submission>,
    /// The id behind which the next page starts; `None` on the last page.
    pub next: Option<String>,
}

/// The submissions in a DynamoDB table with the key `id`.
#[derive(Debug)]
pub struct DynamoDb {
    client: Client,
    table_name: String,
}

impl DynamoDb {
    /// The table of this name.
    pub fn new(client: Client, table_name: String) -> Self {
        Self { client, table_name }
    }
}

impl Submissions for DynamoDb {
    async fn page(&self, limit: u8, after: Option<&str>) -> Result<Page, Error> {
        let start =
            after.map(|id| HashMap::from([("id".to_owned(), AttributeValue::S(id.to_owned()))]));
        let scan = self
            .client
            .scan()
            .table_name(&self.table_name)
            .projection_expression("id, user_name, pincode, created_at")
            .limit(i32::from(limit))
            .set_exclusive_start_key(start);
        let found = scan.send().await.map_err(|error| CallError::from_sdk("DynamoDB", error))?;
        Ok(Page {
            submissions: found.items().iter().filter_map(submission).collect(),
            next: found.last_evaluated_key().and_then(|key| text(key, "id")),
        })
    }
}

/// The table's key makes an item without an id impossible.
fn submission(item: &HashMap<String, AttributeValue>) -> Option<Submission> {
    Some(Submission {
        id: text(item, "id")?,
        user_name: text(item, "user_name"),
        pincode: text(item, "pincode"),
        created_at: text(item, "created_at"),
    })
}

/// An attribute as text. Numbers too: someone may have stored a postal code as one.
fn text(item: &HashMap<String, AttributeValue>, name: &str) -> Option<String> {
    match item.get(name)? {
        AttributeValue::S(text) | AttributeValue::N(text) => Some(text.clone()),
        _ => None,
    }
}
