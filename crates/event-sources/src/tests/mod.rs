//! The documented rules, a test each, on an AWS in memory whose function is written down.

mod batches;
mod campaign;
mod control;
mod filters;
mod queues;
mod reports;
mod streams;
mod world;
