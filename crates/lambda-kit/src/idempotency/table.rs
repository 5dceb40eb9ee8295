//! The records in a DynamoDB table. Each step is one call, whose condition decides between callers;
//! the SDK may repeat any of them, and a repetition finds its own work and takes it for that.

use super::{Claim, Error, Lease, MAX_ANSWER_BYTES, Once, Records};
use crate::item::Item;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure};
use std::time::{Duration, SystemTime};

/// The records in a DynamoDB table whose key is the string `id`, and that has `expires_at` as the
/// attribute of its TTL. A function needs `GetItem`, `PutItem` and `UpdateItem` on it.
#[derive(Debug, Clone)]
pub struct RecordTable {
    pub(super) client: Client,
    pub(super) table: String,
    lifetime: Duration,
}

impl RecordTable {
    /// The records in `table`, each of which holds for `lifetime`.
    pub fn new(client: Client, table: String, lifetime: Duration) -> Self {
        Self { client, table, lifetime }
    }

    /// A record that begins now, without what says how far it is.
    pub(super) fn record(&self, once: &Once, now: SystemTime) -> Item {
        Item::from([
            ("id".to_owned(), string(&once.key)),
            ("fingerprint".to_owned(), string(&once.fingerprint)),
            ("expires_at".to_owned(), number(seconds(now) + self.lifetime.as_secs())),
        ])
    }

    /// The record of the key, if there is one that is not over.
    pub(super) async fn find(&self, once: &Once) -> Result<Option<Item>, Error> {
        let call = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("id", string(&once.key))
            .consistent_read(true);
        let record = call.send().await.map_err(Error::from_sdk)?.item;
        Ok(record.filter(|record| {
            let expiry = record.get("expires_at").and_then(|value| value.as_n().ok());
            let expiry = expiry.and_then(|expiry| expiry.parse::<u64>().ok());
            expiry.is_some_and(|expiry| expiry > seconds(SystemTime::now()))
        }))
    }
}

impl Records for RecordTable {
    async fn claim(&self, once: &Once, until: SystemTime) -> Result<Claim, Error> {
        let now = SystemTime::now();
        let lease = Lease::random();
        let mut record = self.record(once, now);
        record.insert("leased_by".to_owned(), string(&lease.0));
        record.insert("leased_until_ms".to_owned(), number(milliseconds(until)));
        // Nobody's record ends while it is in progress.
        let expiry = (seconds(now) + self.lifetime.as_secs()).max(seconds(until) + 1);
        record.insert("expires_at".to_owned(), number(expiry));
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(record))
            .condition_expression(
                "attribute_not_exists(id) OR expires_at <= :now OR (fingerprint = :fingerprint \
                 AND attribute_not_exists(answer) AND leased_until_ms <= :now_ms)",
            )
            .expression_attribute_values(":now", number(seconds(now)))
            .expression_attribute_values(":now_ms", number(milliseconds(now)))
            .expression_attribute_values(":fingerprint", string(&once.fingerprint))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let Err(error) = call.send().await else { return Ok(Claim::Granted(lease)) };
        let record = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => failed.item(),
            _ => None,
        };
        let Some(record) = record else { return Err(Error::from_sdk(error)) };
        if text(record, "fingerprint") != Some(once.fingerprint.as_str()) {
            return Err(Error::KeyReused);
        }
        match text(record, "answer") {
            Some(answer) => Ok(Claim::Answered(answer.to_owned())),
            // The SDK's first attempt had come through, and its answer had not.
            None if text(record, "leased_by") == Some(lease.0.as_str()) => {
                Ok(Claim::Granted(lease))
            }
            None => Err(Error::InProgress),
        }
    }

    async fn settle(&self, once: &Once, answer: &str) -> Result<String, Error> {
        if answer.len() > MAX_ANSWER_BYTES {
            return Err(Error::AnswerTooLarge { bytes: answer.len() });
        }
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", string(&once.key))
            .update_expression("SET answer = if_not_exists(answer, :answer)")
            .condition_expression("fingerprint = :fingerprint")
            .expression_attribute_values(":answer", string(answer))
            .expression_attribute_values(":fingerprint", string(&once.fingerprint))
            .return_values(ReturnValue::UpdatedNew);
        match call.send().await {
            Ok(done) => {
                let known = done.attributes().and_then(|record| text(record, "answer"));
                Ok(known.unwrap_or(answer).to_owned())
            }
            Err(error) if condition_failed(&error) => Err(Error::Expired),
            Err(error) => Err(Error::from_sdk(error)),
        }
    }

    async fn release(&self, once: &Once, lease: &Lease) -> Result<(), Error> {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("id", string(&once.key))
            .update_expression("SET leased_until_ms = :over")
            .condition_expression("leased_by = :lease")
            .expression_attribute_values(":over", number(0))
            .expression_attribute_values(":lease", string(&lease.0));
        match call.send().await {
            Err(error) if !condition_failed(&error) => Err(Error::from_sdk(error)),
            _ => Ok(()),
        }
    }
}

fn condition_failed(error: &SdkError<UpdateItemError, HttpResponse>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

pub(super) fn text<'a>(record: &'a Item, name: &str) -> Option<&'a str> {
    record.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

pub(super) fn string(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn milliseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    since.as_secs() * 1000 + u64::from(since.subsec_millis())
}
