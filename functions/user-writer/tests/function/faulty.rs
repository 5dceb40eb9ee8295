//! Users whose writes fail as they do on DynamoDB, now and then.

use lambda_kit::CallError;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use user_writer::testing::Memory;
use user_writer::{Error, Failure, User, Users, Written};

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    Throttled,
    Service,
    Refused,
    /// It is done, and nobody learns of it.
    LateAnswer,
    /// There is never an answer.
    Never,
    /// There is never an answer, but it is done.
    NeverThoughDone,
}

/// Users in memory whose calls take these faults one after the other, and then the last one for ever.
#[derive(Debug)]
pub(crate) struct Faulty<'a> {
    memory: &'a Memory,
    faults: RefCell<VecDeque<Fault>>,
    last: Fault,
    pub(crate) calls: Cell<usize>,
    running: Cell<usize>,
    /// The most calls that there were at a time.
    pub(crate) most: Cell<usize>,
}

impl<'a> Faulty<'a> {
    pub(crate) fn new(memory: &'a Memory, faults: &[Fault], last: Fault) -> Self {
        Self {
            memory,
            faults: RefCell::new(faults.iter().copied().collect()),
            last,
            calls: Cell::new(0),
            running: Cell::new(0),
            most: Cell::new(0),
        }
    }

    async fn take(
        &self,
        write: impl AsyncFn() -> Result<Written, Error>,
    ) -> Result<Written, Error> {
        self.calls.set(self.calls.get() + 1);
        let fault = self.faults.borrow_mut().pop_front().unwrap_or(self.last);
        self.running.set(self.running.get() + 1);
        self.most.set(self.most.get().max(self.running.get()));
        // Others have their turn, as they do while a call is on its way.
        tokio::task::yield_now().await;
        self.running.set(self.running.get() - 1);
        let (service, source) = ("DynamoDB", || "not today".into());
        match fault {
            Fault::None => write().await,
            Fault::Throttled => Err(CallError::Throttled { service, source: source() }.into()),
            Fault::Service => Err(CallError::Failed { service, source: source() }.into()),
            Fault::Refused => Err(Error::Refused { source: source() }),
            Fault::LateAnswer => {
                write().await?;
                Err(CallError::TimedOut { service, source: source() }.into())
            }
            Fault::Never => std::future::pending().await,
            Fault::NeverThoughDone => {
                write().await?;
                std::future::pending().await
            }
        }
    }
}

impl Users for &Faulty<'_> {
    async fn create(&self, user: &User) -> Result<Written, Error> {
        self.take(async || self.memory.create(user).await).await
    }

    async fn fail(&self, failure: &Failure) -> Result<Written, Error> {
        self.take(async || self.memory.fail(failure).await).await
    }
}
