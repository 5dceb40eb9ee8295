//! The double of the port, and the contract that the double and the adapter keep alike.
//!
//! The harness runs [`contract`] on [`DynamoDb`](crate::DynamoDb) against a local AWS; the tests of
//! this crate run it on [`Memory`]. So what the tests show with the double holds for the real thing.

mod contract;
mod memory;

pub use contract::contract;
pub use memory::Memory;

use crate::{Create, Delete, Error, List, Once, Orders, Page, Read, Update, Written};
use lambda_kit::item::Item;

/// A table that fails every call in the same way.
pub struct Failing<T>(
    /// Makes the error.
    pub T,
);

impl<T: Fn() -> Error> Orders for Failing<T> {
    async fn create(&self, _: &Create, _: Option<&Once>) -> Result<Written, Error> {
        Err((self.0)())
    }

    async fn read(&self, _: &Read) -> Result<Option<Item>, Error> {
        Err((self.0)())
    }

    async fn update(&self, _: &Update, _: Option<&Once>) -> Result<Written, Error> {
        Err((self.0)())
    }

    async fn delete(&self, _: &Delete) -> Result<Written, Error> {
        Err((self.0)())
    }

    async fn list(&self, _: &List) -> Result<Page, Error> {
        Err((self.0)())
    }
}

/// A table that never answers.
pub struct Never;

impl Orders for Never {
    async fn create(&self, _: &Create, _: Option<&Once>) -> Result<Written, Error> {
        std::future::pending().await
    }

    async fn read(&self, _: &Read) -> Result<Option<Item>, Error> {
        std::future::pending().await
    }

    async fn update(&self, _: &Update, _: Option<&Once>) -> Result<Written, Error> {
        std::future::pending().await
    }

    async fn delete(&self, _: &Delete) -> Result<Written, Error> {
        std::future::pending().await
    }

    async fn list(&self, _: &List) -> Result<Page, Error> {
        std::future::pending().await
    }
}
