//! The harness: what tests need to drive Terraform, the `spillway` command and HTTP from outside.
//!
//! ```no_run
//! use spillway_tests::{Stack, get};
//!
//! let stack = Stack::local().only(&["function-url-ingest"]).apply();
//! let answer = get(&stack.url("function-url-ingest"));
//! assert_eq!(answer.status, 200);
//! ```
//!
//! A test run shares one local AWS, [`LocalAws::shared`], on a free port; stacks on it are kept
//! apart by their names. It ends with the test process, however that ends. A stack has its own
//! temporary folder for Terraform's state and is destroyed on drop. Commands run in a scrubbed
//! environment, so that nothing a developer has set decides a test; when one fails, `assert_cmd`
//! prints the command, its folder, its status and both outputs.
//!
//! Waiting is polling with a deadline, [`eventually`]; nothing here sleeps for a fixed time.

mod command;
mod http;
mod local_aws;
mod poll;
mod python;
mod stack;
mod terraform;

pub use command::{repository, scrubbed, spillway, terraform_init};
pub use http::{Answer, Client, get, post, request};
pub use local_aws::{LocalAws, free_port};
pub use poll::eventually;
pub use python::python_tool;
pub use stack::{Stack, StackBuilder};
pub use terraform::TerraformRoot;
