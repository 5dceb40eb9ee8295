//! The double of the port, and the contract that the double and the adapter keep alike.
//!
//! The harness runs [`contract`] on [`DynamoDb`] against a local AWS; the tests of this crate run it
//! on [`Memory`]. So what the tests show with the double holds for the real thing.

mod contract;
mod memory;

pub use contract::contract;
pub use memory::Memory;

use crate::{DynamoDb, PageStats};
use aws_sdk_dynamodb::types::AttributeValue;

/// What is kept of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// How many comments there are.
    pub count: i64,
    /// When the newest was made that ever was.
    pub last_comment_at: Option<String>,
}

/// Counts that tests can read.
pub trait Readable: PageStats {
    /// What is kept of a page, if anything is.
    async fn page(&self, page_id: &str) -> Option<Page>;
}

impl Readable for DynamoDb {
    async fn page(&self, page_id: &str) -> Option<Page> {
        let call = self
            .client
            .get_item()
            .table_name(&self.stats)
            .key("pageId", AttributeValue::S(page_id.to_owned()))
            .consistent_read(true);
        let item = call.send().await.expect("the table answers").item?;
        let count = item["count"].as_n().expect("a number").parse().expect("a whole number");
        let last_comment_at =
            item.get("lastCommentAt").map(|at| at.as_s().expect("a string").clone());
        Some(Page { count, last_comment_at })
    }
}
