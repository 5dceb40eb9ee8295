//! What templates render, a line a case.

mod case;
mod check;
mod context;
mod input;
mod util;
mod whole;
