//! Effects that are writes to DynamoDB: they and their record are one transaction, so that neither is
//! there without the other, at whatever point this process ends.
//!
//! The record may be written only if there is none, or one that is over and that DynamoDB has not
//! deleted yet. So of several transactions with one key one succeeds, and the others learn of its
//! record.

use super::table::{number, seconds, text};
use super::{Error, MAX_ANSWER_BYTES, Once, RecordTable};
use crate::CallError;
use crate::item::Item;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, CancellationReason, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
};
use std::time::SystemTime;

/// What became of writes that are to happen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// They are done now.
    Now,
    /// They were done before.
    Before {
        /// The answer that is on record; none if it was to come and has not, in which case anyone may
        /// bring it ([`Records::settle`](super::Records::settle)).
        answer: Option<String>,
    },
}

impl RecordTable {
    /// Does `writes` unless they were done before, in one transaction with their record, on which
    /// `answer` is put. An answer that is known only behind the transaction is `None` here, and put on
    /// record by [`Records::settle`](super::Records::settle) then.
    ///
    /// That there is a record comes before everything else that stands against the transaction: it
    /// counts even if a condition, which held the first time, does not hold any more. A transaction that
    /// fails leaves no record: nothing happened, so asking again is asking anew.
    ///
    /// # Errors
    /// Nothing was written after [`Error::KeyReused`], [`Error::AnswerTooLarge`],
    /// [`Error::ConditionFailed`], [`Error::Conflict`], [`Error::Refused`] and [`Error::InProgress`], the
    /// last of which tells of a key that [`run`](super::run) holds. After any other error that is not
    /// known, and asking again is the way to know.
    pub async fn write(
        &self,
        once: &Once,
        writes: impl IntoIterator<Item = TransactWriteItem>,
        answer: Option<&str>,
    ) -> Result<Written, Error> {
        if let Some(bytes) = answer.map(str::len).filter(|&bytes| bytes > MAX_ANSWER_BYTES) {
            // What cannot be put on record now is no reason against an answer that has been.
            return match self.find(once).await? {
                Some(record) => before(once, &record),
                None => Err(Error::AnswerTooLarge { bytes }),
            };
        }
        let now = SystemTime::now();
        let mut record = self.record(once, now);
        if let Some(answer) = answer {
            record.insert("answer".to_owned(), AttributeValue::S(answer.to_owned()));
        }
        let record = Put::builder()
            .table_name(&self.table)
            .set_item(Some(record))
            .condition_expression("attribute_not_exists(id) OR expires_at <= :now")
            .expression_attribute_values(":now", number(seconds(now)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        let record = TransactWriteItem::builder().put(record).build();
        let items: Vec<_> = writes.into_iter().chain([record]).collect();
        let count = items.len();
        match self.client.transact_write_items().set_transact_items(Some(items)).send().await {
            Ok(_) => Ok(Written::Now),
            Err(error) => match record_of(&error, count) {
                Some(record) => before(once, record),
                None => Err(why(error, count)),
            },
        }
    }
}

/// What a record says to the same request.
fn before(once: &Once, record: &Item) -> Result<Written, Error> {
    if text(record, "fingerprint") != Some(once.fingerprint.as_str()) {
        return Err(Error::KeyReused);
    }
    match text(record, "answer") {
        None if record.contains_key("leased_by") => Err(Error::InProgress),
        answer => Ok(Written::Before { answer: answer.map(str::to_owned) }),
    }
}

/// Why a transaction was cancelled, in the order of its items: the writes, the record.
fn reasons(
    error: &SdkError<TransactWriteItemsError, HttpResponse>,
    count: usize,
) -> &[CancellationReason] {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            let reasons = cancelled.cancellation_reasons();
            if reasons.len() == count { reasons } else { &[] }
        }
        _ => &[],
    }
}

fn record_of(
    error: &SdkError<TransactWriteItemsError, HttpResponse>,
    count: usize,
) -> Option<&Item> {
    let of_record = reasons(error, count).last()?;
    if of_record.code() == Some("ConditionalCheckFailed") { of_record.item() } else { None }
}

/// What stands against a transaction, other than a record.
fn why(error: SdkError<TransactWriteItemsError, HttpResponse>, count: usize) -> Error {
    let Some((_, of_writes)) = reasons(&error, count).split_last() else {
        return Error::from_sdk(error);
    };
    let find = |code: &str| reasons(&error, count).iter().find(|it| it.code() == Some(code));
    if find("TransactionConflict").is_some() {
        return Error::Conflict;
    }
    if find("ThrottlingError").or(find("ProvisionedThroughputExceeded")).is_some() {
        let source = Box::new(error);
        return CallError::Throttled { service: "DynamoDB", source }.into();
    }
    let failed = |it: &CancellationReason| it.code() == Some("ConditionalCheckFailed");
    if let Some(index) = of_writes.iter().position(failed) {
        return Error::ConditionFailed { index };
    }
    match find("ValidationError") {
        Some(reason) => Error::refused(reason.message()),
        None => Error::from_sdk(error),
    }
}

/// A write that lacks what the SDK demands: none of those made here.
impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::Call(CallError::Failed { service: "DynamoDB", source: Box::new(error) })
    }
}
