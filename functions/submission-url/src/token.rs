//! The token that leads to the next page of the list.
//!
//! It is the last key of a page with a code behind it that only this function makes, keyed by the
//! table's name. It protects against accidents, not against attackers: a token that was cut, edited,
//! put together by hand or taken from another table is a clear 400, instead of a list that starts
//! anywhere or an error of DynamoDB's. Who knows the table's name can make one, and gains nothing:
//! a token opens no more than the list does, which is the whole table.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The bytes of the code that are kept: 128 bits, as RFC 2104 has it for truncation.
const CODE_BYTES: usize = 16;

/// Makes and reads the tokens of one table.
#[derive(Debug)]
pub(crate) struct Tokens {
    table_name: String,
}

impl Tokens {
    pub(crate) fn new(table_name: &str) -> Self {
        Self { table_name: table_name.to_owned() }
    }

    /// The token for the page behind `id`, of characters that need no encoding in a URL.
    pub(crate) fn seal(&self, id: &str) -> String {
        let mut bytes = self.code(id.as_bytes()).finalize().into_bytes()[..CODE_BYTES].to_vec();
        bytes.extend_from_slice(id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The id in a token, unless it is not, letter by letter, one that [`Self::seal`] made.
    pub(crate) fn open(&self, token: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (code, id) = bytes.split_at_checked(CODE_BYTES)?;
        self.code(id).verify_truncated_left(code).ok()?;
        String::from_utf8(id.to_vec()).ok()
    }

    fn code(&self, id: &[u8]) -> Hmac<Sha256> {
        let code = Hmac::<Sha256>::new_from_slice(self.table_name.as_bytes());
        code.expect("HMAC takes a key of any length").chain_update(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_token_opens_to_its_id(id in any::<String>()) {
            let tokens = Tokens::new("submissions");
            prop_assert_eq!(tokens.open(&tokens.seal(&id)), Some(id));
        }

        #[test]
        fn an_altered_token_opens_to_nothing(id in "[a-z]{0,20}", at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
            let tokens = Tokens::new("submissions");
            let token = tokens.seal(&id);
            let at = at.index(token.len());
            let mut altered = token.clone();
            altered.replace_range(at..=at, &to);
            prop_assume!(altered != token);
            prop_assert_eq!(tokens.open(&altered), None);
        }

        #[test]
        fn a_cut_or_lengthened_token_opens_to_nothing(id in "[a-z]{0,20}", cut in 1_usize..30, more in "[A-Za-z0-9_=-]{1,4}") {
            let tokens = Tokens::new("submissions");
            let token = tokens.seal(&id);
            prop_assert_eq!(tokens.open(&token[..token.len().saturating_sub(cut)]), None);
            prop_assert_eq!(tokens.open(&(token + &more)), None);
        }
    }

    #[test]
    fn a_token_of_another_table_opens_to_nothing() {
        let token = Tokens::new("submissions").seal("a@x.com");
        assert_eq!(Tokens::new("other").open(&token), None);
        assert_eq!(Tokens::new("submissions").open(&token).as_deref(), Some("a@x.com"));
    }
}
