//! Identifiers as API Gateway makes them: lower-case letters and digits.

use uuid::Uuid;

const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";

/// The length of the ids of APIs, resources, keys and plans.
pub(crate) const LONG: usize = 10;

/// The length of the ids of deployments, authorizers, models and validators.
pub(crate) const SHORT: usize = 6;

/// A new random id of up to 16 characters.
pub(crate) fn new(length: usize) -> String {
    let random = Uuid::new_v4().into_bytes();
    random.iter().take(length).map(|byte| ALPHABET[*byte as usize % 36] as char).collect()
}
