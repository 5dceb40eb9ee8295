//! What every function of Spillway shares, so that a function's `main` is wiring only.
//!
//! ```no_run
//! # use lambda_kit::{Aws, Handler, Invocation, Settings};
//! # struct Greeter { greeting: String }
//! # impl Handler for Greeter {
//! #     type Event = String;
//! #     type Response = String;
//! #     type Error = std::convert::Infallible;
//! #     async fn handle(&self, event: String, _: &Invocation) -> Result<String, Self::Error> {
//! #         Ok(format!("{} {event}", self.greeting))
//! #     }
//! # }
//! fn main() -> std::process::ExitCode {
//!     lambda_kit::run(async |settings: &Settings| -> Result<_, lambda_kit::Error> {
//!         let [greeting] = settings.require(["GREETING"])?;
//!         Ok(Greeter { greeting })
//!     })
//! }
//! ```
//!
//! - [`run()`] starts the function: logs, one log span and one set of metrics per invocation.
//! - [`Settings`] reads the environment and names everything that is missing at once.
//! - [`logs`] writes Lambda's own JSON log format, [`Metrics`] CloudWatch's embedded metric format.
//! - [`Aws`] is SDK configuration that is the cheapest to start, and [`CallError`] why a call failed.
//! - [`Response`] is the answer to an HTTP request, [`BatchResponse`] that to a batch of records, and
//!   [`Backoff`] the time between attempts. [`process_batch`] works through the records of a queue.
//! - [`Members`] reads a JSON object and loses nothing of it; [`json_kind`] says what is no object.
//! - `item` (feature `dynamodb`) turns JSON into DynamoDB items and back, with numbers kept exact.
//! - `idempotency` (feature `dynamodb`) makes effects happen once, whoever asks for them again.
//!
//! It depends on no service's SDK, except on DynamoDB's under that feature: clients are made in
//! the function's `main`, so that a function compiles only what it calls. It knows nothing of a
//! local AWS; the standard SDK variables are enough to point a function at one.
#![expect(
    async_fn_in_trait,
    reason = "a function runs on one thread, so its futures need not be Send"
)]

mod aws;
mod batch;
mod error;
mod http;
#[cfg(feature = "dynamodb")]
pub mod idempotency;
mod invocation;
#[cfg(feature = "dynamodb")]
pub mod item;
pub mod logs;
mod members;
mod metrics;
mod run;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;

pub use aws::{Aws, CallError, Service, WithoutHostPrefix};
pub use batch::{Backoff, BatchResponse, Outcome, Processed, Record, process_batch};
pub use error::{Chain, Error};
pub use http::Response;
pub use invocation::Invocation;
pub use members::{Members, json_kind};
pub use metrics::Metrics;
pub use run::{Handler, run};
pub use settings::Settings;
