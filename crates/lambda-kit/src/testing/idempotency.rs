//! The double of [`idempotency`](crate::idempotency)'s port, and the contract that the double and the
//! adapter keep alike.
//!
//! The harness runs [`contract`] on [`RecordTable`](crate::idempotency::RecordTable) against a local
//! AWS; the tests of this crate run it on [`Memory`].

mod contract;
mod memory;

pub use contract::contract;
pub use memory::Memory;
