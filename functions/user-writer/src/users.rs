//! The port to the table of users.

use crate::Error;
use crate::event::Message;
use crate::request::Request;
use lambda_kit::logs::timestamp;
use std::time::SystemTime;
use uuid::{Uuid, uuid};

/// The namespace of users' ids. With another one, a redelivery would make a second user.
const NAMESPACE: Uuid = uuid!("9ed061f5-97e3-44f1-a05b-4d07d710d203");

/// What became of each message: a user, or the reason why it failed for good.
pub trait Users {
    /// Puts a user, unless there is one with its id. A failure with its id makes room for it.
    ///
    /// # Errors
    /// [`Error::Refused`] if it can never be put, and nothing was written. After any other error that
    /// is not known, and it can be asked for again until it is.
    async fn create(&self, user: &User) -> Result<Written, Error>;

    /// Puts a failure, in place of one with its id, unless there is a user with its id.
    ///
    /// # Errors
    /// As for [`Self::create`].
    async fn fail(&self, failure: &Failure) -> Result<Written, Error>;
}

/// What a write found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// No user; it was written.
    Now,
    /// A user with the same id, which stays as it is; nothing was written.
    UserThere,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Derived from the message's id.
    pub id: String,
    /// The id that the client knows the message by.
    pub sqs_message_id: String,
    /// The user's name.
    pub name: String,
    /// The user's address.
    pub email: String,
    /// When it was made, in RFC 3339 with milliseconds.
    pub created_at: String,
}

/// A message that failed for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The id that its user would have.
    pub id: String,
    /// The id that the client knows the message by.
    pub sqs_message_id: String,
    /// Why, for the client.
    pub reason: String,
    /// When it failed, in RFC 3339 with milliseconds.
    pub failed_at: String,
}

impl User {
    /// The user that a message asks for.
    pub(crate) fn of(message: &Message) -> Result<Self, Error> {
        let Request { name, email } =
            Request::read(&message.body).map_err(|reason| Error::Request { reason })?;
        Ok(Self {
            id: id(message.known_as()),
            sqs_message_id: message.known_as().to_owned(),
            name,
            email,
            created_at: timestamp(SystemTime::now()),
        })
    }
}

impl Failure {
    /// The failure of a message because of `error`.
    pub(crate) fn of(message: &Message, error: &Error) -> Self {
        Self {
            id: id(message.known_as()),
            sqs_message_id: message.known_as().to_owned(),
            reason: error.reason().to_owned(),
            failed_at: timestamp(SystemTime::now()),
        }
    }
}

/// The same for the same message, however often it comes.
fn id(message_id: &str) -> String {
    Uuid::new_v5(&NAMESPACE, message_id.as_bytes()).to_string()
}
