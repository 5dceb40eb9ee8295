//! Writes that happen once, whoever asks for them again: the item and a record of the key are written
//! in one transaction, so that neither is there without the other, at whatever point this process
//! ends.
//!
//! A record is `{id, fingerprint, expires_at, answer?}`. Its `id` is the client's key, and it may be
//! written only if there is none (or one that is over and that DynamoDB has not deleted yet). So of
//! several transactions with one key one succeeds, and the others learn of its record.
//!
//! Transactions return no attributes. What `ReturnValues` asks for is therefore read: `*_OLD` in
//! front of the transaction, which then stores it with the record, `*_NEW` behind it, and then it
//! is added to the record, unless someone else who asks for the same has done so. Whoever else
//! writes the same item between the two is seen in it. A failed condition leaves no record: nothing
//! happened, so asking again is asking anew.
//!
//! A record holds 400 KB, as every item does. Old attributes that are larger as JSON are therefore
//! refused before anything is written; new ones are known too late for that, and are read anew
//! whenever they are asked for.

use crate::command::{Create, Read, Update};
use crate::dynamodb::{attributes_text, maps};
use crate::expression::{placeholders, written_paths};
use crate::idempotency::Once;
use crate::params::KEY;
use crate::{DynamoDb, Error, Orders as _, Written};
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update as UpdateWrite,
};
use lambda_kit::Chain;
use lambda_kit::item::{self, Item};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

/// How long a key is remembered.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// The longest answer on record, in bytes: an item less what a record holds besides.
const LARGEST_ANSWER: usize = item::MAX_BYTES - 1024;
/// How long to wait before a transaction that met another one is tried again. The other one takes
/// some 20 ms.
const BACKOFF: [Duration; 3] =
    [Duration::from_millis(25), Duration::from_millis(75), Duration::from_millis(150)];

const TOO_LARGE: &str = "payload.ReturnValues asks for more than can be kept with an \
                         Idempotency-Key; ask for NONE, or without the key";

