//! What API Gateway takes: the checks of what makes up a definition, in the words in which AWS
//! refuses it.
//!
//! The control plane and imports of documents both ask here, so that an API is taken or refused
//! alike whether it comes in one body or in single resources. Each adds where it found the mistake.
//! What the data plane makes of a definition is its own business.

pub(crate) mod gateway_responses;
pub(crate) mod integrations;
pub(crate) mod mappings;
pub(crate) mod names;
