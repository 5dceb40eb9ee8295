//! What templates render, a line a case.

mod case;
mod check;
mod context;
mod document;
mod input;
mod util;
mod whole;