/// A write that can happen once.
pub(crate) enum Write<'a> {
    Create(&'a Create),
    Update(&'a Update),
}

/// What became of a transaction.
enum Outcome {
    Done,
    /// There is a record of the key.
    Known(Item),
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
            if answer.iter().flatten().any(|answer| answer.len() > LARGEST_ANSWER) {
                return self.only_replay(write, once).await;
            }
            match (self.transact(write, once, answer.as_ref()).await, backoff.next()) {
                (Ok(Outcome::Done), _) => {
                    let attributes = match answer {
                        Some(attributes) => attributes,
                        None => self.complete(write, once).await?,
                    };
                    return Ok(Written { attributes, replayed: false });
                }
                (Ok(Outcome::Known(record)), _) => return self.replay(write, once, &record).await,
                (Err(Error::Conflict), Some(wait)) => tokio::time::sleep(wait).await,
                (Err(error), _) => return Err(error),
            }
        }
    }

    /// The answer of the first time, if there was one: what the item is by now cannot be put on
    /// record, which is no reason against an answer that has been.
    async fn only_replay(&self, write: &Write<'_>, once: &Once) -> Result<Written, Error> {
        let call = self
            .client
            .get_item()
            .table_name(&self.records)
            .key(KEY, AttributeValue::S(once.key.clone()))
            .consistent_read(true);
        match call.send().await.map_err(Error::from_sdk)?.item {
            Some(record) if holds(&record) => self.replay(write, once, &record).await,
            _ => Err(Error::Refused { message: TOO_LARGE.to_owned() }),
        }
    }

    /// The answer that is on record, if the record is of the same request.
    async fn replay(
        &self,
        write: &Write<'_>,
        once: &Once,
        record: &Item,
    ) -> Result<Written, Error> {
        if text(record, "fingerprint") != Some(once.fingerprint.as_str()) {
            return Err(Error::KeyReused);
        }
        let attributes = match text(record, "answer") {
            Some(answer) => from_answer(answer),
            // Whoever wrote the record has ended before the answer was known, or is about to know it.
            None => self.complete(write, once).await?,
        };
        Ok(Written { attributes, replayed: true })
    }

    /// Writes item and record. `answer` is what will be on record, if it is known.
    async fn transact(
        &self,
        write: &Write<'_>,
        once: &Once,
        answer: Option<&Option<String>>,
    ) -> Result<Outcome, Error> {
        let now = seconds(SystemTime::now());
        let mut record = Item::from([
            (KEY.to_owned(), AttributeValue::S(once.key.clone())),
            ("fingerprint".to_owned(), AttributeValue::S(once.fingerprint.clone())),
            ("expires_at".to_owned(), AttributeValue::N((now + LIFETIME.as_secs()).to_string())),
        ]);
        if let Some(answer) = answer {
            record.insert("answer".to_owned(), AttributeValue::S(to_answer(answer.as_deref())));
        }
        let record = Put::builder()
            .table_name(&self.records)
            .set_item(Some(record))
            .condition_expression("attribute_not_exists(id) OR expires_at <= :now")
            .expression_attribute_values(":now", AttributeValue::N(now.to_string()))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .map_err(invalid)?;
        let record = TransactWriteItem::builder().put(record).build();
        let call = self
            .client
            .transact_write_items()
            .transact_items(write.transact_item(&self.table)?)
            .transact_items(record);
        match call.send().await {
            Ok(_) => Ok(Outcome::Done),
            Err(error) => outcome(error),
        }
    }

    /// Reads what `ReturnValues` asks for and puts it on record; if another answer is on record by
    /// then, that is the one.
    async fn complete(&self, write: &Write<'_>, once: &Once) -> Result<Option<String>, Error> {
        let attributes = self.attributes(write).await?;
        let call = self
            .client
            .update_item()
            .table_name(&self.records)
            .key(KEY, AttributeValue::S(once.key.clone()))
            .update_expression("SET answer = if_not_exists(answer, :answer)")
            .condition_expression("fingerprint = :fingerprint")
            .expression_attribute_values(
                ":answer",
                AttributeValue::S(to_answer(attributes.as_deref())),
            )
            .expression_attribute_values(
                ":fingerprint",
                AttributeValue::S(once.fingerprint.clone()),
            )
            .return_values(ReturnValue::UpdatedNew);
        match call.send().await {
            Ok(done) => {
                let known = done.attributes().and_then(|record| text(record, "answer"));
                Ok(known.map_or(attributes, from_answer))
            }
            // The write has happened and the client is told so; only an answer to the same request
            // will be read anew.
            Err(error) => {
                let error = Error::from_sdk(error);
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

/// Why a transaction was not done. The reasons are in the order of its writes: the item, the record.
/// What the record says comes first: it is known even if the item's condition, which held the first
/// time, does not hold any more.
fn outcome(error: SdkError<TransactWriteItemsError, HttpResponse>) -> Result<Outcome, Error> {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => return Err(Error::from_sdk(error)),
    };
    let [of_item, of_record] = reasons else { return Err(service(error)) };
    if let (Some("ConditionalCheckFailed"), Some(record)) = (of_record.code(), of_record.item()) {
        return Ok(Outcome::Known(record.clone()));
    }
    let is = |code: &str| [of_item, of_record].iter().any(|reason| reason.code() == Some(code));
    Err(match of_item.code() {
        _ if is("TransactionConflict") => Error::Conflict,
        _ if is("ThrottlingError") || is("ProvisionedThroughputExceeded") => {
            Error::Throttled { source: Box::new(error) }
        }
        Some("ConditionalCheckFailed") => Error::ConditionFailed,
        Some("ValidationError") => refused(of_item),
        _ if is("ValidationError") => refused(of_record),
        _ => service(error),
    })
}

fn refused(reason: &CancellationReason) -> Error {
    Error::Refused { message: reason.message().unwrap_or("the request is not valid").to_owned() }
}

fn service(error: SdkError<TransactWriteItemsError, HttpResponse>) -> Error {
    Error::Service { source: Box::new(error) }
}

/// A write that lacks what the SDK demands: none of those made here.
fn invalid(error: aws_sdk_dynamodb::error::BuildError) -> Error {
    Error::Service { source: Box::new(error) }
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
fn to_answer(attributes: Option<&str>) -> String {
    attributes.unwrap_or("null").to_owned()
}

fn from_answer(answer: &str) -> Option<String> {
    (answer != "null").then(|| answer.to_owned())
}

fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// Whether a record is not over yet.
fn holds(record: &Item) -> bool {
    let expiry = record.get("expires_at").and_then(|value| value.as_n().ok()?.parse::<u64>().ok());
    expiry.is_some_and(|expiry| expiry > seconds(SystemTime::now()))
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}
