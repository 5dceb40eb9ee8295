//! Which writes are to happen once: those with the `Idempotency-Key` header. What makes them happen
//! once is in `once.rs`.

use crate::http::Request;
use crate::problems::Problems;

const HEADER: &str = "Idempotency-Key";
const MAX_BYTES: usize = 255;

/// The key that the client gave, if it gave one.
pub(crate) fn key(request: &Request) -> Result<Option<String>, Problems> {
    let wrong = |problem| Err(Problems::one(HEADER, problem));
    match request.header(HEADER)[..] {
        [] => Ok(None),
        [key] if (1..=MAX_BYTES).contains(&key.len()) && key.bytes().all(visible) => {
            Ok(Some(key.to_owned()))
        }
        [_] => wrong("must be 1 to 255 visible ASCII characters"),
        _ => wrong("is given more than once"),
    }
}

fn visible(byte: u8) -> bool {
    byte.is_ascii_graphic()
}
