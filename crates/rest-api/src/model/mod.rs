//! What an API consists of: AWS's documents as types, named and spelt as in its API reference.
//!
//! Serialized, each is what the control plane answers. The types carry no rules: what may be stored
//! is the business of the control plane and of the importer, and what it means is the data plane's.

mod access;
mod api;
mod deployment;
mod domain;
mod integration;
mod method;

pub(crate) use access::*;
pub(crate) use api::*;
pub(crate) use deployment::*;
pub(crate) use domain::*;
pub(crate) use integration::*;
pub(crate) use method::*;

use std::collections::BTreeMap;

/// Names and values, in the order of the names.
pub(crate) type Strings = BTreeMap<String, String>;

/// Seconds since 1970, as API Gateway prints every date.
pub(crate) type Seconds = i64;
