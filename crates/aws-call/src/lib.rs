//! Calls to AWS as bytes: what the local services that stand in for AWS's own have to call of the
//! others, as whoever they have to be.
//!
//! [`Aws::call`] signs a request with Signature Version 4 and sends it to a local AWS or, without
//! one, to the service's public endpoint. A call is made with the credentials of the environment or
//! as a role, which is assumed first ([`Role`]). What a service's protocol is like is the caller's
//! business. [`Outbound`] is the pool of connections beneath, for calls that are not AWS's.

mod aws;
mod outbound;
mod roles;
#[cfg(test)]
mod tests;

pub use aws::{Aws, Call, Error};
pub use outbound::{Outbound, Unreachable};
pub use roles::Role;
