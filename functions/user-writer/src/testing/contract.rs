//! What every implementation of the port promises.

use super::{Readable, Stored};
use crate::{Failure, User, Written};

/// Checks what the port promises, with ids that start with `prefix`, which no other run on the same
/// table uses. Others may be beside them.
///
/// # Panics
/// If a promise is not kept; the message says which.
pub async fn contract(users: &impl Readable, prefix: &str) {
    let test = Test { users, prefix };
    test.a_user_is_put_once_and_stays_as_it_is().await;
    test.a_failure_is_put_and_replaced().await;
    test.a_failure_never_takes_the_place_of_a_user().await;
    test.a_user_takes_the_place_of_a_failure_for_good().await;
    test.text_is_kept_character_by_character().await;
    test.one_of_those_who_create_a_user_at_a_time_does().await;
}

struct Test<'a, U> {
    users: &'a U,
    prefix: &'a str,
}

impl<U: Readable> Test<'_, U> {
    fn user(&self, id: &str, name: &str) -> User {
        User {
            id: format!("{}-{id}", self.prefix),
            sqs_message_id: format!("m-{id}"),
            name: name.to_owned(),
            email: format!("{name}@example.com"),
            created_at: "2026-11-20T09:00:00.001Z".to_owned(),
        }
    }

    fn failure(&self, id: &str, reason: &str) -> Failure {
        Failure {
            id: format!("{}-{id}", self.prefix),
            sqs_message_id: format!("m-{id}"),
            reason: reason.to_owned(),
            failed_at: "2026-11-20T09:05:00.000Z".to_owned(),
        }
    }

    async fn creates(&self, user: &User, expected: Written) {
        let written = self.users.create(user).await;
        assert_eq!(written.unwrap_or_else(|error| panic!("{user:?}: {error:?}")), expected);
    }

    async fn fails(&self, failure: &Failure, expected: Written) {
        let written = self.users.fail(failure).await;
        assert_eq!(written.unwrap_or_else(|error| panic!("{failure:?}: {error:?}")), expected);
    }

    async fn is_user(&self, user: &User) {
        assert_eq!(self.users.stored(&user.id).await, Some(Stored::User(user.clone())));
    }

    async fn is_failure(&self, failure: &Failure) {
        assert_eq!(self.users.stored(&failure.id).await, Some(Stored::Failure(failure.clone())));
    }

    async fn a_user_is_put_once_and_stays_as_it_is(&self) {
        let user = self.user("once", "Alice");
        assert_eq!(self.users.stored(&user.id).await, None);
        self.creates(&user, Written::Now).await;
        self.is_user(&user).await;
        self.creates(&user, Written::UserThere).await;
        self.creates(&self.user("once", "Bobby"), Written::UserThere).await;
        self.is_user(&user).await;
    }

    async fn a_failure_is_put_and_replaced(&self) {
        self.fails(&self.failure("failed", "for now"), Written::Now).await;
        self.is_failure(&self.failure("failed", "for now")).await;
        self.fails(&self.failure("failed", "for good"), Written::Now).await;
        self.is_failure(&self.failure("failed", "for good")).await;
    }

    async fn a_failure_never_takes_the_place_of_a_user(&self) {
        let user = self.user("user-first", "Alice");
        self.creates(&user, Written::Now).await;
        self.fails(&self.failure("user-first", "late"), Written::UserThere).await;
        self.is_user(&user).await;
    }

    async fn a_user_takes_the_place_of_a_failure_for_good(&self) {
        self.fails(&self.failure("failure-first", "for now"), Written::Now).await;
        let user = self.user("failure-first", "Alice");
        self.creates(&user, Written::Now).await;
        self.is_user(&user).await;
        self.fails(&self.failure("failure-first", "late"), Written::UserThere).await;
        self.is_user(&user).await;
    }

    async fn text_is_kept_character_by_character(&self) {
        let user = self.user("text", "日本 \"\\'\u{0}\u{301} <b>😀</b>&+% ");
        self.creates(&user, Written::Now).await;
        self.is_user(&user).await;
        let failure = self.failure("reason", "\"näme\" is not a field of a user\n");
        self.fails(&failure, Written::Now).await;
        self.is_failure(&failure).await;
    }

    async fn one_of_those_who_create_a_user_at_a_time_does(&self) {
        let names = ["Alice", "Bobby", "Carol", "David"];
        let users = names.map(|name| self.user("race", name));
        let [a, b, c, d] = &users;
        let create = |user| self.users.create(user);
        let (a, b, c, d) = tokio::join!(create(a), create(b), create(c), create(d));
        let written = [a, b, c, d].map(|written| written.expect("the table answers"));
        let now = written.iter().zip(&users).filter(|(written, _)| **written == Written::Now);
        let now: Vec<&User> = now.map(|(_, user)| user).collect();
        let [user] = now[..] else { panic!("one creates it, not {now:?}") };
        self.is_user(user).await;
    }
}
