//! Effects that happen once, whoever asks for them again: a record of each in a DynamoDB table.
//!
//! What is to happen once has a key and a fingerprint ([`Once`]). The first call with a key makes a
//! record; later ones get the answer that is on record. A key whose record has another fingerprint
//! belongs to another request and is refused ([`Error::KeyReused`]). A record is over when its lifetime
//! is, and then the key is as good as new.
//!
//! There are two ways to keep an effect and its record together, and they do not promise the same.
//!
//! | | [`RecordTable::write`] | [`run`] |
//! |---|---|---|
//! | the effect is | writes to DynamoDB, 99 at most | whatever a closure does |
//! | effect and record are | one transaction | two steps, under a lease |
//! | when the function dies on the way | both are there or neither is | whoever asks after the end of the lease repeats the effect |
//! | the effect happens | exactly once | at least once, and by one caller at a time |
//! | all callers get | the answer that was settled first | the answer that was settled first |
//! | the effect has to be | nothing but that | *repeatable*: done twice, it is as if done once |
//!
//! So where the effect is a write to DynamoDB, use [`RecordTable::write`]. Anything else, a call of
//! another service or an object in S3, cannot be part of the transaction: no record makes it happen
//! exactly once, and [`run`] does not claim to. It keeps callers from each other's way, and repeats what
//! may not have happened. To be repeatable, an effect names what it makes after the key (an object's
//! name, a user's id), or hands the key on to a service that takes one.
//!
//! ```
//! use lambda_kit::idempotency::{self, Answer, Error, Once, fingerprint};
//! use lambda_kit::testing::idempotency::Memory;
//! # use std::cell::RefCell;
//! # use std::collections::BTreeSet;
//! # use std::time::{Duration, SystemTime};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // A function has `RecordTable::new(client, table, lifetime)` instead.
//! let records = Memory::new(Duration::from_secs(60 * 60));
//! let payload = serde_json::from_str(r#"{"to": "a@example.com", "cents": 1999}"#)?;
//! let once = Once {
//!     key: "order-7".to_owned(),
//!     fingerprint: fingerprint("charge", Some(payload)),
//! };
//! // A function has `invocation.deadline()`: it does not live longer.
//! let deadline = SystemTime::now() + Duration::from_secs(10);
//!
//! # let charges = RefCell::new(BTreeSet::new());
//! let charge = async || {
//!     charges.borrow_mut().insert("order-7");
//!     Ok::<_, Error>("receipt-1".to_owned())
//! };
//! let first = idempotency::run(&records, &once, deadline, charge).await?;
//! assert_eq!(first, Answer { text: "receipt-1".to_owned(), replayed: false });
//!
//! let never = async || unreachable!("the answer is on record");
//! let again = idempotency::run::<Error>(&records, &once, deadline, never).await?;
//! assert_eq!(again, Answer { text: "receipt-1".to_owned(), replayed: true });
//!
//! let payload = serde_json::from_str(r#"{"to": "a@example.com", "cents": 2999}"#)?;
//! let other = Once { fingerprint: fingerprint("charge", Some(payload)), ..once };
//! let refused = idempotency::run::<Error>(&records, &other, deadline, never).await;
//! assert!(matches!(refused, Err(Error::KeyReused)));
//! # Ok(())
//! # }
//! ```
//!
//! The table's key is the string `id`, and DynamoDB deletes by `expires_at` (TTL). What else a record
//! holds says how far its effect is:
//!
//! | `answer` | `leased_until_ms` | |
//! |---|---|---|
//! | yes | either | done |
//! | no | in the future | in progress: others are told so |
//! | no | in the past | given up, or its function died: the next one takes over |
//! | no | none | done in a transaction whose answer is to come |
//!
//! It retries nothing beyond what the SDK does, and waits for nobody: whether to wait for another
//! caller, to have a message delivered again or to send the client away is the function's business.

mod error;
mod fingerprint;
mod table;
mod transaction;

pub use error::Error;
pub use fingerprint::fingerprint;
pub use table::RecordTable;
pub use transaction::Written;

