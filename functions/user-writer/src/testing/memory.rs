//! The users in memory.

use super::{Readable, Stored};
use crate::{Error, Failure, User, Users, Written};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Users and failures in memory.
#[derive(Debug, Default)]
pub struct Memory {
    stored: RefCell<BTreeMap<String, Stored>>,
}

impl Memory {
    /// All that is stored, in the order of ids.
    pub fn all(&self) -> Vec<Stored> {
        self.stored.borrow().values().cloned().collect()
    }

    fn put(&self, id: &str, new: Stored) -> Written {
        let mut stored = self.stored.borrow_mut();
        if let Some(Stored::User(_)) = stored.get(id) {
            return Written::UserThere;
        }
        stored.insert(id.to_owned(), new);
        Written::Now
    }
}

impl Users for &Memory {
    async fn create(&self, user: &User) -> Result<Written, Error> {
        Ok(self.put(&user.id, Stored::User(user.clone())))
    }

    async fn fail(&self, failure: &Failure) -> Result<Written, Error> {
        Ok(self.put(&failure.id, Stored::Failure(failure.clone())))
    }
}

impl Readable for &Memory {
    async fn stored(&self, id: &str) -> Option<Stored> {
        self.stored.borrow().get(id).cloned()
    }
}
