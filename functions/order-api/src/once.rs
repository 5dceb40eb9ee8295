//! Writes that happen once, whoever asks for them again: the item and a record of the key are written
//! in one transaction ([`RecordTable::write`](lambda_kit::idempotency::RecordTable::write)), so that
//! neither is there without the other, at whatever point this process ends.
//!
//! Transactions return no attributes. What `ReturnValues` asks for is therefore read: `*_OLD` in
//! front of the transaction, which then stores it with the record, `*_NEW` behind it, and then it
//! is added to the record, unless someone else who asks for the same has done so. Whoever else
//! writes the same item between the two is seen in it. A failed condition leaves no record: nothing
//! happened, so asking again is asking anew.
//!
//! A record holds 400 KB, as every item does. Old attributes that are larger as JSON are therefore
//! refused before anything is written, unless an answer is on record already; new ones are known too
//! late for that, and are read anew whenever they are asked for.

use crate::command::{Create, Read, Update};
use crate::dynamodb::{attributes_text, maps};
use crate::expression::{placeholders, written_paths};
use crate::params::KEY;
use crate::{DynamoDb, Error, Orders as _, Written};
use aws_sdk_dynamodb::types::{Put, ReturnValue, TransactWriteItem, Update as UpdateWrite};
use lambda_kit::idempotency::{self, Once, Records as _};
use lambda_kit::{CallError, Chain};
use std::collections::HashMap;
use std::time::Duration;

/// How long a key is remembered.
pub(crate) const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long to wait before a transaction that met another one is tried again. The other one takes
/// some 20 ms.
const BACKOFF: [Duration; 3] =
    [Duration::from_millis(25), Duration::from_millis(75), Duration::from_millis(150)];

/// A write that can happen once.
pub(crate) enum Write<'a> {
    Create(&'a Create),
    Update(&'a Update),
}

impl DynamoDb {
    pub(crate) async fn write_once(
        &self,
        write: &Write<'_>,
        once: &Once,
    ) -> Result<Written, Error> {
        let mut backoff = BACKOFF.into_iter();
        loop {
            let answer = match write.returns() {
                ReturnValue::None => Some(None),
                ReturnValue::AllOld | ReturnValue::UpdatedOld => {
                    Some(self.attributes(write).await?)
                }
                _ => None,
            };
            let text = answer.as_ref().map(|attributes| to_answer(attributes.as_deref()));
            let item = write.transact_item(&self.table)?;
            let (answer, replayed) = match self.records.write(once, [item], text.as_deref()).await {
                Ok(idempotency::Written::Now) => (answer, false),
                Ok(idempotency::Written::Before { answer }) => {
                    (answer.as_deref().map(from_answer), true)
                }
                Err(idempotency::Error::Conflict) if let Some(wait) = backoff.next() => {
                    tokio::time::sleep(wait).await;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            let attributes = match answer {
                Some(attributes) => attributes,
                // It is known only now, or whoever wrote the record has ended before it was, or is
                // about to know it.
                None => self.complete(write, once).await?,
            };
            return Ok(Written { attributes, replayed });
        }
    }

    /// Reads what `ReturnValues` asks for and puts it on record; if another answer is on record by
    /// then, that is the one.
    async fn complete(&self, write: &Write<'_>, once: &Once) -> Result<Option<String>, Error> {
        let attributes = self.attributes(write).await?;
        match self.records.settle(once, &to_answer(attributes.as_deref())).await {
            Ok(answer) => Ok(from_answer(&answer)),
            // The write has happened and the client is told so; only an answer to the same request
            // will be read anew.
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "an answer was not put on record");
                Ok(attributes)
            }
        }
    }

    /// What `ReturnValues` asks for, as the item is now.
    async fn attributes(&self, write: &Write<'_>) -> Result<Option<String>, Error> {
        let item = match write.read() {
            Some(read) => self.read(&read).await.map_err(of_the_update)?,
            None => None,
        };
        attributes_text(item.as_ref())
    }
}

impl Write<'_> {
    fn returns(&self) -> &ReturnValue {
        match self {
            Self::Create(create) => &create.returns,
            Self::Update(update) => &update.returns,
        }
    }

    /// How to read what `ReturnValues` asks for; `None` if an update writes no path.
    fn read(&self) -> Option<Read> {
        let whole = |key| Read { key, projection: None, names: HashMap::new(), consistent: true };
        match self {
            Self::Create(create) => {
                let key = create.item.get(KEY).map(|id| (KEY.to_owned(), id.clone()));
                Some(whole(key.into_iter().collect()))
            }
            Self::Update(update) => {
                let read = whole(update.key.clone());
                if !matches!(update.returns, ReturnValue::UpdatedOld | ReturnValue::UpdatedNew) {
                    return Some(read);
                }
                let projection = written_paths(&update.update).unwrap_or_default().join(", ");
                let used = |name: &str| placeholders(&projection, '#').any(|used| used == name);
                let names = update.placeholders.names.iter().filter(|(name, _)| used(name));
                let names = names.map(|(name, value)| (name.clone(), value.clone())).collect();
                let projects = !projection.is_empty();
                projects.then(|| Read { projection: Some(projection), names, ..read })
            }
        }
    }

    fn transact_item(&self, table: &str) -> Result<TransactWriteItem, Error> {
        let item = TransactWriteItem::builder();
        Ok(match self {
            Self::Create(create) => {
                let (names, values) = maps(&create.placeholders);
                let put = Put::builder()
                    .table_name(table)
                    .set_item(Some(create.item.clone()))
                    .set_condition_expression(create.condition.clone())
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values);
                item.put(put.build().map_err(invalid)?)
            }
            Self::Update(update) => {
                let (names, values) = maps(&update.placeholders);
                let update = UpdateWrite::builder()
                    .table_name(table)
                    .set_key(Some(update.key.clone()))
                    .update_expression(&update.update)
                    .set_condition_expression(update.condition.clone())
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values);
                item.update(update.build().map_err(invalid)?)
            }
        }
        .build())
    }
}

/// A write that lacks what the SDK demands: none of those made here.
fn invalid(error: aws_sdk_dynamodb::error::BuildError) -> Error {
    CallError::Failed { service: "DynamoDB", source: Box::new(error) }.into()
}

/// A projection that is made of an update's paths is refused for what is wrong with these, and the
/// client knows of no projection.
fn of_the_update(error: Error) -> Error {
    match error {
        Error::Refused { message } => {
            Error::Refused { message: message.replace("ProjectionExpression", "UpdateExpression") }
        }
        other => other,
    }
}

/// An answer as the record has it: the attributes, or `null`.
pub(crate) fn to_answer(attributes: Option<&str>) -> String {
    attributes.unwrap_or("null").to_owned()
}

pub(crate) fn from_answer(answer: &str) -> Option<String> {
    (answer != "null").then(|| answer.to_owned())
}
