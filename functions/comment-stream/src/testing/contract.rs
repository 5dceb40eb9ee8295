//! What every implementation of the port promises.

use super::{Page, Readable};
use crate::{Change, Error, Transaction};
use std::collections::BTreeSet;

const EARLY: &str = "2015-04-09T12:34:56.789Z";
const LATE: &str = "2026-11-20T12:56:07.042Z";

/// Checks what the port promises, with pages and events that start with `prefix`, which no other run
/// on the same tables uses. Others may be beside them.
///
/// # Panics
/// If a promise is not kept; the message says which.
pub async fn contract(stats: &impl Readable, prefix: &str) {
    let test = Test { stats, prefix };
    test.a_page_starts_with_no_comments().await;
    test.an_event_is_counted_once_and_cancels_all_that_is_with_it().await;
    test.the_newest_comment_is_the_latest_whatever_the_order().await;
    test.all_that_stands_against_a_transaction_is_named().await;
    test.a_transaction_holds_a_hundred_items().await;
    test.one_of_those_who_count_an_event_at_a_time_does().await;
}

struct Test<'a, S> {
    stats: &'a S,
    prefix: &'a str,
}

impl<S: Readable> Test<'_, S> {
    fn id(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// Changes are page, difference and newest comment.
    fn transaction(&self, events: &[&str], changes: &[(&str, i64, Option<&str>)]) -> Transaction {
        let change = |&(page, difference, newest): &(&str, i64, Option<&str>)| Change {
            page_id: self.id(page),
            difference,
            newest: newest.map(str::to_owned),
        };
        Transaction {
            events: events.iter().map(|event| self.id(event)).collect(),
            changes: changes.iter().map(change).collect(),
        }
    }

    async fn writes(&self, events: &[&str], changes: &[(&str, i64, Option<&str>)]) {
        let written = self.stats.write(&self.transaction(events, changes)).await;
        written.unwrap_or_else(|error| panic!("{events:?} {changes:?}: {error:?}"));
    }

    /// Expects that exactly these events and pages stand against it.
    async fn is_cancelled(&self, transaction: &Transaction, counted: &[&str], up_to_date: &[&str]) {
        let ids = |names: &[&str]| names.iter().map(|name| self.id(name)).collect::<BTreeSet<_>>();
        match self.stats.write(transaction).await {
            Err(Error::Cancelled { counted: events, up_to_date: pages, refused }) => {
                assert_eq!((events, pages), (ids(counted), ids(up_to_date)), "{transaction:?}");
                assert!(refused.is_empty(), "{refused:?}");
            }
            other => panic!("{transaction:?}: {other:?}"),
        }
    }

    async fn is(&self, page: &str, count: i64, last_comment_at: Option<&str>) {
        let expected = Page { count, last_comment_at: last_comment_at.map(str::to_owned) };
        assert_eq!(self.stats.page(&self.id(page)).await, Some(expected), "{page}");
    }

    async fn a_page_starts_with_no_comments(&self) {
        assert_eq!(self.stats.page(&self.id("first")).await, None);
        self.writes(&["first-1"], &[("first", 1, Some(EARLY))]).await;
        self.is("first", 1, Some(EARLY)).await;
        // A removal that comes before its insertion.
        self.writes(&["below-1"], &[("below", -1, None)]).await;
        self.is("below", -1, None).await;
        self.writes(&["below-2"], &[("below", 1, Some(EARLY))]).await;
        self.is("below", 0, Some(EARLY)).await;
        // All that was added was removed, which is no reason to know nothing of it.
        self.writes(&["both-1", "both-2"], &[("both", 0, Some(LATE))]).await;
        self.is("both", 0, Some(LATE)).await;
    }

    async fn an_event_is_counted_once_and_cancels_all_that_is_with_it(&self) {
        self.writes(&["once-1"], &[("once", 1, Some(EARLY))]).await;
        let again = self.transaction(&["once-1"], &[("once", 1, Some(LATE))]);
        self.is_cancelled(&again, &["once-1"], &[]).await;
        let both = self.transaction(
            &["once-0", "once-1", "once-2"],
            &[("once", 3, Some(LATE)), ("with", 1, Some(LATE))],
        );
        self.is_cancelled(&both, &["once-1"], &[]).await;
        self.is("once", 1, Some(EARLY)).await;
        assert_eq!(self.stats.page(&self.id("with")).await, None, "nothing was written");
        self.writes(&["once-0", "once-2"], &[("once", 2, Some(LATE)), ("with", 1, Some(LATE))])
            .await;
        self.is("once", 3, Some(LATE)).await;
        self.is("with", 1, Some(LATE)).await;
    }

    async fn the_newest_comment_is_the_latest_whatever_the_order(&self) {
        self.writes(&["order-1"], &[("order", 1, Some(LATE))]).await;
        for newest in [EARLY, LATE] {
            let late = self.transaction(&["order-2"], &[("order", 1, Some(newest))]);
            self.is_cancelled(&late, &[], &["order"]).await;
        }
        self.is("order", 1, Some(LATE)).await;
        self.writes(&["order-2"], &[("order", 1, None)]).await;
        self.is("order", 2, Some(LATE)).await;
        self.writes(&["order-3"], &[("order", -2, None)]).await;
        self.is("order", 0, Some(LATE)).await;
    }

    async fn all_that_stands_against_a_transaction_is_named(&self) {
        self.writes(&["all-1", "all-2"], &[("all-a", 1, Some(LATE)), ("all-b", 1, Some(EARLY))])
            .await;
        let transaction = self.transaction(
            &["all-3", "all-2", "all-4", "all-1"],
            &[("all-a", 2, Some(EARLY)), ("all-b", 1, Some(LATE)), ("all-c", 1, None)],
        );
        self.is_cancelled(&transaction, &["all-1", "all-2"], &["all-a"]).await;
        self.is("all-b", 1, Some(EARLY)).await;
    }

    async fn a_transaction_holds_a_hundred_items(&self) {
        let events: Vec<String> = (0..99).map(|n| format!("many-{n}")).collect();
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        self.writes(&events, &[("many", 99, Some(LATE))]).await;
        self.is("many", 99, Some(LATE)).await;
        let again = self.transaction(&events, &[("many", 99, Some(EARLY))]);
        self.is_cancelled(&again, &events, &["many"]).await;
    }

    async fn one_of_those_who_count_an_event_at_a_time_does(&self) {
        let transaction = self.transaction(&["race"], &[("race", 1, Some(LATE))]);
        let write = || self.stats.write(&transaction);
        let (a, b, c, d) = tokio::join!(write(), write(), write(), write());
        let mut done = 0;
        for answer in [a, b, c, d] {
            match answer {
                Ok(()) => done += 1,
                Err(Error::Conflict | Error::Cancelled { .. }) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(done <= 1, "{done} counted the same event");
        if done == 0 {
            self.stats.write(&transaction).await.expect("nobody else counts it any more");
        }
        self.is("race", 1, Some(LATE)).await;
    }
}
