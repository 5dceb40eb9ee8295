//! What a handler knows about the invocation it answers: its metrics and its time.

use crate::Metrics;
use std::future::Future;
use std::time::{Duration, SystemTime};

/// Kept back from the deadline, so that there is time to answer and to flush.
const RESERVE: Duration = Duration::from_millis(300);

/// One invocation of the function.
#[derive(Debug)]
pub struct Invocation {
    deadline: SystemTime,
    metrics: Metrics,
}

impl Invocation {
    /// An invocation that Lambda ends at `deadline`.
    pub fn new(metrics: Metrics, deadline: SystemTime) -> Self {
        Self { deadline, metrics }
    }

    /// The metrics that are written when this invocation ends.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// When Lambda ends the invocation, whatever it is at.
    pub fn deadline(&self) -> SystemTime {
        self.deadline
    }

    /// Runs `work` for as long as leaves 300 ms before Lambda's deadline, and drops it then.
    ///
    /// A function that waits for another service uses it, because a function that Lambda itself
    /// stops answers nothing and starts cold the next time. `None` if `work` did not end in time.
    pub async fn in_time<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(self.time_left(), work).await.ok()
    }

    /// How long [`Self::in_time`] lets work run that starts now; zero if it is too late.
    pub fn time_left(&self) -> Duration {
        let left = self.deadline.duration_since(SystemTime::now()).unwrap_or_default();
        left.saturating_sub(RESERVE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invocation(deadline: SystemTime) -> Invocation {
        Invocation::new(Metrics::new("f", "r"), deadline)
    }

    #[tokio::test]
    async fn work_that_ends_before_the_deadline_is_answered() {
        let invocation = invocation(SystemTime::now() + Duration::from_secs(60));
        assert_eq!(invocation.in_time(async { 7 }).await, Some(7));
    }

    #[tokio::test]
    async fn work_is_dropped_when_only_the_reserve_is_left() {
        let never = std::future::pending::<()>;
        for deadline in [SystemTime::now() + RESERVE, SystemTime::UNIX_EPOCH] {
            assert_eq!(invocation(deadline).in_time(never()).await, None);
            assert_eq!(invocation(deadline).time_left(), Duration::ZERO);
        }
    }
}
