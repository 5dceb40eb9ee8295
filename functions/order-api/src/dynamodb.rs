//! The table of orders in DynamoDB: each operation is one call, except for those that are to happen
//! once, which are in `once.rs`.

use crate::command::{Create, Delete, List, Placeholders, Read, Update};
use crate::once::{LIFETIME, Write};
use crate::{Error, Orders, Page, Written};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_kit::idempotency::{Once, RecordTable};
use lambda_kit::item::{self, Item};
use std::collections::HashMap;

/// The orders in a DynamoDB table whose key is the string `id`, and, in a second one with the same
/// key, a record of each write that was to happen once.
#[derive(Debug)]
pub struct DynamoDb {
    pub(crate) client: Client,
    pub(crate) table: String,
    pub(crate) records: RecordTable,
}

impl DynamoDb {
    /// The orders in `table`, the records in `records`.
    pub fn new(client: Client, table: String, records: String) -> Self {
        let records = RecordTable::new(client.clone(), records, LIFETIME);
        Self { client, table, records }
    }
}

impl Orders for DynamoDb {
    async fn create(&self, create: &Create, once: Option<&Once>) -> Result<Written, Error> {
        if let Some(once) = once {
            return self.write_once(&Write::Create(create), once).await;
        }
        let (names, values) = maps(&create.placeholders);
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(create.item.clone()))
            .set_condition_expression(create.condition.clone())
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values(create.returns.clone());
        let done = call.send().await.map_err(Error::from_sdk)?;
        written(done.attributes())
    }

    async fn read(&self, read: &Read) -> Result<Option<Item>, Error> {
        let call = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(read.key.clone()))
            .set_projection_expression(read.projection.clone())
            .set_expression_attribute_names(unless_empty(&read.names))
            .consistent_read(read.consistent);
        Ok(call.send().await.map_err(Error::from_sdk)?.item)
    }

    async fn update(&self, update: &Update, once: Option<&Once>) -> Result<Written, Error> {
        if let Some(once) = once {
            return self.write_once(&Write::Update(update), once).await;
        }
        let (names, values) = maps(&update.placeholders);
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(update.key.clone()))
            .update_expression(&update.update)
            .set_condition_expression(update.condition.clone())
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values(update.returns.clone());
        let done = call.send().await.map_err(Error::from_sdk)?;
        written(done.attributes())
    }

    async fn delete(&self, delete: &Delete) -> Result<Written, Error> {
        let (names, values) = maps(&delete.placeholders);
        let call = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(delete.key.clone()))
            .set_condition_expression(delete.condition.clone())
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .return_values(delete.returns.clone());
        let done = call.send().await.map_err(Error::from_sdk)?;
        written(done.attributes())
    }

    async fn list(&self, list: &List) -> Result<Page, Error> {
        let (names, values) = maps(&list.placeholders);
        let call = self
            .client
            .scan()
            .table_name(&self.table)
            .limit(i32::from(list.limit))
            .set_exclusive_start_key(list.after.clone())
            .set_filter_expression(list.filter.clone())
            .set_projection_expression(list.projection.clone())
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .consistent_read(list.consistent);
        let found = call.send().await.map_err(Error::from_sdk)?;
        Ok(Page {
            scanned: u32::try_from(found.scanned_count()).unwrap_or_default(),
            next: found.last_evaluated_key,
            items: found.items.unwrap_or_default(),
        })
    }
}

type Names = HashMap<String, String>;
type Values = HashMap<String, AttributeValue>;

/// Names and values for a call: DynamoDB takes no empty ones.
pub(crate) fn maps(placeholders: &Placeholders) -> (Option<Names>, Option<Values>) {
    (unless_empty(&placeholders.names), unless_empty(&placeholders.values))
}

pub(crate) fn unless_empty<T: Clone>(map: &HashMap<String, T>) -> Option<HashMap<String, T>> {
    (!map.is_empty()).then(|| map.clone())
}

fn written(attributes: Option<&Item>) -> Result<Written, Error> {
    Ok(Written { attributes: attributes_text(attributes)?, replayed: false })
}

/// Attributes as a client reads them; none are none.
pub(crate) fn attributes_text(attributes: Option<&Item>) -> Result<Option<String>, Error> {
    let found = attributes.filter(|attributes| !attributes.is_empty());
    Ok(found.map(item::to_json).transpose()?)
}
