//! The local AWS: one endpoint on this machine that Terraform, SDKs and functions take for AWS.
//!
//! A local AWS is named by its port. Its *instance* is a folder, `.spillway/<port>`, that holds a
//! lock, a record of what runs, the logs and Terraform's state. Its *supervisor* is one process
//! that holds the lock for as long as it lives, so whether a local AWS runs is a question to the
//! operating system and never to a stale file. The supervisor owns MiniStack's life: it starts it,
//! waits until it is healthy, starts it anew when it dies and takes it along when it goes.
//!
//! Nothing may be left behind, whoever is killed and however:
//! - MiniStack and the functions it runs share a process group, which the supervisor kills.
//! - The supervisor holds the pipe to MiniStack's standard input; when the supervisor is killed,
//!   the pipe ends and the group kills itself.
//! - The supervisor in turn watches its own standard input, its *lifeline*: until it reads
//!   `detach`, the end of that pipe ends it. So `spillway up` that is interrupted half-way, and a
//!   test run that crashes, take the whole local AWS with them.
//!
//! In front of MiniStack stands the one endpoint, which the supervisor serves itself: it answers what
//! it owns, REST APIs and function URLs, and streams everything else to MiniStack unchanged. On demand
//! it lets some of what it would hand on fail ([`Fault`]), so that whoever calls can be seen to cope.
//!
//! State is ephemeral. A MiniStack that was started anew is an empty cloud, so the record carries a
//! `generation` by which others can tell that what they applied is gone.
//!
//! What this crate leaves out: Terraform, packaging and everything a person sees. That is
//! `spillway`.

mod call;
mod endpoint;
mod fault;
mod function_url;
mod identities;
mod instance;
mod journal;
mod ministack;
mod scope;
mod supervisor;
mod upstream;

pub use fault::{Fault, FaultError, Faults};
pub use instance::{Error, Iam, Instance, Process, Record};
pub use supervisor::{DETACH, READY, Supervisor};
