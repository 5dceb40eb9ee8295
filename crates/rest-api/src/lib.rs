//! A local API Gateway: REST APIs (v1) as AWS imports, configures, deploys and serves them.
//!
//! Three parts share one `model`, which is AWS's own documents as types, and one set of `rules`
//! for what API Gateway takes:
//! - the *control plane* keeps APIs and answers Terraform, the AWS CLI and SDKs;
//! - *openapi* reads and writes API definitions with the `x-amazon-apigateway-*` extensions;
//! - the *data plane* serves a stage.
//!
//! A deployment is a snapshot of an API's `model::Definition`; a stage serves a deployment. So
//! what is changed after a deployment shows only after the next one, as on AWS.

mod control;
mod credentials;
mod data;
mod delivery;
mod gateway;
mod id;
mod load;
mod model;
mod openapi;
mod path;
mod rules;
mod serve;
mod served;
mod store;
mod usage;

pub use credentials::{Answer, Credentials, Identity, Invoke, Lookup, Permission};
pub use data::Detail;
pub use gateway::{Gateway, Invocation, Target};
pub use load::{LoadError, Loaded};
pub use serve::{RequestBody, serve_http};
