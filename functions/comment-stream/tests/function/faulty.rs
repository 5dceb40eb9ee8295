//! Counts on which calls fail as they do on DynamoDB, now and then.

use comment_stream::testing::Memory;
use comment_stream::{Error, PageStats, Transaction};
use lambda_kit::CallError;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    Conflict,
    Throttled,
    Service,
    /// It is done, and nobody learns of it.
    LateAnswer,
    /// There is never an answer.
    Never,
    /// There is never an answer, but it is done.
    NeverThoughDone,
}

/// Counts in memory whose calls take these faults one after the other, and then the last one for ever.
#[derive(Debug)]
pub(crate) struct Faulty<'a> {
    memory: &'a Memory,
    faults: RefCell<VecDeque<Fault>>,
    last: Fault,
    /// Pages that cannot be changed.
    pub(crate) broken: BTreeSet<String>,
    /// An event with which no transaction is taken.
    pub(crate) unacceptable: Option<String>,
    pub(crate) calls: Cell<usize>,
}

impl<'a> Faulty<'a> {
    pub(crate) fn new(memory: &'a Memory, faults: &[Fault], last: Fault) -> Self {
        let faults = RefCell::new(faults.iter().copied().collect());
        Self {
            memory,
            faults,
            last,
            broken: BTreeSet::new(),
            unacceptable: None,
            calls: Cell::new(0),
        }
    }
}

impl PageStats for &Faulty<'_> {
    async fn write(&self, transaction: &Transaction) -> Result<(), Error> {
        self.calls.set(self.calls.get() + 1);
        let fault = self.faults.borrow_mut().pop_front().unwrap_or(self.last);
        // Others have their turn, as they do while a call is on its way.
        tokio::task::yield_now().await;
        let refused: BTreeMap<String, String> = transaction
            .changes
            .iter()
            .filter(|change| self.broken.contains(&change.page_id))
            .map(|change| (change.page_id.clone(), "not today".to_owned()))
            .collect();
        if !refused.is_empty() {
            let (counted, up_to_date) = (BTreeSet::new(), BTreeSet::new());
            return Err(Error::Cancelled { counted, up_to_date, refused });
        }
        let (service, source) = ("DynamoDB", || "not today".into());
        if self.unacceptable.iter().any(|event| transaction.events.contains(event)) {
            return Err(Error::Refused { source: source() });
        }
        match fault {
            Fault::None => self.memory.write(transaction).await,
            Fault::Conflict => Err(Error::Conflict),
            Fault::Throttled => Err(CallError::Throttled { service, source: source() }.into()),
            Fault::Service => Err(CallError::Failed { service, source: source() }.into()),
            Fault::LateAnswer => {
                self.memory.write(transaction).await?;
                Err(CallError::TimedOut { service, source: source() }.into())
            }
            Fault::Never => std::future::pending().await,
            Fault::NeverThoughDone => {
                self.memory.write(transaction).await?;
                std::future::pending().await
            }
        }
    }
}
