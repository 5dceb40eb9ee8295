//! The Lambda behind a function URL: takes submissions, and lists those that were stored.
//!
//! - `GET|POST /` with any of `user_name`, `email` and `pincode` is a submission, from the query, a
//!   form or a JSON object. It starts the state machine that validates and stores it, and waits
//!   for its verdict.
//! - `GET|POST /` without them and without a body is the list, in pages of `limit` (1 to 100, 50 by
//!   default) from `next_token` on: JSON, or a page for those who prefer HTML.
//!
//! | status | when | body |
//! |---|---|---|
//! | 200 | it is stored | `{"message": "<user_name> is added to database.", "id": "<email>"}` |
//! | 200 | the list | `[{"id", "user_name", "pincode", "created_at"}]`; the next page in `Link` |
//! | 400 | anything a client sent is wrong | `{"message": "invalid input", "errors": {"<field>": "<rule>; received \"...\""}}`, with all that is wrong |
//! | 404, 405, 415 | another path, method or type of body | `{"message"}` |
//! | 502, 503, 504 | the flow or the table failed, throttles, or is late | `{"message"}`; why is in the log |
//!
//! Validation is the state machine's. This crate only refuses what cannot be passed on: text that is
//! no text, fields given twice, empty or longer than 1,024 bytes. The state machine is asked about
//! the rest even then, so that a client learns everything at once, unless nothing good is left, or
//! the body cannot be read at all. Nor does this crate store anything.
//!
//! It reads `STATE_MACHINE_ARN` and `TABLE_NAME`, and measures `SubmissionsAccepted`,
//! `SubmissionsRejected`, `FlowFailed` and `FlowDuration`.
#![expect(
    async_fn_in_trait,
    reason = "a function runs on one thread, so its futures need not be Send"
)]

mod accept;
mod error;
mod fields;
mod flow;
mod http;
mod listing;
mod page;
mod pairs;
mod submissions;
#[cfg(feature = "testing")]
pub mod testing;
mod token;

pub use error::Error;
pub use fields::{Field, Fields};
pub use flow::{StepFunctions, SubmissionFlow, Verdict};
pub use http::Request;
pub use submissions::{DynamoDb, Page, Submission, Submissions};

use fields::Draft;
use http::{Errors, invalid_input, json};
use lambda_kit::{CallError, Chain, Handler, Invocation, Response};
use listing::Listing;
use pairs::Pairs;
use serde::Serialize;
use std::convert::Infallible;
use std::time::Instant;
use token::Tokens;

/// The function's behaviour on its two ports.
#[derive(Debug)]
pub struct SubmissionUrl<F, S> {
    flow: F,
    submissions: S,
    tokens: Tokens,
}

impl<F: SubmissionFlow, S: Submissions> SubmissionUrl<F, S> {
    /// The function on `flow` and `submissions`. Tokens of the list are good for the table
    /// `table_name` alone.
    pub fn new(flow: F, submissions: S, table_name: &str) -> Self {
        let tokens = Tokens::new(table_name);
        Self { flow, submissions, tokens }
    }

    async fn answer(&self, request: &Request, invocation: &Invocation) -> Response {
        if request.path() != "/" {
            return Response::message(404, "there is nothing here; the path is /");
        }
        let method = request.method();
        if method != "GET" && method != "POST" {
            let message = "only GET and POST are answered";
            return Response::message(405, message).with("Allow", "GET, POST");
        }
        let query = pairs::from_form(request.query().as_bytes());
        let body = match request.body() {
            // A body of a GET has no meaning, whatever it holds.
            Ok(Some(body)) if method == "POST" => body,
            Err(errors) if method == "POST" => return rejected(invocation, errors),
            _ if Field::any_in(&query) => return self.submit(Draft::new(query), invocation).await,
            _ => return self.list(request, &query, invocation).await,
        };
        match pairs::from_body(&request.content_type(), &body) {
            Ok(sent) => self.submit(Draft::new(query.and(sent)), invocation).await,
            Err(pairs::BodyProblem::MediaType) => Response::message(
                415,
                "a body must be application/json or application/x-www-form-urlencoded",
            ),
            // What the body holds is unknown, so no field can be called missing.
            Err(pairs::BodyProblem::Content(problem)) => {
                let mut errors = Draft::new(query).into_own_problems();
                errors.insert("body".to_owned(), problem);
                rejected(invocation, errors)
            }
        }
    }

    /// The flow is asked even if something is wrong already, unless everything is: it names what
    /// is wrong with the rest, and never stores a submission that is not whole.
    async fn submit(&self, draft: Draft, invocation: &Invocation) -> Response {
        if draft.fields().is_empty() {
            return rejected(invocation, draft.into_problems());
        }
        let started = Instant::now();
        let verdict = invocation.in_time(self.flow.submit(draft.fields())).await;
        invocation.metrics().milliseconds("FlowDuration", started.elapsed());
        match verdict.unwrap_or(Err(Error::OutOfTime)) {
            Ok(Verdict::Refused { rules }) => {
                rejected(invocation, draft.into_problems_with(&rules))
            }
            Ok(Verdict::Stored { id }) if draft.is_whole() => {
                tracing::info!(outcome = "accepted", "a submission was stored");
                invocation.metrics().count("SubmissionsAccepted", 1);
                let name = draft.fields().get(Field::UserName).unwrap_or_default();
                let message = format!("{name} is added to database.");
                json(200, &Stored { message, id })
            }
            Ok(Verdict::Stored { .. }) => {
                tracing::error!("the state machine accepted a submission that is not whole");
                rejected(invocation, draft.into_problems())
            }
            Err(error) => {
                invocation.metrics().count("FlowFailed", 1);
                failed(&error)
            }
        }
    }

    async fn list(&self, request: &Request, query: &Pairs, invocation: &Invocation) -> Response {
        let listing = match Listing::new(query, &self.tokens) {
            Ok(listing) => listing,
            Err(errors) => return invalid_input(&errors),
        };
        let page = self.submissions.page(listing.limit, listing.after.as_deref());
        match invocation.in_time(page).await.unwrap_or(Err(Error::OutOfTime)) {
            Ok(page) => {
                let html = accept::prefers_html(request.header("accept").unwrap_or_default());
                listing.answer(page, &self.tokens, html)
            }
            Err(error) => failed(&error),
        }
    }
}

impl<F: SubmissionFlow, S: Submissions> Handler for SubmissionUrl<F, S> {
    type Event = Request;
    type Response = Response;
    type Error = Infallible;

    async fn handle(
        &self,
        request: Request,
        invocation: &Invocation,
    ) -> Result<Response, Infallible> {
        Ok(self.answer(&request, invocation).await)
    }
}

/// The answer to a submission that is in the table.
#[derive(Serialize)]
struct Stored {
    message: String,
    id: String,
}

/// The log names the fields, never their values: they are a person's.
fn rejected(invocation: &Invocation, errors: Errors) -> Response {
    let fields: Vec<&str> = errors.keys().map(String::as_str).collect();
    tracing::info!(outcome = "rejected", fields = fields.join(","), "a submission was refused");
    invocation.metrics().count("SubmissionsRejected", 1);
    invalid_input(&errors)
}

/// The client learns whose fault it is and whether to try again; the log learns why.
fn failed(error: &Error) -> Response {
    tracing::error!(error = %Chain(error), status = error.status(), "no answer from a service");
    let response = Response::message(error.status(), error.message());
    match error {
        Error::Call(CallError::Throttled { .. }) => response.with("Retry-After", "1"),
        _ => response,
    }
}
