//! What every implementation of the port promises.

use crate::idempotency::{Claim, Error, Lease, MAX_ANSWER_BYTES, Once, Records, run};
use std::cell::Cell;
use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Until when a call that has died holds its key.
const OVER: SystemTime = SystemTime::UNIX_EPOCH;

/// Checks what the port promises, with keys that start with `prefix`, which no other run on the same
/// table uses. `records` gives them with a lifetime.
///
/// # Panics
/// If a promise is not kept; the message says which.
pub async fn contract<R: Records>(records: impl Fn(Duration) -> R, prefix: &str) {
    let test = Test { records: records(DAY), short: records(Duration::ZERO), prefix };
    test.a_key_is_granted_once_and_answered_ever_after().await;
    test.a_key_is_bound_to_its_request().await;
    test.a_call_that_died_is_taken_over_by_the_same_request().await;
    test.a_key_that_is_given_back_is_granted_at_once().await;
    test.the_first_answer_is_everybodys().await;
    test.a_record_that_is_over_is_as_none().await;
    test.the_largest_answer_is_kept_and_a_larger_one_refused().await;
    test.calls_with_one_key_at_a_time_have_one_effect_and_one_answer().await;
}

struct Test<'a, R> {
    records: R,
    /// Records that are over as soon as they are not in progress.
    short: R,
    prefix: &'a str,
}