use crate::{Chain, item};
use std::fmt;
use std::time::SystemTime;

/// The longest answer that a record holds, in bytes: an item less 1 KB for what it holds besides, of
/// which the key may have half.
pub const MAX_ANSWER_BYTES: usize = item::MAX_BYTES - 1024;

/// What is to happen once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Once {
    /// What names it, whoever asks: a message's id, a client's `Idempotency-Key`. 1 to 512 bytes.
    pub key: String,
    /// What tells this request from any other: the same for the same, as from [`fingerprint()`].
    pub fingerprint: String,
}

/// What came of an effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The answer, the same for all who ask.
    pub text: String,
    /// Whether it is an earlier call's, and this one had no effect.
    pub replayed: bool,
}

/// The records of what happens once.
pub trait Records {
    /// Takes the key until `until`, if there is no record of it, or one in progress of the same request
    /// whose time is over.
    ///
    /// # Errors
    /// [`Error::InProgress`] if another call has it, [`Error::KeyReused`] if another request does. After
    /// any other error it may be taken, until `until`.
    async fn claim(&self, once: &Once, until: SystemTime) -> Result<Claim, Error>;

    /// Puts an answer on record, unless one is. Gives the one that is on record then.
    ///
    /// # Errors
    /// [`Error::AnswerTooLarge`] if no record can hold it, and [`Error::Expired`] if there is no record
    /// of this request any more. In either case nothing was recorded.
    async fn settle(&self, once: &Once, answer: &str) -> Result<String, Error>;

    /// Gives a key back that was taken, so that the same request may take it at once. It stays refused
    /// to others, for what was begun may be done in part. What is not held any more is left as it is.
    ///
    /// # Errors
    /// An [`Error`] if it is not known to be given back. Then its lease goes on to its end.
    async fn release(&self, once: &Once, lease: &Lease) -> Result<(), Error>;
}

/// What a call that claims a key learns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// The key is its own. Another call may have had it before and died at any point of the effect.
    Granted(Lease),
    /// It is done, with this answer.
    Answered(String),
}

/// Who holds a key: no two claims have the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease(String);

impl Lease {
    /// A lease of one's own.
    pub fn random() -> Self {
        Self(format!("{:032x}", fastrand::u128(..)))
    }
}

impl fmt::Display for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Runs an effect unless it has happened. It has to be repeatable: see the [module](self).
///
/// The key is held until `until`, which is to be the invocation's deadline: then whoever takes over
/// knows that nobody works on it any more. A call that is dropped on the way, or whose process dies,
/// holds it that long, too; one whose effect fails gives it back at once.
///
/// An effect that has happened is answered, even if its record fails then: that is logged, and the
/// effect repeated if the same is asked for after `until`.
///
/// # Errors
/// - What the effect fails with.
/// - What [`Records::claim`] fails with; then there was no effect.
/// - [`Error::AnswerTooLarge`] if no record can hold the answer, in which case every repetition would
///   be an effect anew. There was one; an answer so large has to lie elsewhere and be referred to.
pub async fn run<E: From<Error>>(
    records: &impl Records,
    once: &Once,
    until: SystemTime,
    effect: impl AsyncFnOnce() -> Result<String, E>,
) -> Result<Answer, E> {
    let lease = match records.claim(once, until).await? {
        Claim::Granted(lease) => lease,
        Claim::Answered(text) => return Ok(Answer { text, replayed: true }),
    };
    let failed = match effect().await {
        Ok(answer) => match records.settle(once, &answer).await {
            Ok(text) => return Ok(Answer { text, replayed: false }),
            Err(error @ Error::AnswerTooLarge { .. }) => error.into(),
            Err(error) => {
                tracing::warn!(error = %Chain(&error), "an answer was not put on record");
                return Ok(Answer { text: answer, replayed: false });
            }
        },
        Err(failed) => failed,
    };
    if let Err(error) = records.release(once, &lease).await {
        tracing::warn!(error = %Chain(&error), "a key is held until its lease is over");
    }
    Err(failed)
}

#[cfg(test)]
mod tests;
