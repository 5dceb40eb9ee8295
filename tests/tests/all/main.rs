//! Everything that is tested from outside, in one process, so that it shares one local AWS.

mod function_url_ingest;
mod modules;
mod up;
