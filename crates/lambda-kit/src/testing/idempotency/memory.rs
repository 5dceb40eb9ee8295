//! The records in memory.

use crate::idempotency::{Answer, Claim, Error, Lease, MAX_ANSWER_BYTES, Once, Records};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

/// Records in memory, each of which holds for a time.
#[derive(Debug)]
pub struct Memory {
    lifetime: Duration,
    records: RefCell<BTreeMap<String, Record>>,
}

#[derive(Debug)]
struct Record {
    fingerprint: String,
    expires_at: SystemTime,
    answer: Option<String>,
    /// Whose it is while there is no answer, and until when.
    lease: Option<(Lease, SystemTime)>,
}

impl Memory {
    /// No records yet; each will hold for `lifetime`.
    pub fn new(lifetime: Duration) -> Self {
        Self { lifetime, records: RefCell::default() }
    }

    /// Does `write` and records its answer, as [`RecordTable::write`] does with the writes of a
    /// transaction: unless it was done before, and with no record if it fails.
    ///
    /// # Errors
    /// What `write` fails with, [`Error::KeyReused`] and [`Error::InProgress`].
    ///
    /// [`RecordTable::write`]: crate::idempotency::RecordTable::write
    pub fn write<E: From<Error>>(
        &self,
        once: &Once,
        write: impl FnOnce() -> Result<String, E>,
    ) -> Result<Answer, E> {
        let now = SystemTime::now();
        if let Some(answer) = self.known(once, now)? {
            let text = answer.ok_or(Error::InProgress)?;
            return Ok(Answer { text, replayed: true });
        }
        let text = write()?;
        self.insert(once, now + self.lifetime, Some(text.clone()), None);
        Ok(Answer { text, replayed: false })
    }

    /// What is on record of the same request: nothing, that it goes on, or an answer.
    fn known(&self, once: &Once, now: SystemTime) -> Result<Option<Option<String>>, Error> {
        match self.records.borrow().get(&once.key).filter(|record| record.expires_at > now) {
            Some(record) if record.fingerprint != once.fingerprint => Err(Error::KeyReused),
            Some(record) => Ok(Some(record.answer.clone())),
            None => Ok(None),
        }
    }

    fn insert(
        &self,
        once: &Once,
        expires_at: SystemTime,
        answer: Option<String>,
        lease: Option<(Lease, SystemTime)>,
    ) {
        let fingerprint = once.fingerprint.clone();
        let record = Record { fingerprint, expires_at, answer, lease };
        self.records.borrow_mut().insert(once.key.clone(), record);
    }
}

impl Records for Memory {
    async fn claim(&self, once: &Once, until: SystemTime) -> Result<Claim, Error> {
        let now = SystemTime::now();
        match self.known(once, now)? {
            Some(Some(answer)) => return Ok(Claim::Answered(answer)),
            Some(None) => {
                let records = self.records.borrow();
                let lease = records.get(&once.key).and_then(|record| record.lease.as_ref());
                if lease.is_none_or(|(_, until)| *until > now) {
                    return Err(Error::InProgress);
                }
            }
            None => {}
        }
        let lease = Lease::random();
        let expires_at = (now + self.lifetime).max(until);
        self.insert(once, expires_at, None, Some((lease.clone(), until)));
        Ok(Claim::Granted(lease))
    }

    async fn settle(&self, once: &Once, answer: &str) -> Result<String, Error> {
        if answer.len() > MAX_ANSWER_BYTES {
            return Err(Error::AnswerTooLarge { bytes: answer.len() });
        }
        let mut records = self.records.borrow_mut();
        let record = records.get_mut(&once.key);
        match record.filter(|record| record.fingerprint == once.fingerprint) {
            Some(record) => Ok(record.answer.get_or_insert_with(|| answer.to_owned()).clone()),
            None => Err(Error::Expired),
        }
    }

    async fn release(&self, once: &Once, lease: &Lease) -> Result<(), Error> {
        if let Some(record) = self.records.borrow_mut().get_mut(&once.key)
            && let Some((holder, until)) = &mut record.lease
            && holder == lease
        {
            *until = SystemTime::UNIX_EPOCH;
        }
        Ok(())
    }
}