impl<R: Records> Test<'_, R> {
    fn once(&self, key: &str, fingerprint: &str) -> Once {
        Once { key: format!("{}-{key}", self.prefix), fingerprint: fingerprint.to_owned() }
    }

    async fn granted(&self, once: &Once, until: SystemTime) -> Lease {
        match self.records.claim(once, until).await {
            Ok(Claim::Granted(lease)) => lease,
            other => panic!("{once:?} is granted: {other:?}"),
        }
    }

    async fn in_progress(&self, once: &Once) {
        let refused = self.records.claim(once, later()).await;
        assert!(matches!(refused, Err(Error::InProgress)), "{once:?}: {refused:?}");
    }

    async fn answered(&self, once: &Once, answer: &str) {
        let found = self.records.claim(once, later()).await.expect("an answer");
        assert_eq!(found, Claim::Answered(answer.to_owned()), "{once:?}");
    }

    async fn settled(&self, once: &Once, answer: &str, expected: &str) {
        let settled = self.records.settle(once, answer).await.expect("an answer");
        assert_eq!(settled, expected, "{once:?}");
    }

    async fn a_key_is_granted_once_and_answered_ever_after(&self) {
        for (key, answer) in [("plain", "done"), ("empty", ""), ("odd", "\u{0}\"\\ 😀 null")] {
            let once = self.once(key, "f");
            self.granted(&once, later()).await;
            self.in_progress(&once).await;
            self.settled(&once, answer, answer).await;
            self.answered(&once, answer).await;
            self.answered(&once, answer).await;
        }
    }

    async fn a_key_is_bound_to_its_request(&self) {
        let (one, other) = (self.once("bound", "one"), self.once("bound", "other"));
        let reused = async || {
            let refused = self.records.claim(&other, later()).await;
            assert!(matches!(refused, Err(Error::KeyReused)), "{refused:?}");
        };
        self.granted(&one, OVER).await;
        reused().await;
        let lease = self.granted(&one, later()).await;
        reused().await;
        let expired = self.records.settle(&other, "other").await;
        assert!(matches!(expired, Err(Error::Expired)), "{expired:?}");
        self.records.release(&one, &lease).await.expect("a key is given back");
        reused().await;
        self.granted(&one, later()).await;
        self.settled(&one, "one", "one").await;
        reused().await;
    }

    async fn a_call_that_died_is_taken_over_by_the_same_request(&self) {
        let once = self.once("died", "f");
        let dead = self.granted(&once, OVER).await;
        let heir = self.granted(&once, later()).await;
        assert_ne!(dead, heir);
        self.in_progress(&once).await;
        // It was only slow, and cannot give back what another holds.
        self.records.release(&once, &dead).await.expect("there is nothing to give back");
        self.in_progress(&once).await;
        self.settled(&once, "done", "done").await;
        self.answered(&once, "done").await;
    }

    async fn a_key_that_is_given_back_is_granted_at_once(&self) {
        let once = self.once("given-back", "f");
        for _ in 0..2 {
            let lease = self.granted(&once, later()).await;
            self.records.release(&once, &lease).await.expect("a key is given back");
        }
        let lease = self.granted(&once, later()).await;
        self.settled(&once, "done", "done").await;
        self.records.release(&once, &lease).await.expect("there is nothing to give back");
        self.answered(&once, "done").await;
        let absent = self.once("absent", "f");
        self.records.release(&absent, &lease).await.expect("there is nothing to give back");
        self.granted(&absent, later()).await;
    }

    async fn the_first_answer_is_everybodys(&self) {
        let once = self.once("first-answer", "f");
        self.granted(&once, OVER).await;
        self.granted(&once, OVER).await;
        for answer in ["first", "second"] {
            self.settled(&once, answer, "first").await;
        }
        self.answered(&once, "first").await;
    }

    async fn a_record_that_is_over_is_as_none(&self) {
        let (one, other) = (self.once("over", "one"), self.once("over", "other"));
        let lease = self.short.claim(&one, OVER).await.expect("a new key");
        assert!(matches!(lease, Claim::Granted(_)));
        self.short.settle(&one, "one").await.expect("nobody else has it");
        let next = self.short.claim(&other, later()).await.expect("the record is over");
        assert!(matches!(next, Claim::Granted(_)), "{next:?}");
        let expired = self.short.settle(&one, "one").await;
        assert!(matches!(expired, Err(Error::Expired)), "{expired:?}");
        // What is in progress outlives the lifetime.
        let refused = self.short.claim(&other, later()).await;
        assert!(matches!(refused, Err(Error::InProgress)), "{refused:?}");
        let never = self.records.settle(&self.once("never", "f"), "x").await;
        assert!(matches!(never, Err(Error::Expired)), "{never:?}");
    }

    async fn the_largest_answer_is_kept_and_a_larger_one_refused(&self) {
        let once = Once { fingerprint: "f".repeat(64), ..self.once(&"k".repeat(400), "") };
        self.granted(&once, later()).await;
        let largest = "x".repeat(MAX_ANSWER_BYTES);
        let bytes = MAX_ANSWER_BYTES + 1;
        let refused = self.records.settle(&once, &format!("{largest}x")).await;
        assert!(
            matches!(refused, Err(Error::AnswerTooLarge { bytes: found }) if found == bytes),
            "{refused:?}"
        );
        self.in_progress(&once).await;
        self.settled(&once, &largest, &largest).await;
        self.answered(&once, &largest).await;
    }

    async fn calls_with_one_key_at_a_time_have_one_effect_and_one_answer(&self) {
        let once = self.once("at-a-time", "f");
        let effects = Cell::new(0);
        let ask = async || {
            let effect = async || {
                tokio::task::yield_now().await;
                effects.set(effects.get() + 1);
                Ok::<_, Error>(format!("effect {}", effects.get()))
            };
            match run(&self.records, &once, later(), effect).await {
                Ok(answer) => Some(answer),
                Err(Error::InProgress) => None,
                Err(error) => panic!("{error}"),
            }
        };
        let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
        let answers: Vec<_> = [a, b, c, d, ask().await].into_iter().flatten().collect();
        assert_eq!(effects.get(), 1);
        assert!(answers.iter().all(|answer| answer.text == "effect 1"), "{answers:?}");
        assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1, "{answers:?}");
        assert!(answers.last().is_some_and(|answer| answer.replayed), "{answers:?}");
    }
}

fn later() -> SystemTime {
    SystemTime::now() + DAY
}
