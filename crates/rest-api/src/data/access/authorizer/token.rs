//! JSON Web Tokens as user pools sign them: with RS256 and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mapping_template::JsonObject;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;
use serde_json::Value as Json;

/// A token that could be read. Nothing in it is to be believed before its signature is checked.
#[derive(Debug)]
pub(super) struct Token<'a> {
    /// The part that the signature is for.
    signed: &'a str,
    signature: Vec<u8>,
    pub(super) key_id: String,
    pub(super) claims: JsonObject,
}

/// The header, as far as it counts.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

/// The public half of a key that signs tokens.
#[derive(Debug)]
pub(super) struct PublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl<'a> Token<'a> {
    /// None for what is no token of this kind.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let Header { alg, kid } = serde_json::from_slice(&decode(header)?).ok()?;
        let claims = serde_json::from_slice(&decode(claims)?).ok()?;
        let signature = decode(signature)?;
        (alg == "RS256").then_some(Self { signed, signature, key_id: kid, claims })
    }

    pub(super) fn is_signed_by(&self, key: &PublicKey) -> bool {
        let PublicKey { modulus: n, exponent: e } = key;
        let key = RsaPublicKeyComponents { n, e };
        key.verify(&RSA_PKCS1_2048_8192_SHA256, self.signed.as_bytes(), &self.signature).is_ok()
    }

    /// A claim that is text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }

    /// A claim that is a moment, in seconds since 1970.
    pub(super) fn seconds(&self, claim: &str) -> Option<i64> {
        self.claims.get(claim).and_then(Json::as_i64)
    }
}

impl PublicKey {
    /// A key of its numbers, in Base64 as key sets have them.
    pub(super) fn new(modulus: &str, exponent: &str) -> Option<Self> {
        Some(Self { modulus: number(modulus)?, exponent: number(exponent)? })
    }
}

/// A number without the zeros in front that some key sets have.
fn number(text: &str) -> Option<Vec<u8>> {
    let mut digits = decode(text)?;
    let zeros = digits.iter().take_while(|digit| **digit == 0).count();
    digits.drain(..zeros);
    Some(digits)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
