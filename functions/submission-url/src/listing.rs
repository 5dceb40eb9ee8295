//! The list: which page is asked for, and how it is answered.

use crate::Page;
use crate::http::{Errors, json, problem};
use crate::page;
use crate::pairs::Pairs;
use crate::token::Tokens;
use lambda_kit::Response;

const DEFAULT_LIMIT: u8 = 50;
const MAX_LIMIT: u8 = 100;

/// The page that is asked for.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) limit: u8,
    /// The id behind which it starts.
    pub(crate) after: Option<String>,
}

impl Listing {
    /// Reads `limit` and `next_token`, or says what is wrong with either.
    pub(crate) fn new(query: &Pairs, tokens: &Tokens) -> Result<Self, Errors> {
        let limit = query.one("limit").and_then(|value| value.map_or(Ok(DEFAULT_LIMIT), limit));
        let after = query.one("next_token").and_then(|value| {
            let open = |token| {
                let rule = "is not a token of this list";
                tokens.open(token).ok_or_else(|| problem(rule, token))
            };
            value.map(open).transpose()
        });
        match (limit, after) {
            (Ok(limit), Ok(after)) => Ok(Self { limit, after }),
            (limit, after) => Err([("limit", limit.err()), ("next_token", after.err())]
                .into_iter()
                .filter_map(|(name, problem)| Some((name.to_owned(), problem?)))
                .collect()),
        }
    }

    /// Answers with `page`, newest first. The way to the next page stands in a header, relative to
    /// wherever this function is reached.
    pub(crate) fn answer(&self, mut page: Page, tokens: &Tokens, html: bool) -> Response {
        page.submissions
            .sort_by(|a, b| b.created_at.cmp(&a.created_at).then_with(|| a.id.cmp(&b.id)));
        let next =
            page.next.map(|id| format!("?limit={}&next_token={}", self.limit, tokens.seal(&id)));
        let response = if html {
            let first = self.after.is_some().then(|| format!("?limit={}", self.limit));
            page::respond(&page.submissions, first.as_deref(), next.as_deref())
        } else {
            json(200, &page.submissions)
        };
        let response = response.with("Vary", "Accept");
        match next {
            Some(next) => response.with("Link", format!("<{next}>; rel=\"next\"")),
            None => response,
        }
    }
}

fn limit(text: &str) -> Result<u8, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(limit @ 1..=MAX_LIMIT) if digits => Ok(limit),
        _ => Err(problem("must be a whole number from 1 to 100", text)),
    }
}
