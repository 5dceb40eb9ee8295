//! The documented rules, a test each, on an AWS in memory whose function is written down.

mod batches;
mod campaign;
mod control;
mod fifo;
mod filters;
mod queues;
mod reports;
mod stream_failures;
mod stream_positions;
mod streams;
mod world;
