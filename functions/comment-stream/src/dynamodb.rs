//! The counts in DynamoDB: one `TransactWriteItems` for a transaction.
//!
//! A marker may be put only if there is none, so an event that comes again cancels the transaction,
//! whoever counted it, and however far whoever was counting it came. `lastCommentAt` is set only if it
//! is less, so it never moves back, and a page that has been found up to date stays so: the same change
//! without `lastCommentAt` is right then, whatever others write in between.

use crate::{Change, Error, PageStats, Transaction};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata as _, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, CancellationReason, Put, TransactWriteItem, Update};
use lambda_kit::CallError;
use std::collections::{BTreeMap, BTreeSet};
use std::iter::zip;
use std::time::{Duration, SystemTime};

/// How long a marker is kept. A stream keeps a record for 24 hours, so no mapping delivers one that is
/// older; the week on top is for people who keep records elsewhere and deliver them by hand.
const MARKER_LIFETIME: Duration = Duration::from_secs(8 * 24 * 60 * 60);

/// The counts in a table with the key `pageId`, the markers in one with the key `eventId`.
#[derive(Debug)]
pub struct DynamoDb {
    pub(crate) client: Client,
    pub(crate) stats: String,
    markers: String,
}

impl DynamoDb {
    /// The counts in the table `stats`, the markers in `markers`.
    pub fn new(client: Client, stats: String, markers: String) -> Self {
        Self { client, stats, markers }
    }

    fn marker(&self, event_id: &str, expires_at: u64) -> Result<TransactWriteItem, BuildError> {
        let marker = Put::builder()
            .table_name(&self.markers)
            .item("eventId", text(event_id))
            .item("expiresAt", AttributeValue::N(expires_at.to_string()))
            .condition_expression("attribute_not_exists(eventId)")
            .build()?;
        Ok(TransactWriteItem::builder().put(marker).build())
    }

    /// The count is never kept from falling below zero: when a removal is counted before its
    /// insertion, only the true sum comes out right in the end.
    fn change(&self, change: &Change) -> Result<TransactWriteItem, BuildError> {
        let update = Update::builder()
            .table_name(&self.stats)
            .key("pageId", text(&change.page_id))
            .expression_attribute_names("#count", "count")
            .expression_attribute_values(
                ":difference",
                AttributeValue::N(change.difference.to_string()),
            );
        let update = match &change.newest {
            None => update.update_expression("ADD #count :difference"),
            Some(newest) => update
                .update_expression("ADD #count :difference SET lastCommentAt = :newest")
                .condition_expression(
                    "attribute_not_exists(lastCommentAt) OR lastCommentAt < :newest",
                )
                .expression_attribute_values(":newest", text(newest)),
        };
        Ok(TransactWriteItem::builder().update(update.build()?).build())
    }
}

impl PageStats for DynamoDb {
    async fn write(&self, transaction: &Transaction) -> Result<(), Error> {
        let expires_at = (SystemTime::now() + MARKER_LIFETIME)
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let markers = transaction.events.iter().map(|event| self.marker(event, expires_at));
        let changes = transaction.changes.iter().map(|change| self.change(change));
        let items: Result<Vec<_>, _> = markers.chain(changes).collect();
        let items = items.map_err(|error| {
            let source = Box::new(error);
            CallError::Failed { service: "DynamoDB", source }
        })?;
        let call = self.client.transact_write_items().set_transact_items(Some(items));
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) => Err(why(error, transaction)),
        }
    }
}

/// Why a transaction is not known to be done.
fn why(error: SdkError<TransactWriteItemsError, HttpResponse>, transaction: &Transaction) -> Error {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => &[],
    };
    if let Some(cancelled) = cancelled(reasons, transaction) {
        return cancelled;
    }
    let is_reason = |code: &str| reasons.iter().any(|reason| reason.code() == Some(code));
    match error.code() {
        Some("TransactionConflictException" | "TransactionInProgressException") => Error::Conflict,
        _ if is_reason("TransactionConflict") => Error::Conflict,
        _ if is_reason("ThrottlingError") || is_reason("ProvisionedThroughputExceeded") => {
            CallError::Throttled { service: "DynamoDB", source: Box::new(error) }.into()
        }
        Some("ValidationException") => Error::Refused { source: Box::new(error) },
        _ if is_reason("ValidationError") => Error::Refused { source: Box::new(error) },
        _ => CallError::from_sdk("DynamoDB", error).into(),
    }
}

/// What stands against a transaction, if anything does that waiting does not end. The reasons are in
/// the order of its items: the markers, the changes.
fn cancelled(reasons: &[CancellationReason], transaction: &Transaction) -> Option<Error> {
    let Transaction { events, changes } = transaction;
    if reasons.len() != events.len() + changes.len() {
        return None;
    }
    let (of_markers, of_changes) = reasons.split_at(events.len());
    let is = |reason: &CancellationReason, code| reason.code() == Some(code);
    let counted: BTreeSet<String> = zip(events, of_markers)
        .filter(|(_, reason)| is(reason, "ConditionalCheckFailed"))
        .map(|(event, _)| event.clone())
        .collect();
    let up_to_date: BTreeSet<String> = zip(changes, of_changes)
        .filter(|(_, reason)| is(reason, "ConditionalCheckFailed"))
        .map(|(change, _)| change.page_id.clone())
        .collect();
    let refused: BTreeMap<String, String> = zip(changes, of_changes)
        .filter(|(_, reason)| is(reason, "ValidationError"))
        .map(|(change, reason)| {
            (change.page_id.clone(), reason.message().unwrap_or_default().to_owned())
        })
        .collect();
    let nothing = counted.is_empty() && up_to_date.is_empty() && refused.is_empty();
    (!nothing).then_some(Error::Cancelled { counted, up_to_date, refused })
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}
